"""Write ``hallway/standards/fhir/tables/profiles.bin``: rows of what profiles ask beyond R4.

Run by hand: ``python tools/build_fhir_profiles.py DEFINITIONS_FOLDER US_CORE_METADATA_FOLDER``. The first holds HL7's
R4 definitions (CC0) and its extensions and blood pressure of US Core 5.0.1; the second what the Inferno kit
(Apache-2.0) lists of each profile of US Core 6.1.0: mandatory elements, slices, bindings, targets. Facts only; the full
definitions of 6.1.0 are not here, so what the list does not say (least numbers of most slices, upper limits) is not
asked. The same input gives the same bytes.
"""

import json
import re
import sys
import zlib
from pathlib import Path
from typing import Any

TABLES = Path(__file__).resolve().parent.parent / "hallway" / "standards" / "fhir" / "tables"
Json = dict[str, Any]
DEFINITION = "http://hl7.org/fhir/StructureDefinition/"
US_CORE = "http://hl7.org/fhir/us/core/StructureDefinition/"
KEPT_501 = {f"{US_CORE}us-core-{name}" for name in ("race", "ethnicity", "birthsex", "genderIdentity")}
"""Extensions of 5.0.1 that 6.1.0 has alike."""
R4: Json = json.loads(zlib.decompress((TABLES / "definitions.bin").read_bytes()))
TYPES: Json = R4["types"]
VALUESETS = {row[0] for row in R4["valuesets"]}
OF_R4 = {row[0] for row in R4["invariants"]}
EVERYWHERE = {"ele-1", "ext-1"}


def resources(path: Path) -> list[Json]:
    """The resources of a Bundle or list in a file."""
    held = json.loads(path.read_text())
    return held if isinstance(held, list) else [entry["resource"] for entry in held["entry"]]


class Grown:
    """A tree of parts that grows by paths; a segment is ``name`` or ``name:slice``."""

    def __init__(self, name: str = "", slice_name: str = "") -> None:
        """One part."""
        self.asked: Json = {"name": name, **({"slice": slice_name} if slice_name else {})}
        self.slices: dict[str, Grown] = {}
        self.parts: dict[str, Grown] = {}

    def at(self, path: str) -> "Grown":
        """The part at a path, made when not there."""
        here = self
        for segment in path.split(".") if path else []:
            name, _, slice_name = segment.partition(":")
            name = name.removesuffix("[x]")
            here = here.parts.setdefault(name, Grown(name))
            if slice_name:
                here = here.slices.setdefault(slice_name, Grown(name, slice_name))
        return here

    def row(self) -> Json | None:
        """The row; None when nothing is asked."""
        slices = [found for one in self.slices.values() if (found := one.row()) is not None]
        parts = [found for one in self.parts.values() if (found := one.row()) is not None]
        out = dict(self.asked)
        if slices:
            out["slices"] = slices
        else:
            out.pop("discriminators", None)
        if parts:
            out["parts"] = parts
        return out if set(out) - {"name", "slice"} or (self.asked.get("slice")) else None


def base_type(path: str) -> tuple[Json | None, str]:
    """R4's row of an element, across backbones and data types, and the type that it stands in."""
    names = re.sub(r":[^.]*", "", path).replace("[x]", "").split(".")
    here = names[0]
    row = None
    for name in names[1:]:
        found = [one for one in TYPES.get(here, ["", "", [], []])[3] if isinstance(one, list) and one[0] == name]
        if not found:
            return None, ""
        row = found[0]
        first = row[4][0] if row[4] else ""
        here = first if isinstance(first, str) else first[0]
    return row, here


# -- from StructureDefinitions ----------------------------------------------------------------------------------------


def from_definition(definition: Json, source: str) -> Json:
    """The row of a whole profile, from its snapshot."""
    grown = Grown()
    kind = definition["type"]
    for element in definition["snapshot"]["element"]:
        path = re.sub(r"\[x\]", "", element["id"]).partition(".")[2]
        asked = constraints(element, kind)
        if asked or ":" in path.rpartition(".")[2]:
            grown.at(path).asked |= asked
    base = definition.get("baseDefinition", "")
    row: Json = {"url": definition["url"], "kind": kind, "root": grown.row() or {"name": ""}, "source": source}
    if base.removeprefix(DEFINITION) not in TYPES:
        row["base"] = base
    if definition.get("version"):
        row["version"] = definition["version"]
    return row


