"""Write ``hallway/standards/fhir/tables/definitions.bin`` from the standard's own definitions.

Run by hand: ``python tools/build_fhir_definitions.py DEFINITIONS_FOLDER``. The folder holds HL7's R4 4.0.1
definitions, published under CC0. What goes into the product are facts in a compact form: names, cardinality, types,
targets, required codes from HL7's own code systems, and invariants as expressions; no prose. The same input gives the
same bytes. The form is read by ``hallway/standards/fhir/definitions.py``, which says what each place means.
"""

import json
import re
import sys
import zlib
from pathlib import Path
from typing import Any

TARGET = Path(__file__).resolve().parent.parent / "hallway" / "standards" / "fhir" / "tables" / "definitions.bin"
Json = dict[str, Any]
FHIR = "http://hl7.org/fhir/"
DEFINITION = FHIR + "StructureDefinition/"
SYSTEM = "http://hl7.org/fhirpath/System."
OURS = (FHIR, "http://terminology.hl7.org/CodeSystem/")
"""Systems that HL7 publishes itself. Nothing of SNOMED CT, LOINC or CPT is taken, not even single codes."""
FREE = {"http://unitsofmeasure.org"}
"""Systems of which a short list inside a value set of HL7 is taken (units of time)."""
CORRECTED = {
    "que-7": "operator = 'exists' implies (answer is boolean)",
    "que-12": "enableWhen.count() > 1 implies enableBehavior.exists()",
}
"""Expressions whose letters the standard itself mended later: a FHIR boolean is no System.Boolean, and its text says
"more than one" where the expression said more than two."""
EVERYWHERE = {"ele-1", "ext-1"}
"""Invariants that the validator's own walk keeps; they hold for every element."""


ADDED = (
    "Binary.url", "DeviceDefinition.bodySite", "DeviceDefinition.classification", "ObservationDefinition.publisher",
    "Meta.project", "Meta.author", "Meta.onBehalfOf", "Meta.account", "Meta.accounts", "Meta.compartment",
    "ResearchStudy.name", "ResearchStudy.label", "ResearchStudy.studyDesign", "ResearchStudy.region",
    "ResearchStudy.descriptionSummary", "ResearchStudy.classifier", "ResearchStudy.associatedParty",
    "ResearchStudy.progressStatus", "ResearchStudy.whyStopped", "ResearchStudy.recruitment",
    "ResearchStudy.comparisonGroup", "ResearchStudy.outcomeMeasure", "ResearchStudy.result",
    "ResearchStudy.objective.description",
)  # fmt: skip
"""Elements that the package which carries the definitions added to them: R4 has none of these."""
REPLACED = {"EvidenceVariable": "EvidenceVariable.characteristic"}
"""Resources that the package gives as of a later version; R4's is put together from its data elements. The value is
the one backbone element, which stands in no data element: it is mandatory and repeats."""


def data_elements(folder: Path) -> dict[str, Json]:
    """R4's elements by path, as HL7 lists them one by one; the package left these as they were."""
    found: dict[str, Json] = {}
    for one in resources(folder, "dataelements.json"):
        for element in one.get("snapshot", {}).get("element", []):
            found[element["path"]] = element
    return found


def mended(definition: Json, listed: dict[str, Json]) -> Json:
    """A definition as R4 has it: what was added is left out, what was changed is as the data elements say."""
    name = definition["name"]
    own = definition["snapshot"]["element"]
    if name in REPLACED:
        own = replaced(own, REPLACED[name], listed)
    kept = [one for one in own if not one["path"].startswith(tuple(f"{path}." for path in ADDED))]
    kept = [as_listed(one, listed) for one in kept if one["path"] not in ADDED]
    return {**definition, "snapshot": {"element": kept}}


def as_listed(element: Json, listed: dict[str, Json]) -> Json:
    """An element with R4's cardinality, types and binding."""
    there = listed.get(element["path"])
    if there is None or element["path"].endswith(".id") or element["path"] == "Quantity.comparator":
        return element
    return element | {key: there[key] for key in ("min", "max", "type", "binding") if key in there}


def replaced(own: list[Json], backbone: str, listed: dict[str, Json]) -> list[Json]:
    """The elements of a resource from its data elements, those of every resource and its root from the definition."""
    name = own[0]["path"]
    out = [
        own[0],
        *(
            one
            for one in own[1:]
            if one["path"].endswith((".id", ".contained", ".extension", ".modifierExtension"))
            and one["path"].count(".") == 1
        ),
    ]
    known = {one["path"] for one in out}
    out += [one for path, one in listed.items() if path.startswith(f"{name}.") and path not in known]
    out.append({"path": backbone, "min": 1, "max": "*", "type": [{"code": "BackboneElement"}]})
    return out


def resources(folder: Path, file: str) -> list[Json]:
    """The resources of one definitions Bundle."""
    return [entry["resource"] for entry in json.loads((folder / file).read_text())["entry"]]


