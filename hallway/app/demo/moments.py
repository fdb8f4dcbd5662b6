"""Moments at which the two sides must talk: a drug begun, a program's new patient, ECT planned, visits missed, no gain.

Everything is charted as clinicians chart it; the rules find it themselves. Some of what they found before is closed.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from hallway import clock
from hallway.app.demo import cast
from hallway.app.demo.facts import Fact, FactWriter
from hallway.app.demo.network import BY, Network
from hallway.app.demo.patients import CHILD, DemoPatient
from hallway.consent import actions as consent
from hallway.ids import ChartId, OrganizationId, PractitionerId, ResourceId
from hallway.record import queries as record
from hallway.talking import actions as talking
from hallway.triggers import actions, looking
from hallway.triggers.models import Firing
from hallway.triggers.offering.actions import OfferSaid, record_offer

PRESCRIBER, THERAPIST, PROGRAM, DOCTOR = "mindham", "hearwell", "steadman", "carewell"
NOT_NEEDED = ("told_already", "treated_together", "told_already", "not_significant")
"""Why what was found before was closed; every second one was acted on."""
EARLIER = 8
Write = Callable[[FactWriter], Sequence[Fact]]


def live(network: Network, people: list[DemoPatient], until: datetime) -> None:
    """One patient a moment at the end of the demo's time, and what was found and closed in the weeks before."""
    own = [one for one in people if _is_near(one)]
    # Those of one doctor only: some have their first role elsewhere.
    program = [one for one in own[5 + EARLIER :] if one.pcp == DOCTOR]
    _earlier(network, own[5 : 5 + EARLIER], until)
    day = timedelta(days=1)
    told: tuple[tuple[DemoPatient, str, Write], ...] = (
        (own[0], PRESCRIBER, lambda w: _lithium(w, until - 2 * day)),
        (own[1], PRESCRIBER, lambda w: [w.planned(until - 3 * day, "90870", "Electroconvulsive therapy")]),
        (own[2], THERAPIST, lambda w: _missed(w, until)),
        (own[3], THERAPIST, lambda w: _flat(w, until)),
        (program[0], PROGRAM, lambda w: _intake(w, until - day)),
    )
    for patient, login, write in told:
        with clock.stopped_at(until - timedelta(minutes=20)):
            looking.look(_chart(network, patient, login, write))
    with clock.stopped_at(until - 4 * day):
        _ask(network, own[4], until)
    with clock.stopped_at(until - 20 * day):
        said = OfferSaid("not_now", reason="wants_to_think", again_on=(until + 10 * day).date())
        record_offer(_chart_of(program[1]), said, by=network.requester(DOCTOR))


def _is_first(patient: DemoPatient) -> bool:
    return patient.number in (0, CHILD)


def _is_near(patient: DemoPatient) -> bool:
    """Treated at both practices of the town, without a story that somebody tells on."""
    here = patient.pc == cast.MILLBROOK and patient.bh == cast.NORTHGATE
    return here and not _is_first(patient) and not patient.has_referral


def _chart_of(patient: DemoPatient) -> ChartId:
    chart = record.chart_of(ResourceId(FactWriter(patient.key, "", "").patient_id))
    assert chart is not None
    return chart


def _chart(network: Network, patient: DemoPatient, login: str, write: Write) -> ChartId:
    """What one clinician charts about somebody they begin to treat."""
    chart, place = _chart_of(patient), next(one.roles[0].organization for one in cast.PEOPLE if one.login == login)
    consent.join_team(
        chart,
        by=BY,
        organization=OrganizationId(network.organizations[place].id),
        practitioner=PractitionerId(network.practitioners[login].id),
        basis="encounter",
    )
    writer = FactWriter(f"{patient.key}/moments", place, login)
    writer.patient_id = FactWriter(patient.key, "", "").patient_id
    network.store(write(writer))
    return chart


def _lithium(write: FactWriter, at: datetime) -> list[Fact]:
    return [
        write.encounter(at, "Medication visit"),
        write.medicine("6448", "Lithium carbonate 300 mg", "twice a day", at),
    ]


def _intake(write: FactWriter, at: datetime) -> list[Fact]:
    visit = write.encounter(at, "First visit, intake")
    words = "Wants to stop. Last use two days ago. Has a primary care doctor and has not told her."
    return [visit, write.condition("F11.20", "Opioid use disorder", at), write.note(at, "progress", words, visit.id)]


def _missed(write: FactWriter, until: datetime) -> list[Fact]:
    seen = [write.encounter(until - timedelta(days=days), "Therapy visit") for days in (60, 46)]
    return [*seen, *(write.missed(until - timedelta(days=days)) for days in (16, 9))]


def _flat(write: FactWriter, until: datetime) -> list[Fact]:
    days = (68, 54, 40, 26, 5)
    visits = [write.encounter(until - timedelta(days=one), "Therapy visit") for one in days]
    totals = (17, 16, 18, 16, 17)
    scores = [write.score(until - timedelta(days=one), "PHQ-9", total) for one, total in zip(days, totals, strict=True)]
    return [
        write.condition("F33.1", "Major depression, recurrent, moderate", until - timedelta(days=68)),
        *visits,
        *scores,
    ]


def _ask(network: Network, patient: DemoPatient, until: datetime) -> None:
    """The prescriber has asked the primary care practice for medicines and laboratory results."""
    at = clock.now() - timedelta(hours=1)
    chart = _chart(network, patient, PRESCRIBER, lambda w: [w.encounter(at, "First visit, assessment")])
    doctor = network.requester(DOCTOR)
    talking.request(
        chart,
        by=network.requester(PRESCRIBER),
        to_org=doctor.organization_id,
        to_practitioner=doctor.practitioner_id,
        wanted=("medicines", "labs"),
        words="Which medicines does she take, and what were the last kidney and thyroid results?",
        due_at=until + timedelta(days=6),
    )


def _earlier(network: Network, patients: Sequence[DemoPatient], until: datetime) -> None:
    """A prescription each in the weeks before, found and closed, so that a leader sees how a rule fares."""
    for number, patient in enumerate(patients):
        at = until - timedelta(days=6 * (number + 2))
        with clock.stopped_at(at):
            chart = _chart(network, patient, PRESCRIBER, _sertraline_at(at))
            looking.look(chart)
        with clock.stopped_at(at + timedelta(hours=5)):
            _close(network, chart, number)


def _sertraline_at(at: datetime) -> Write:
    return lambda write: [
        write.encounter(at, "Medication visit"),
        write.medicine("36437", "Sertraline 50 mg", "mornings", at),
    ]


def _close(network: Network, chart: ChartId, number: int) -> None:
    by = network.requester(PRESCRIBER)
    state, reason = ("done", "") if number % 2 else ("not_needed", NOT_NEEDED[number // 2 % len(NOT_NEEDED)])
    own = Firing.objects.filter(chart_id=chart, organization_id=by.organization_id, state=Firing.State.OPEN)
    for row in own.order_by("id"):
        actions.close(row.id, by=by, state=state, reason=reason, expected_version=row.version)