def constraints(element: Json, kind: str) -> Json:
    """What an element of a snapshot asks beyond R4."""
    path = element["path"]
    base, _ = base_type(path)
    is_slice = ":" in element["id"].rpartition(".")[2]
    asked: Json = {}
    if "." in path:
        if element["min"] > (0 if is_slice or base is None else base[2]):
            asked["least"] = element["min"]
        most = -1 if element["max"] == "*" else int(element["max"])
        if most != -1 and (base is None or is_slice or most != base[3]):
            asked["most"] = most
    asked |= types_asked(element, base) | binding_asked(element) | fixed_asked(element)
    rules = [[c["key"], c["severity"][0], c["expression"]] for c in element.get("constraint", []) if is_own(c)]
    if rules:
        asked["invariants"] = rules
    if "slicing" in element:
        found = element["slicing"].get("discriminator", [])
        asked["discriminators"] = [[one["type"], one["path"]] for one in found]
        if element["slicing"].get("rules") == "closed":
            asked["closed"] = True
    return asked


def fixed_asked(element: Json) -> Json:
    """A fixed value or a pattern."""
    found = {name: value for name, value in element.items() if re.match(r"(fixed|pattern)[A-Z]", name)}
    return {"fixed" if name.startswith("fixed") else "pattern": value for name, value in found.items()}


def is_own(constraint: Json) -> bool:
    """Whether an invariant comes from a profile and not from R4's own types."""
    return "expression" in constraint and constraint["key"] not in OF_R4 | EVERYWHERE


def types_asked(element: Json, base: Json | None) -> Json:
    """Narrowed types, targets and profiles."""
    if "type" not in element or base is None:
        return {}
    asked: Json = {}
    kinds = [one["code"] for one in element["type"] if not one["code"].startswith("http")]
    allowed = [one if isinstance(one, str) else one[0] for one in base[4]]
    if kinds and set(kinds) < set(allowed):
        asked["kinds"] = sorted(kinds)
    targets = {target for one in element["type"] for target in one.get("targetProfile", [])}
    names = sorted(target.removeprefix(DEFINITION) for target in targets)
    if names and all(name in TYPES for name in names) and len(element["type"]) == 1:
        asked["targets"] = names
    elif names and len(element["type"]) == 1:
        asked["profiles"] = sorted(targets)
    profiles = [profile for one in element["type"] for profile in one.get("profile", [])]
    if names:
        return asked
    if profiles and not (len(profiles) == 1 and profiles[0].removeprefix(DEFINITION) in TYPES):
        asked["profiles"] = profiles
    return asked


def binding_asked(element: Json) -> Json:
    """A required value set."""
    binding = element.get("binding", {})
    if binding.get("strength") != "required" or "valueSet" not in binding:
        return {}
    return {"valueset": binding["valueSet"].partition("|")[0]}


# -- from the list of US Core 6.1.0 -----------------------------------------------------------------------------------


def from_metadata(held: Json, kinds: dict[str, str]) -> Json:
    """The row of one US Core profile."""
    grown = Grown()
    resource = held[":resource"]
    slices = held[":must_supports"][":slices"]
    for one in slices:
        sliced(grown, one)
    by_path = {one[":path"].replace("[x]", ""): one for one in slices}
    for path in held[":mandatory_elements"]:
        mandatory(grown, path.partition(".")[2].replace("[x]", ""), list(by_path), resource)
    lone_category(grown, held)
    values(grown, held)
    for one in held[":references"]:
        targets(grown, one, kinds)
    row: Json = {"url": held[":profile_url"], "kind": resource, "root": grown.row() or {"name": ""},
                 "version": held[":profile_version"], "source": "us-core-metadata"}  # fmt: skip
    if any(one[":slice_name"] == "VSCat" for one in slices):
        row["base"] = f"{DEFINITION}vitalsigns"
    return row


def values(grown: Grown, held: Json) -> None:
    """Fixed values, and required value sets that R4 itself does not ask for."""
    for one in held[":must_supports"][":elements"]:
        if ":fixed_value" in one and not one.get(":uscdi_only"):
            fix(grown, one[":path"], one[":fixed_value"])
    for one in held[":bindings"]:
        elsewhere = one.get(":extensions") or one.get(":required_binding_slice") or one[":system"] in VALUESETS
        if one[":strength"] == "required" and not elsewhere:
            grown.at(one[":path"]).asked["valueset"] = one[":system"]


def concept(system: str, code: str) -> Json:
    """A CodeableConcept that holds this code."""
    return {"coding": [{"system": system, "code": code}]}


def sliced(grown: Grown, one: Json) -> None:
    """A slice and how it is told apart."""
    path, found = one[":path"].replace("[x]", ""), one[":discriminator"]
    whole, part = grown.at(path), grown.at(f"{path}:{one[':slice_name']}")
    where = found.get(":path") or ""
    target = part.at(where)
    kind = found[":type"]
    if kind == "type":
        code = found[":code"]
        part.asked["kinds"] = [code if code in TYPES else code[0].lower() + code[1:]]
        whole.asked["discriminators"] = [["type", "$this"]]
        return
    if kind == "requiredBinding":
        target.asked["codes"] = [[v[":system"], v[":code"]] for v in found[":values"]]
    elif kind == "value":
        values = {v[":path"]: v[":value"] for v in found[":values"]}
        target.asked["pattern"] = concept(values["coding.system"], values["coding.code"])
    elif kind == "patternIdentifier":
        target.asked["pattern"] = {"system": found[":system"]}
    elif kind == "patternCoding":
        target.asked["pattern"] = {"system": found[":system"], "code": found[":code"]}
    else:
        target.asked["pattern"] = concept(found[":system"], found[":code"])
    whole.asked["discriminators"] = [["pattern", where or "$this"]]


