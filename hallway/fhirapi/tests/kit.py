"""A patient with resources of three sources, grants by hand, and a caller of the door."""

import contextvars
import json
import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO

from hallway import clock, ids
from hallway.consent.models import Grant
from hallway.consent.tables import library
from hallway.fhirapi import application
from hallway.identity.requester import Requester, Role
from hallway.record import actions, queries
from hallway.record.classes import DataClass
from hallway.record.evidence import Labelled
from hallway.standards.fhir.search import tokens as tokens_of

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
GENERAL = int(DataClass.GENERAL)
MH = int(DataClass.MH)
ANNA = Requester(ids.AccountId(7), ids.PractitionerId(3), ids.OrganizationId(10), Role.PCP)
OTHER = Requester(ids.AccountId(8), ids.PractitionerId(4), ids.OrganizationId(20), Role.PCP)


def new_id():
    return ids.ResourceId(str(ids.new_uuid(clock.now())))


def resource(kind, charts, *, text="x", mask=GENERAL, org=10, rid=None, tokens=(), day=0, **more):
    patient_id = queries.patient_of(charts[0])
    told = {"resourceType": kind, "code": {"text": text}, "subject": {"reference": f"Patient/{patient_id}"}, **more}
    body = json.dumps(told, separators=(",", ":")).encode()
    found = (*tokens_of(kind, {**told, "patient": told["subject"]}), *tokens)
    return Labelled(
        kind, rid or new_id(), tuple(charts), ids.OrganizationId(org), ids.PractitionerId(0), mask, body,
        b"", found, NOW - timedelta(days=day), ("test",),
    )  # fmt: skip


def new_patient():
    """A chart with its Patient resource; chart id and patient id."""
    patient_id = new_id()
    chart = actions.new_chart(patient_id)
    body = b'{"resourceType":"Patient","name":[{"family":"Ejemplo"}]}'
    one = Labelled("Patient", patient_id, (chart,), ids.OrganizationId(10), ids.NOBODY, GENERAL, body, dated_at=NOW)
    actions.write([one], by=ANNA)
    return chart, patient_id


def grant(chart, *, org=10, source=10, allow=GENERAL):
    Grant.objects.create(
        chart_id=chart,
        grantee_org=org,
        purpose="TREAT",
        relation="own",
        source_org=source,
        allow=allow,
        from_at=NOW - timedelta(days=1),
        rule_ids=list(library.rules()),
    )


@dataclass(frozen=True)
class Reply:
    status: int
    headers: tuple
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)


def get(path, *, method="GET", **environ):
    """Call the door as a web server would."""
    path, _, query = path.partition("?")
    got = []
    whole = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(),
        **environ,
    }
    body = b"".join(application.fhir(whole, lambda status, headers: got.extend((status, headers))))
    return Reply(int(got[0].split()[0]), tuple(got[1]), body)


def post(path, body=b"", *, content_type="application/fhir+json", **environ):
    """Send a body to the door."""
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    more = {"wsgi.input": BytesIO(sent), "CONTENT_LENGTH": str(len(sent)), "CONTENT_TYPE": content_type}
    return get(path, method="POST", **more, **environ)


def parameters(**named):
    """A Parameters resource: resources as they are, other values by their FHIR type."""
    listed = []
    for name, value in named.items():
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, dict) and "resourceType" in one:
                listed.append({"name": name, "resource": one})
            elif isinstance(one, dict):
                listed.append({"name": name} | one)
            elif isinstance(one, bool):
                listed.append({"name": name, "valueBoolean": one})
            elif isinstance(one, int):
                listed.append({"name": name, "valueInteger": one})
            else:
                listed.append({"name": name, "valueString": one})
    return {"resourceType": "Parameters", "parameter": listed}


def at_once(number, do):
    """Run ``do`` in so many threads, each with connections of its own; what they returned."""
    from django.db import connections

    found, ready = [], threading.Barrier(number)

    def one(turn):
        ready.wait()
        try:
            found.append(do(turn))
        finally:
            connections.close_all()

    # Each in the test's own time: a thread begins without it.
    threads = [threading.Thread(target=contextvars.copy_context().run, args=(one, turn)) for turn in range(number)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return found
