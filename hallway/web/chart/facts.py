"""The released facts of one chart, grouped by kind and decoded when first asked for. Made from one ``read_chart``."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cached_property
from typing import Generic

from hallway.record.queries import Stored
from hallway.standards.fhir import r4
from hallway.standards.fhir.r4.base import P
from hallway.web.chart import words

LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Fact(Generic[P]):
    """One released resource with its typed view."""

    stored: Stored
    view: P
    on: date | None
    """The day it is about, where the record keeps one."""


class Facts:
    """What one reader may see of one chart, newest first within each kind. Counts are counts of this."""

    def __init__(self, stored: Iterable[Stored]) -> None:
        """Sort once; decode lazily, because most pages need few kinds."""
        self._by_kind: dict[str, list[Stored]] = {}
        for one in sorted(stored, key=lambda one: (one.dated_at or LONG_AGO, one.updated_at, one.id), reverse=True):
            self._by_kind.setdefault(one.kind, []).append(one)

    def of(self, kind: type[P]) -> list[Fact[P]]:
        """Every fact of a kind, newest first."""
        return [Fact(one, one.view(kind), _day(one)) for one in self._by_kind.get(kind.__name__, [])]

    def stored(self, kind: str) -> Sequence[Stored]:
        """Undecoded rows of a kind, newest first."""
        return self._by_kind.get(kind, [])

    @cached_property
    def patient(self) -> r4.Patient | None:
        """The person, where the release includes them."""
        return next((fact.view for fact in self.of(r4.Patient)), None)

    @cached_property
    def observations(self) -> list[Fact[r4.Observation]]:
        """Observations that stand: entered in error and cancelled ones are history, not facts."""
        standing = ("final", "amended", "corrected", "preliminary", "registered")
        return [fact for fact in self.of(r4.Observation) if fact.view.status in standing]

    def observed(self, *loinc: str) -> list[Fact[r4.Observation]]:
        """Observations that have one of these LOINC codes, in themselves or in a component, newest first."""
        found = [fact for code in loinc for fact in self._by_loinc.get(code, ())]
        if len(loinc) == 1:
            return found
        unique = {fact.stored.id: fact for fact in found}
        return sorted(unique.values(), key=lambda fact: (fact.on or date.min, fact.stored.id), reverse=True)

    @cached_property
    def _by_loinc(self) -> dict[str, list[Fact[r4.Observation]]]:
        found: dict[str, list[Fact[r4.Observation]]] = {}
        for fact in self.observations:
            codes = {words.code_in(fact.view.code, words.LOINC)}
            codes |= {words.code_in(part.code, words.LOINC) for part in fact.view.component}
            for code in codes - {""}:
                found.setdefault(code, []).append(fact)
        return found

    @cached_property
    def encounters(self) -> list[Fact[r4.Encounter]]:
        """Visits that took place or are taking place."""
        return [fact for fact in self.of(r4.Encounter) if fact.view.status in ("finished", "in-progress", "arrived")]

    @cached_property
    def conditions(self) -> list[Fact[r4.Condition]]:
        """Problems and diagnoses but those entered in error or refuted."""
        return [
            fact
            for fact in self.of(r4.Condition)
            if not words.codes_of(_as_list(fact.view.verification_status)) & {"entered-in-error", "refuted"}
        ]

    @cached_property
    def medicines(self) -> list[Fact[r4.MedicationRequest]]:
        """Prescriptions but those entered in error and drafts."""
        return [fact for fact in self.of(r4.MedicationRequest) if fact.view.status not in ("entered-in-error", "draft")]


def _as_list(concept: r4.CodeableConcept | None) -> list[r4.CodeableConcept]:
    return [concept] if concept else []


def _day(one: Stored) -> date | None:
    # A date without a time is indexed at midnight UTC: in our zone that is the evening of the day before.
    if one.dated_at is None:
        return None
    at = one.dated_at.astimezone(UTC)
    return at.date() if at.time() == time.min else at.astimezone(words.ZONE).date()