def mandatory(grown: Grown, path: str, slice_paths: list[str], resource: str) -> None:
    """A mandatory element; below an element with slices it is theirs, unless R4 itself asks for it."""
    base, _ = base_type(f"{resource}.{path}")
    if base is not None and base[2] >= 1:
        return
    over = next((one for one in slice_paths if path.startswith(one + ".") and one != "value"), None)
    if over is None:
        grown.at(path).asked["least"] = 1
        return
    for name in grown.at(over).slices:
        grown.at(f"{over}:{name}{path[len(over) :]}").asked["least"] = 1


def lone_category(grown: Grown, held: Json) -> None:
    """Where a category is mandatory and one category is the profile's own, that one must stand."""
    category = grown.parts.get("category")
    if category is None or f"{held[':resource']}.category" not in held[":mandatory_elements"]:
        return
    if len(category.slices) == 1:
        (only,) = category.slices.values()
        if "pattern" in only.asked:
            only.asked["least"] = 1


def fix(grown: Grown, path: str, value: str) -> None:
    """A fixed value; ``valueQuantity`` is the element value, a code among codings is a pattern of the concept."""
    if ":VSCat" in path:
        return
    path = re.sub(r"\bvalueQuantity(:valueQuantity)?\b", "value", path)
    if path == "code.coding.code":
        grown.at("code").asked["pattern"] = {"coding": [{"code": value}]}
    else:
        grown.at(path).asked["fixed"] = value


def targets(grown: Grown, one: Json, kinds: dict[str, str]) -> None:
    """The types that a reference may name; left out where a profile is of a type that the list does not tell."""
    names = {kinds.get(url, url.removeprefix(DEFINITION)) for url in one[":profiles"]}
    path = one[":path"]
    base, _ = base_type(path.replace("[x]", ""))
    if base is None or not names <= set(TYPES):
        return
    allowed = {target for kind in base[4] if isinstance(kind, list) for target in kind[1]}
    if names != allowed and "Resource" not in names:
        grown.at(path.partition(".")[2].replace("[x]", "")).asked["targets"] = sorted(names)


def main() -> None:
    """Write the file and say how large it is."""
    import yaml

    definitions, metadata = Path(sys.argv[1]), Path(sys.argv[2])
    rows = [
        from_definition(one, "r4")
        for one in resources(definitions / "profiles-others.json")
        if one["resourceType"] == "StructureDefinition" and one.get("derivation") == "constraint"
        and one["kind"] == "resource"
    ]  # fmt: skip
    older = resources(definitions / "testing" / "uscore-v5.0.1-structuredefinitions.json")
    rows += [from_definition(one, "us-core-5.0.1") for one in older if one["url"] in KEPT_501]
    pressure = next(from_definition(one, "") for one in older if one["url"].endswith("us-core-blood-pressure"))
    held = [
        yaml.safe_load(re.sub(r"!ruby/\S+", "", path.read_text()))
        for path in sorted(metadata.glob("lib/us_core_test_kit/generated/v6.1.0/*/metadata.yml"))
    ]
    kinds = {one[":profile_url"]: one[":resource"] for one in held}
    rows += [from_metadata(one, kinds) for one in held]
    both_pressures(rows, pressure)
    rows.sort(key=lambda row: row["url"])
    raw = json.dumps(rows, separators=(",", ":"), ensure_ascii=False, sort_keys=True).encode()
    (TABLES / "profiles.bin").write_bytes(zlib.compress(raw, 9))
    print(f"{len(rows)} profiles, {len(raw):,} bytes, {(TABLES / 'profiles.bin').stat().st_size:,} written")


def both_pressures(rows: list[Json], older: Json) -> None:
    """Systolic and diastolic must both stand, as in 5.0.1; the list of 6.1.0 has no least numbers of slices."""
    of_older = next(part for part in older["root"]["parts"] if part["name"] == "component")
    least = {one["slice"]: one.get("least", 0) for one in of_older["slices"]}
    row = next(row for row in rows if row["url"].endswith("us-core-blood-pressure"))
    for one in next(part for part in row["root"]["parts"] if part["name"] == "component")["slices"]:
        if least.get(one["slice"]):
            one["least"] = least[one["slice"]]


if __name__ == "__main__":
    main()
