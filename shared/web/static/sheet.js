/* The figure sheet by keyboard: arrows and Enter move, a paste from a spreadsheet fills cells. The form works without this file. */
(() => {
  "use strict";
  const form = document.querySelector("form.sheet[hx-post]");
  if (!form) { return; }
  const rowsOf = (cell) => {
    const body = cell.closest("tbody");
    return [...body.querySelectorAll("tr.figure-row")].filter((row) => row.closest("tbody") === body);
  };
  const cellsOf = (row) => [...row.querySelectorAll("input.figure")].filter((cell) => cell.closest("tr") === row);
  const at = (cell, down, right) => {
    const rows = rowsOf(cell);
    const row = rows[rows.indexOf(cell.closest("tr")) + down];
    if (!row) { return null; }
    const cells = cellsOf(cell.closest("tr"));
    return cellsOf(row)[cells.indexOf(cell) + right] || null;
  };
  const go = (event, cell) => {
    if (!cell) { return; }
    event.preventDefault();
    cell.focus();
    cell.select();
  };
  form.addEventListener("keydown", (event) => {
    const cell = event.target;
    if (!cell.matches("input.figure") || event.altKey || event.ctrlKey || event.metaKey) { return; }
    const start = cell.selectionStart === 0, end = cell.selectionEnd === cell.value.length;
    if (event.key === "Enter") { event.preventDefault(); go(event, at(cell, event.shiftKey ? -1 : 1, 0)); }
    if (event.key === "ArrowDown") { go(event, at(cell, 1, 0)); }
    if (event.key === "ArrowUp") { go(event, at(cell, -1, 0)); }
    if (event.key === "ArrowLeft" && start) { go(event, at(cell, 0, -1)); }
    if (event.key === "ArrowRight" && end) { go(event, at(cell, 0, 1)); }
  });
  form.addEventListener("paste", (event) => {
    const cell = event.target;
    const text = (event.clipboardData || window.clipboardData).getData("text");
    if (!cell.matches("input.figure") || cell.readOnly || !/[\t\n]/.test(text.trim())) { return; }
    event.preventDefault();
    text.replace(/\r/g, "").replace(/\n$/, "").split("\n").forEach((line, down) => {
      line.split("\t").forEach((value, right) => {
        const target = at(cell, down, right);
        if (target && !target.readOnly) { target.value = value.trim(); }
      });
    });
    cell.dispatchEvent(new Event("change", { bubbles: true }));
  });
  const status = () => document.getElementById("simpan");
  let waiting = false;
  const again = () => { if (waiting && navigator.onLine) { window.htmx.trigger(form, "change"); } };
  const missed = () => {
    waiting = true;
    const line = status();
    if (line) { line.textContent = `▲ ${form.dataset.offline}`; line.className = "field-error"; }
    setTimeout(again, 10000);
  };
  form.addEventListener("htmx:sendError", missed);
  form.addEventListener("htmx:responseError", missed);
  form.addEventListener("htmx:afterRequest", (event) => { if (event.detail.successful) { waiting = false; } });
  addEventListener("online", again);
  addEventListener("beforeunload", (event) => { if (waiting) { event.preventDefault(); } });
})();
