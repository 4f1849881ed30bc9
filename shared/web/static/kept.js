/* What was sent with a form stays in this window until the server says that it took it, and fills the form again when its page comes back.
   Forms are given back by the server too; this file helps where no answer came. Never kept: tokens, passwords, the content of files. */
(() => {
  "use strict";
  const KEY = "jejak.sent", LONGEST_MS = 12 * 3600 * 1000;
  const SECRET = /passw|sandi|secret|token|\bpin\b|otp/i;
  const here = location.pathname + location.search;
  const read = () => {
    try { return JSON.parse(sessionStorage.getItem(KEY)); } catch { return null; }
  };
  const forget = () => { try { sessionStorage.removeItem(KEY); } catch { /* nothing is kept then */ } };
  const target = (form) => {
    const address = new URL(form.getAttribute("action") || location.href, location.href);
    return address.pathname + address.search;
  };
  const keep = (form, submitter) => {
    const secret = new Set([...form.elements].filter((one) => one.type === "password" || SECRET.test(one.name || "")).map((one) => one.name));
    const fields = [], files = [];
    for (const [name, value] of new FormData(form, submitter)) {
      if (name === "_csrf" || secret.has(name)) { continue; }
      if (typeof value === "string") { fields.push([name, value]); } else if (value.name) { files.push(value.name); }
    }
    const page = form.elements.namedItem("_page"), by = form.elements.namedItem("_by");
    const sent = { page: (page && page.value) || here, action: target(form), by: (by && by.value) || "", fields, files, at: Date.now() };
    try { sessionStorage.setItem(KEY, JSON.stringify(sent)); } catch { forget(); }
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
      if (!field.name || ["hidden", "file", "submit", "button", "password"].includes(field.type) || field.tagName === "BUTTON" || field.tagName === "FIELDSET") { continue; }
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
    words.querySelector("button").addEventListener("click", () => { forget(); location.reload(); });
    form.before(words);
  };
  const give = (sent) => {
    const form = [...document.forms].find((each) => each.method === "post" && !each.closest("[data-given-back]") && target(each) === sent.action);
    if (!form || document.getElementById("kesalahan")) { return; }
    const first = fill(form, sent);
    if (!first && !sent.files.length) { return; }
    for (let around = form.closest("details"); around; around = around.parentElement.closest("details")) { around.open = true; }
    say(form, sent);
    form.scrollIntoView({ block: "center" });
    if (first) { first.focus({ preventScroll: true }); }
  };
  const look = () => {
    const sent = read(), me = document.body.dataset.person || "";
    if (!sent || !Array.isArray(sent.fields)) { return; }
    const accepted = (document.body.dataset.accepted || "").split(".");
    if (accepted.includes(one(sent, "_command")) || Date.now() - sent.at > LONGEST_MS) { forget(); return; }
    if (sent.page === here && me && (!sent.by || sent.by === me)) { give(sent); }
  };
  look();
})();
