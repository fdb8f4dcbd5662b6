// fhirclient: the library of SMART apps. It brings its own launch.
import smart from "fhirclient";

import { asked, assert, checkTransaction, observation, serve, transaction } from "./app.mjs";

const kept = new Map();
const storage = {
  get: async (key) => kept.get(key),
  set: async (key, value) => (kept.set(key, value), value),
  unset: async (key) => kept.delete(key),
};

function begin(request, response, redirect) {
  return smart(request, response, storage).authorize({
    iss: asked.base, client_id: asked.client, scope: asked.scope, redirect_uri: redirect, pkceMode: "required",
  });
}

async function finish(request, response) {
  const client = await smart(request, response, storage).ready();
  const steps = ["launch"];
  const patient = client.patient.id;
  assert.equal(patient, asked.patient);
  assert.equal((await client.patient.read()).id, patient);
  steps.push("read");

  const first = await client.request(`Observation?patient=${patient}&_count=2`);
  assert.equal(first.entry.length, 2);
  steps.push("search");
  const pages = await client.request(`Observation?patient=${patient}&_count=2`, { pageLimit: 0, flat: true });
  assert.equal(new Set(pages.map((one) => one.id)).size, pages.length);
  assert.ok(pages.length >= asked.observations);
  steps.push("page");

  const made = await client.create(observation(patient, 64));
  assert.ok(made.id && made.meta.versionId);
  steps.push("create");
  const tag = { "If-Match": `W/"${made.meta.versionId}"` };
  made.valueQuantity.value = 65;
  const changed = await client.update(made, { headers: tag });
  assert.notEqual(changed.meta.versionId, tag["If-Match"].slice(3, -1));
  steps.push("update");
  await assert.rejects(client.update(made, { headers: tag }), (error) => [409, 412].includes(error.statusCode ?? error.status));
  steps.push("conflict");

  const body = JSON.stringify(transaction(patient));
  const headers = { "Content-Type": "application/fhir+json" };
  checkTransaction(await client.request({ url: "/", method: "POST", body, headers }));
  steps.push("transaction");
  return steps;
}

serve(begin, finish);
