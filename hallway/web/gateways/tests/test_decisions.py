"""Decisions for gateways: by item id, never by place; unknown and forbidden alike; every ask leaves a line."""

import json
import random

import pytest
from django.test import Client

from hallway import clock
from hallway.consent import actions as consent
from hallway.consent.models import Denial
from hallway.consent.rights import limits
from hallway.consent.tests import town
from hallway.directory.models import Practitioner
from hallway.identity import clients
from hallway.identity.requester import Role
from hallway.identity.shown import KNOWN
from hallway.ids import OrganizationId
from hallway.labels.actions import label
from hallway.labels.source import Source
from hallway.loops.models import Loop
from hallway.record.classes import DataClass
from hallway.referral.tests import hall as halls
from hallway.storage import connection

MRN = {"system": "urn:mrn", "value": "M-1"}
PLAIN = {"id": "a", "type": "Observation", "codes": [{"system": "http://loinc.org", "code": "8480-6"}]}
NOTE = {"id": "n", "type": "DocumentReference", "security": ["PSY"], "noteKind": "psychotherapy"}
SOCIAL = {"id": "w", "type": "DocumentReference", "security": ["PSY"], "noteKind": "progress", "licence": "counselor"}


def give_number(hall, value="M-1"):
    """The hall's patient gets the identifier that gateways know them by."""
    from hallway.consent.entering.storing import store
    from hallway.record import queries as record

    patient = record.patient_of(hall.chart)
    body = {"resourceType": "Patient", "id": patient, "identifier": [{"system": "urn:mrn", "value": value}],
            "name": [{"family": "Ejemplo", "given": ["Marisol"]}], "birthDate": "1985-04-12"}  # fmt: skip
    store([label(json.dumps(body).encode(), source=Source(hall.pcp.organization_id))], by=hall.pcp)


@pytest.fixture
def hall(fresh_db):
    made = halls.build()
    give_number(made)
    return made


def credential_of(organization):
    return clients.register("Gateway", OrganizationId(organization)).credential


def ask(credential, *items, path="/consent/decisions", client=None, **more):
    body = {
        "patient": {"identifier": [MRN]},
        "recipient": {"kind": "provider", "state": "MA", "relation": "treating", "coveredEntity": True},
        "purpose": "TREAT",
        "items": list(items),
    } | more
    return send(credential, body, path=path)


def send(credential, body, path="/consent/decisions"):
    headers = {"Authorization": f"Bearer {credential}"} if credential else {}
    sent = body if isinstance(body, (bytes, str)) else json.dumps(body)
    return Client().post(path, sent, content_type="application/json", headers=headers)


def by_id(reply):
    assert reply.status_code == 200, reply.content
    return {one["id"]: one for one in reply.json()["decisions"]}


def test_ordinary_content_goes_to_who_treats_and_a_psychotherapy_note_does_not(hall):
    found = by_id(ask(credential_of(hall.pcp.organization_id), PLAIN, NOTE))
    assert found["a"]["decision"] == "CONSENT_PERMIT"
    assert found["n"]["decision"] != "CONSENT_PERMIT"
    assert found["n"]["sentence"]


def test_what_says_nothing_of_itself_is_not_permitted(hall):
    silent = {"id": "s", "type": "Observation"}
    strange = {"id": "t", "type": "Observation", "security": ["SURPRISE"]}
    found = by_id(ask(credential_of(hall.pcp.organization_id), silent, strange))
    assert {one["decision"] for one in found.values()} <= {"CONSENT_DENY", "NO_CONSENT"}


def test_order_never_matters_and_a_decision_stays_with_its_item(hall):
    credential = credential_of(hall.pcp.organization_id)
    items = [PLAIN | {"id": f"a{n}"} for n in range(5)] + [NOTE | {"id": f"n{n}"} for n in range(5)]
    first = by_id(ask(credential, *items))
    for seed in range(3):
        random.Random(seed).shuffle(items)
        assert by_id(ask(credential, *items)) == first


def test_two_items_of_one_id_are_refused_by_name(hall):
    reply = ask(credential_of(hall.pcp.organization_id), PLAIN, PLAIN)
    assert reply.status_code == 422
    assert reply.json()["issue"][0]["expression"] == ["items[1].id"]


