/* A page of the past as a slider: every event of its cycle is a place on it, and the page turns into what it was then, without being opened anew.
   The address names the event and means the same for whoever gets it. Without script the links of the banner do the same, one event at a time. */
(() => {
  "use strict";
  const banner = document.getElementById("lampau");
  if (!banner || !banner.dataset.moments) { return; }
  const range = banner.querySelector("input[type=range]"), sentence = banner.querySelector(".past-sentence");
  const play = banner.querySelector("[data-play]"), rate = banner.querySelector("select");
  const title = banner.querySelector("strong");
  const key = (text) => text.replace(/\s+/g, " ").trim();
  const AHEAD = 4;
  let moments = [], shown = -1, wanted = -1, busy = false, timer = 0;

  /* What is said by each smallest part of a page, with the row or list that it stands in. */
  const parts = (main) => [...main.querySelectorAll("*")].filter((one) => !one.firstElementChild && /[\p{L}\p{N}]/u.test(one.textContent)
    && !one.closest("svg, script, style, [hidden], [aria-hidden], .visually-hidden"));
  const said = (one) => {
    const row = one.closest("tr, li, dl, section");
    const head = row && row.querySelector("th, a, h2, dt");
    return `${head ? key(head.textContent) : ""}|${key((one.closest("[data-label]") || one).dataset.label || "")}|${key(one.textContent)}`;
  };
  const light = (before, after) => {
    const known = new Set(parts(before).map(said));
    parts(after).filter((one) => !known.has(said(one))).forEach((one) => one.classList.add("past-changed"));
  };
  const address = (pada) => {
    const url = new URL(location.href);
    ["pada_hari", "pada_jam"].forEach((name) => url.searchParams.delete(name));
    url.searchParams.set("pada", pada);
    return url.pathname + url.search.replaceAll("%3A", ":").replaceAll("%40", "@").replaceAll("%7E", "~");
  };
  /* Whatever leads on from here, in the menu too, leads to the moment at which the slider stands. */
  const follow = (pada) => document.querySelectorAll("a[href*='pada='], a[data-between], input[name='pada']").forEach((one) => {
    if (one.tagName === "INPUT") { one.value = pada; return; }
    one.setAttribute("href", one.getAttribute("href").replace(/([?&](?:pada|dari)=)[^&#]*/, (_, name) => name + pada));
  });
  /* While it plays, the next moments are on their way already; a page of the past never changes. */
  const ahead = new Map();
  const fetched = (place) => {
    if (!ahead.has(place)) {
      const page = fetch(address(moments[place].pada), { headers: { accept: "text/html" } }).then((answer) => answer.text());
      page.catch(() => ahead.delete(place));
      ahead.set(place, page);
    }
    return ahead.get(place);
  };
  const tell = () => {
    const one = moments[wanted], facts = { n: wanted + 1, many: moments.length, what: one.what, by: one.by, when: one.when };
    const words = sentence.dataset.words.replace(/\{(\w+)\}/g, (_, name) => facts[name]);
    sentence.textContent = words;
    range.setAttribute("aria-valuetext", words);
  };
  const stop = () => {
    clearTimeout(timer);
    timer = 0;
    ahead.clear();
    play.textContent = play.dataset.play;
    play.removeAttribute("aria-pressed");
  };
  /* One request at a time: whoever slides fast sees where the slider rests. */
  const turn = async () => {
    if (busy || wanted === shown) { return; }
    busy = true;
    const place = wanted, target = address(moments[place].pada);
    try {
      const page = new DOMParser().parseFromString(await fetched(place), "text/html");
      ahead.delete(place);
      const after = page.getElementById("isi"), before = document.getElementById("isi");
      if (after && before) {
        if (shown >= 0) { light(before, after); }
        before.replaceChildren(...after.childNodes);
        const head = page.querySelector("#lampau strong");
        if (head) { title.textContent = head.textContent; }
        document.title = page.title;
        history.replaceState(history.state, "", target);
        follow(moments[place].pada);
        const foot = document.querySelector("footer.frame > p"), said_now = page.querySelector("footer.frame > p");
        if (foot && said_now) { foot.replaceChildren(...said_now.childNodes); }
        document.body.dataset.place = place;
      }
      shown = place;
    } catch { stop(); } finally { busy = false; }
    if (wanted !== shown) { turn(); }
  };
  const go = (place) => {
    wanted = Math.min(Math.max(place, 0), moments.length - 1);
    range.value = wanted;
    tell();
    return turn();
  };
  const next = async () => {
    const begun = Date.now();
    if (wanted >= moments.length - 1) { stop(); return; }
    for (let place = wanted + 1; place <= Math.min(wanted + AHEAD, moments.length - 1); place++) { fetched(place); }
    await go(wanted + 1);
    if (timer) { timer = setTimeout(next, Math.max(0, 1000 / Number(rate.value) - (Date.now() - begun))); }
  };
  const start = async () => {
    const answer = await fetch(banner.dataset.moments, { headers: { accept: "application/json" } });
    if (!answer.ok) { return; }
    moments = await answer.json();
    if (!moments.length) { return; }
    const event = banner.dataset.asked.split("~")[0], asked = new URL(location.href).searchParams.get("pada") || "";
    const at = Date.parse(`${asked.length === 10 ? `${asked}T23:59:59` : asked.replace(/^.*~/, "")}+07:00`);
    const exact = moments.findIndex((one) => one.pada.split("~")[0] === event);
    shown = wanted = exact >= 0 ? exact : Math.max(0, moments.filter((one) => Date.parse(one.at) <= at).length - 1);
    range.max = moments.length - 1;
    range.value = wanted;
    banner.querySelector(".past-slide").hidden = false;
    banner.querySelectorAll(".past-play").forEach((one) => { one.hidden = false; });
    tell();
    range.addEventListener("input", () => { stop(); go(Number(range.value)); });
    banner.querySelectorAll("[data-step]").forEach((link) => link.addEventListener("click", (click) => {
      click.preventDefault();
      stop();
      go(wanted + Number(link.dataset.step));
    }));
    play.addEventListener("click", () => {
      if (timer) { stop(); return; }
      play.textContent = play.dataset.pause;
      play.setAttribute("aria-pressed", "true");
      if (wanted >= moments.length - 1) { wanted = -1; }
      timer = setTimeout(next, 0);
    });
  };
  start();
})();
