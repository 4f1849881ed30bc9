/* When the session has ended: says so, offers signing in in a second window, and goes on in this one. Pages work without this file.

   window.jejak.session.renew() resolves once the person of this page is signed in again (at once where only the form tokens were of an older
   session), with the `_csrf` fields of all forms on the page renewed. Nothing that was typed is touched. */
(() => {
  "use strict";
  const LOOK_MS = 2000, REST_MS = 5000;
  const me = document.body.dataset.person || "";
  const bar = document.getElementById("sesi");
  const channel = "BroadcastChannel" in window ? new BroadcastChannel("jejak-session") : null;
  let waiting = null, lookedAt = 0;

  const say = (state) => {
    if (!bar) { return; }
    const shown = state === "ended" || state === "other";
    bar.querySelectorAll("[data-when]").forEach((words) => { words.hidden = words.dataset.when !== state; });
    bar.hidden = !shown;
  };
  /* mine | ended | other (somebody else is signed in here) | away (it cannot be told now) */
  const look = async () => {
    lookedAt = Date.now();
    try {
      const answer = await fetch("/api/intake/session", { headers: { Accept: "application/json" }, cache: "no-store" });
      if (answer.status === 401) { return "ended"; }
      if (!answer.ok) { return "away"; }
      const found = await answer.json();
      if (me && found.person !== me) { return "other"; }
      document.querySelectorAll('input[name="_csrf"]').forEach((field) => { field.value = found.form_token || ""; });
      return "mine";
    } catch {
      return "away";
    }
  };
  const renew = () => {
    waiting = waiting || new Promise((resolve) => {
      let timer = 0, asking = false;
      const ask = async () => {
        if (asking) { return; }
        asking = true;
        const state = await look();
        asking = false;
        if (!waiting) { return; }
        say(state);
        if (state !== "mine") { return; }
        clearInterval(timer);
        removeEventListener("focus", ask);
        if (channel) { channel.removeEventListener("message", ask); }
        waiting = null;
        resolve();
      };
      timer = setInterval(() => { if (!document.hidden) { ask(); } }, LOOK_MS);
      addEventListener("focus", ask);
      if (channel) { channel.addEventListener("message", ask); }
      setTimeout(ask);
    });
    return waiting;
  };
  /* Somebody comes back to this window: meanwhile the session may have ended, or be a new one of the same person. */
  const came = async () => {
    if (!me || waiting || document.hidden || Date.now() - lookedAt < REST_MS) { return; }
    const state = await look();
    if (!waiting && (state === "ended" || state === "other")) { renew(); }
  };
  addEventListener("focus", came);
  document.addEventListener("visibilitychange", came);
  if (document.getElementById("sudah-masuk")) {
    if (channel) { channel.postMessage("signed-in"); }
    if (opener) { setTimeout(() => window.close(), 1500); }
  }
  window.jejak = window.jejak || {};
  window.jejak.session = { renew };
})();
