/* What a clipboard means for a sheet: which text goes into which cell, and what is left out, by name. Pure: text and the sheet's shape in, a plan out.
   It reads no number for the record; the server does. */
(() => {
  "use strict";
  const jejak = (window.jejak = window.jejak || {});

  /* The cells of a spreadsheet's clipboard. A quoted cell may hold tabs and line breaks; a line break inside becomes a space, so that no two numbers
     run together. */
  const cellsOf = (text) => {
    const rows = [[]];
    let at = 0;
    const source = text.replace(/\r\n?/g, "\n");
    const end = () => at >= source.length;
    while (!end() || rows.length === 1) {
      let cell = "";
      if (source[at] === '"' && /^"(?:[^"]|"")*"(?=[\t\n]|$)/.test(source.slice(at))) {
        const quoted = source.slice(at).match(/^"(?:[^"]|"")*"/)[0];
        cell = quoted.slice(1, -1).replace(/""/g, '"');
        at += quoted.length;
      } else {
        const plain = source.slice(at).match(/^[^\t\n]*/)[0];
        cell = plain;
        at += plain.length;
      }
      rows[rows.length - 1].push(cell.replace(/\s*\n\s*/g, " ").replace(/^[\s\u200b\ufeff]+|[\s\u200b\ufeff]+$/g, ""));
      if (end()) { break; }
      if (source[at] === "\n") { rows.push([]); }
      at += 1;
      if (end() && source[at - 1] === "\t") { rows[rows.length - 1].push(""); }
    }
    while (rows.length && rows[rows.length - 1].every((cell) => cell === "")) { rows.pop(); }
    const width = Math.max(0, ...rows.map((row) => row.length));
    return rows.map((row) => [...row, ...Array(width - row.length).fill("")]);
  };

  const DIGIT = /[0-9]/;
  const word = (cell) => /[A-Za-z]{3}/.test(cell.replace(/^(rp|idr)\b/i, "").replace(/\b(orang|jiwa|kk|unit|rupiah|rumah tangga)\b/gi, ""));
  /* A rough value, only to recognise a column of percentages beside the two that it was computed from. */
  const rough = (cell) => {
    const bare = cell.replace(/[^0-9.,-]/g, "");
    const decimal = bare.match(/^(\d{1,3})[.,](\d{1,2})$/);
    return bare === "" ? NaN : decimal ? Number(`${decimal[1]}.${decimal[2]}`) : Number(bare.replace(/[.,]/g, ""));
  };

  /* Whether each number of a column is the share of the two columns before it, in per cent: `6.543  6.543  100`. */
  const isShare = (rows, column) => {
    if (rows.some((row) => row[column].includes("%"))) { return true; }
    if (column < 2) { return false; }
    let seen = 0;
    for (const row of rows) {
      const [one, other, share] = [rough(row[column - 2]), rough(row[column - 1]), rough(row[column])];
      if (Number.isNaN(share) || Number.isNaN(one) || Number.isNaN(other)) { continue; }
      const near = [[one, other], [other, one]].some(([whole, part]) => whole > 0 && Math.abs((part / whole) * 100 - share) <= 0.5 + 1e-9);
      if (!near) { return false; }
      seen += 1;
    }
    return seen > 0;
  };

  /* The plan. `columns`: how many cells the sheet has from the marked one to the right; `rows`: how many rows from it downwards.
     cells: [{down, right, text}]; everything that finds no place is named. */
  const plan = (text, { columns, rows }) => {
    const all = cellsOf(text);
    let start = 0;
    const numeric = (row) => row.some((cell) => DIGIT.test(cell) && !word(cell));
    while (start < all.length && !numeric(all[start]) && all.slice(start).some(numeric)) { start += 1; }
    const body = all.slice(start);
    const width = body.length ? body[0].length : 0;
    const filled = (column) => body.filter((row) => row[column] !== "");
    let first = 0;
    for (let column = 0; column < width; column += 1) {
      const said = filled(column);
      if (width > 1 && said.length && said.filter((row) => word(row[column])).length * 2 > said.length) { first = column + 1; }
    }
    const share = [], kept = [];
    for (let column = first; column < width; column += 1) {
      (isShare(body.map((row) => row.slice(first)), column - first) ? share : kept).push(column);
    }
    while (kept.length > 1 && !filled(kept[kept.length - 1]).length) { kept.pop(); }
    const cells = [], blanks = [];
    body.slice(0, rows).forEach((row, down) => kept.slice(0, columns).forEach((column, right) => {
      if (row[column] === "") { blanks.push({ down, right }); } else { cells.push({ down, right, text: row[column] }); }
    }));
    const outside = kept.slice(columns);
    return {
      cells,
      read: Math.min(body.length, rows),
      headers: start,
      names: first,
      blanks: blanks.length,
      share: share.map((column) => filled(column).map((row) => row[column]).slice(0, 3).join(", ")),
      rowsOver: body.slice(rows).map((row) => kept.map((column) => row[column]).join(" ")),
      columnsOver: outside.map((column) => filled(column).map((row) => row[column]).slice(0, 3).join(", ")),
    };
  };

  /* Whether a clipboard is a piece of a table at all: one value is left to the browser. */
  const isTable = (text) => { const all = cellsOf(text); return all.length > 1 || (all.length === 1 && all[0].length > 1); };

  jejak.paste = { cellsOf, plan, isTable };
})();
