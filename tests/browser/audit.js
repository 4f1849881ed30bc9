// What an official with a keyboard, a screen reader or bad eyes needs of every page.
// Answers with sentences about what is wrong. It looks at the finished page: one that is still being read has
// no style yet and lacks what would be wrong with it.
async () => {
  if (document.readyState !== "complete") await new Promise((done) => addEventListener("load", done, { once: true }));
  const wrong = [];
  const shown = (e) => e.checkVisibility({ checkVisibilityCSS: true, checkOpacity: true });
  const name = (e) => e.outerHTML.slice(0, 120);
  for (const e of document.querySelectorAll("[hidden]")) if (shown(e)) wrong.push(`hidden, yet seen: ${name(e)}`);
  const width = document.documentElement.scrollWidth;
  if (width > innerWidth) {
    const wide = [...document.querySelectorAll("main *")].filter((e) => shown(e) && e.getBoundingClientRect().right > innerWidth + 1).slice(-1);
    wrong.push(`wider than the screen by ${width - innerWidth}: ${wide.map(name)}`);
  }
  if (document.querySelectorAll("h1").length !== 1) wrong.push(`${document.querySelectorAll("h1").length} h1`);
  let level = 1;
  for (const h of document.querySelectorAll("main h1, main h2, main h3, main h4")) {
    const now = Number(h.tagName[1]);
    if (now > level + 1) wrong.push(`heading skips a level: ${name(h)}`);
    level = now;
  }
  const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
  for (const id of new Set(ids.filter((id, at) => ids.indexOf(id) !== at))) wrong.push(`id twice: ${id}`);
  for (const e of document.querySelectorAll("input:not([type=hidden]), select, textarea")) {
    if (!e.labels.length && !e.getAttribute("aria-label") && !e.getAttribute("aria-labelledby")) wrong.push(`no label: ${name(e)}`);
  }
  for (const e of document.querySelectorAll("a[href], button, summary")) {
    if (shown(e) && !e.innerText.trim() && !e.getAttribute("aria-label") && !e.querySelector("img[alt]:not([alt=''])")) wrong.push(`no words: ${name(e)}`);
  }
  for (const e of document.querySelectorAll("img:not([alt])")) wrong.push(`no alt: ${name(e)}`);
  for (const e of document.querySelectorAll("main form")) {
    if (e.method === "post" && !e.querySelector("[name=_csrf]")) wrong.push(`form without token: ${name(e)}`);
  }
  if (document.querySelectorAll("main .primary").length > 1 && [...document.querySelectorAll("main .primary")].filter(shown).length > 1)
    wrong.push("more than one primary button");
  const channel = (v) => (v /= 255, v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  const parts = (c) => (c.match(/[\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const behind = (e) => { for (; e; e = e.parentElement) { const c = parts(getComputedStyle(e).backgroundColor); if (c.length === 3 || c[3] > 0.99) return c; } return [255, 255, 255]; };
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const seen = new Set();
  while (walk.nextNode()) {
    const e = walk.currentNode.parentElement;
    if (!walk.currentNode.data.trim() || !shown(e) || e.closest("script, .visually-hidden, .skip, option")) continue;
    const [a, b] = [light(parts(getComputedStyle(e).color)), light(behind(e))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5 && !seen.has(e.className)) { seen.add(e.className); wrong.push(`contrast ${ratio.toFixed(2)}: ${name(e)}`); }
  }
  const targets = {};
  for (const e of document.querySelectorAll("a[href]")) {
    const words = (e.getAttribute("aria-label") || e.innerText).replace(/\s+/g, " ").trim();
    if (shown(e)) (targets[words] ||= new Set()).add(/[0-9a-f]{64}$/.exec(e.href)?.[0] || e.href);  // a file is the same file at each of its addresses
  }
  for (const words in targets) if (targets[words].size > 1) wrong.push(`one text, several targets: ${words}: ${[...targets[words]]}`);
  for (const e of document.querySelectorAll(".chip, .trial, .todo-cycle")) {
    if (shown(e) && new Set([...e.getClientRects()].map((r) => Math.round(r.top))).size > 1) wrong.push(`chip wraps: ${name(e)}`);
  }
  const frame = [...document.querySelectorAll(".frame-top a, .frame-top summary, .frame-top strong, .frame-top .trial")].filter((e) => shown(e) && !e.closest(".menu-body"));
  const boxes = frame.map((e) => e.getBoundingClientRect());
  boxes.forEach((a, i) => boxes.slice(i + 1).forEach((b, j) => {
    if (a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1) wrong.push(`lies on another: ${name(frame[i])} and ${name(frame[i + 1 + j])}`);
  }));
  const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  while (words.nextNode()) {
    const node = words.currentNode, e = node.parentElement;
    if (!shown(e) || e.closest("script, code, svg, option, textarea, .visually-hidden, .skip")) continue;
    for (const word of node.data.matchAll(/[\p{L}\p{N}.,]+/gu)) {
      const run = /^\S*/.exec(node.data.slice(node.data.slice(0, word.index).search(/\S*$/)))[0];
      if (word[0].length > 22 || run.length > 40) continue;  // a key or a digest: it may break anywhere
      range.setStart(node, word.index);
      range.setEnd(node, word.index + word[0].length);
      const lines = [...range.getClientRects()].map((r) => Math.round(r.top));
      if (Math.max(...lines) - Math.min(...lines) > 8) wrong.push(`broken inside a word: ${word[0]} in ${name(e)}`);
    }
  }
  for (const e of document.querySelectorAll("main td, main th")) {
    if (!shown(e)) continue;
    const cell = e.getBoundingClientRect();
    for (const chip of e.querySelectorAll(".chip, .button")) {
      if (shown(chip) && chip.getBoundingClientRect().right > cell.right + 1) wrong.push(`reaches out of its cell: ${name(chip)}`);
    }
    for (const text of [...e.childNodes].filter((n) => n.nodeType === Node.TEXT_NODE && n.data.trim())) {
      range.selectNodeContents(text);
      const over = range.getBoundingClientRect();
      if (over.right > cell.right + 1 || over.left < cell.left - 1) wrong.push(`reaches out of its cell: ${name(e)}`);
    }
  }
  return wrong;
}