def test_unknown_and_forbidden_patients_are_one_answer_byte_for_byte(hall):
    elsewhere = credential_of(hall.other.organization_id)
    with clock.stopped_at(clock.now()):
        forbidden = ask(elsewhere, PLAIN, NOTE)
        unknown = ask(elsewhere, PLAIN, NOTE, patient={"identifier": [{"system": "urn:mrn", "value": "never"}]})
    assert forbidden.content == unknown.content
    assert forbidden.status_code == unknown.status_code == 200
    assert {one["decision"] for one in by_id(forbidden).values()} == {"NO_CONSENT"}
    assert sorted(forbidden.headers.items()) == sorted(unknown.headers.items())


def test_two_patients_of_one_number_are_nobody(hall):
    credential = credential_of(hall.pcp.organization_id)
    second = town.new_patient(hall.pcp.organization_id)
    other = halls.Hall(**{**{f: getattr(hall, f) for f in hall.__dataclass_fields__}, "chart": second})
    give_number(other)
    assert by_id(ask(credential, PLAIN))["a"]["decision"] == "NO_CONSENT"


def lines_of(act):
    with connection.cursor() as cursor:
        rows = cursor.execute("SELECT a.charts FROM ledger_answer a WHERE a.act = %s ORDER BY a.id", [act])
        return [row[0] for row in rows.fetchall()]


def test_every_ask_leaves_a_line_and_names_the_chart_where_there_is_one(hall):
    before = len(lines_of("consent.decided"))
    ask(credential_of(hall.pcp.organization_id), PLAIN)
    ask(credential_of(hall.other.organization_id), PLAIN)
    assert lines_of("consent.decided")[before:] == [[hall.chart], []]


def test_a_no_is_recorded_with_its_ground_and_owes_its_form_and_a_yes_is_not(hall):
    credential = credential_of(hall.pcp.organization_id)
    ask(credential, PLAIN)
    assert not Denial.objects.exists()
    ask(credential, NOTE)
    assert not Denial.objects.exists(), "psychotherapy notes are no electronic health information"
    ask(credential, SOCIAL)
    row = Denial.objects.get()
    assert (row.route, row.subject, row.outcome) == ("decision", "DocumentReference/w", "DENY_NEEDS")
    assert row.asker_client.startswith("client/")
    assert row.citation.startswith("45 CFR 171.202(b)")
    assert Loop.objects.filter(id=row.loop_id, kind="send_form", due_at__gt=clock.now()).exists()


def test_a_no_about_somebody_unknown_leaves_no_record(hall):
    ask(credential_of(hall.other.organization_id), SOCIAL)
    assert not Denial.objects.exists()


@pytest.mark.parametrize("credential", ["", "nobody", "x" * 500])
def test_without_a_registered_credential_nothing_is_decided(hall, credential):
    reply = ask(credential, PLAIN)
    assert reply.status_code == 401
    assert reply["WWW-Authenticate"].startswith("Bearer")
    assert reply.json()["resourceType"] == "OperationOutcome"


def test_an_ended_client_is_nobody_at_once(hall):
    made = clients.register("Gateway", OrganizationId(hall.pcp.organization_id))
    assert ask(made.credential, PLAIN).status_code == 200
    clients.end(made.client_id)
    assert ask(made.credential, PLAIN).status_code == 401


def test_a_login_session_is_no_client(hall):
    from tests.access.test_places import come_in

    page = come_in(hall.pcp, Role.PCP).post("/consent/decisions", "{}", content_type="application/json")
    assert page.status_code == 401


GOOD = {
    "patient": {"identifier": [MRN]},
    "recipient": {"kind": "provider"},
    "purpose": "TREAT",
    "items": [PLAIN],
}
BAD = [
    ({"purpose": "SECRETWORD"}, "purpose"),
    ({"patient": {"identifier": []}}, "patient.identifier"),
    ({"items": []}, "items"),
    ({"items": [PLAIN | {"id": "has space"}]}, "items[0].id"),
    ({"items": [PLAIN | {"id": 7}]}, "items[0].id"),
    ({"recipient": {"npi": "12"}}, "recipient.npi"),
    ({"recipient": {"npi": "1234567890"}}, "recipient.npi"),
    ({"recipient": {"reference": "Organization/nowhere"}}, "recipient.reference"),
    ({"SECRETWORD": 1}, "the request"),
    ({"circumstances": ["SECRETWORD"]}, "circumstances[0]"),
    ({"circumstances": ["minor"]}, "circumstances[0]"),
]


