"""Write ``hallway/standards/fhir/tables/summaries.tsv``: the elements of each R4 resource that its summary holds.

Run by hand: ``python tools/build_fhir_summaries.py DEFINITIONS_FOLDER``, the folder of ``build_fhir_definitions.py``.
Facts alone (``isSummary`` of HL7's definitions, CC0): paths of the elements and of the parts of backbone elements.
"""

import json
import sys
from pathlib import Path
from typing import Any

TARGET = Path(__file__).resolve().parent.parent / "hallway" / "standards" / "fhir" / "tables" / "summaries.tsv"
ALWAYS = {"id", "meta", "resourceType"}


def paths_of(definition: dict[str, Any]) -> list[str]:
    """The paths of a resource that stand in its summary, without its own name and without ``[x]``."""
    found = (
        element["path"].partition(".")[2].removesuffix("[x]")
        for element in definition["snapshot"]["element"]
        if element.get("isSummary") and "." in element["path"]
    )
    return sorted({path for path in found if path not in ALWAYS})


def main(folder: Path) -> None:
    """Write the table."""
    bundle = json.loads((folder / "profiles-resources.json").read_text("utf-8"))
    lines = ["kind\telements"]
    for entry in sorted(bundle["entry"], key=lambda one: str(one["resource"].get("name"))):
        one = entry["resource"]
        if one["resourceType"] == "StructureDefinition" and one["kind"] == "resource" and not one["abstract"]:
            lines.append(f"{one['name']}\t{','.join(paths_of(one))}")
    TARGET.write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
