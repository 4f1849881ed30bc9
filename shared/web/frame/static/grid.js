/* Moving in the figure sheet by keyboard, unfolding a row, and pasting a block with one undo. Comfort beside sheet.js. */
(() => {
  "use strict";
  const jejak = (window.jejak = window.jejak || {});
  jejak.fold = (service, open) => {
    const row = document.getElementById(`rinci-${service}`), button = document.getElementById(`mutu-${service}`);
    if (!row || !button) { return; }
    row.classList.toggle("folded", !open);
    button.setAttribute("aria-expanded", String(open));
  };
  document.querySelectorAll("tr.sub").forEach((row) => jejak.fold(row.id.slice(6), !row.classList.contains("folded")));
  document.addEventListener("click", (event) => {
    const button = event.target.closest('a.tiny[href^="#rinci-"]');
    if (!button) { return; }
    event.preventDefault();
    jejak.fold(button.id.slice(5), button.getAttribute("aria-expanded") !== "true");
  });

  const form = document.getElementById("lembar");
  if (!form) { return; }
  /* The two grids: the rows of the table, and the quality items of one row. */
  const lineOf = (cell) => cell.closest(".q") || cell.closest("tr.figure-row");
  const linesOf = (cell) => (cell.closest(".q") ? [...cell.closest(".quality").querySelectorAll(".q")] : [...form.querySelectorAll("tr.figure-row")]);
  const cellsIn = (line) => [...line.querySelectorAll("input.figure")];
  const at = (cell, down, right) => {
    const lines = linesOf(cell), line = lines[lines.indexOf(lineOf(cell)) + down];
    return (line && cellsIn(line)[cellsIn(lineOf(cell)).indexOf(cell) + right]) || null;
  };
  const go = (event, cell) => {
    if (!cell) { return; }
    event.preventDefault();
    cell.focus();
    cell.select();
  };
  /* F1 in a cell opens the help of its row where it speaks of that cell. */
  const help = (cell) => {
    const [, service] = /^(?:baris|rinci)-(.+)$/.exec((cell.closest("tr[id]") || {}).id || "") || [];
    const card = service && document.getElementById(`bantuan-${service}`);
    if (!card || !card.showPopover) { return false; }
    if (!card.matches(":popover-open")) { card.showPopover(); }
    const place = document.getElementById(`${card.id}-${cell.name.slice(service.length + 1).split(".")[0]}`) || card.querySelector("section");
    place.focus();
    return true;
  };
  form.addEventListener("keydown", (event) => {
    const cell = event.target;
    if (event.key === "F1" && cell.name && help(cell)) { event.preventDefault(); return; }
    if (event.key === "Enter" && cell.matches("input:not(.figure)")) { event.preventDefault(); cell.blur(); }
    if (!cell.matches("input.figure") || event.altKey || event.ctrlKey || event.metaKey) { return; }
    const start = cell.selectionStart === 0, end = cell.selectionEnd === cell.value.length;
    if (event.key === "Enter") { event.preventDefault(); go(event, at(cell, event.shiftKey ? -1 : 1, 0)); }
    if (event.key === "ArrowDown") { go(event, at(cell, 1, 0)); }
    if (event.key === "ArrowUp") { go(event, at(cell, -1, 0)); }
    if (event.key === "ArrowLeft" && start) { go(event, at(cell, 0, -1)); }
    if (event.key === "ArrowRight" && end) { go(event, at(cell, 0, 1)); }
  });

  const { said, touched, save, line, byId } = jejak.sheet;
  const fill = (key, n, what = "") => said[key].replace("{n}", n).replace("{what}", what);
  /* Rows of the table whose name is more like another row of the sheet than like the one that they went into. */
  const wordsOf = (text) => new Set(text.toLowerCase().match(/[a-z]{4,}/g) || []);
  const strangers = (plan, lines, from) => {
    const names = lines.map((row) => { const name = row.querySelector(".row-name"); return name ? wordsOf(name.textContent) : new Set(); });
    const alike = (said, name) => [...said].filter((each) => name.has(each)).length;
    return plan.labels.filter((label, down) => {
      const said = wordsOf(label);
      return names.some((name) => alike(said, name) > alike(said, names[from + down]));
    });
  };
  const report = (plan, lost) => [
    fill("pasteRead", plan.read),
    plan.headers && fill("pasteHeaders", plan.headers),
    plan.names && said.pasteNames,
    plan.totals.length && fill("pasteTotals", plan.totals.length, plan.totals.slice(0, 3).join(" | ")),
    lost.length && fill("pasteStrangers", lost.length, lost.slice(0, 3).join(" | ")),
    plan.rowsOver.length && fill("pasteRows", plan.rowsOver.length, plan.rowsOver.slice(0, 3).join(" | ")),
    plan.columnsOver.length && fill("pasteColumns", plan.columnsOver.length, plan.columnsOver.join(" | ")),
    plan.share.length && fill("pastePercent", plan.share.length, plan.share.join(" | ")),
    plan.blanks && fill("pasteBlanks", plan.blanks),
  ].filter(Boolean).join("; ");
  const enter = (values) => {
    for (const [cell, text] of values) { cell.value = text; touched(cell); }
    save();
  };
  /* One undo for the last paste. What was typed by hand since, or changed by somebody else, is not the paste's any more. */
  let before = new Map();
  for (const event of ["input", "theirs"]) { form.addEventListener(event, ({ target }) => before.delete(target)); }
  form.addEventListener("paste", (event) => {
    const cell = event.target, text = event.clipboardData.getData("text");
    if (!cell.matches("input.figure") || !jejak.paste.isTable(text)) { return; }
    event.preventDefault();
    const lines = linesOf(cell), here = cellsIn(lineOf(cell));
    const plan = jejak.paste.plan(text, { rows: lines.length - lines.indexOf(lineOf(cell)), columns: here.length - here.indexOf(cell) });
    const values = plan.cells.map(({ down, right, text: typed }) => [at(cell, down, right), typed]);
    before = new Map(values.map(([target]) => [target, target.value]));
    enter(values);
    const told = line("tempel", "", `${report(plan, strangers(plan, lines, lines.indexOf(lineOf(cell))))}. `);
    const undo = Object.assign(document.createElement("button"), { type: "button", className: "button small quiet", textContent: said.undo });
    undo.addEventListener("click", () => { enter(before); line("tempel", "✓", said.undone); cell.focus(); });
    told.append(undo);
  });
})();
