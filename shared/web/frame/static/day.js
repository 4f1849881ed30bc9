/* A day that was typed is read back at once, with its weekday and its month in words. Comfort only: the server reads days by itself. */
(() => {
  "use strict";
  const months = ["jan januari january", "feb februari february", "mar maret march", "apr april", "mei may", "jun juni june", "jul juli july",
    "agu agt ags agustus aug august", "sep sept september", "okt oktober oct october", "nov november", "des desember dec december"];
  const words = { id: ["Min Sen Sel Rab Kam Jum Sab", "Jan Feb Mar Apr Mei Jun Jul Agu Sep Okt Nov Des"],
    en: ["Sun Mon Tue Wed Thu Fri Sat", "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"] };
  const day = (text) => {
    const lower = text.trim().toLowerCase();
    let found = /^(\d{4})-(\d{2})-(\d{2})$/.exec(lower), parts = null;
    if (found) { parts = [found[1], found[2], found[3]]; }
    found = /^(\d{1,2})([/.-])(\d{1,2})\2(\d{4})$/.exec(lower);
    if (found) { parts = [found[4], found[3], found[1]]; }
    found = /^(\d{1,2}) +([a-z]+)\.? +(\d{4})$/.exec(lower);
    if (found) { parts = [found[3], months.findIndex((names) => names.split(" ").includes(found[2])) + 1, found[1]]; }
    if (!parts) { return null; }
    const [year, month, number] = parts.map(Number);
    const made = new Date(0);
    made.setUTCFullYear(year, month - 1, number);
    return made.getUTCMonth() === month - 1 && made.getUTCDate() === number ? made : null;
  };
  addEventListener("change", (event) => {
    const field = event.target;
    const made = field.matches && field.matches("input.date") ? day(field.value) : null;
    if (!made) { return; }
    const [days, names] = (words[document.documentElement.lang] || words.id).map((all) => all.split(" "));
    field.value = `${days[made.getUTCDay()]}, ${made.getUTCDate()} ${names[made.getUTCMonth()]} ${made.getUTCFullYear()}`;
  });
})();
