/* What a clipboard means for a sheet: which text goes into which cell, and what is left out, by name. Pure: text and the sheet's shape in, a plan out.
   It reads no number for the record; the server does. */
(() => {
  "use strict";
  const jejak = (window.jejak = window.jejak || {});

  /* The cells of a spreadsheet's clipboard. A quoted cell may hold tabs and line breaks; a line break inside becomes a space, so that no two numbers
     run together. */
  const endOfQuoted = (source, start) => {
    let at = source.indexOf('"', start + 1);
    while (at >= 0 && source[at + 1] === '"') { at = source.indexOf('"', at + 2); }
    return at >= 0 && [undefined, "\t", "\n"].includes(source[at + 1]) ? at : -1;
  };
  const endOfPlain = (source, start) => {
    const ends = [source.indexOf("\t", start), source.indexOf("\n", start)].filter((at) => at >= 0);
    return ends.length ? Math.min(...ends) : source.length;
  };
  const LONGEST = 1000; /* of a cell; what is longer is cut and marked, and no number to the server */
  const cellsOf = (text) => {
    const rows = [[]];
    let at = 0;
    const source = text.replace(/\r\n?/g, "\n");
    const end = () => at >= source.length;
    while (!end() || rows.length === 1) {
      let cell = "";
      const quoted = source[at] === '"' ? endOfQuoted(source, at) : -1;
      if (quoted > 0) {
        cell = source.slice(at + 1, quoted).replace(/""/g, '"');
        at = quoted + 1;
      } else {
        const plain = endOfPlain(source, at);
        cell = source.slice(at, plain);
        at = plain;
      }
      if (cell.length > LONGEST) { cell = `${cell.slice(0, LONGEST)}…`; }
      rows[rows.length - 1].push(cell.replace(/\s*\n\s*/g, " ").replace(/^[\s\u200b\ufeff]+|[\s\u200b\ufeff]+$/g, ""));
      if (end()) { break; }
      if (source[at] === "\n") { rows.push([]); }
      at += 1;
      if (end() && source[at - 1] === "\t") { rows[rows.length - 1].push(""); }
    }
    while (rows.length && rows[rows.length - 1].every((cell) => cell === "")) { rows.pop(); }
    const width = rows.reduce((most, row) => Math.max(most, row.length), 0);
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

  /* A row that only numbers the columns, as printed tables have it: `1 2 3`, `(3) (4) (5=4/3)`. */
  const numbering = (row, below) => {
    const said = row.filter((cell) => cell !== "").map((cell) => cell.match(/^(\()?(\d{1,2})(?:\s*=[^)]*)?\)?$/));
    return said.length > 1 && said.every((found, index) => found && Number(found[2]) === Number(said[0][2]) + index)
      && Boolean(below || said.length > 2 || said[0][1]);
  };
  const TOTAL = /^(sub|grand)?\s*-?(jumlah|total|jml|rata-rata|average)\b/i;

  /* The plan. `columns`: how many cells the sheet has from the marked one to the right; `rows`: how many rows from it downwards.
     cells: [{down, right, text}]; everything that finds no place is named. `labels`: what a table calls the rows that find a place. */
  const plan = (text, { columns, rows }) => {
    const all = cellsOf(text);
    let start = 0;
    const numeric = (row) => row.some((cell) => DIGIT.test(cell) && !word(cell));
    const head = (row, index) => index + 1 < all.length && (!numeric(row) || numbering(row, index > 0));
    while (start < all.length && head(all[start], start)) { start += 1; }
    if (!all.slice(start).some(numeric)) { start = 0; }
    let body = all.slice(start);
    const width = body.length ? body[0].length : 0;
    const filled = (column) => body.filter((row) => row[column] !== "");
    let first = 0;
    for (let column = 0; column < width; column += 1) {
      const said = filled(column);
      if (width > 1 && said.length && said.filter((row) => word(row[column])).length * 2 > said.length) { first = column + 1; }
    }
    const named = (row) => row.slice(0, first).filter(word).join(" ");
    const totals = body.filter((row) => TOTAL.test(named(row)));
    body = body.filter((row) => !totals.includes(row));
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
      labels: first ? body.slice(0, rows).map(named) : [],
      totals: totals.map(named),
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
