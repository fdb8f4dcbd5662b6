"""The patient's side of the demo: two sign-ins, a mother who acts, care that is a girl's own, an emergency, an ask."""

import json
from datetime import datetime, timedelta

from hallway import clock
from hallway.app.demo import cast
from hallway.app.demo.facts import FactWriter
from hallway.app.demo.network import Network
from hallway.app.demo.patients import CHILD, DemoPatient
from hallway.consent import actions as consent
from hallway.consent import queries
from hallway.consent.emergency.search import Sought, open_for_unknown
from hallway.consent.rights import acting, asks, minors
from hallway.identity import actions as identity
from hallway.identity import keys
from hallway.identity.models import Account
from hallway.identity.requester import Requester, Role
from hallway.ids import NOBODY, AccountId, ChartId, OrganizationId, ResourceId
from hallway.labels.source import Source
from hallway.record import queries as record

REASON = "Found unconscious at the bus stop. Medicines and allergies must be known now."


def live(network: Network, people: list[DemoPatient], until: datetime) -> None:
    """Everything, in the last days before ``until``."""
    marisol, maya = _chart(people[0]), _chart(people[CHILD])
    with clock.stopped_at(until - timedelta(days=9)):
        patient = _patient(people[0], marisol)
        _patient(people[CHILD], maya)
        _mother(network, maya)
        _own_care(network, people[CHILD], maya)
    with clock.stopped_at(until - timedelta(days=3)):
        _emergency(network, people[0])
    with clock.stopped_at(until - timedelta(days=1)):
        asks.ask(
            patient,
            asks.Wish(
                organization=network.requester("carewell").organization_id,
                kind="question",
                words="Why did the biller look at my visits in the spring?",
            ),
        )
    Account.objects.filter(is_demo=True, practitioner_id=0).update(password_hash=keys.hash_password(cast.PASSWORD))


def _chart(patient: DemoPatient) -> ChartId:
    found = record.chart_of(ResourceId(FactWriter(patient.key, "", "").patient_id))
    assert found is not None
    return found


def _patient(patient: DemoPatient, chart_id: ChartId) -> Requester:
    """A sign-in for the patient."""
    name = f"{patient.given} {patient.family}"
    account = identity.create_account(patient.given.lower(), name, chart_id=chart_id, demo=True)
    nowhere = OrganizationId(0)
    return Requester(AccountId(account.id), NOBODY, nowhere, Role.PATIENT, chart_id=chart_id, name=name)


def _mother(network: Network, chart_id: ChartId) -> None:
    desk = network.requester("deskwell")
    entry = acting.Entry(
        name="Paula Muestra", relation="mother", authority="parent", document="Birth certificate and driver license"
    )
    made = acting.add_representative(chart_id, entry, by=desk)
    account = identity.create_account("paula", "Paula Muestra", demo=True)
    acting.give_sign_in(made, AccountId(account.id), by=desk)


def _own_care(network: Network, patient: DemoPatient, chart_id: ChartId) -> None:
    """Massachusetts: she lives apart and manages her own money, so this care is hers."""
    doctor = network.requester("carewell")
    header = queries.headers(doctor, [chart_id])[chart_id]
    minors.keep_as_minors_own(chart_id, by=doctor, header=header, service="mental_health", facts=["lives_apart"])
    write = FactWriter(f"{patient.key}/own", patient.pc, "carewell")
    write.patient_id = FactWriter(patient.key, "", "").patient_id
    fact = write.note(clock.now(), "progress", "Came by herself about panic at school. Breathing taught.", "")
    fact.resource.pop("context", None)
    body = json.dumps(fact.resource).replace("urn:uuid:", "Patient/").encode()
    source = Source(doctor.organization_id, doctor.practitioner_id, note_kind="progress")
    consent.store([body], by=doctor, source=source)


def _emergency(network: Network, patient: DemoPatient) -> None:
    """A cardiologist who does not know her opens her medicines, closes them and tells her."""
    heart = network.requester("heartwright")
    made = open_for_unknown(
        heart,
        Sought(
            family=patient.family,
            given=patient.given,
            birth_date=patient.born_on,
            category="medicines",
            nature="unconscious",
            reason=REASON,
        ),
    )
    if made is not None:
        consent.close_emergency(heart, made)
        consent.tell_patient(heart, made)
