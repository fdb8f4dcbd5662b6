"""What a questionnaire is filled from: one patient's chart and the shared resources, each read through the gate."""

from collections.abc import Sequence

from hallway import clock
from hallway.directory.models import Practitioner
from hallway.errors import HallwayError, Kind
from hallway.fhirapi import plans, sent, shared
from hallway.fhirapi.asked import Asked, resource_id
from hallway.fhirapi.search import included, linked, parsing, registry, results, scoped
from hallway.fhirapi.search.filters import Near
from hallway.fhirapi.search.ground import Ground, ground_of
from hallway.ids import NOBODY
from hallway.record import queries
from hallway.record.criteria import Ids, Query
from hallway.record.stored import StaleRelease, Stored
from hallway.standards.fhir import codec
from hallway.standards.fhir.populating.expressions import Refused
from hallway.standards.fhir.populating.limits import MOST_FOUND
from hallway.standards.fhir.search import Json

_FORM = frozenset({"_elements", "_summary", "_total", "_format", "_pretty", "_contained"})
"""What would change how resources look; a questionnaire takes them whole."""


class Chart:
    """The chart of the one whom the answers are about, and what was read of it: ``seen``."""

    def __init__(self, asked: Asked, patient: str, *, fresh: bool) -> None:
        """Ask the gate. Raises NOT_FOUND for a patient who is not there, or of whom nothing may flow."""
        self.asked = asked
        self.ground: Ground = ground_of(asked, patient, fresh=fresh)
        self.releases = [one for one in (self.ground.release, *self.ground.merged) if one is not None]
        self.patient = patient
        self.seen: dict[tuple[str, str], Stored] = {}

    def found(self, query: str) -> Sequence[Json]:
        """The resources of a search within the chart, or the one of a reference. Raises Refused."""
        path, mark, rest = query.partition("?")
        try:
            if mark:
                return [self._kept(one) for one in self._search(path.removeprefix("/"), rest)]
            kind, _, name = path.removeprefix(f"{self.asked.base}/").partition("/")
            one = self.one(kind, name)
            return [one] if one is not None else []
        except StaleRelease:
            raise
        except HallwayError as error:
            if error.kind in {Kind.INCORRECT, Kind.UNPROCESSABLE}:
                raise Refused("not-supported", "The query is not one that is understood here.") from None
            if error.kind is Kind.FORBIDDEN:
                raise Refused("forbidden", "The program was not granted what the query reads.") from None
            if error.kind is Kind.NOT_FOUND:
                return []
            raise

    def one(self, kind: str, name: str) -> Json | None:
        """One resource of the chart, or a shared one; None where it is not there, or not for this asker."""
        if kind not in registry.KINDS or "/" in name:
            raise Refused("not-supported", "The reference is not one that is followed here.")
        wanted, narrowed = resource_id(name), scoped.criteria_of(self.asked, kind, "r")
        if kind in plans.PUBLIC_KINDS:
            found = shared.one(self.asked, kind, wanted, narrowed)
            return self._kept(found) if found is not None else None
        query = Query(kind, (Ids((wanted,)), *narrowed), limit=1)
        for release in self.releases:
            for found in queries.find(release, query, route=self.asked.route):
                return self._kept(found)
        return None

    def opened(self, reference: str) -> Json | None:
        """A resource that the call names; None where it is not there, hidden, or beyond the program's scopes."""
        try:
            found = self.found(reference) if "?" not in reference else ()
        except Refused:
            return None
        return found[0] if found else None

    def user(self) -> Json | None:
        """The Practitioner who asks; None for anybody else, and where it may not be told."""
        number = self.asked.requester.practitioner_id
        if number == NOBODY:
            return None
        names = Practitioner.objects.filter(pk=number).values_list("fhir_id", flat=True)
        return next((one for one in (self.opened(f"Practitioner/{name}") for name in names) if one), None)

    def _search(self, kind: str, rest: str) -> list[Stored]:
        pairs = sent.query_of(rest)
        if kind not in registry.KINDS or any(name in _FORM for name, _ in pairs):
            raise Refused("not-supported", "The query is not one that is understood here.")
        search = parsing.search_of(kind, pairs, Near(self.asked.base, clock.now()))
        self.asked.budget.take(parsing.cost_of([search]))
        criteria = linked.criteria_of(self.ground, kind, search.filters)
        if criteria is None:
            return []
        wanted = search.results
        limit = min(wanted.limit, MOST_FOUND) if _is_counted(pairs) else MOST_FOUND
        ahead = 0 if _is_counted(pairs) else 1
        matches = self.ground.find(Query(kind, criteria, wanted.sort, limit=limit, ahead=ahead))
        if len(matches) > limit:
            raise Refused("too-costly", f"The query finds more than {MOST_FOUND} resources.")
        return [*matches, *self._along(matches, wanted)]

    def _along(self, matches: list[Stored], wanted: results.Results) -> list[Stored]:
        if not matches or not (wanted.includes or wanted.revincludes):
            return []
        return included.included(self.ground, matches, wanted)

    def _kept(self, one: Stored) -> Json:
        self.seen[one.kind, one.id] = one
        return codec.decode(one.json_bytes())


def _is_counted(pairs: Sequence[tuple[str, str]]) -> bool:
    return any(name == "_count" for name, _ in pairs)
