"""Where a search looks: one patient's chart under a Release, every chart the caller's grants open, or the directory."""

from dataclasses import dataclass

from hallway.consent import searching
from hallway.fhirapi import plans, shared
from hallway.fhirapi.asked import Asked, resource_id
from hallway.fhirapi.search import scoped
from hallway.record import queries
from hallway.record.criteria import Criterion, Query, Tokens
from hallway.record.evidence import Release
from hallway.record.stored import Stored


@dataclass(frozen=True, slots=True)
class Ground:
    """``release`` is of the one chart that is searched; None: all that the caller may open.

    Everything that is looked up on the way, by a chain or for an inclusion, is looked up here too: under the same gate
    and with a ledger line of its own. So a hidden resource in between is a missing one.
    """

    asked: Asked
    release: Release | None
    merged: tuple[Release, ...] = ()
    """Of the charts that are about the same patient, as far as they open to the caller."""

    def find(self, query: Query) -> list[Stored]:
        """What the gate lets through. Raises FORBIDDEN for a type beyond the program's scopes."""
        narrowed = scoped.criteria_of(self.asked, query.kind, "s")
        query = query._replace(criteria=(*query.criteria, *narrowed))
        if query.kind in plans.PUBLIC_KINDS:
            return shared.find(self.asked, query)
        if self.release is not None:
            if not self.merged:
                return queries.find(self.release, query, route=self.asked.route)
            query = self._about_each(query)
            pages = [queries.find(one, query, route=self.asked.route) for one in (self.release, *self.merged)]
            return queries.together(query, pages)
        return searching.find_across(self.asked.requester, query, route=self.asked.route)

    def count(self, query: Query) -> int:
        """How many resources ``find`` would give in all its pages."""
        narrowed = scoped.criteria_of(self.asked, query.kind, "s")
        query = query._replace(criteria=(*query.criteria, *narrowed))
        if query.kind in plans.PUBLIC_KINDS:
            return shared.count(self.asked, query)
        if self.release is not None:
            query, route = self._about_each(query), self.asked.route
            return sum(queries.count_found(one, query, route=route) for one in (self.release, *self.merged))
        return searching.count_across(self.asked.requester, query, route=self.asked.route)

    def _about_each(self, query: Query) -> Query:
        """The same search where each id of a merged patient stands for all of them."""
        if self.release is None or not self.merged:
            return query
        charts = [one.chart_id for one in (self.release, *self.merged)]
        names = tuple(f"Patient/{one}" for one in queries.patients_of(charts).values())
        return query._replace(criteria=tuple(_about_each(one, names) for one in query.criteria))


def _about_each(one: Criterion, names: tuple[str, ...]) -> Criterion:
    if not isinstance(one, Tokens):
        return one
    meant = {code for token in one.any_of for code, _, name in (token.partition("="),) if name in names}
    return one._replace(any_of=(*one.any_of, *(f"{code}={name}" for code in sorted(meant) for name in names)))


def ground_of(asked: Asked, patient: str | None, *, fresh: bool) -> Ground:
    """Where a search about ``patient`` looks; without one, everywhere. A token held to one chart looks in that one.

    Raises NOT_FOUND for a patient who is not there, or of whom nothing may flow.
    """
    if patient is not None:
        first, *merged = plans.patient_releases(asked, resource_id(patient), fresh=fresh)
        return Ground(asked, first, tuple(merged))
    held = asked.scopes.chart_id if asked.scopes is not None else None
    if held is not None:
        return Ground(asked, plans.release_for(asked.requester, held, fresh=fresh))
    return Ground(asked, None)
