"""News is heard at least once: heard again after what it asked for has ended, it asks for nothing anew."""

import json
from datetime import timedelta
from random import Random
from uuid import uuid4

import pytest

from hallway import clock
from hallway.app import wiring
from hallway.consent import actions as consent
from hallway.consent.emergency import access
from hallway.consent.models import EmergencyAccess
from hallway.consent.rights import asks
from hallway.consent.tests import town
from hallway.exchange.subscriptions.models import Notice, Subscription
from hallway.exchange.subscriptions.tables import topics
from hallway.identity.requester import Requester, Role
from hallway.ids import NOBODY, AccountId, OrganizationId
from hallway.labels.source import Source
from hallway.loops import hearing
from hallway.loops.actions import escalate_due
from hallway.loops.models import Loop
from hallway.record import queries as record
from hallway.record.classes import DataClass
from hallway.referral.tests import hall as halls
from hallway.screening.models import Safety, SafetyStep
from hallway.storage.connection import cursor
from hallway.triggers.models import Firing, Watch

WHY = {"category": "medicines", "nature": "overdose", "reason": "Unconscious, overdose suspected."}


def waiting(after: int = 0) -> list[tuple[int, dict[str, str]]]:
    """News announced since, each with its number."""
    wanted = "SELECT id, args FROM procrastinate_jobs WHERE task_name = 'hallway.heard' AND id > %s ORDER BY id"
    with cursor() as opened:
        found = opened.execute(wanted, (after,)).fetchall()
    return [(number, json.loads(one) if isinstance(one, str) else one) for number, one in found]


def hear_all() -> list[dict[str, str]]:
    """Hear each, once, and what these announce; all that was heard."""
    heard: list[dict[str, str]] = []
    last = 0
    while found := waiting(last):
        for _, one in found:
            wiring.tell(one)
            heard.append(one)
        last = found[-1][0]
    return heard


def subscribed(organization: int) -> None:
    """Somebody waits for every topic."""
    now = clock.now()
    for topic in topics.TOPICS:
        Subscription.objects.create(
            id=uuid4(), owner="o", asker=b"{}", organization_id=organization, topic=topic, content="id-only",
            endpoint="http://127.0.0.1/hook", reason="r", base="b", state="active", next_try_at=now, created_at=now,
            updated_at=now,
        )  # fmt: skip


def enter(hall: halls.Hall, body: dict[str, object]) -> None:
    body |= {"subject": {"reference": f"Patient/{record.patient_of(hall.chart)}"}}
    consent.store([json.dumps(body).encode()], by=town.LOADER, source=Source(hall.pcp.organization_id))


def facts(hall: halls.Hall) -> None:
    """A positive answer, and an admission, of today."""
    now = clock.now().isoformat(timespec="seconds")
    code = {"coding": [{"system": "http://loinc.org", "code": "44260-8"}]}
    answer = {"resourceType": "Observation", "status": "final", "code": code, "valueInteger": 2}
    enter(hall, {**answer, "effectiveDateTime": now})
    urgent = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "EMER"}
    visit = {"resourceType": "Encounter", "status": "in-progress", "class": urgent}
    enter(hall, {**visit, "period": {"start": now}})


@pytest.fixture
def hall(fresh_db) -> halls.Hall:
    made = halls.build()
    program = town.organization("Program", is_part2=True)
    town.put(made.chart, program, DataClass.SUD_COUNSEL_NOTE, author=made.other.practitioner_id)
    subscribed(int(made.pcp.organization_id))
    return made


def patient(hall: halls.Hall) -> Requester:
    return Requester(AccountId(90), NOBODY, OrganizationId(0), Role.PATIENT, chart_id=hall.chart)


def begin(hall: halls.Hall) -> None:
    """Something of everything that somebody hears of."""
    access.open_emergency(hall.pcp, hall.chart, **WHY)
    asks.ask(patient(hall), asks.Wish(organization=hall.pcp.organization_id, kind="question", words="Who read it?"))
    facts(hall)
    hall.consent_back()
    hall.sent()
    hear_all()
    escalate_due(clock.now() + timedelta(days=30))


def end(hall: halls.Hall) -> None:
    """All of it is done, by whom it concerns."""
    emergency = EmergencyAccess.objects.get()
    access.tell_patient(hall.pcp, emergency.id)
    for owed in Loop.objects.filter(kind="call_in_emergency"):
        hearing.called(
            Requester(AccountId(91), owed.owner_practitioner_id, owed.owner_org_id, Role.THERAPIST), emergency.id
        )
    [asked] = asks.asks_at(hall.pcp)
    asks.answer_ask(hall.pcp, asked.id, "Nobody but us.")
    hear_all()
    now = clock.now()
    Safety.objects.update(state="closed", closed_at=now, disposition="mistaken", closed_by=1)
    Firing.objects.filter(state="open").update(state="done", closed_at=now, closed_by=1)
    Loop.objects.filter(closed_at=None).exclude(kind__in=["tell_patient", "patient_ask", "call_in_emergency"]).update(
        closed_at=now, closed_as="done"
    )
    Notice.objects.update(state=Notice.State.LEFT_OUT, settled_at=now)


def standing() -> dict[str, list[dict[str, object]]]:
    """What somebody owes, ran, is told of, and what is announced now."""
    kept = (Loop, Safety, SafetyStep, Firing, Notice)
    return {one.__name__: list(one.objects.order_by("pk").values()) for one in kept} | {"news": waiting()}


@pytest.mark.parametrize("order", range(3))
def test_whatever_has_ended_is_asked_for_by_no_news_that_is_heard_again(hall, order):
    begin(hall)
    end(hall)
    heard = hear_all()
    wanted = {event.__name__ for event, listeners in wiring.LISTENERS_BY_EVENT.items() if listeners}
    assert wanted <= {one["event_type"] for one in heard}, "news of every kind"
    assert not Loop.objects.filter(closed_at=None).exists(), "everything has ended"
    before = standing()
    Random(order).shuffle(heard)
    for one in heard:
        # As after a look that was cut off: whoever looks must look again, and not only see that nothing is new.
        Watch.objects.update(position=0)
        wiring.tell(one)
        assert standing() == before, one["event_type"]


def test_what_runs_is_owed_once_by_whoever_owes_it_however_often_it_is_heard(hall):
    begin(hall)
    hear_all()
    running = list(Loop.objects.filter(closed_at=None).order_by("id").values())
    assert {"tell_patient", "call_in_emergency", "patient_ask"} <= {one["kind"] for one in running}
    hear_all()
    assert list(Loop.objects.filter(closed_at=None).order_by("id").values()) == running


def test_the_end_may_be_heard_before_the_beginning(hall):
    """A job that failed is tried again minutes later: by then somebody has acted."""
    access.open_emergency(hall.pcp, hall.chart, **WHY)
    asks.ask(patient(hall), asks.Wish(organization=hall.pcp.organization_id, kind="question", words="Who read it?"))
    begun = [one for _, one in waiting()]
    access.tell_patient(hall.pcp, EmergencyAccess.objects.get().id)
    [asked] = asks.asks_at(hall.pcp)
    asks.answer_ask(hall.pcp, asked.id, "Nobody but us.")
    for one in reversed([news for _, news in waiting()]):
        wiring.tell(one)
    assert begun
    assert set(Loop.objects.filter(closed_at=None).values_list("kind", flat=True)) == {"call_in_emergency"}