class Codes:
    """Value sets as lists of codes by system, where HL7 alone defines the codes."""

    def __init__(self, found: list[Json]) -> None:
        """``found``: every CodeSystem and ValueSet."""
        self.systems = {one["url"]: one for one in found if one["resourceType"] == "CodeSystem"}
        self.sets = {one["url"]: one for one in found if one["resourceType"] == "ValueSet"}
        self.rows: list[list[Any]] = []
        self.index: dict[str, int] = {}

    def row(self, canonical: str) -> int:
        """The row of a value set; its codes are None where they cannot be listed."""
        url = canonical.split("|")[0]
        if url not in self.index:
            codes = self.expand(url)
            listed = None if codes is None else {system: sorted(found) for system, found in sorted(codes.items())}
            self.index[url] = len(self.rows)
            self.rows.append([url, listed])
        return self.index[url]

    def expand(self, url: str) -> dict[str, set[str]] | None:
        """Codes by system; None when any part lies outside HL7's own systems."""
        valueset = self.sets.get(url.split("|")[0])
        if valueset is None or "compose" not in valueset:
            return None
        out: dict[str, set[str]] = {}
        for part in valueset["compose"]["include"]:
            found = self.part(part)
            if found is None:
                return None
            for system, codes in found.items():
                out.setdefault(system, set()).update(codes)
        for part in valueset["compose"].get("exclude", []):
            for system, codes in (self.part(part) or {}).items():
                out.get(system, set()).difference_update(codes)
        return out

    def part(self, part: Json) -> dict[str, set[str]] | None:
        """One include of a value set."""
        if "valueSet" in part:
            found = [self.expand(url) for url in part["valueSet"]]
            return None if None in found or len(found) > 1 or "system" in part else found[0]
        system = part["system"]
        if not system.startswith(OURS) and not (system in FREE and "concept" in part):
            return None
        if "concept" in part:
            return {system: {one["code"] for one in part["concept"]}}
        definition = self.systems.get(system)
        if definition is None or definition.get("content") != "complete":
            return None
        concepts = dict(walked(definition.get("concept", []), ()))
        for one in part.get("filter", []):
            kept = filtered(concepts, one)
            if kept is None:
                return None
            concepts = kept
        return {system: set(concepts)}


def walked(concepts: list[Json], above: tuple[str, ...]) -> list[tuple[str, tuple[tuple[str, ...], Json]]]:
    """Each code with the codes above it, by nesting and by ``subsumedBy``, and the concept itself."""
    out: list[tuple[str, tuple[tuple[str, ...], Json]]] = []
    for one in concepts:
        named = [p["valueCode"] for p in one.get("property", []) if p["code"] == "subsumedBy" and "valueCode" in p]
        out.append((one["code"], ((*above, *named), one)))
        out += walked(one.get("concept", []), (*above, one["code"]))
    return out


def filtered(concepts: dict[str, Any], rule: Json) -> dict[str, Any] | None:
    """What a filter leaves; None for an operator that is not known here."""
    if rule["op"] not in {"is-a", "descendent-of", "is-not-a"}:
        return None
    wanted = {rule["value"]}
    while True:
        more = {code for code, (above, _) in concepts.items() if wanted & set(above)} | wanted
        if more == wanted:
            break
        wanted = more
    if rule["op"] == "descendent-of":
        wanted = wanted - {rule["value"]}
    keep = (lambda code: code not in wanted) if rule["op"] == "is-not-a" else (lambda code: code in wanted)
    return {code: row for code, row in concepts.items() if keep(code)}


