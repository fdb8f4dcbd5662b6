"""Who controls the record of a service to a minor: a state's rows first, else the parent (45 CFR 164.502(g)(3)).

The rule is pure; the action writes down that a service is the minor's own, and from then on what the clinician writes
carries ``MINOR_CONSENTED``.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from hallway import clock, ids
from hallway.consent import gate, refusals
from hallway.consent.models import MinorService
from hallway.consent.tables.duties import controls
from hallway.consent.tables.minors import SERVICES, Row, fitting, gives, rows
from hallway.directory.models import Organization
from hallway.identity.requester import CLINICIANS, Requester
from hallway.ids import ChartId
from hallway.ledger import lines
from hallway.record.classes import DataClass
from hallway.record.stored import PatientHeader
from hallway.storage.connection import transaction

OF_AGE = 18
STATES = ("MA", "CT", "CA")
"""States whose rows are loaded; elsewhere the parent controls and the page says that no rows are loaded."""


@dataclass(frozen=True, slots=True)
class Control:
    """Who controls: the minor, a parent, or the patient of age. ``missing`` is what would give it to the minor."""

    who: Literal["minor", "parent", "patient"]
    rule_id: str
    citation: str
    sentence: str
    missing: tuple[str, ...] = ()
    verified: bool = True


PARENT = Control("parent", "US-PARENT", "45 CFR 164.502(g)(3)(i)", "A parent acts for a child who is not of age.")
PATIENT = Control("patient", "US-INDIVIDUAL", "45 CFR 164.524(a)(1)", "The patient is of age.")


def years(born: date, on: date) -> int:
    """Whole years."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def who_controls(*, state: str, age: int, service: str, facts: Collection[str]) -> Control:
    """Who controls the record of a service of this kind in this state at this age, given the facts recorded. Pure."""
    if age >= OF_AGE:
        return PATIENT
    found = fitting(state, service, age)
    for row in found:
        if gives(row, facts):
            law = law_of(row)
            return Control("minor", row.id, law.citation, row.sentence, verified=law.verified)
    near = min((_missing(row, facts) for row in found), key=len, default=())
    return Control(PARENT.who, PARENT.rule_id, PARENT.citation, PARENT.sentence, missing=near)


def _missing(row: Row, facts: Collection[str]) -> tuple[str, ...]:
    return min((tuple(one for one in wanted if one not in facts) for wanted in row.facts), key=len)


@dataclass(frozen=True, slots=True)
class Law:
    """Where a row comes from: the citation, and whether somebody has checked it against its source."""

    citation: str
    verified: bool
    legal_review: bool


def law_of(row: Row) -> Law:
    """The law of a row: that of the row of control it is a case of, or its own."""
    said = controls()[row.law] if row.law else row
    return Law(said.citation, said.verified and row.verified, said.legal_review or row.legal_review)


def for_young_people() -> dict[str, list[tuple[Row, Law]]]:
    """The rows of every state that is loaded: the same for every reader, so that they tell nothing of one."""
    return {state: [(row, law_of(row)) for row in rows() if row.state == state] for state in STATES}


def keep_as_minors_own(
    chart_id: ChartId, *, by: Requester, header: PatientHeader, service: str, facts: Sequence[str]
) -> Control:
    """Write down that this clinician's service is the minor's own. What they write from now on carries the label.

    Raises UNPROCESSABLE when the state's rows do not give it to the minor on these facts, FORBIDDEN for no clinician.
    """
    if by.role not in CLINICIANS or not by.practitioner_id:
        raise refusals.not_yours()
    gate.release(by, chart_id)
    if service not in SERVICES or header.birth_date is None:
        raise refusals.unknown_code("service")
    state = Organization.objects.filter(id=by.organization_id).values_list("state", flat=True).first() or ""
    now = clock.now()
    age = years(header.birth_date, now.date())
    control = who_controls(state=state, age=age, service=service, facts=facts)
    if control.who != "minor":
        raise refusals.not_the_minors()
    with transaction():
        row = MinorService.objects.create(
            id=ids.new_uuid(now),
            chart_id=chart_id,
            organization_id=by.organization_id,
            practitioner_id=by.practitioner_id,
            service=service,
            rule_id=control.rule_id,
            facts=sorted(set(facts)),
            from_at=now,
        )
        lines.write(lines.step_line(by, "minor.service", charts=[chart_id], detail=f"{row.id} {control.rule_id}"))
    return control


def carried(chart_ids: Collection[int], organization: int, author: int) -> int:
    """The class that content of this clinician about any of these charts carries: the minor's own service, or none."""
    held = MinorService.objects.filter(
        chart_id__in=list(chart_ids), organization_id=organization, practitioner_id=author, ended_at=None
    )
    return int(DataClass.MINOR_CONSENTED) if author and held.exists() else 0


def held_by(by: Requester, chart_id: ChartId) -> list[MinorService]:
    """This clinician's own services on the chart that are the minor's own, newest first."""
    gate.release(by, chart_id)
    rows = MinorService.objects.filter(
        chart_id=chart_id, organization_id=by.organization_id, practitioner_id=by.practitioner_id or -1, ended_at=None
    )
    return list(rows.order_by("-from_at"))
