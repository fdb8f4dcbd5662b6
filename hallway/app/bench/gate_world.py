"""The workload of bench ``gate``: charts with forms and restrictions, compiled in memory, and 500 items each."""

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from hallway.consent.gate import release_from
from hallway.consent.grants.compiler import compile_grants
from hallway.consent.law.facts import ChartFacts, Form, Limit, Member, Place, Span
from hallway.identity.requester import Requester, Role
from hallway.ids import AccountId, ChartId, OrganizationId, PractitionerId
from hallway.record.classes import DataClass
from hallway.record.evidence import Purpose, Release

NOW = datetime(2026, 11, 21, 15, 0, tzinfo=UTC)
LABELS = (
    *(
        DataClass.GENERAL,
        DataClass.GENERAL | DataClass.MH,
        DataClass.GENERAL | DataClass.MH | DataClass.MA_SOCIAL_WORKER,
    ),
    *(DataClass.GENERAL | DataClass.PART2, DataClass.GENERAL | DataClass.MH | DataClass.PART2),
    *(DataClass.GENERAL | DataClass.HIV, DataClass.GENERAL | DataClass.MH | DataClass.PSYTHER_NOTE),
    *(DataClass.GENERAL | DataClass.GENETIC, DataClass.UNCLASSIFIED, DataClass.GENERAL | DataClass.PATIENT_RESTRICTED),
)
KINDS = ("Condition", "Observation", "MedicationRequest", "DocumentReference")
PLACES = {
    1: Place(1, "MA", is_part2=False),
    2: Place(2, "MA", is_part2=False),
    3: Place(3, "MA", is_part2=True),
}


class Item(NamedTuple):
    """An item as the decision sees it."""

    id: int
    kind: str
    source_org: int
    author: int
    mask: int


@dataclass(frozen=True, slots=True)
class Record:
    """One chart for one requester: the release, and the items that may or may not flow under it."""

    release: Release
    items: list[Item]


def records(dice: random.Random, count: int, size: int = 500) -> list[Record]:
    """``count`` charts of ``size`` items, each asked for by the first practice for treatment."""
    return [_record(dice, chart_id, size) for chart_id in range(1, count + 1)]


def _record(dice: random.Random, chart_id: int, size: int) -> Record:
    facts = chart_facts(dice, chart_id)
    requester = Requester(AccountId(7), PractitionerId(7), OrganizationId(1), Role.PCP)
    grants = compile_grants(facts, NOW)
    release = release_from(grants, requester, ChartId(chart_id), Purpose.TREATMENT, now=NOW)
    items = [
        Item(
            number, dice.choice(KINDS), dice.choice(facts.sources), dice.choice((0, 7, 8, 9)), int(dice.choice(LABELS))
        )
        for number in range(size)
    ]
    return Record(release, items)


def chart_facts(dice: random.Random, chart_id: int) -> ChartFacts:
    """Three practices, one of them a Part 2 program; three signed forms, one in four followed by a restriction."""
    begun = Span(NOW - timedelta(days=200))
    return ChartFacts(
        chart_id=chart_id,
        sources=(1, 2, 3),
        places=PLACES,
        members=tuple(Member(place, begun) for place in PLACES),
        forms=tuple(_form(dice, number) for number in range(3)),
        limits=tuple(
            Limit(dice.choice((2, 3)), 1, 0, int(dice.choice((DataClass.MH, DataClass.PART2))), begun)
            for _ in range(3)
            if dice.random() < 0.25
        ),
    )


def _form(dice: random.Random, number: int) -> Form:
    kind, classes = dice.choice(
        (
            ("release", DataClass.GENERAL | DataClass.MH | DataClass.MA_SOCIAL_WORKER),
            ("part2", DataClass.GENERAL | DataClass.MH | DataClass.PART2),
            ("hiv", DataClass.HIV),
        )
    )
    return Form(
        id=f"form-{number}",
        kind=kind,
        discloser_org=dice.choice((2, 3)),
        discloser_practitioner=dice.choice((0, 0, 8)),
        recipient_org=1,
        recipient_practitioner=0,
        classes=int(classes),
        kinds=dice.choice(((), (), ("Condition", "MedicationRequest"))),
        purposes=(Purpose.TREATMENT,),
        span=Span(NOW - timedelta(days=100), NOW + timedelta(days=dice.choice((-1, 100, 200)))),
    )
