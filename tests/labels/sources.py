"""The cases of ``sources.toml``, each written out: a source, a resource, the classes it has and those it has not."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import Any

from hallway.labels.rules import SourceFacts, judge
from hallway.record.classes import DataClass
from tests.labels.items import HERE, encoded

ICD = "http://hl7.org/fhir/sid/icd-10-cm"
VARIED = ("source", "kind", "code", "note_kind", "licence", "conveyed", "not_covered")
FIXED = ("received_under_notice", "licence_state")


@dataclass(frozen=True)
class Case:
    """One judgement that the source decides."""

    id: str
    law: str
    source: SourceFacts
    resource: dict[str, Any]
    has: int
    lacks: int

    @property
    def found(self) -> int:
        """The mask that the labeller gives."""
        return judge(self.resource, encoded(self.resource), self.source).mask

    @property
    def is_right(self) -> bool:
        """Whether every class that must stand does and none that must not."""
        return self.found & self.has == self.has and not self.found & self.lacks


@cache
def cases() -> tuple[Case, ...]:
    """Every combination that each row of the file speaks of."""
    table = tomllib.loads((HERE / "sources.toml").read_text("utf-8"))
    return tuple(one for number, row in enumerate(table["case"]) for one in _cases(number, row, table["sources"]))


def _cases(number: int, row: dict[str, Any], sources: dict[str, dict[str, Any]]) -> Iterator[Case]:
    for place, values in enumerate(product(*(row.get(name, [None]) for name in VARIED))):
        given = {name: value for name, value in zip(VARIED, values, strict=True) if value is not None}
        facts = {"is_part2": False, **sources[given.pop("source")]}
        kind, code = given.pop("kind"), given.pop("code", "E11.9")
        facts |= given | {name: row[name] for name in FIXED if name in row}
        concept = {"coding": [{"system": ICD, "code": code}], **({"text": row["text"]} if "text" in row else {})}
        yield Case(
            f"{number}.{place}",
            row["law"],
            SourceFacts(**facts),
            {"resourceType": kind, "code": concept},
            _mask(row.get("has", [])),
            _mask(row.get("lacks", [])),
        )


def _mask(names: list[str]) -> int:
    return sum(int(DataClass[name]) for name in names)
