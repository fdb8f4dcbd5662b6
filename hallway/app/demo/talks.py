"""The demo's people talk: a word, a question with an answer, a call, and the card by which each is reached."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from hallway import clock
from hallway.app.demo import cast
from hallway.app.demo.facts import FactWriter
from hallway.app.demo.network import Network
from hallway.app.demo.patients import DemoPatient
from hallway.errors import HallwayError
from hallway.identity.requester import Requester, Role
from hallway.ids import ChartId, ResourceId
from hallway.record import queries as record
from hallway.talking import actions
from hallway.talking.actions.contacting import Talk

_PATIENTS = 8
_WORDS = (
    ("Blood pressure 150 over 95 twice. Anything new from your side?", "Nothing new; she missed two visits."),
    ("Sleeps badly again. Is the dose to stay?", "Please leave it until Thursday, then I see him."),
    ("Labs are back and fine.", "Thank you, noted in the plan."),
)
_ANSWERS = (
    "Weekly therapy since the first visit, attends well. Works on sleep and on getting out. No medicine from our side.",
    "Hemoglobin, TSH and glucose were in range this fall. Examined in October: nothing that explains it.",
)
"""What behavioral health answers, and what primary care answers."""
_QUESTIONS = (
    (("labs", "exam"), "Is there a medical reason for being so tired?"),
    (("behavioral", "medicines"), "For the visit next week."),
)
_LATER = timedelta(days=2, hours=3)


def live(network: Network, people: list[DemoPatient], until: datetime) -> None:
    """Some of Dr. Carewell's patients whom Northgate treats too: talked about in the last weeks."""
    with clock.stopped_at(until - timedelta(days=30)):
        _cards(network)
    shared = [one for one in people if one.pcp == "carewell" and one.bh == cast.NORTHGATE and one.has_referral]
    for rank, patient in enumerate(shared[:_PATIENTS]):
        chart = record.chart_of(ResourceId(FactWriter(patient.key, "", "").patient_id))
        if chart is not None:
            _about(network, chart, rank, until - timedelta(days=12 - rank))


def _cards(network: Network) -> None:
    for login, channel, best_time in (("carewell", "phone", "12 to 1"), ("hearwell", "message", "after 4 pm")):
        actions.set_way_to_reach(by=network.requester(login), channel=channel, phone="555-0142", best_time=best_time)


def _about(network: Network, chart: ChartId, rank: int, at: datetime) -> None:
    """A word, sometimes its answer; a question, answered or waiting; a call. What the gate refuses is left undone."""
    pcp, therapist = network.requester("carewell"), network.requester("hearwell")
    said, answered = _WORDS[rank % len(_WORDS)]
    _at(at, lambda: actions.send(chart, by=pcp, to_org=therapist.organization_id, words=said))
    if rank % 2:
        _at(
            at + timedelta(hours=5),
            lambda: actions.send(chart, by=therapist, to_org=pcp.organization_id, words=answered),
        )
    _asked(network, chart, rank, at + timedelta(days=1))
    began_at = at + timedelta(days=1, hours=2)
    talk = Talk(
        direction="out",
        channel="phone",
        topic="coordination",
        outcome="spoke",
        began_at=began_at,
        ended_at=began_at + timedelta(minutes=6 + rank),
        with_org=int(therapist.organization_id),
    )
    _at(began_at + timedelta(minutes=20), lambda: actions.log_contact(chart, talk, by=pcp))
    if rank // 2 % 2 == 0:
        _at(began_at + timedelta(minutes=30), lambda: _listed(chart, pcp))


def _asked(network: Network, chart: ChartId, rank: int, at: datetime) -> None:
    """Primary care asks, and behavioral health asks back. One waits, one is answered, filed, declined."""
    pcp, therapist = network.requester("carewell"), network.requester("hearwell")
    out = _wish(chart, pcp, therapist, at)
    back = _wish(chart, therapist, pcp, at)
    for key, by, other, turn in ((out, therapist, pcp, rank // 2), (back, pcp, therapist, rank // 2 + 2)):
        if key is None or turn % 4 == 0:
            continue
        if turn % 4 == 3:
            _at(at + _LATER, partial(actions.decline_request, key, by=by, reason="ask_elsewhere"))
            continue
        words = _ANSWERS[by is pcp]
        _at(at + _LATER, partial(actions.answer_request, key, by=by, words=words))
        if turn % 4 == 2:
            _at(at + 2 * _LATER, partial(_filed, network, chart, other, key))


def _wish(chart: ChartId, by: Requester, to: Requester, at: datetime) -> UUID | None:
    """Somebody's request, due eleven days later; None where the gate does not let the question out."""
    wanted, words = _QUESTIONS[by.role is Role.PCP]
    with clock.stopped_at(at), suppress(HallwayError):
        return actions.request(
            chart,
            by=by,
            to_org=to.organization_id,
            to_practitioner=to.practitioner_id,
            wanted=wanted,
            words=words,
            due_at=at + timedelta(days=11),
        )
    return None


def _filed(network: Network, chart: ChartId, by: Requester, key: UUID) -> None:
    """The answer as a progress note of whoever asked."""
    is_pcp = by.role is Role.PCP
    place, login = (cast.MILLBROOK, "carewell") if is_pcp else (cast.NORTHGATE, "hearwell")
    patient = record.patient_of(chart)
    assert patient is not None
    write = FactWriter(f"{patient}/answers", place, login)
    write.patient_id = str(patient)
    visit = write.encounter(clock.now(), "Telephone visit")
    note = write.note(clock.now(), "progress", f"Information received. {_ANSWERS[not is_pcp]}", visit.id)
    network.store([visit, note])
    actions.file_answer(key, by=by, note_id=note.id)


def _listed(chart: ChartId, by: Requester) -> None:
    """The check list of the year: what was done by hand, and what is next."""
    year, today = clock.today().year, clock.today()
    for entry in ("benefits_discussed", "others_identified"):
        actions.tick(chart, by=by, year=year, entry=entry, on=today)
    actions.plan_next(chart, by=by, year=year, next_step="call")


def _at(at: datetime, act: Callable[[], object]) -> None:
    with clock.stopped_at(at), suppress(HallwayError):
        act()
