/* What was sent with forms stays in this window until the server says that it took it, and fills each form again when its page comes back.
   Forms are given back by the server too; this file helps where no answer came. Never kept: tokens, passwords, the content of files.
   Kept is a list, the newest last: one entry for each form, because what is sent again from the same form holds what came back into it. */
(() => {
  "use strict";
  const KEY = "jejak.sent", LONGEST_MS = 12 * 3600 * 1000, MOST = 20;
  const SECRET = /passw|sandi|secret|token|\bpin\b|otp/i;
  const here = location.pathname + location.search;
  const read = () => {
    try {
      const kept = JSON.parse(sessionStorage.getItem(KEY));
      return (Array.isArray(kept) ? kept : [kept]).filter((sent) => sent && Array.isArray(sent.fields));
    } catch { return []; }
  };
  /* Where the window's memory is full, the oldest make room. */
  const write = (kept) => {
    for (let list = kept.slice(-MOST); ; list = list.slice(1)) {
      try {
        if (list.length) { sessionStorage.setItem(KEY, JSON.stringify(list)); } else { sessionStorage.removeItem(KEY); }
        return;
      } catch { if (!list.length) { return; } }
    }
  };
  const same = (one, other) => one.action === other.action && one.by === other.by;
  const forget = (sent) => write(read().filter((each) => !same(each, sent)));
  const target = (form) => {
    const address = new URL(form.getAttribute("action") || location.href, location.href);
    return address.pathname + address.search;
  };
  /* What a person sees of a field: its label, and the words of a choice. Hidden helpers are nothing that was typed. */
  const label = (field) => {
    if (!field.labels || !field.labels.length) { return field.getAttribute("aria-label") || ""; }
    const words = field.labels[0].cloneNode(true);
    words.querySelectorAll("input, select, textarea, .quiet").forEach((other) => other.remove());
    return words.textContent.trim();
  };
  const UNSEEN = ["hidden", "file", "submit", "button", "password"];
  const shown = (form, secret) => [...form.elements].filter((field) => field.name && !secret.has(field.name) && !UNSEEN.includes(field.type) && label(field)
    && (["checkbox", "radio"].includes(field.type) ? field.checked : String(field.value || "").trim()))
    .map((field) => [label(field), field.selectedOptions ? [...field.selectedOptions].map((option) => option.textContent.trim()).join(", ")
      : ["checkbox", "radio"].includes(field.type) ? "✓" : field.value]);
  const keep = (form, submitter) => {
    const secret = new Set([...form.elements].filter((one) => one.type === "password" || SECRET.test(one.name || "")).map((one) => one.name));
    const fields = [], files = [];
    for (const [name, value] of new FormData(form, submitter)) {
      if (name === "_csrf" || secret.has(name)) { continue; }
      if (typeof value === "string") { fields.push([name, value]); } else if (value.name) { files.push(value.name); }
    }
    const page = form.elements.namedItem("_page"), by = form.elements.namedItem("_by");
    const sent = { page: (page && page.value) || here, action: target(form), by: (by && by.value) || "", fields, files, shown: shown(form, secret), at: Date.now() };
    write([...read().filter((each) => !same(each, sent)), sent]);
  };
  addEventListener("submit", (event) => {
    const form = event.target;
    const out = ["/masuk", "/keluar"].includes(target(form));
    if (form.method === "post" && !event.defaultPrevented && !out) { keep(form, event.submitter); }
  });

  const one = (sent, name) => (sent.fields.find(([field]) => field === name) || ["", ""])[1];
  const fill = (form, sent) => {
    const given = new Map();
    sent.fields.forEach(([name, value]) => given.set(name, [...(given.get(name) || []), value]));
    let first = null;
    for (const field of form.elements) {
      const values = given.get(field.name);
      if (field.name === "_command") { field.value = one(sent, "_command"); }
      if (field.dataset.stored !== undefined) { continue; } /* a cell of the sheet: sheet.js keeps what is not stored, the rest is */
      if (!field.name || UNSEEN.includes(field.type) || field.tagName === "BUTTON" || field.tagName === "FIELDSET") { continue; }
      const before = field.type === "checkbox" || field.type === "radio" ? field.checked : field.value;
      if (field.type === "checkbox" || field.type === "radio") {
        field.checked = Boolean(values && values.includes(field.value));
      } else if (field.multiple && field.options) {
        [...field.options].forEach((option) => { option.selected = Boolean(values && values.includes(option.value)); });
      } else if (values && values.length) {
        field.value = values.shift();
      }
      if (before !== (field.type === "checkbox" || field.type === "radio" ? field.checked : field.value)) {
        first = first || field;
        field.dispatchEvent(new Event("input", { bubbles: true }));
      }
    }
    return first;
  };
  const say = (form, sent) => {
    const words = document.getElementById("dikembalikan").content.cloneNode(true);
    const names = words.querySelector("[data-files]");
    names.hidden = !sent.files.length;
    names.append(` ${sent.files.join(", ")}`);
    words.querySelector("button").addEventListener("click", () => { forget(sent); location.reload(); });
    form.before(words);
  };
  /* Answers where the person should look first; nothing where the form is not on this page, or is as it was sent. */
  const give = (sent) => {
    const form = [...document.forms].find((each) => each.method === "post" && !each.closest("[data-given-back]") && target(each) === sent.action);
    if (!form || document.getElementById("kesalahan")) { return null; }
    const first = fill(form, sent);
    if (!first && !sent.files.length) { return null; }
    for (let around = form.closest("details"); around; around = around.parentElement.closest("details")) { around.open = true; }
    say(form, sent);
    return { form, first };
  };
  const look = () => {
    const me = document.body.dataset.person || "", accepted = (document.body.dataset.accepted || "").split("."), before = read();
    const kept = before.filter((sent) => !accepted.includes(one(sent, "_command")) && Date.now() - sent.at <= LONGEST_MS);
    if (kept.length !== before.length) { write(kept); }
    const given = kept.filter((sent) => sent.page === here && me && (!sent.by || sent.by === me)).map(give).filter(Boolean);
    if (!given.length) { return; }
    const { form, first } = given[given.length - 1];
    form.scrollIntoView({ block: "center" });
    if (first) { first.focus({ preventScroll: true }); }
  };
  look();
})();
