// Passkeys: ask the server for a challenge, let the browser answer, follow where the server says.
(() => {
  "use strict";
  if (!window.PublicKeyCredential?.parseRequestOptionsFromJSON) return;
  const said = document.getElementById("passkey-said");
  const token = () => document.querySelector("input[name=csrfmiddlewaretoken]").value;
  const post = (path, purpose, body) => fetch(path, {
    method: "POST",
    headers: { "X-CSRFToken": token(), "X-Passkey": purpose, "Content-Type": "application/json" },
    body,
  });
  const speak = (text) => { said.textContent = text; said.hidden = !text; };

  const walk = async (purpose) => {
    speak("");
    const given = await post("/sign-in/passkey/challenge", purpose, "{}");
    const options = await given.json();
    const credential = purpose === "add"
      ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
      : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
    const answer = await post("/sign-in/passkey", purpose, JSON.stringify(credential.toJSON()));
    const told = await answer.json();
    if (told.error) speak(told.error);
    else location.assign(told.go);
  };

  document.querySelectorAll("[data-passkey]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => walk(button.dataset.passkey).catch(() => speak("No passkey was used. Nothing was changed. Try again, or use your password.")));
  });
})();
