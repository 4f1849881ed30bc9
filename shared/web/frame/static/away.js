/* The front door's pages for a service that is away. Who only looked: the page opens again as soon as the service answers. Who sent a form gets
   back what was typed, which kept.js noted when the form was sent; the same is sent again, with the same command id, when the person says so. */
(() => {
  "use strict";
  const box = document.getElementById("kiriman"), form = document.getElementById("lagi"), state = document.getElementById("keadaan");
  const LOOK_MS = 2000;
  const ask = (path) => fetch(path, { headers: { Accept: "application/json" }, cache: "no-store" });
  const watch = async (service, back) => {
    try {
      if ((await ask(`/api/${service}/health/live`)).ok) { back(); return; }
    } catch { /* still away */ }
    setTimeout(watch, LOOK_MS, service, back);
  };
  const waiting = document.getElementById("menunggu");
  if (waiting) {
    waiting.hidden = false;
    setTimeout(watch, LOOK_MS, waiting.dataset.service, () => location.reload());
    return;
  }
  const inside = (address) => {
    try {
      const found = new URL(address, location.href);
      return found.origin === location.origin ? found.pathname + found.search : null;
    } catch { return null; }
  };
  let kept = [];
  try { kept = [JSON.parse(sessionStorage.getItem("jejak.sent"))].flat().filter((one) => one && Array.isArray(one.fields)); } catch { /* nothing was kept */ }
  const here = (whole) => kept.findLast((one) => (whole ? inside(one.action) === location.pathname + location.search : (inside(one.action) || "").split("?")[0] === location.pathname));
  const sent = here(true) || here(false), action = sent && inside(sent.action);
  if (!box || !action) {
    const alone = document.getElementById("tanpa");
    if (alone) { alone.hidden = false; }
    return;
  }
  const add = (name, value) => {
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name, value });
    form.append(field);
    return field;
  };
  const token = add("_csrf", "");
  form.setAttribute("action", action);
  for (const [name, value] of sent.fields) { add(name, value); }
  for (const [label, value] of sent.shown || []) {
    const term = document.createElement("dt"), typed = document.createElement("dd");
    term.textContent = label;
    typed.textContent = value;
    document.getElementById("isian").append(term, typed);
  }
  document.getElementById("kembali").setAttribute("href", inside(sent.page || "/") || "/");
  const files = (sent.files || []).filter(Boolean);
  if (files.length) {
    const said = document.getElementById("berkas");
    said.hidden = false;
    said.querySelector("b").textContent = files.join(", ");
    form.querySelector("button").remove();
  }
  box.hidden = false;

  const say = (words) => state.querySelectorAll("[data-when]").forEach((one) => { one.hidden = one.dataset.when !== words; });
  watch(box.dataset.service, () => say("back"));

  /* A form carries a token of the session; this page knows none, so it is asked for. Who is no longer signed in is asked to sign in, with the form kept. */
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    say("sending");
    try {
      const answer = await ask("/api/intake/session");
      if (answer.ok) { token.value = (await answer.json()).form_token || ""; }
      if (answer.ok || answer.status === 401) { form.submit(); return; }
    } catch { /* still away */ }
    say("waiting");
  });
})();
