/* Passkeys: gives the browser's task, which the page holds, to the device, and sends its answer with the form. Without scripts the form stays hidden,
   and codes of an app do the same. */
(() => {
  "use strict";
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const named = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));
  const asked = async (task) => {
    const publicKey = { ...task, challenge: bytes(task.challenge) };
    if (task.user) {
      const made = await navigator.credentials.create({
        publicKey: { ...publicKey, user: { ...task.user, id: bytes(task.user.id) }, excludeCredentials: named(task.excludeCredentials) } });
      return { id: made.id, rawId: text(made.rawId), type: made.type, response: {
        clientDataJSON: text(made.response.clientDataJSON), attestationObject: text(made.response.attestationObject) } };
    }
    const found = await navigator.credentials.get({ publicKey: { ...publicKey, allowCredentials: named(task.allowCredentials) } });
    return { id: found.id, rawId: text(found.rawId), type: found.type, response: {
      clientDataJSON: text(found.response.clientDataJSON), authenticatorData: text(found.response.authenticatorData), signature: text(found.response.signature),
      userHandle: found.response.userHandle ? text(found.response.userHandle) : null } };
  };
  if (!window.PublicKeyCredential) { return; }
  for (const form of document.querySelectorAll("form.passkey")) {
    form.hidden = false;
    form.querySelector("button").addEventListener("click", async () => {
      if (!form.reportValidity()) { return; }
      try {
        form.elements.namedItem("passkey_token").value = JSON.stringify(await asked(JSON.parse(form.dataset.task)));
        form.requestSubmit();
      } catch { form.querySelector(".notice").hidden = false; }
    });
  }
})();
