"""The demo's neighbours: the practices' own chart systems ask what is owed, and tell what became of the cards."""

from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from hallway import clock
from hallway.app.demo import cast
from hallway.app.demo.facts import FactWriter
from hallway.app.demo.network import Network
from hallway.app.demo.patients import DemoPatient
from hallway.app.demo.stories import RECENT
from hallway.exchange.cds_hooks import actions as hooks
from hallway.exchange.cds_hooks.calls import Call
from hallway.exchange.cds_hooks.models import CardShown
from hallway.exchange.cds_hooks.tables.services import REASONS, SERVICES, Service
from hallway.identity import clients
from hallway.identity.requester import Requester

DAYS = 28
_MOMENTS = ("patient-view", "patient-view", "encounter-start", "encounter-discharge", "appointment-book")
_PLACES = hooks.Places(home="http://127.0.0.1/", link=lambda row: "http://127.0.0.1/worklist/")


def live(network: Network, people: list[DemoPatient], until: datetime) -> None:
    """Four weeks of visits at two practices, seen from the chart system that each had before."""
    recent = [one for one in people if one.has_referral and until - one.started_at < RECENT]
    _weeks(network, "carewell", [one for one in recent if one.pcp == "carewell"], until)
    _weeks(network, "hearwell", [one for one in recent if one.bh == cast.NORTHGATE], until)


def _weeks(network: Network, login: str, own: list[DemoPatient], until: datetime) -> None:
    doctor = network.requester(login)
    made = clients.register("Chart system of before", doctor.organization_id)
    system = clients.requester_of(made.credential)
    assert system is not None
    dice = Random(login)  # noqa: S311 - repeatable on purpose
    for day in range(DAYS, 0, -1):
        for patient in dice.sample(own, min(3, len(own))):
            with clock.stopped_at(until - timedelta(days=day, minutes=dice.randrange(300))):
                _visit(system, patient, network.practitioners[login].fhir_id, dice)


def _visit(system: Requester, patient: DemoPatient, doctor: str, dice: Random) -> None:
    """One moment of a visit: the call for who looks, and for most cards what they did with them."""
    service = SERVICES[dice.choice(_MOMENTS)]
    call = Call(
        patient_id=FactWriter(patient.key, "", "").patient_id,
        identifiers=(),
        birth_date=patient.born_on.isoformat(),
        user=f"Practitioner/{doctor}",
        user_identifiers=(),
    )
    hooks.answer(service, call, by=system, places=_PLACES)
    shown = CardShown.objects.filter(shown_at=clock.now(), service=service.id).order_by("id")
    told = [_became(UUID(str(one)), dice) for one in shown.values_list("id", flat=True) if dice.random() < 0.8]
    if told:
        _tell(service, told, system)


def _became(card: UUID, dice: Random) -> hooks.Feedback:
    if dice.random() < 0.72:
        return hooks.Feedback(card, "accepted", "", 0)
    return hooks.Feedback(card, "overridden", dice.choice(list(REASONS)[:4]), 0)


def _tell(service: Service, told: list[hooks.Feedback], system: Requester) -> None:
    hooks.take_feedback(told, service, by=system)