@pytest.mark.parametrize(("change", "element"), BAD)
def test_bad_input_is_refused_by_the_name_of_its_element_and_never_echoed(hall, change, element):
    reply = send(credential_of(hall.pcp.organization_id), GOOD | change)
    assert reply.status_code == 400, reply.content
    issue = reply.json()["issue"][0]
    assert issue["expression"] == [element]
    assert b"SECRETWORD" not in reply.content


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[" * 5000 + b"]" * 5000, b'{"a":' * 50 + b"1" + b"}" * 50])
def test_what_is_no_json_or_too_deep_is_refused(hall, body):
    reply = send(credential_of(hall.pcp.organization_id), body)
    assert reply.status_code == 400
    assert reply.json()["issue"][0]["code"] == "invalid"


def test_too_much_at_once_is_refused(hall):
    credential = credential_of(hall.pcp.organization_id)
    many = [PLAIN | {"id": f"a{n}"} for n in range(501)]
    assert ask(credential, *many).status_code == 400
    assert send(credential, b" " * (600 * 1024)).status_code == 413


def test_a_rule_that_fails_is_a_denial_of_its_item_and_a_fault_is_no_answer(hall, monkeypatch):
    from hallway.exchange.decisions import actions

    def broken(question):
        raise RuntimeError("SECRETWORD")

    monkeypatch.setattr(actions.disclosing, "decide", broken)
    reply = ask(credential_of(hall.pcp.organization_id), PLAIN)
    assert reply.status_code == 500
    assert b"CONSENT_PERMIT" not in reply.content
    assert b"SECRETWORD" not in reply.content


def hook(**context):
    return {
        "hook": "patient-consent-consult",
        "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
        "context": {"patientId": [MRN], "scope": "patient-privacy", "purposeOfUse": "TREAT", "actor": [MRN]} | context,
    }


CONSULT = "/cds-services/patient-consent-consult"


def test_the_hook_is_discovered():
    services = Client().get("/cds-services").json()["services"]
    assert "patient-consent-consult" in {one["id"] for one in services}
    assert all(one["hook"] == one["id"] for one in services)


def test_the_hook_answers_a_card_for_each_item_that_names_it(hall):
    reply = send(credential_of(hall.pcp.organization_id), hook(content=[PLAIN, NOTE]), CONSULT)
    found = {card["extension"]["itemId"]: card for card in reply.json()["cards"]}
    assert set(found) == {"a", "n"}
    assert found["n"]["summary"] == found["n"]["extension"]["decision"] != "CONSENT_PERMIT"
    assert all(card["source"]["label"] == "Hallway" and card["indicator"] for card in found.values())


def test_the_hook_without_content_is_one_card_with_what_must_be_left_out(hall):
    recipient = {"system": "urn:hallway", "value": f"Organization/{place(hall.therapist).fhir_id}"}
    hall.consent_back()
    reply = send(credential_of(hall.pcp.organization_id), hook(actor=[recipient]), CONSULT)
    card = reply.json()["cards"][0]
    assert card["summary"] in {"CONSENT_PERMIT", "CONSENT_DENY", "NO_CONSENT"}
    if card["summary"] == "CONSENT_PERMIT":
        redact = next(one for one in card["extension"]["obligations"] if one["id"]["code"] == "REDACT")
        assert "PSYTHPN" in {one["code"] for one in redact["parameters"]["codes"]}


def place(person):
    from hallway.directory.models import Organization

    return Organization.objects.get(id=person.organization_id)


def test_another_hook_is_refused_by_name(hall):
    reply = send(credential_of(hall.pcp.organization_id), hook() | {"hook": "patient-view"}, CONSULT)
    assert reply.status_code == 400
    assert reply.json()["issue"][0]["expression"] == ["hook"]


TREATED = {"reference": "Organization/org-millbrook"}
HEARD = {"id": "h", "type": "DocumentReference", "security": ["PSY"], "noteKind": "progress"}


