"""Validates every resource in the JSON files of a folder, Bundles entry by entry, and counts what is found.

Run: python -m tools.validate_folder FOLDER [errors]. With ``errors`` only errors are counted. The place of a finding is
shown without its indexes, with the file it was first met in; no value is shown.
"""

import re
import sys
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec

from hallway.standards.fhir.validation import Issue, validate

_decoder = msgspec.json.Decoder(float_hook=Decimal)


def resources(path: Path) -> list[dict[str, Any]]:
    """The resources of one file: the entries of a Bundle, a list, or one."""
    held = _decoder.decode(path.read_bytes())
    if isinstance(held, list):
        return [one for one in held if isinstance(one, dict) and "resourceType" in one]
    if held.get("resourceType") == "Bundle" and held.get("entry"):
        return [entry["resource"] for entry in held["entry"] if "resource" in entry]
    return [held] if "resourceType" in held else []


def main() -> None:
    """Print the counts."""
    folder, only_errors = Path(sys.argv[1]), sys.argv[2:] == ["errors"]
    found: Counter[tuple[str, str, str, str]] = Counter()
    first: dict[tuple[str, str, str, str], str] = {}
    count = refused = 0
    for path in sorted(folder.rglob("*.json")):
        for resource in resources(path):
            issues: list[Issue] = validate(resource)
            count += 1
            refused += any(one.severity == "error" for one in issues)
            for one in issues:
                row = (one.severity, re.sub(r"\[\d+\]", "", one.expression), one.code, one.key)
                found[row] += 1
                first.setdefault(row, path.name)
    print(f"{count:,} resources, {refused:,} refused")
    for row, number in found.most_common():
        if row[0] == "error" or not only_errors:
            print(f"{number:8,}  {row[0]:8} {row[1]} {row[2]} {row[3]}  first in {first[row]}")


if __name__ == "__main__":
    main()
