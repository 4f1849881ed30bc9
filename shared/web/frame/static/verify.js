/* One service at a time, the next finding, and how many notes go along. Without this file all services stand below each other. */
(() => {
  "use strict";
  const sections = [...document.querySelectorAll("section.service")];
  const links = [...document.querySelectorAll(".desk-list a")];
  const show = (section) => {
    for (const each of sections) { each.classList.toggle("shown", each === section); }
    /* Keys mean what is in sight: Alt+B next, Alt+T accept, Alt+Q ask. */
    for (const each of document.querySelectorAll("[data-key]")) {
      each.accessKey = section.contains(each) ? each.dataset.key : "";
    }
    for (const link of links) {
      if (link.hash.slice(1) === section.id) { link.setAttribute("aria-current", "true"); } else { link.removeAttribute("aria-current"); }
    }
  };
  /* A link may lead to a service or to a cell in it, also from the summary of what is to be mended. */
  const led = (hash) => {
    const target = document.getElementById(decodeURIComponent(hash.slice(1)));
    const section = target && target.closest("section.service");
    if (section) { show(section); }
    return { target, section };
  };
  const follow = () => {
    const { target, section } = led(location.hash);
    if (!section) { return; }
    if (target === section) { section.focus({ preventScroll: true }); section.scrollIntoView({ block: "nearest" }); return; }
    target.scrollIntoView({ block: "center" });
    target.focus();
  };
  addEventListener("hashchange", follow);
  /* Shown with the click: `hashchange` comes later, and whoever is quick would act on the service before. */
  addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    if (link) { led(link.hash); }
  });
  const first = document.querySelector("section.service.shown");
  if (first) { show(first); }
  follow();

  const next = document.querySelector("[data-next]");
  if (next) {
    next.addEventListener("click", () => {
      const unseen = sections.filter((each) => !("accepted" in each.dataset));
      const changed = unseen.filter((each) => each.dataset.changed !== "0");
      const found = changed.length ? changed : unseen.length ? unseen : sections;
      const at = sections.findIndex((each) => each.classList.contains("shown"));
      const section = found.find((each) => sections.indexOf(each) > at) || found[0];
      show(section);
      location.hash = section.id;
    });
  }
  for (const button of document.querySelectorAll("[data-unfold]")) {
    button.addEventListener("click", () => {
      const open = button.getAttribute("aria-expanded") !== "true";
      button.setAttribute("aria-expanded", String(open));
      button.closest("section").classList.toggle("unfolded", open);
    });
  }

  const form = document.getElementById("meja");
  if (!form) { return; }
  const notes = () => [...form.elements].filter((field) => field.name.startsWith("catatan:") && field.value.trim());
  const told = document.getElementById("catatan-ikut");
  const typed = () => notes().length || [...form.elements].some((field) => field.matches("textarea") && field.value.trim());
  let sent = false;
  const count = () => {
    const many = notes().length;
    if (!told) { return; }
    told.textContent = many ? (many === 1 ? told.dataset.one : told.dataset.many).replace("{n}", many) : "";
  };
  addEventListener("input", count);
  count();
  addEventListener("submit", () => { sent = true; });
  addEventListener("beforeunload", (event) => { if (!sent && typed()) { event.preventDefault(); } });
})();
