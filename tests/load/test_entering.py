"""What follows from a write follows by whichever way it comes in: a page's action, the FHIR door, or a load."""

import json

import pytest

from hallway import clock, ids
from hallway.consent import actions as consent
from hallway.consent.models import MinorService
from hallway.consent.tests import town
from hallway.directory.models import Organization
from hallway.exchange.intake import taking
from hallway.exchange.intake.files import Entry, Parcel
from hallway.identity.requester import Role, system
from hallway.labels.source import Incoming, Source
from hallway.record import origins
from hallway.record.classes import DataClass
from hallway.record.queries import masks_of
from hallway.storage.connection import cursor

BY = system("test")
ICD = "http://hl7.org/fhir/sid/icd-10-cm"


def load(resource, source):
    kind, name = resource["resourceType"], resource["id"]
    raw = json.dumps(resource).encode()
    taken = taking.take(
        Parcel("a.json", [Entry(1, raw, kind, name, "")]), feed=Source(source.organization), by=BY, sources={1: source}
    )
    with cursor() as opened:
        return taken, origins.recognise(opened, source.organization, [f"{kind}/{name}"])[f"{kind}/{name}"].resource_id


def by_load(resource, source):
    return load({**resource, "subject": {"reference": "Patient/p1"}, "id": "x1"}, source)[1]


def by_action(resource, source):
    return consent.store([json.dumps(resource).encode()], by=BY, source=source)[0].id


def by_door(resource, source):
    return consent.store_many([Incoming(json.dumps(resource).encode(), source)], by=BY)[0].id


@pytest.mark.parametrize("enter", [by_load, by_action, by_door])
def test_what_a_minors_own_clinician_writes_carries_the_minors_class(fresh_db, enter):
    clinic = town.organization("Clinic")
    author = town.person("Autora", clinic, Role.THERAPIST).practitioner_id
    other = town.person("Otra", clinic, Role.THERAPIST).practitioner_id
    taken, patient_id = load({"resourceType": "Patient", "id": "p1", "birthDate": "2012-03-02"}, Source(clinic))
    (chart,) = taken.charts
    MinorService.objects.create(
        id=ids.new_uuid(clock.now()), chart_id=chart, organization_id=clinic, practitioner_id=author,
        service="mental_health", rule_id="MA-MINOR-STATUS", facts=[], from_at=clock.now(),
    )  # fmt: skip
    told = {"resourceType": "Condition", "subject": {"reference": f"Patient/{patient_id}"},
            "code": {"coding": [{"system": ICD, "code": "J45.909"}]}}  # fmt: skip
    for wrote, carries in ((other, 0), (author, int(DataClass.MINOR_CONSENTED))):
        key = ("Condition", enter({**told, "recordedDate": f"2026-01-0{1 + bool(carries)}"}, Source(clinic, wrote)))
        assert masks_of([chart], [key])[key] & DataClass.MINOR_CONSENTED == carries


@pytest.mark.parametrize("enter", [by_action, by_door])
def test_an_organization_that_comes_in_stands_in_the_directory(fresh_db, enter):
    source = taking.feed_of("")
    found = enter({"resourceType": "Organization", "name": "Elsewhere Clinic"}, source)
    assert Organization.objects.filter(fhir_id=found, name="Elsewhere Clinic", on_hallway=False).exists()
