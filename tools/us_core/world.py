"""Records in a database of their own, a clinician who may see them, and the door in this process."""

import json
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from django.db import connections

from hallway import clock
from hallway.app.prove.cast import ORGANIZATIONS, people, sign_in
from hallway.consent import actions as consent
from hallway.exchange.intake import files, taking
from hallway.exchange.intake.files import EntryError, Parcel
from hallway.fhirapi import application
from hallway.identity.requester import system
from hallway.ids import ChartId, OrganizationId
from hallway.labels.source import Source
from hallway.storage.connection import cursor
from tools.us_core.client import Client, Json, Reply

BASE = "http://127.0.0.1:8000/fhir"
LEFT_OUT = frozenset({"LICENSE.txt", "LICENSE"})


def sent_records(paths: list[Path]) -> list[Json]:
    """Every resource of the files, Bundles opened."""
    found: list[Json] = []
    for path in paths:
        body = json.loads(files.unpacked(path))
        entries = [entry["resource"] for entry in body.get("entry", ()) if "resource" in entry]
        found += entries if body.get("resourceType") == "Bundle" else [body]
    return found


def lives(folder: Path, count: int) -> list[Path]:
    """The smallest of the synthetic lives."""
    found = sorted(folder.glob("*.json.gz"), key=lambda path: (path.stat().st_size, path.name))
    return found[:count]


def examples(folder: Path) -> list[Path]:
    """The examples of US Core, one resource a file."""
    return sorted(path for path in folder.glob("*.json") if path.name not in LEFT_OUT)


def load(life_files: list[Path], example_files: list[Path]) -> list[str]:
    """Store everything as the first practice's own; what could not be stored, by file name.

    The examples name one another, so they go in together.
    """
    feed, refused = taking.feed_of(ORGANIZATIONS[0][1]), list[str]()
    for path in life_files:
        taking.take(files.parcel(path), feed=feed, by=system("us-core"))
    for parcel in _together(example_files):
        refused += _whole_or_less(parcel, feed)
    return refused


def _whole_or_less(parcel: Parcel, feed: Source) -> list[str]:
    """Store a parcel, without the entries that are refused; those, with what they were refused for."""
    refused, entries = list[str](), list(parcel.entries)
    while entries:
        try:
            taking.take(Parcel(parcel.name, entries), feed=feed, by=system("us-core"))
        except EntryError as error:
            entry = next(one for one in entries if one.number == error.number)
            entries.remove(entry)
            refused.append(f"{entry.origin or entry.kind}: {error}")
        else:
            break
    return refused


def _together(paths: list[Path]) -> Iterator[Parcel]:
    """Who and what belongs to nobody, then the patients, then all the rest, each as one parcel; then what is made."""
    ranked: dict[int, dict[str, Json]] = {}
    for one in sent_records(paths):
        ranked.setdefault(_rank(one["resourceType"]), {})[f"{one['resourceType']}/{one.get('id')}"] = one
    for rank in sorted(ranked):
        yield _parcel(f"examples {rank}", list(ranked[rank].values()))
    yield _parcel("made", _made(sent_records(paths)))


def _parcel(name: str, records: list[Json]) -> Parcel:
    entries = [
        files.Entry(n, json.dumps(one).encode(), one["resourceType"], one.get("id", ""), "")
        for n, one in enumerate(records, 1)
    ]
    return Parcel(name, entries)


def _made(found: list[Json]) -> list[Json]:
    """What the examples lack: sexual orientation as an Observation, and a Provenance for each patient's record."""
    about = [one for one in found if one["resourceType"] in _OURS and _patient(one)]
    made = [_orientation("Patient/example")]
    for one in [*about, *made]:
        name = f"{one['resourceType']}/{one['id']}"
        agent = {
            "who": {"reference": "Practitioner/practitioner-1"},
            "onBehalfOf": {"reference": "Organization/acme-lab"},
        }
        made.append({
            "resourceType": "Provenance", "id": f"of-{one['resourceType']}-{one['id']}"[:64],
            "target": [{"reference": name}, {"reference": _patient(one)}],
            "recorded": "2024-05-01T10:00:00Z", "agent": [agent],
        })  # fmt: skip
    return made


