"""The demo's people talk: a word, a question with an answer, a call, and the card by which each is reached."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from hallway import clock
from hallway.app.demo import cast
from hallway.app.demo.facts import FactWriter
from hallway.app.demo.network import Network
from hallway.app.demo.patients import DemoPatient
from hallway.errors import HallwayError
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
    _at(
        at + timedelta(days=1),
        lambda: actions.request(
            chart,
            by=pcp,
            to_org=therapist.organization_id,
            wanted=("behavioral", "medicines"),
            words="For the visit next week.",
            due_at=at + timedelta(days=11),
        ),
    )
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


def _at(at: datetime, act: Callable[[], object]) -> None:
    with clock.stopped_at(at), suppress(HallwayError):
        act()
