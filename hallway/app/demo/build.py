"""Generates the whole demo once: people, charts, three years of referrals. Deterministic for a seed and a day."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from random import Random

from django.db import connection

from hallway import clock, ids
from hallway.app.demo import cast, danger, family, found, measured, moments, neighbours, parts, talks
from hallway.app.demo.facts import Fact
from hallway.app.demo.network import Network
from hallway.app.demo.patients import COUNT, DemoPatient, patients, primary_care_facts
from hallway.app.demo.stories import RECENT, WALKABLE, ending_of, fresh, receiver_of, tell
from hallway.app.demo.teller import Teller
from hallway.app.demo.walk import Story, Told, run, tick
from hallway.exchange.terminology import questionnaires
from hallway.ids import ChartId

SEED = 20260
ESTABLISH = "No PCP for two years. Please establish care; weight and A1c are due."
WITNESSES = {
    cast.MILLBROOK: ("deskwell",),
    cast.ELMFORD: ("riversby", "elmswood"),
    cast.NORTHGATE: ("frontwell",),
    cast.HARBOR: ("intakeley",),
    cast.STONEBRIDGE: ("quietly", "kinfold"),
}
"""Who stands by when a name is typed at the desk; never the one who explains the form."""


@dataclass(frozen=True, slots=True)
class Built:
    """What came out: how many patients and steps, and the codes of steps that an action refused."""

    patients: int
    steps: int
    refused: tuple[str, ...]


def build(until: datetime, say: Callable[[str], None]) -> Built:
    """Fill an empty, migrated database up to the instant ``until``. ``say`` is told each stage."""
    opened_at = _opened_at(until)
    with ids.entropy_from(Random(SEED).randbytes), clock.stopped_at(opened_at):  # noqa: S311
        network = Network()
        network.settle(opened_at.date())
        questionnaires.keep(network.requester("networth"))
    say(f"{COUNT} patients and three years of referrals, step by step")
    connection.close()
    told = parts.tell_all(until)
    with ids.entropy_from(Random(f"{SEED}/family").randbytes):  # noqa: S311
        family.live(network, patients(SEED, until), until)
        neighbours.live(network, patients(SEED, until), until)
        talks.live(network, patients(SEED, until), until)
        danger.live(network, patients(SEED, until), until)
    with ids.entropy_from(Random(f"{SEED}/moments").randbytes):  # noqa: S311
        moments.live(network, patients(SEED, until), until)
    with ids.entropy_from(Random(f"{SEED}/measured").randbytes):  # noqa: S311
        measured.live(network, patients(SEED, until), until)
    with clock.stopped_at(until):
        network.wake()
    return Built(COUNT, sum(one.steps for one in told), tuple(code for one in told for code in one.refused))


def _opened_at(until: datetime) -> datetime:
    return until - timedelta(days=3 * 366)


def tell_part(number: int, until: datetime, wait: Callable[[], None]) -> Told:
    """Tell every ``PARTS``-th patient's story; ``wait`` returns once every part has come to the same week's end."""

    network, charts = Network(), dict[int, ChartId]()

    def meet(at: datetime) -> None:
        wait()
        if number == 0:
            tick(at)
        wait()
        found.look(network, list(charts.values()), at, until)

    with ids.entropy_from(Random(f"{SEED}/{number}").randbytes):  # noqa: S311
        network.find()
        ranks = _ranks(until)
        everybody = (fresh(patient, ranks.get(patient.number), until) for patient in patients(SEED, until))
        people = [patient for patient in everybody if patient.number % parts.PARTS == number]
        opened, later = _charts(network, people, until)
        charts.update(opened)
        stories = [*_stories(network, people, charts, until), *later]
        return run(stories, start=_opened_at(until), until=until, meet=meet)


def _charts(network: Network, people: list[DemoPatient], until: datetime) -> tuple[dict[int, ChartId], list[Story]]:
    """A chart for everybody as it stood when their story began, and what is charted after that as stories."""
    charts: dict[int, ChartId] = {}
    later: list[Story] = []
    for patient in people:
        facts = list(primary_care_facts(patient, SEED, until))
        known = [fact for fact in facts if fact.at is None or fact.at < patient.started_at]
        later.append(_go_on(network, [fact for fact in facts if fact.at and fact.at >= patient.started_at]))
        with clock.stopped_at(patient.started_at - timedelta(minutes=30)):
            charts[patient.number] = _open(network, patient, known)
    return charts, later


def _open(network: Network, patient: DemoPatient, known: list[Fact]) -> ChartId:
    if not patient.began_at_bh:
        return network.open_chart(known, organization=patient.pc, person=patient.pcp, role="pcp")
    therapist, _ = receiver_of(patient, Random(f"{SEED}/{patient.key}/story"))  # noqa: S311
    return network.open_chart(known, organization=patient.bh, person=therapist, role="therapist")


def _go_on(network: Network, facts: list[Fact]) -> Story:
    """One visit after the other, each on its day."""
    for at, own in groupby(sorted(facts, key=_day_of), key=_day_of):
        yield at
        network.store(list(own))


def _day_of(fact: Fact) -> datetime:
    assert fact.at is not None
    return fact.at


def _stories(
    network: Network, people: list[DemoPatient], charts: dict[int, ChartId], until: datetime
) -> Iterator[Story]:
    ranks = _ranks(until)
    for patient in people:
        own = Random(f"{SEED}/{patient.key}/story")  # noqa: S311
        other, recipient_type = receiver_of(patient, own)
        if not patient.has_referral:
            continue
        from_behavioral = patient.began_at_bh
        wanted = "primary_care" if from_behavioral else recipient_type
        ending = ending_of(patient, wanted, own, rank=ranks.get(patient.number))
        yield tell(
            Teller(
                network=network,
                patient=patient,
                chart_id=charts[patient.number],
                random=own,
                seed=SEED,
                until=until,
                ending=ending,
                sender=other if from_behavioral else patient.pcp,
                receiver=patient.pcp if from_behavioral else "hearwell" if patient.number == 0 else other,
                witness=_witness(patient.bh, other) if from_behavioral else _witness(patient.pc, patient.pcp),
                question=ESTABLISH if from_behavioral else patient.archetype.question,
                expected_role="establish" if from_behavioral else "comanage",
                walks=ending in WALKABLE and (patient.number == 0 or own.random() < (0.6 if from_behavioral else 0.15)),
                is_quick=patient.number == 0,
            ),
            wanted,
        )


def _ranks(until: datetime) -> dict[int, int]:
    """Places of the patients referred in the last weeks, by number; each direction counts for itself."""
    recent = [one for one in patients(SEED, until) if one.has_referral and until - one.started_at < RECENT]
    return {
        patient.number: rank
        for from_behavioral in (False, True)
        for rank, patient in enumerate(one for one in recent if one.began_at_bh is from_behavioral)
    }


def _witness(practice: str, explains: str) -> str:
    return next(login for login in WITNESSES[practice] if login != explains)
