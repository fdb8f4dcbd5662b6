"""A list asks the database as often for many patients as for few, raw statements counted too."""

from datetime import timedelta

import psycopg
import pytest
from django.test import Client

from hallway import clock
from hallway.consent import actions as consent
from hallway.consent.tests import town
from hallway.identity import actions as identity
from hallway.identity.login import Hat
from hallway.identity.requester import Role, system
from hallway.labels.source import Source
from hallway.record import queries as record
from hallway.screening.asking import actions as asking
from hallway.screening.safety import actions as safety
from hallway.screening.targets import actions as targets
from hallway.standards.fhir import codec
from hallway.talking import actions as talking
from hallway.web.middleware import COOKIE

LISTS = ("/worklist/", "/messages/", "/safety/", "/progress/", "/progress/?show=practice", "/due/rules/")


@pytest.fixture
def pair(fresh_db):
    """A PCP and a therapist of two practices, where no form is asked for."""
    family, northgate = (
        town.organization("Millbrook", side="pc", state="NY"),
        town.organization("Northgate", state="NY"),
    )
    pcp = town.person("Carewell", family, Role.PCP, licence="physician", state="NY")
    leader = town.person("Leadwell", family, Role.PRACTICE_LEADER, state="NY")
    return pcp, leader, town.person("Hearwell", northgate, Role.THERAPIST, state="NY")


def browser(who) -> Client:
    account = identity.create_account(
        f"{who.name or who.role}@example.test", "Somebody", practitioner_id=who.practitioner_id
    )
    opened = identity.open_verified(account)
    identity.wear(opened.session_id, Hat(0, who.role, who.organization_id, "A practice"))
    client = Client()
    client.cookies[COOKIE] = opened.token
    return client


def one_more(pcp, therapist):
    """A patient about whom there is one of everything."""
    chart = town.new_patient(pcp.organization_id)
    for place in (pcp.organization_id, therapist.organization_id):
        consent.join_team(chart, by=system("loader"), organization=place, basis="encounter")
    store(chart, pcp)
    talking.send(chart, by=therapist, to_org=pcp.organization_id, words="Please call me.")
    talking.request(
        chart, by=therapist, to_org=pcp.organization_id, wanted=("medical",), words="What do you treat?",
        due_at=clock.now() + timedelta(days=5),
    )  # fmt: skip
    asking.ask(chart, ("phq-2",), by=pcp, mode="tablet")
    targets.set_target(chart, targets.Aimed("phq-9", 5), by=pcp)
    safety.press(pcp, chart)


def store(chart, by):
    """A PHQ-9 of 14 a week ago."""
    body = {
        "resourceType": "Observation", "status": "final", "valueInteger": 14,
        "code": {"coding": [{"system": "http://loinc.org", "code": "44261-6"}]},
        "subject": {"reference": f"Patient/{record.patient_of(chart)}"},
        "effectiveDateTime": (clock.now() - timedelta(days=7)).isoformat(),
    }  # fmt: skip
    consent.store([codec.encode(body)], by=by, source=Source(by.organization_id, by.practitioner_id))


def test_a_list_asks_the_database_as_often_for_many_patients_as_for_few(pair, monkeypatch):
    pcp, leader, therapist = pair
    asked: list[object] = []
    execute = psycopg.Cursor.execute

    def counted(self, query, *given, **more):
        asked.append(query)
        return execute(self, query, *given, **more)

    monkeypatch.setattr(psycopg.Cursor, "execute", counted)
    readers = {path: browser(leader if path == "/due/rules/" else pcp) for path in ("/worklist/", "/due/rules/")}

    def counts():
        found = {}
        for path in (*LISTS, "/screening/"):
            reader = readers.get(path, readers["/worklist/"])
            reader.get(path)
            asked.clear()
            answer = reader.get(path)
            assert answer.status_code == 200, path
            found[path] = len(asked)
        return found

    one_more(pcp, therapist)
    few = counts()
    for _ in range(3):
        one_more(pcp, therapist)
    many = counts()
    assert {path: count for path, count in many.items() if path in LISTS and count > few[path]} == {}
    assert many["/screening/"] - few["/screening/"] <= 3 * 12, (
        "one page of it reads each of its charts, and has fifteen"
    )