class Builder:
    """Gathers types, invariants and value sets."""

    def __init__(self, codes: Codes) -> None:
        """``codes`` expands bindings."""
        self.codes = codes
        self.invariants: list[list[str]] = []
        self.invariant_index: dict[tuple[str, str, str], int] = {}
        self.types: dict[str, list[Any]] = {}
        self.ids: set[str] = set()

    def rules(self, element: Json, besides: set[str] = frozenset()) -> list[int]:  # type: ignore[assignment]
        """Rows of an element's invariants."""
        out: list[int] = []
        for one in element.get("constraint", []):
            if one["key"] in EVERYWHERE or one["key"] in besides or "expression" not in one:
                continue
            row = (one["key"], one["severity"][0], CORRECTED.get(one["key"], one["expression"]))
            if row not in self.invariant_index:
                self.invariant_index[row] = len(self.invariants)
                self.invariants.append(list(row))
            out.append(self.invariant_index[row])
        return out

    def add(self, definition: Json) -> None:
        """One StructureDefinition: its own type and one for each backbone element in it."""
        elements = definition["snapshot"]["element"]
        self.ids = {f"{definition['type']}.id"} if definition["kind"] == "resource" else set()
        name = definition["type"]
        base = definition.get("baseDefinition", "").removeprefix(DEFINITION)
        flags = definition["kind"][0] + ("a" if definition.get("abstract") else "")
        if definition["kind"] == "primitive-type":
            value = next(one for one in elements if one["path"] == f"{name}.value")
            regex = [e["valueString"] for e in value["type"][0].get("extension", []) if e["url"].endswith("/regex")]
            self.types[name] = [flags, base, self.rules(elements[0]), regex[0] if regex else ""]
            return
        inner = {one["path"] for one in elements} - {one["path"] for one in elements if not has_children(one, elements)}
        for path in sorted(inner):
            root = next(one for one in elements if one["path"] == path)
            members = [one for one in elements if one["path"].rpartition(".")[0] == path]
            kind, parent = (flags, base) if path == name else ("b", root["type"][0]["code"])
            rows = [self.row(one, inner) for one in members]
            self.types[path] = [kind, parent, self.rules(root), rows]

    def row(self, element: Json, inner: set[str]) -> list[Any]:
        """One element: name, choice, min, max, types, strength, value set, invariants, fixed or pattern."""
        name = element["path"].rpartition(".")[2]
        choice = name.endswith("[x]")
        maximum = -1 if element["max"] == "*" else int(element["max"])
        own = [] if element["path"] in inner else self.rules(element)
        row = [name.removesuffix("[x]"), int(choice), element["min"], maximum, self.kinds(element, inner),
               *self.binding(element), own, fixed(element)]  # fmt: skip
        while len(row) > 5 and row[-1] in ("", -1, [], None):
            row.pop()
        return row

    def kinds(self, element: Json, inner: set[str]) -> list[Any]:
        """The types that an element may take, each alone or with the targets it may refer to."""
        if "contentReference" in element:
            return [element["contentReference"].partition("#")[2]]
        if element["path"] in inner:
            return [element["path"]]
        if element["path"].count(".") == 1 and element["path"] in self.ids:
            return ["id"]
        out: list[Any] = []
        for one in element.get("type", []):
            code = one["code"]
            if code.startswith(SYSTEM):
                extension = one.get("extension", [{}])[0]
                code = extension.get("valueUrl") or extension.get("valueUri") or "string"
            code = code.removeprefix(DEFINITION)
            targets = sorted(target.removeprefix(DEFINITION) for target in one.get("targetProfile", []))
            profiles = [profile.removeprefix(DEFINITION) for profile in one.get("profile", [])]
            out.append([code, targets, profiles] if profiles else [code, targets] if targets else code)
        return out

    def binding(self, element: Json) -> list[Any]:
        """Strength by its first letter and the value set's row; a largest set counts as required."""
        binding = element.get("binding")
        if binding is None or "valueSet" not in binding:
            return ["", -1]
        largest = [e["valueCanonical"] for e in binding.get("extension", []) if e["url"].endswith("maxValueSet")]
        if largest:
            return ["m", self.codes.row(largest[0])]
        strength = binding["strength"][0]
        return [strength, self.codes.row(binding["valueSet"])] if strength in "re" else ["", -1]


def has_children(element: Json, elements: list[Json]) -> bool:
    """Whether other elements stand below this one."""
    prefix = element["path"] + "."
    return any(one["path"].startswith(prefix) for one in elements)


def fixed(element: Json) -> list[Any] | None:
    """``["f", value]`` or ``["p", value]`` for a fixed value or a pattern."""
    for name, value in element.items():
        found = re.match(r"(fixed|pattern)[A-Z]", name)
        if found:
            return [found.group(1)[0], value]
    return None


def main() -> None:
    """Write the file and say how large it is."""
    folder = Path(sys.argv[1])
    tables = ("valuesets.json", "v3-codesystems.json", "v2-tables.json")
    listed_elements = data_elements(folder)
    builder = Builder(Codes([one for file in tables for one in resources(folder, file)]))
    for file in ("profiles-types.json", "profiles-resources.json"):
        for one in resources(folder, file):
            if one["resourceType"] != "StructureDefinition" or one["fhirVersion"] != "4.0.1":
                continue
            if one.get("derivation") != "constraint":
                builder.add(mended(one, listed_elements))
            else:
                own = builder.rules(one["snapshot"]["element"][0])
                builder.types[one["name"]] = ["c", one["type"], own, builder.types[one["type"]][3]]
    whole = {
        "version": "4.0.1",
        "invariants": builder.invariants,
        "valuesets": builder.codes.rows,
        "types": dict(sorted(builder.types.items())),
    }
    raw = json.dumps(whole, separators=(",", ":"), ensure_ascii=False).encode()
    TARGET.write_bytes(zlib.compress(raw, 9))
    listed = sum(1 for row in builder.codes.rows if row[1] is not None)
    print(f"{len(builder.types)} types, {len(builder.invariants)} invariants, {listed} of {len(builder.codes.rows)} "
          f"value sets listed; {len(raw):,} bytes, {TARGET.stat().st_size:,} written")  # fmt: skip


if __name__ == "__main__":
    main()
