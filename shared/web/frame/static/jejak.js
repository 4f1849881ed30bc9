/* Comfort only: every page works without this file. */
(() => {
  "use strict";
  const line = document.getElementById("putus");
  const show = () => { if (line) { line.hidden = navigator.onLine; } };
  addEventListener("online", show);
  addEventListener("offline", show);
  const here = document.querySelector('header.frame nav [aria-current="page"]');
  if (here) { here.closest("ul").scrollLeft = here.offsetLeft - 40; }
  const summary = document.getElementById("kesalahan");
  if (summary) { summary.focus(); }
  const counts = document.querySelectorAll("[data-stuck]");
  if (counts.length) {
    const messages = (at) => fetch(at, { headers: { Accept: "application/json" } }).then((answer) => (answer.ok ? answer.json() : [])).catch(() => []);
    Promise.all(counts[0].dataset.stuck.split(" ").map(messages)).then((lists) => {
      const many = lists.flat().length;
      if (many) { counts.forEach((count) => { count.textContent = ` (${many}) ▲`; }); }
    });
  }
  addEventListener("change", (event) => {
    const field = event.target;
    if (!field.dataset || !field.dataset.most || !field.files) { return; }
    const large = [...field.files].some((file) => file.size > Number(field.dataset.most));
    field.setCustomValidity(large ? field.dataset.tooLarge : "");
    if (large) { field.reportValidity(); }
    const pick = field.closest(".file-pick");
    if (pick) {
      const names = [...field.files].map((file) => file.name);
      const words = names.length > 1 ? pick.dataset.many.replace("{n}", names.length) : names[0] || pick.dataset.none;
      pick.querySelector(".file-names").textContent = words;
    }
  });
  addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    setTimeout(() => { delete form.dataset.sent; }, 5000);
  });
  addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));
  /* How much more fits, once little does: the browser lets nothing longer in, and would not say so. */
  const full = (field) => {
    const left = field.maxLength - field.value.length, id = `${field.id}-sisa`, told = document.getElementById(id);
    if (left > field.maxLength / 10) { if (told) { told.remove(); } return; }
    const place = told || Object.assign(document.createElement("p"), { id, className: "hint", role: "status" });
    const words = document.body.dataset;
    place.textContent = (left > 0 ? words.left : words.full).replace("{n}", left > 0 ? left : field.maxLength);
    if (!told) { field.after(place); }
  };
  addEventListener("input", (event) => { if (event.target.matches("textarea[maxlength][id]")) { full(event.target); } });
  document.querySelectorAll("[data-cancel]").forEach((button) => { button.hidden = false; });
  addEventListener("click", (event) => {
    const button = event.target.closest("[data-cancel]"), box = button && button.closest("details");
    if (box) { box.open = false; box.querySelector("summary").focus(); }
  });
  addEventListener("keydown", (event) => {
    if (event.key === "Escape") { document.querySelectorAll("details.menu[open]").forEach((menu) => { menu.open = false; }); }
  });
})();