def _patient(one: Json) -> str:
    """The patient whom a record names, by a relative reference; empty for none."""
    whose = one.get("subject") or one.get("patient") or one.get("beneficiary") or {}
    return str(whose.get("reference", "")) if str(whose.get("reference", "")).startswith("Patient/") else ""


def _orientation(patient: str) -> Json:
    coding = {"system": "http://loinc.org", "code": "76690-7"}
    value = {"system": "http://terminology.hl7.org/CodeSystem/v3-NullFlavor", "code": "ASKU"}
    category = {"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "social-history"}
    profile = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-observation-sexual-orientation"
    return {
        "resourceType": "Observation", "id": "orientation", "meta": {"profile": [profile]}, "status": "final",
        "category": [{"coding": [category]}], "code": {"coding": [coding]},
        "subject": {"reference": patient}, "effectiveDateTime": "2024-05-01T09:30:00Z",
        "valueCodeableConcept": {"coding": [value]},
    }  # fmt: skip


def set_labels_aside() -> None:
    """Make every record general: what the gate withholds is proven elsewhere, here the door's forms are looked at."""
    with connections["owner"].cursor() as opened:
        for table in ("record_resource", "record_token", "record_history"):
            opened.execute(f"UPDATE {table} SET mask = 1")  # noqa: S608 - our own names
    connections["owner"].close()


_FIRST = ("Organization", "Location", "Practitioner", "PractitionerRole", "Patient")


_OURS = frozenset({
    "AllergyIntolerance", "CarePlan", "CareTeam", "Condition", "Coverage", "Device", "DiagnosticReport",
    "DocumentReference", "Encounter", "Goal", "Immunization", "MedicationDispense", "MedicationRequest", "Observation",
    "Procedure", "QuestionnaireResponse", "RelatedPerson", "ServiceRequest",
})  # fmt: skip


def _rank(kind: str) -> int:
    return _FIRST.index(kind) if kind in _FIRST else len(_FIRST)


def signed_in() -> str:
    """People of the network, the first practice's physician on every chart's team, and their login's token."""
    cast = people(clock.today())
    return sign_in(cast, "pcp")


def treat_everybody() -> int:
    """Put the reader's practice on the team of every chart; how many there are."""
    from hallway.directory.models import Organization

    place = Organization.objects.get(name=ORGANIZATIONS[0][1])
    with cursor() as opened:
        rows = opened.execute("SELECT chart_id FROM record_chart WHERE chart_id <> 0 ORDER BY 1").fetchall()
    for (chart_id,) in rows:
        consent.join_team(
            ChartId(chart_id), by=system("us-core"), organization=OrganizationId(place.id), basis="encounter"
        )

    return len(rows)


def client(token: str) -> Client:
    """A client of the door in this process, signed in by a token."""

    def ask(method: str, path: str, form: bytes) -> Reply:
        address, _, query = path.partition("?")
        told: list[str] = []
        environ: dict[str, Any] = {
            "REQUEST_METHOD": method, "PATH_INFO": f"/fhir{address}", "QUERY_STRING": query,
            "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "8000", "wsgi.url_scheme": "http", "wsgi.input": BytesIO(form),
            "HTTP_AUTHORIZATION": f"Bearer {token}", "CONTENT_LENGTH": str(len(form)),
            "CONTENT_TYPE": "application/x-www-form-urlencoded" if form else "",
        }  # fmt: skip
        body = b"".join(application.fhir(environ, lambda status, headers: told.append(status)))
        return Reply(int(told[0].split()[0]), json.loads(body) if body.startswith(b"{") else {})

    return Client(ask, BASE)
