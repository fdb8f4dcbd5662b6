"""Real and synthetic resources to validate, read once."""

import gzip
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

Json = dict[str, Any]
decode = msgspec.json.Decoder(float_hook=Decimal).decode


@cache
def us_core_examples(data: Path) -> dict[str, Json]:
    """The examples of US Core by the name of their file."""
    return {path.name: decode(path.read_bytes()) for path in sorted((data / "us-core-examples").glob("*.json"))}


def lives(data: Path) -> list[Json]:
    """The resources of the synthetic lives."""
    out: list[Json] = []
    for path in sorted((data / "synthea-massachusetts").glob("*.json.gz")):
        out += [entry["resource"] for entry in decode(gzip.decompress(path.read_bytes()))["entry"]]
    return out
