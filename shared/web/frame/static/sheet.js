/* The figure sheet: one state per cell, saved as you go, and nothing on the screen that is not either stored or said not to be.
   The form works without this file; the server decides about every cell and stores the sheet before it hands in. */
(() => {
  "use strict";
  document.querySelectorAll("[data-print]").forEach((button) => button.addEventListener("click", () => window.print()));
  const form = document.getElementById("lembar");
  if (!form) { return; }
  const said = form.dataset, byId = (id) => document.getElementById(id);
  const many = (key, n) => said[key].split("|")[n === 1 ? 0 : 1].replace("{n}", n);
  const DRAFT = `jejak.sheet.${said.person}.${said.case}`;
  const inputs = [...form.querySelectorAll("[data-stored]")];
  const serviceOf = (input) => input.closest("tr.sub, tr.figure-row").id.replace(/^(baris|rinci)-/, "");
  const nameOf = (input) => input.name.slice(serviceOf(input).length + 1);
  const seenField = (service) => form.elements[`${service}.was`];
  const seen = new Map([...new Set(inputs.map(serviceOf))].map((service) => [service, JSON.parse(seenField(service).value)]));

  /* A quality item is one cell with two inputs. */
  const cellName = (input) => input.name.replace(/(\.quality\.[^.]+)\.(required|fulfilled)$/, "$1");
  const cells = new Map();
  for (const input of inputs) {
    const name = cellName(input);
    if (!cells.has(name)) { cells.set(name, { name, inputs: [], state: "", trouble: null, foreign: "" }); }
    cells.get(name).inputs.push(input);
  }
  const cellOf = (input) => cells.get(cellName(input));
  const bare = (text) => text.trim().replace(/\s+/g, " ");
  const dirty = (cell) => cell.inputs.some((input) => bare(input.value) !== bare(input.dataset.stored));
  const halfDone = (cell) => cell.inputs.length === 2 && cell.inputs.some((input) => input === document.activeElement)
    && cell.inputs.filter((input) => input.value.trim() === "").length === 1;
  const label = (cell) => cell.inputs[0].getAttribute("aria-label") || cell.inputs[0].labels[0].textContent;

  const mark = (cell, state) => {
    cell.state = state;
    for (const input of cell.inputs) {
      const shown = state || (input.dataset.stored && input.tagName !== "SELECT" ? "stored" : "blank");
      input.parentElement.dataset.state = shown;
      const wrong = shown === "refused" || shown === "conflict";
      if (wrong) { input.setAttribute("aria-invalid", "true"); } else { input.removeAttribute("aria-invalid"); }
      input.setAttribute("aria-describedby", `${wrong ? `salah-${cell.trouble || cell.name} ` : ""}${shown === "blank" ? "" : `kata-${shown}`}`.trim());
    }
  };
  const of = (...states) => [...cells.values()].filter((cell) => states.includes(cell.state));
  const unsaved = () => of("typed", "way", "refused", "conflict");

  /* Drafts of this window: what is typed and not stored survives a reload and a walk to another page. */
  const drafts = () => JSON.parse(sessionStorage.getItem(DRAFT) || "{}");
  const remember = () => {
    const kept = Object.fromEntries(Object.entries(drafts()).filter(([, draft]) => draft.urusan !== said.urusan));
    for (const cell of unsaved()) {
      for (const input of cell.inputs) {
        kept[input.name] = { text: input.value, was: seen.get(serviceOf(input))[nameOf(input)], urusan: said.urusan, lang: cell.foreign || said.lang };
      }
    }
    if (Object.keys(kept).length) { sessionStorage.setItem(DRAFT, JSON.stringify(kept)); } else { sessionStorage.removeItem(DRAFT); }
  };
  const elsewhere = () => Object.entries(drafts()).filter(([, draft]) => draft.urusan !== said.urusan);

  let note = "", lastSaved = "", leaving = false, changed = false;
  const line = (id, icon, text) => {
    const place = byId(id);
    place.replaceChildren();
    if (icon) {
      const sign = document.createElement("span");
      sign.setAttribute("aria-hidden", "true");
      sign.textContent = `${icon} `;
      place.append(sign);
    }
    place.append(text);
    return place;
  };
  const link = (to, text) => Object.assign(document.createElement("a"), { href: to, textContent: text });
  const show = () => {
    const waiting = of("typed", "way"), refused = of("refused"), conflict = of("conflict"), other = elsewhere();
    const wrong = byId("salah");
    if (note) {
      line("simpan", "▲", note).className = "truth bad";
      if (note === said.session) { byId("simpan").append(" ", Object.assign(link("/masuk", said.signin), { target: "_blank", rel: "opener" })); }
    }
    else if (of("way").length) { line("simpan", "↻", many("way", of("way").length)).className = "truth"; }
    else if (waiting.length) { line("simpan", "✎", many("unsaved", waiting.length)).className = "truth typed"; }
    else if (unsaved().length) { line("simpan", "▲", many("unsaved", unsaved().length)).className = "truth bad"; }
    else if (lastSaved) { line("simpan", "✓", said.saved.replace("{time}", lastSaved)).className = "truth good"; }
    else { line("simpan", "✓", said.all).className = "truth good"; }
    wrong.replaceChildren();
    for (const [key, found] of [["refused", refused], ["conflict", conflict]]) {
      if (found.length) { wrong.append(link(`#${found[0].inputs[0].id}`, many(key, found.length)), " "); }
    }
    if (changed) { wrong.append(link(location.pathname + location.search, said.changed), " "); }
    if (other.length) { wrong.append(link(`/isian/${said.case}?urusan=${other[0][1].urusan}`, many("elsewhere", other.length))); }
    const draft = byId("draf");
    if (draft) { draft.textContent = unsaved().length ? `: ${many("unsaved", unsaved().length)}` : ""; }
  };
  const touched = (input) => {
    const cell = cellOf(input);
    cell.foreign = "";
    leaving = false;
    if (cell.state !== "conflict") { mark(cell, dirty(cell) ? "typed" : ""); }
    remember();
    show();
  };

  /* Saving: every cell that differs goes along, with what its row looked like when it was read. One request at a time. */
  let busy = null, timer = 0, again = 0;
  const body = (sent) => {
    const data = new URLSearchParams({ _csrf: form.elements._csrf.value, bahasa: said.lang });
    for (const [service, figure] of seen) { data.append(`${service}.was`, JSON.stringify(figure)); }
    for (const cell of sent) { for (const input of cell.inputs) { data.append(input.name, input.value); } }
    return data;
  };
  const put = (pieces) => {
    const holder = document.createElement("template");
    holder.innerHTML = pieces;
    for (const piece of [...holder.content.querySelectorAll("[id]")]) {
      const old = byId(piece.id);
      if (old && piece.isConnected !== true && old.outerHTML !== piece.outerHTML) {
        if (piece.hasAttribute("href") && old.hasAttribute("aria-expanded")) { piece.setAttribute("aria-expanded", old.getAttribute("aria-expanded")); }
        for (const area of piece.querySelectorAll("textarea[id]")) {
          const typed = byId(area.id);
          if (typed && (typed.value !== typed.defaultValue || typed.matches("[aria-invalid]"))) { area.value = typed.value; }
        }
        const held = old.contains(document.activeElement) ? document.activeElement : null;
        const caret = held && held.matches("textarea") ? held.selectionStart : -1;
        old.replaceWith(piece);
        const again = held && held.id ? byId(held.id) : null;
        if (again) {
          again.focus({ preventScroll: true });
          if (caret >= 0) { again.setSelectionRange(caret, caret); }
        }
      }
    }
  };
  const apply = (answer, sent, values) => {
    const wrong = new Map();
    for (const trouble of answer.troubles) {
      const cell = cells.get(trouble.field) || cells.get(trouble.field.replace(/\.(required|fulfilled)$/, ""));
      if (cell && !wrong.has(cell)) { wrong.set(cell, trouble); }
    }
    for (const cell of cells.values()) {
      const trouble = sent.includes(cell) ? wrong.get(cell) : null;
      if (trouble) {
        cell.trouble = trouble.field;
        mark(cell, cell.inputs.every((input) => input.value === values.get(input)) ? trouble.kind : "typed");
        continue;
      }
      if (!sent.includes(cell) && dirty(cell)) { continue; }
      const stored = JSON.parse(answer.was[serviceOf(cell.inputs[0])]);
      for (const input of cell.inputs) {
        const text = answer.cells[input.name];
        if (!sent.includes(cell) && input.dataset.stored !== text) { input.dispatchEvent(new Event("theirs", { bubbles: true })); }
        if (!sent.includes(cell) || input.value === values.get(input)) { input.value = text; }
        input.dataset.stored = text;
        const figure = seen.get(serviceOf(input)), name = nameOf(input);
        if (stored[name] === undefined) { delete figure[name]; } else { figure[name] = stored[name]; }
      }
      mark(cell, dirty(cell) ? "typed" : "");
    }
    for (const [service, figure] of seen) { seenField(service).value = JSON.stringify(figure); }
    put(answer.pieces);
    /* The digest follows what this page shows; where something else changed it stays, and a hand-in is refused until that was looked at. */
    changed = answer.rest !== said.rest;
    if (!changed) {
      form.elements.digest.value = answer.digest;
      Object.assign(byId("sidik"), { textContent: answer.digest.slice(0, 8), title: `SHA-256 ${answer.digest}` });
      document.querySelectorAll(".full-digest").forEach((place) => { place.textContent = answer.digest; });
    }
    lastSaved = answer.saved_at;
    note = answer.editable ? "" : said.closed;
  };
  const later = () => { clearTimeout(again); again = setTimeout(save, 5000); };
  const failed = (sent, words, retry) => {
    note = words;
    for (const cell of sent) { mark(cell, cell.state === "way" ? "typed" : cell.state); }
    if (retry) { later(); }
    return false;
  };
  /* A new form token, where the session was renewed in another window; nothing is sent in the name of somebody else. */
  const renewToken = async () => {
    const answer = await fetch("/api/intake/session", { headers: { Accept: "application/json" }, cache: "no-store" });
    if (!answer.ok) { return answer.status === 401 ? "ended" : "denied"; }
    const found = await answer.json();
    if (found.person !== said.person) { return "stranger"; }
    document.querySelectorAll("[name=_csrf]").forEach((field) => { field.value = found.form_token || ""; });
    return "renewed";
  };
  /* Until the person of this page is signed in again; meanwhile nothing waits for the sheet, so that links and buttons can ask. */
  let waiting = false;
  const signIn = async (sent, words) => {
    const renew = window.jejak && window.jejak.session && window.jejak.session.renew;
    failed(sent, words, !renew);
    show();
    if (!renew) { return false; }
    waiting = true;
    await renew.call(window.jejak.session).finally(() => { waiting = false; });
    return true;
  };
  const send = async (sent, tries) => {
    const values = new Map(sent.flatMap((cell) => cell.inputs.map((input) => [input, input.value])));
    for (const cell of sent) { if (cell.state === "typed") { mark(cell, "way"); } }
    show();
    let answer;
    const data = body(sent);
    try {
      answer = await fetch(form.action, {
        method: "POST", body: data, headers: { Accept: "application/json" }, credentials: "same-origin", redirect: "manual", keepalive: data.toString().length < 60000,
      });
    } catch { return failed(sent, said.offline, true); }
    if (answer.ok) { apply(await answer.json(), sent, values); return true; }
    const ended = answer.status === 401 || answer.type === "opaqueredirect";
    if (ended && tries) { return (await signIn(sent, said.session)) && send(sent, tries - 1); }
    if (answer.status === 403 && tries) {
      const came = await renewToken().catch(() => "denied");
      if (came === "renewed") { return send(sent, tries - 1); }
      if (came === "denied") { return failed(sent, said.denied.replace("{status}", answer.status), false); }
      return (await signIn(sent, came === "stranger" ? said.stranger : said.session)) && send(sent, tries - 1);
    }
    if (answer.status >= 500 || answer.status === 429) { return failed(sent, said.offline, true); }
    return failed(sent, ended ? said.session : said.denied.replace("{status}", answer.status), ended);
  };
  /* Answers whether everything on the sheet is stored now. */
  async function save() {
    clearTimeout(timer);
    if (waiting) { return false; }
    if (busy) { await busy; }
    const sent = [...cells.values()].filter((cell) => dirty(cell) && !cell.foreign && !halfDone(cell));
    if (sent.some((cell) => cell.state === "typed" || cell.state === "way") || (sent.length && note)) {
      busy = send(sent, 2).finally(() => { busy = null; remember(); show(); });
      await busy;
      if (of("typed").length && !note && !of("typed").every(halfDone)) { soon(600); }
    }
    show();
    return unsaved().length === 0;
  }
  const soon = (pause) => { clearTimeout(timer); timer = setTimeout(save, pause); };
  const flush = async () => {
    document.activeElement.blur();
    for (const cell of unsaved()) { if (cell.state !== "conflict" && !cell.foreign) { cell.state = "typed"; } }
    await save();
    if (of("typed").length && !note) { await save(); }
    return unsaved().length === 0;
  };
  addEventListener("online", () => { if (unsaved().length) { save(); } });
  addEventListener("focus", () => { if (note && unsaved().length) { save(); } });
  document.addEventListener("visibilitychange", () => { if (document.hidden && of("typed").length) { save(); } });

  form.addEventListener("input", (event) => { if (event.target.dataset.stored !== undefined) { touched(event.target); soon(1500); } });
  form.addEventListener("change", (event) => {
    if (event.target.dataset.stored === undefined) { return; }
    touched(event.target);
    if (event.target.tagName === "SELECT" && event.target.value !== "filled") { window.jejak.fold(serviceOf(event.target), true); }
    soon(event.target.tagName === "SELECT" ? 0 : 300);
  });

  /* Handing in, attaching, leaving: the sheet is stored first, or the person stays. */
  let allowed = null;
  document.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (event.target !== form && !unsaved().length) { return; }
    if (button && button === allowed) { allowed = null; leaving = true; return; }
    const goesOn = event.target !== form || (button && button.hasAttribute("formaction"));
    const handsIn = Boolean(button) && button.formAction.includes("/serahkan");
    if (goesOn && !busy && !unsaved().length && !(handsIn && elsewhere().length)) { leaving = true; return; }
    event.preventDefault();
    event.stopImmediatePropagation();
    if (button && (button.name === "mine" || button.name === "theirs")) { choose(button); return; }
    const on = () => { allowed = button; event.target.requestSubmit(button); };
    /* A form does not submit again while it tells of a submission, so what follows waits for the next turn. */
    flush().then((stored) => setTimeout(() => {
      if (!goesOn) { return; }
      if (stored && !(handsIn && elsewhere().length)) { on(); return; }
      if (handsIn) { refuseHandIn(); return; }
      if (window.confirm(said.leave)) { on(); }
    }));
  }, true);
  const refuseHandIn = () => {
    const first = unsaved()[0];
    const count = unsaved().length || elsewhere().length;
    line("tempel", "✕", `${said.notHanded}: ${many("unsaved", count)}${first ? ` (${label(first)})` : ""}. ${note}`);
    byId("serahkan").open = false;
    if (first) { window.jejak.fold(first.inputs[0].closest("tr.sub") ? serviceOf(first.inputs[0]) : "", true); first.inputs[0].focus(); }
  };
  const choose = (button) => {
    const at = button.value.indexOf("="), cell = cells.get(button.value.slice(0, at)), theirs = JSON.parse(button.value.slice(at + 1));
    for (const input of cell.inputs) {
      const name = nameOf(input), figure = seen.get(serviceOf(input));
      if (theirs[name] === undefined) { delete figure[name]; } else { figure[name] = theirs[name]; }
      if (button.name === "theirs") { input.value = theirs[name] === undefined ? "" : String(theirs[name]); }
    }
    mark(cell, "typed");
    save();
  };
  byId("serahkan").addEventListener("toggle", (event) => { if (event.target.open && unsaved().length) { flush(); } });
  document.addEventListener("click", (event) => {
    const to = event.target.closest("a[href]");
    if (!to || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || to.target === "_blank") { return; }
    const where = new URL(to.href);
    if (where.pathname === location.pathname && where.search === location.search && where.hash) { if (!to.matches(".tiny")) { reveal(decodeURIComponent(where.hash.slice(1))); } return; }
    if (!unsaved().length) { return; }
    event.preventDefault();
    flush().then((stored) => { if (stored || window.confirm(said.leave)) { leaving = true; location.assign(to.href); } });
  });
  const reveal = (id) => {
    const target = byId(id), row = target && target.closest("tr.sub");
    if (row) { window.jejak.fold(row.id.slice(6), true); }
    if (target && target.matches("input, select, textarea")) { setTimeout(() => target.focus(), 0); }
  };
  if (location.hash && !byId("kesalahan")) { addEventListener("DOMContentLoaded", () => reveal(decodeURIComponent(location.hash.slice(1)))); }
  addEventListener("beforeunload", (event) => { if (unsaved().length && !leaving) { save(); event.preventDefault(); } });
  addEventListener("pageshow", () => { leaving = false; });

  window.jejak.sheet = { form, cells, said, cellOf, touched, save, line, byId, serviceOf };

  /* What the page came with: refusals of a plain post, what another page gave back, drafts of this window. */
  const wrongAlready = (cell) => ["refused", "conflict"].find((state) => cell.inputs.some((input) => input.parentElement.dataset.state === state));
  const kept = drafts();
  for (const cell of cells.values()) {
    const known = wrongAlready(cell);
    for (const input of cell.inputs) {
      const draft = kept[input.name];
      if (draft && !known && input.value === input.dataset.stored) {
        const figure = seen.get(serviceOf(input)), name = nameOf(input);
        if (draft.was === undefined) { delete figure[name]; } else { figure[name] = draft.was; }
        input.value = draft.text;
        if (draft.lang !== said.lang && input.matches(".figure") && /[.,]/.test(draft.text)) { cell.foreign = draft.lang; }
      }
    }
    if (known) { cell.trouble = cell.inputs[0].getAttribute("aria-describedby").split(" ")[0].replace("salah-", ""); }
    mark(cell, known || (dirty(cell) ? "typed" : ""));
  }
  for (const cell of cells.values()) {
    if (!cell.foreign) { continue; }
    cell.trouble = cell.name;
    const told = document.createElement("p");
    Object.assign(told, { className: "field-error", id: `salah-${cell.name}`, textContent: `✕ ${label(cell)}: ${said.language}` });
    byId(`pesan-${serviceOf(cell.inputs[0])}`).append(told);
    mark(cell, "refused");
  }
  remember();
  show();
  if (of("typed").length) { soon(0); }
})();
