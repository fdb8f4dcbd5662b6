// @medplum/core: made for another server; its FHIR calls know only the standard.
import { MedplumClient } from "@medplum/core";

import { Flow, asked, assert, checkTransaction, observation, serve, transaction } from "./app.mjs";

const root = new URL("/", asked.base);
const client = new MedplumClient({ baseUrl: root.href, fhirUrlPath: "fhir", cacheTime: 0, extendedMode: false });
let flow;

async function begin(request, response, redirect) {
  const found = await client.get("fhir/.well-known/smart-configuration");
  flow = new Flow({ authorize: found.authorization_endpoint, token: found.token_endpoint });
  flow.begin(response, redirect);
}

async function finish(request, response, url, redirect) {
  const given = await flow.finish(url, redirect);
  client.setAccessToken(given.access_token);
  const steps = ["launch"];
  const patient = given.patient;
  assert.equal((await client.readResource("Patient", patient)).id, asked.patient);
  steps.push("read");

  const first = await client.search("Observation", { patient, _count: "2" });
  assert.equal(first.entry.length, 2);
  steps.push("search");
  const seen = new Set();
  for await (const page of client.searchResourcePages("Observation", { patient, _count: "2" }))
    page.forEach((one) => seen.add(one.id));
  assert.ok(seen.size >= asked.observations);
  steps.push("page");

  const made = await client.createResource(observation(patient, 64));
  assert.ok(made.id);
  steps.push("create");
  const headers = { "If-Match": `W/"${made.meta.versionId}"` };
  const next = { ...made, valueQuantity: { ...made.valueQuantity, value: 65 } };
  const changed = await client.updateResource(next, { headers });
  assert.equal(changed.valueQuantity.value, 65);
  steps.push("update");
  await assert.rejects(client.updateResource({ ...next, status: "amended" }, { headers }), (error) => Boolean(error.outcome));
  steps.push("conflict");
  checkTransaction(await client.executeBatch(transaction(patient)));
  steps.push("transaction");
  return steps;
}

serve(begin, finish);
