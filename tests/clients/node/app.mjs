// A small app on loopback, as a vendor would write it: /launch sends the browser to the authorization server, /callback
// takes the code and walks a round through the record. The answer to /callback lists the steps that were done.
import assert from "node:assert/strict";
import crypto from "node:crypto";
import http from "node:http";

export const asked = JSON.parse(process.env.ROUND);
export { assert };

/** `begin(request, response, redirect)` redirects; `finish(request, response, url, redirect)` gives the steps done. */
export function serve(begin, finish) {
  const server = http.createServer(async (request, response) => {
    const url = new URL(request.url, `http://${request.headers.host}`);
    const redirect = `http://127.0.0.1:${server.address().port}/callback`;
    try {
      if (url.pathname === "/launch") return await begin(request, response, redirect);
      const steps = await finish(request, response, url, redirect);
      response.end(JSON.stringify({ steps }));
    } catch (error) {
      response.statusCode = 500;
      response.end(JSON.stringify({ error: String(error?.stack ?? error), more: JSON.stringify(error) }));
    }
  });
  server.listen(0, "127.0.0.1", () => console.log(JSON.stringify({ app: `http://127.0.0.1:${server.address().port}` })));
}

/** The authorization code flow with PKCE for libraries that bring none of their own. */
export class Flow {
  constructor(endpoints) {
    this.endpoints = endpoints;
  }

  begin(response, redirect) {
    this.state = crypto.randomUUID();
    this.verifier = crypto.randomBytes(48).toString("base64url");
    const challenge = crypto.createHash("sha256").update(this.verifier).digest("base64url");
    const to = new URL(this.endpoints.authorize);
    const parameters = {
      response_type: "code", client_id: asked.client, redirect_uri: redirect, scope: asked.scope, aud: asked.base,
      state: this.state, code_challenge: challenge, code_challenge_method: "S256",
    };
    for (const [name, value] of Object.entries(parameters)) to.searchParams.set(name, value);
    response.writeHead(302, { location: to.href });
    response.end();
  }

  /** What the token endpoint gives for the code in `url`. */
  async finish(url, redirect) {
    assert.equal(url.searchParams.get("state"), this.state);
    const form = {
      grant_type: "authorization_code", code: url.searchParams.get("code"), redirect_uri: redirect,
      client_id: asked.client, code_verifier: this.verifier,
    };
    const answer = await fetch(this.endpoints.token, { method: "POST", body: new URLSearchParams(form) });
    assert.equal(answer.status, 200);
    return answer.json();
  }
}

export function observation(patient, value) {
  return {
    resourceType: "Observation",
    status: "final",
    category: [{ coding: [{ system: "http://terminology.hl7.org/CodeSystem/observation-category", code: "vital-signs" }] }],
    code: { coding: [{ system: "http://loinc.org", code: "8867-4" }], text: "Heart rate" },
    subject: { reference: `Patient/${patient}` },
    effectiveDateTime: "2026-11-20T10:00:00Z",
    valueQuantity: { value, unit: "/min", system: "http://unitsofmeasure.org", code: "/min" },
  };
}

/** Two entries, the second naming the first by its urn:uuid. */
export function transaction(patient) {
  const full = `urn:uuid:${crypto.randomUUID()}`;
  const encounter = {
    resourceType: "Encounter",
    status: "finished",
    class: { system: "http://terminology.hl7.org/CodeSystem/v3-ActCode", code: "AMB" },
    type: [{ coding: [{ system: "http://snomed.info/sct", code: "185349003" }] }],
    subject: { reference: `Patient/${patient}` },
    period: { start: "2026-11-20T10:00:00Z", end: "2026-11-20T10:20:00Z" },
  };
  const measured = { ...observation(patient, 71), encounter: { reference: full } };
  return {
    resourceType: "Bundle",
    type: "transaction",
    entry: [
      { fullUrl: full, resource: encounter, request: { method: "POST", url: "Encounter" } },
      { resource: measured, request: { method: "POST", url: "Observation" } },
    ],
  };
}

export function checkTransaction(bundle) {
  assert.equal(bundle.type, "transaction-response");
  assert.deepEqual(bundle.entry.map((one) => one.response.status.slice(0, 3)), ["201", "201"]);
  assert.match(bundle.entry[0].response.location, /Encounter\//);
}
