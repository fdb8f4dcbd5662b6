"""Write ``hallway/standards/fhir/tables`` from the standard's own definitions.

Run by hand: ``python tools/build_fhir_tables.py DEFINITIONS_FOLDER``. The folder holds HL7's R4 4.0.1 definitions,
published under CC0. Nothing but these small tables goes into the product.
"""

import csv
import json
import re
import sys
from pathlib import Path
from typing import Any

TARGET = Path(__file__).resolve().parent.parent / "hallway" / "standards" / "fhir" / "tables"
Json = dict[str, Any]


def resources(folder: Path, file: str) -> list[Json]:
    """The resources of one definitions Bundle."""
    return [entry["resource"] for entry in json.loads((folder / file).read_text())["entry"]]


def write(name: str, header: list[str], rows: list[list[str]]) -> None:
    """One tab-separated table, sorted, so a new build shows its difference."""
    with (TARGET / name).open("w", newline="") as out:
        writer = csv.writer(out, delimiter="\t", lineterminator="\n", quoting=csv.QUOTE_NONE, quotechar=None)
        writer.writerow(header)
        writer.writerows(sorted(rows))


class Elements:
    """Types of elements by path, across backbones, content references and data types."""

    def __init__(self, definitions: list[Json]) -> None:
        """Index every element of every snapshot."""
        self.by_path: dict[str, Json] = {}
        for definition in definitions:
            for element in definition.get("snapshot", {}).get("element", []):
                self.by_path[element["path"].removesuffix("[x]")] = element

    def choices(self, dotted: str) -> list[str]:
        """The types that an element of several types may take; empty for any other."""
        element = self._find(dotted)
        if element is None or not element["path"].endswith("[x]"):
            return []
        return [one["code"] for one in element["type"]]

    def _find(self, dotted: str) -> Json | None:
        names = dotted.split(".")
        path = names[0]
        element = self.by_path.get(path)
        for name in names[1:]:
            if element is not None and f"{path}.{name}" not in self.by_path:
                path = self._inner(element)
            path = f"{path}.{name}"
            element = self.by_path.get(path)
        return element

    def _inner(self, element: Json) -> str:
        reference = element.get("contentReference")
        return reference.lstrip("#") if reference else element["type"][0]["code"]


def parameters(found: list[Json], kinds: list[str]) -> list[list[str]]:
    """(kind, code, type, expression, targets) with each expression cut to what applies to the kind."""
    rows: list[list[str]] = []
    for parameter in found:
        for base in parameter["base"]:
            if parameter.get("expression"):
                expression = relevant(parameter["expression"], base)
                targets = ",".join(parameter.get("target", [])) if len(parameter.get("target", [])) < 100 else "*"
                rows.append([base, parameter["code"], parameter["type"], expression, targets])
    return [row for row in rows if row[0] in {*kinds, "Resource", "DomainResource"}]


def relevant(expression: str, base: str) -> str:
    """The alternatives of an expression that start at ``base``; all of them when none names it."""
    parts = [part.strip() for part in expression.split("|")]
    own = [part for part in parts if re.match(rf"\(*{base}\b", part)]
    return " | ".join(own or parts)


def dotted_prefixes(expression: str) -> set[str]:
    """Every dotted path that the expression walks, functions left out."""
    plain = re.sub(r"\.(where|as|exists)\([^()]*(\(\))?[^()]*\)", "", expression)
    plain = re.sub(r"\[\d+\]", "", plain)
    plain = re.sub(r"\((\S+) as \w+\)", r"\1", plain)
    found: set[str] = set()
    for path in re.findall(r"[A-Z]\w+(?:\.\w+)+", plain):
        names = path.split(".")
        found |= {".".join(names[:n]) for n in range(2, len(names) + 1)}
    return found


def main() -> None:
    """Write every table."""
    folder = Path(sys.argv[1])
    definitions = [
        one
        for file in ("profiles-types.json", "profiles-resources.json")
        for one in resources(folder, file)
        if one["resourceType"] == "StructureDefinition"
    ]
    kinds = sorted(one["name"] for one in definitions if one["kind"] == "resource" and not one["abstract"])
    TARGET.mkdir(exist_ok=True)
    rows = parameters(resources(folder, "search-parameters.json"), kinds)
    write("search_parameters.tsv", ["kind", "code", "type", "expression", "targets"], rows)
    elements = Elements(definitions)
    paths = sorted({path for row in rows for path in dotted_prefixes(row[3])})
    choices = [[path, ",".join(elements.choices(path))] for path in paths if elements.choices(path)]
    write("choices.tsv", ["path", "types"], choices)
    compartment = json.loads((folder / "compartmentdefinition-patient.json").read_text())
    write(
        "patient_compartment.tsv",
        ["kind", "parameters"],
        [[one["code"], ",".join(one["param"])] for one in compartment["resource"] if one.get("param")],
    )
    write("kinds.tsv", ["kind"], [[kind] for kind in kinds])


if __name__ == "__main__":
    main()
