"""Sending to the door as a web server would hand it over."""

import json
from io import BytesIO

from hallway.fhirapi.tests.kit import get

OURS = "http://127.0.0.1:8000"


def send(method, path, body=None, *, kind="application/fhir+json", **headers):
    """Call the door with a body; header names as ``If_Match``."""
    raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    named = {f"HTTP_{name.upper()}": value for name, value in headers.items()}
    more = {"CONTENT_TYPE": kind} if body is not None else {}
    return get(path, method=method, CONTENT_LENGTH=str(len(raw)), **{"wsgi.input": BytesIO(raw)}, **more, **named)


def observation(patient_id, **more):
    """A body weight, valid as R4, with a decimal whose last digit must not be lost."""
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "29463-7"}], "text": "Body weight"},
        "subject": {"reference": f"Patient/{patient_id}"},
        "effectiveDateTime": "2026-11-20",
        **more,
    }


def bundle(kind, *entries):
    """A Bundle of (method, url, resource, more) requests; ``more`` are members of the request, and ``fullUrl``."""
    made = []
    for method, url, resource, *more in entries:
        said = dict(more[0]) if more else {}
        one = {"fullUrl": said.pop("fullUrl")} if "fullUrl" in said else {}
        one |= {"resource": resource} if resource is not None else {}
        made.append({**one, "request": {"method": method, "url": url, **said}})
    return {"resourceType": "Bundle", "type": kind, "entry": made}
