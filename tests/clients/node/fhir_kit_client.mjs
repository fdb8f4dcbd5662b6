// fhir-kit-client: finds the endpoints, the flow is the app's own.
import { Client } from "fhir-kit-client";

import { Flow, asked, assert, checkTransaction, observation, serve, transaction } from "./app.mjs";

const client = new Client({ baseUrl: asked.base });
let flow;

async function begin(request, response, redirect) {
  const found = await client.smartAuthMetadata();
  flow = new Flow({ authorize: found.authorizeUrl, token: found.tokenUrl });
  flow.begin(response, redirect);
}

async function finish(request, response, url, redirect) {
  const given = await flow.finish(url, redirect);
  client.bearerToken = given.access_token;
  const steps = ["launch"];
  const patient = given.patient;
  assert.equal((await client.read({ resourceType: "Patient", id: patient })).id, asked.patient);
  steps.push("read");

  const searchParams = { patient, _count: "2" };
  let page = await client.search({ resourceType: "Observation", searchParams });
  assert.equal(page.entry.length, 2);
  steps.push("search");
  const seen = new Set();
  for (; page; page = await client.nextPage({ bundle: page })) page.entry?.forEach((one) => seen.add(one.resource.id));
  assert.ok(seen.size >= asked.observations);
  steps.push("page");

  const made = await client.create({ resourceType: "Observation", body: observation(patient, 64) });
  assert.ok(made.id);
  steps.push("create");
  const options = { headers: { "If-Match": `W/"${made.meta.versionId}"` } };
  const body = { ...made, valueQuantity: { ...made.valueQuantity, value: 65 } };
  const changed = await client.update({ resourceType: "Observation", id: made.id, body, options });
  assert.equal(changed.valueQuantity.value, 65);
  steps.push("update");
  await assert.rejects(
    client.update({ resourceType: "Observation", id: made.id, body, options }),
    (error) => [409, 412].includes(error.response.status),
  );
  steps.push("conflict");
  checkTransaction(await client.transaction({ body: transaction(patient) }));
  steps.push("transaction");
  return steps;
}

serve(begin, finish);