@pytest.fixture
def northgate(hall):
    """The therapist's gateway: their practice treats the patient, too."""
    consent.join_team(hall.chart, by=town.LOADER, organization=hall.therapist.organization_id, basis="assigned")
    consent.join_team(hall.chart, by=town.LOADER, organization=hall.pcp.organization_id, basis="assigned")
    return credential_of(hall.therapist.organization_id)


def numbered(who, npi):
    Practitioner.objects.filter(id=who.practitioner_id).update(npi=npi)
    return npi


def sign(hall, **more):
    form = consent.compose_consent(
        consent.Composition(
            chart_id=hall.chart, kind="release", discloser_org=hall.therapist.organization_id,
            recipient_org=hall.pcp.organization_id,
            classes=int(DataClass.GENERAL | DataClass.MH | DataClass.MA_SOCIAL_WORKER), **more,
        ),
        by=hall.therapist,
    )  # fmt: skip
    consent.sign_consent(form, consent.Signature("typed", b"Marisol Ejemplo"), by=hall.therapist, expected_version=1)


def asked_of(credential, *items):
    return {key: one["decision"] for key, one in by_id(ask(credential, *items, recipient=TREATED)).items()}


def test_the_authors_licence_binds_by_the_directory_and_where_nobody_says_anybodys_does(hall, northgate):
    of_therapist = HEARD | {"authorNpi": numbered(hall.therapist, "1234567893"), "licence": "none"}
    said = HEARD | {"id": "s", "licence": "psychiatrist"}
    assert asked_of(northgate, of_therapist) == {"h": "NO_CONSENT"}
    assert asked_of(northgate, HEARD, said) == {"h": "NO_CONSENT", "s": "CONSENT_PERMIT"}


def test_a_form_for_some_types_opens_no_other(hall, northgate):
    sign(hall, kinds=("MedicationRequest",))
    medicine = HEARD | {"id": "m", "type": "MedicationRequest", "noteKind": ""}
    assert asked_of(northgate, HEARD, medicine) == {"h": "NO_CONSENT", "m": "CONSENT_PERMIT"}


def test_a_form_about_one_clinician_opens_nothing_of_a_colleague(hall, northgate):
    npi = numbered(hall.therapist, "1234567893")
    sign(hall, discloser_practitioner=hall.therapist.practitioner_id)
    assert asked_of(northgate, HEARD, HEARD | {"id": "o", "authorNpi": npi}) == {
        "h": "NO_CONSENT",
        "o": "CONSENT_PERMIT",
    }


def test_a_determination_opens_what_its_own_clinician_wrote_and_nothing_of_a_colleague(hall, northgate):
    colleague = town.person("Colleague", hall.therapist.organization_id, Role.THERAPIST, licence="social_worker")
    own = HEARD | {"authorNpi": numbered(hall.therapist, "1234567893")}
    others = HEARD | {"id": "c", "authorNpi": numbered(colleague, "1234567901")}
    consent.record_determination(
        hall.chart, by=hall.therapist, recipient_org=hall.pcp.organization_id, need="six_facts",
        facts=limits.SIX_FACTS, patient_informed=True,
    )  # fmt: skip
    assert asked_of(northgate, own, others) == {"h": "CONSENT_PERMIT", "c": "NO_CONSENT"}


def test_the_longest_id_and_type_that_are_taken_are_recorded(hall):
    longest = SOCIAL | {"id": "x" * 64, "type": "Y" * 40}
    assert by_id(ask(credential_of(hall.pcp.organization_id), longest))["x" * 64]["decision"] == "NO_CONSENT"


def test_a_letter_that_no_row_can_hold_is_refused_and_its_spelling_is_not(hall):
    key = credential_of(hall.pcp.organization_id)
    nul = ask(key, PLAIN, patient={"identifier": [{"value": "a\x00b"}]})
    assert (nul.status_code, "H-XCH-004" in nul.content.decode()) == (400, True)
    assert ask(key, PLAIN, patient={"identifier": [{"value": "a\\u0000b"}]}).status_code == 200


def test_a_request_is_marked_for_the_limits_only_where_its_credential_is_somebodys(hall):
    good = credential_of(hall.pcp.organization_id)
    for credential, is_known in ((good, True), ("made-up", False)):
        assert (KNOWN in ask(credential, PLAIN).wsgi_request.META) is is_known
