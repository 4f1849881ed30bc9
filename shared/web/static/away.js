/* The front door's page for a form that was not answered: gives back what was typed, which kept.js noted when the form was sent. */
(() => {
  "use strict";
  const box = document.getElementById("kiriman");
  let sent = null;
  try { sent = JSON.parse(sessionStorage.getItem("jejak.sent")); } catch { /* nothing was kept */ }
  const here = (address) => { try { const found = new URL(address, location.href); return found.origin === location.origin ? found : null; } catch { return null; } };
  const action = sent && here(sent.action || location.href);
  if (!box || !action || action.pathname !== location.pathname || !Array.isArray(sent.fields)) { return; }
  const form = document.getElementById("lagi");
  form.action = action.pathname + action.search;
  for (const [name, value] of sent.fields) {
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = name;
    field.value = value;
    form.append(field);
    if (name.startsWith("_") || String(value).trim() === "") { continue; }
    const term = document.createElement("dt");
    term.textContent = name;
    const typed = document.createElement("dd");
    typed.textContent = value;
    document.getElementById("isian").append(term, typed);
  }
  const back = here(sent.page || "/");
  if (back) { document.getElementById("kembali").href = back.pathname + back.search + back.hash; }
  const files = (sent.files || []).filter(Boolean);
  if (files.length) {
    const said = document.getElementById("berkas");
    said.hidden = false;
    said.querySelector("b").textContent = files.join(", ");
    form.querySelector("button").hidden = true;
  }
  box.hidden = false;
  const state = document.getElementById("keadaan");
  const look = () => {
    fetch(`/api/${box.dataset.service}/health/live`, { headers: { Accept: "application/json" }, cache: "no-store" })
      .then((answer) => {
        if (!answer.ok) { setTimeout(look, 2000); return; }
        state.textContent = "✓ Layanan sudah menjawab lagi. / The service answers again.";
        box.dataset.back = "1";
      })
      .catch(() => setTimeout(look, 2000));
  };
  look();
})();
