"""Two people who said yes to PHQ-9 item 9: one half an hour ago, with the safety steps open; one yesterday, with a call
that is owed."""

from datetime import datetime, timedelta
from uuid import UUID

from hallway import clock, ids
from hallway.app.demo import cast
from hallway.app.demo.facts import FactWriter
from hallway.app.demo.network import Network
from hallway.app.demo.patients import CHILD, DemoPatient
from hallway.identity.requester import Requester
from hallway.ids import ChartId, ResourceId
from hallway.record import queries as record
from hallway.screening.asking import actions as asking
from hallway.screening.asking.keys import Ways
from hallway.screening.instruments import library
from hallway.screening.models import Safety
from hallway.screening.safety import actions, hearing
from hallway.screening.safety.said import Said
from hallway.screening.safety.states import Step

DOCTOR = "carewell"
ITEM_9 = "q9"
PARTS = {
    "signs": "Not sleeping, and being alone on Sunday evenings.",
    "alone": "Walk to the river, water the garden, the radio.",
    "company": "The library, the choir.",
    "help": "A sister, 555-0177. A neighbor downstairs.",
    "professionals": "Millbrook Family Medicine, 555-0110.",
    "surroundings": "The sister keeps the pills; the rest went back to the pharmacy.",
}


def live(network: Network, people: list[DemoPatient], until: datetime) -> None:
    """Both of them, at the end of the demo's time."""
    own = [one for one in people if _is_own(one)]
    with clock.stopped_at(until - timedelta(hours=21)):
        _ended(network, own[3])
    with clock.stopped_at(until - timedelta(minutes=32)):
        opened = _opened(network, own[5])
    with clock.stopped_at(until - timedelta(minutes=29)):
        actions.take_step(network.requester("deskwell"), opened, Step.HERE, _said())


def _is_own(patient: DemoPatient) -> bool:
    here = patient.pc == cast.MILLBROOK and patient.pcp == DOCTOR and not patient.began_at_bh
    return here and patient.number not in (0, CHILD)


def _opened(network: Network, patient: DemoPatient) -> UUID:
    """The tablet in the waiting room: item 9 is answered, the rest is not yet."""
    chart = record.chart_of(ResourceId(FactWriter(patient.key, "", "").patient_id))
    assert chart is not None
    by = network.requester(DOCTOR)
    asked = asking.ask(chart, ["phq-9"], by=by, mode="tablet")
    asking.answer(Ways(asked.secret), "phq-9", ITEM_9, "1", number=1)
    _hear(chart, by, asked)
    return Safety.objects.get(chart_id=chart, cause_id=str(asked.sitting_id)).id


def _hear(chart: ChartId, by: Requester, asked: asking.Asked) -> None:
    """What the worker does a moment later."""
    code = library.instrument("phq-9").question(ITEM_9).code
    hearing.critical_answer(
        {
            "chart_id": chart,
            "organization_id": by.organization_id,
            "kind": hearing.SITTING,
            "id": str(asked.sitting_id),
            "code": code,
            "level": "high",
        }
    )


def _ended(network: Network, patient: DemoPatient) -> None:
    by, key = network.requester(DOCTOR), _opened(network, patient)
    for step, said in (
        (Step.TAKE, _said()),
        (Step.HERE, _said()),
        (Step.JUDGEMENT, _said(code="moderate", words="Thoughts on most evenings, no intent, no plan. A sister near.")),
        (Step.PLAN, Said(once=_once(), parts=PARTS)),
        (Step.MEANS, _said(code="medicines", words="The sister keeps the pills from today.")),
        (Step.LINE, _said()),
        (Step.FOLLOW_UP, _said(code="24")),
    ):
        actions.take_step(by, key, step, said)
    actions.close(by, key, disposition="home_with_plan", words="", expected_version=Safety.objects.get(id=key).version)


def _said(*, code: str = "", words: str = "") -> Said:
    return Said(once=_once(), code=code, words=words)


def _once() -> str:
    return str(ids.new_uuid(clock.now()))
