// A SMART program in one file, to read and to copy: by itself, from a chart, and as a service. No library.
(() => {
  "use strict";

  const root = document.querySelector("[data-sample]");
  if (!root) return;
  const { fhir, standalone, launched } = root.dataset;
  const here = `${location.origin}${location.pathname}`;
  const said = root.querySelector("[data-said]");
  const say = (text) => { said.textContent = text; };

  const base64url = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
  const random = () => base64url(crypto.getRandomValues(new Uint8Array(32)));
  const encoded = (value) => base64url(new TextEncoder().encode(JSON.stringify(value)));

  const json = async (address, options = {}) => {
    const answer = await fetch(address, { credentials: "omit", ...options });
    const told = await answer.json();
    if (!answer.ok) throw new Error(`${answer.status} ${told.error || told.issue?.[0]?.code || ""}`);
    return told;
  };

  // Send the person to the server's own pages: who they are and what they let us read, we never see them say.
  const begin = async (server, client, scope, launch) => {
    const configuration = await json(`${server}/.well-known/smart-configuration`);
    const kept = { server, client, state: random(), verifier: random(), token: configuration.token_endpoint };
    sessionStorage.setItem("sample", JSON.stringify(kept));
    const challenge = base64url(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(kept.verifier)));
    const asked = new URLSearchParams({
      response_type: "code", client_id: client, redirect_uri: here, scope, state: kept.state, aud: server,
      code_challenge: challenge, code_challenge_method: "S256", nonce: random(),
    });
    if (launch) asked.set("launch", launch);
    location.assign(`${configuration.authorization_endpoint}?${asked}`);
  };

  const come = async (asked) => {
    const kept = JSON.parse(sessionStorage.getItem("sample") || "{}");
    sessionStorage.removeItem("sample");
    history.replaceState(null, "", here);
    if (!kept.state || asked.get("state") !== kept.state) return say("This answer is not for us. Begin again.");
    if (asked.get("error")) return say("You said no. Nothing was read.");
    const body = new URLSearchParams({
      grant_type: "authorization_code", code: asked.get("code"), redirect_uri: here, client_id: kept.client,
      code_verifier: kept.verifier,
    });
    const tokens = await json(kept.token, { method: "POST", body });
    return show(kept.server, tokens);
  };

  const list = (name, texts, none) => {
    const items = (texts.length ? texts : [none]).map((text) => Object.assign(document.createElement("li"), { textContent: text }));
    root.querySelector(`[data-${name}]`).replaceChildren(...items);
  };

  const named = (concept) => concept?.text || concept?.coding?.[0]?.display || concept?.coding?.[0]?.code || "";
  const nameOf = (patient) => {
    const name = patient.name?.[0] || {};
    return name.text || [...(name.given || []), name.family].filter(Boolean).join(" ") || "Somebody";
  };
  const resources = (bundle) => (bundle.entry || []).map((entry) => entry.resource);
  const owed = (task) => {
    const what = task.focus?.reference?.startsWith("ServiceRequest/") ? "Referral" : task.description || named(task.code);
    return `${what}: ${named(task.businessStatus) || task.status}, since ${(task.authoredOn || "").slice(0, 10)}`;
  };
  const CLOSED = ["completed", "cancelled", "rejected", "failed", "entered-in-error"];

  const show = async (server, tokens) => {
    const headers = { Authorization: `Bearer ${tokens.access_token}`, Accept: "application/fhir+json" };
    const read = (path) => json(`${server}/${path}`, { headers });
    const of = `patient=${tokens.patient}&_count=50`;
    const may = (kind) => tokens.scope.includes(`/${kind}.`);
    const [patient, medicines, tasks] = await Promise.all([
      may("Patient") ? read(`Patient/${tokens.patient}`) : {},
      may("MedicationRequest") ? read(`MedicationRequest?${of}&status=active`) : {},
      may("Task") ? read(`Task?${of}`) : {},
    ]);
    const open = resources(tasks).filter((task) => !CLOSED.includes(task.status));
    root.querySelector("[data-name]").textContent = nameOf(patient);
    list("medicines", resources(medicines).map((one) => named(one.medicationCodeableConcept)), "None that it was given.");
    list("loops", open.map(owed), "None that it was given.");
    const { access_token, refresh_token, id_token, ...rest } = tokens;
    root.querySelector("[data-told]").textContent = JSON.stringify(rest, null, 2);
    root.querySelector("[data-shown]").hidden = false;
    say("It was let in, and read this:");
  };

  // Backend Services: a key that never leaves this page, its public half registered, an assertion, a token, a search.
  const service = root.querySelector("[data-service]");
  const told = root.querySelector("[data-service-said]");
  const began = Date.now();
  const serve = async () => {
    const { client, token, scopes, now } = service.dataset;
    const pair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-384" }, false, ["sign", "verify"]);
    const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", pair.publicKey);
    const kid = random();
    const form = new URLSearchParams(new FormData(service));
    form.set("jwks", JSON.stringify({ keys: [{ kty, crv, x, y, kid, use: "sig", alg: "ES384" }] }));
    await json(service.action, { method: "POST", body: form, credentials: "same-origin" });
    // The demo's clock may stand behind this device's.
    const ends = Number(now) + Math.floor((Date.now() - began) / 1000) + 120;
    const claims = { iss: client, sub: client, aud: token, exp: ends, jti: random() };
    const signed = `${encoded({ alg: "ES384", kid, typ: "JWT" })}.${encoded(claims)}`;
    const signature = await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-384" }, pair.privateKey, new TextEncoder().encode(signed));
    const body = new URLSearchParams({
      grant_type: "client_credentials", scope: scopes, client_assertion: `${signed}.${base64url(signature)}`,
      client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    });
    const tokens = await json(token, { method: "POST", body });
    const headers = { Authorization: `Bearer ${tokens.access_token}`, Accept: "application/fhir+json" };
    const found = resources(await json(`${fhir}/Patient?_count=5`, { headers }));
    list("patients", found.map(nameOf), "None that the practice as such may read.");
    told.textContent = `It has a token for ${tokens.expires_in} seconds, and read the first patients of its practice:`;
  };
  service.addEventListener("submit", (event) => {
    event.preventDefault();
    told.textContent = "Asking.";
    serve().catch((error) => { told.textContent = `It did not work: ${error.message}`; });
  });

  const failed = (error) => say(`It did not work: ${error.message}`);
  root.querySelector("[data-begin]").addEventListener("click", () => {
    begin(fhir, standalone, root.dataset.scopesStandalone).catch(failed);
  });
  const asked = new URLSearchParams(location.search);
  if (asked.has("launch") && asked.get("iss") === fhir) {
    begin(fhir, launched, root.dataset.scopesLaunched, asked.get("launch")).catch(failed);
  } else if (asked.has("state")) come(asked).catch(failed);
  root.dataset.ready = "";
})();
