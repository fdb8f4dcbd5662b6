"""Libraries that others build on walk a full round against a served Hallway; nothing in them is patched.

Launch with PKCE through the consent screen, read, search, every page, create, update, an update that comes too late,
a transaction.
"""

import uuid

import pytest
import requests

from conftest import TEMPLATE, admin, copy_template, point_django_at
from tests.clients import kit


@pytest.fixture(scope="module")
def place(django_db_blocker):
    name = f"t_{uuid.uuid4().hex[:12]}"
    copy_template(name)
    with django_db_blocker.unblock():
        point_django_at(name)
        try:
            with kit.served() as place:
                yield place
        finally:
            point_django_at(TEMPLATE)
            admin(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.mark.parametrize("name", ["fhirclient", "fhir_kit_client", "medplum_core"])
def test_a_javascript_library_walks_the_round(place, name):
    folder = kit.modules()
    if folder is None:
        pytest.skip(
            "the JavaScript libraries are not installed here (tools/test_tools.sh puts them into .venv/clients)"
        )
    assert sorted(kit.run_app(place, folder, name)) == sorted(kit.STEPS)


def observation(patient, value):
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "8867-4"}], "text": "Heart rate"},
        "subject": {"reference": f"Patient/{patient}"},
        "effectiveDateTime": "2026-11-20T10:00:00Z",
        "valueQuantity": {"value": value, "unit": "/min"},
    }


def transaction(patient):
    full = "urn:uuid:6a1c5f8e-9c1b-4f0a-8f4e-0a3c52a1b111"
    encounter = {
        "resourceType": "Encounter",
        "status": "finished",
        "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
        "subject": {"reference": f"Patient/{patient}"},
    }
    measured = {**observation(patient, 70), "encounter": {"reference": full}}
    entries = [
        {"fullUrl": full, "resource": encounter, "request": {"method": "POST", "url": "Encounter"}},
        {"resource": measured, "request": {"method": "POST", "url": "Observation"}},
    ]
    return {"resourceType": "Bundle", "type": "transaction", "entry": entries}


def test_fhirclient_of_python_walks_the_round(place):
    from fhirclient.client import FHIRClient
    from fhirclient.models.bundle import Bundle
    from fhirclient.models.observation import Observation
    from fhirclient.models.patient import Patient

    back = "http://127.0.0.1:9/callback"
    smart = FHIRClient(
        settings={"app_id": place.client, "api_base": place.base, "redirect_uri": back, "scope": kit.SCOPE}
    )
    assert smart.prepare() is False
    smart.handle_callback(kit.let_in(place, smart.authorize_url))
    assert smart.ready
    assert smart.patient_id == place.patient

    assert Patient.read(smart.patient_id, smart.server).name[0].family == place.family
    search = Observation.where({"patient": smart.patient_id, "_count": "2"})
    first = search.perform(smart.server)
    assert len(first.entry) == 2
    found = [one.id for one in search.perform_resources_iter(smart.server)]
    assert len(found) == len(set(found)) >= kit.OBSERVATIONS

    made = Observation(observation(place.patient, 64))
    told = made.create(smart.server)
    kept = Observation.read(told["id"], smart.server)
    tag = f'W/"{kept.meta.versionId}"'
    smart.server.session.headers["If-Match"] = tag
    kept.valueQuantity.value = 65
    assert kept.update(smart.server)["meta"]["versionId"] != kept.meta.versionId
    with pytest.raises(requests.HTTPError) as late:
        kept.update(smart.server)
    assert late.value.response.status_code in {409, 412}
    del smart.server.session.headers["If-Match"]

    whole = Bundle(transaction(place.patient))
    answered = smart.server.post_json("", whole.as_json()).json()
    assert [one["response"]["status"][:3] for one in answered["entry"]] == ["201", "201"]


def test_fhirpy_walks_the_round(place):
    from fhirpy import SyncFHIRClient
    from fhirpy.base.exceptions import MultipleResourcesFound

    given = kit.token_for(place)
    bearer = f"Bearer {given['access_token']}"
    client = SyncFHIRClient(place.base, authorization=bearer)
    patient = client.reference("Patient", given["patient"]).to_resource()
    assert patient.id == place.patient

    observations = client.resources("Observation").search(patient=patient.id)
    assert len(observations.limit(2).fetch()) == 2
    found = [one.id for one in observations.limit(2).fetch_all()]
    assert len(found) == len(set(found)) >= kit.OBSERVATIONS

    made = client.resource("Observation", **observation(patient.id, 64))
    made.save()
    assert made.id
    tag = made["meta"]["versionId"]
    made["valueQuantity"]["value"] = 65
    made.save()
    assert made["meta"]["versionId"] != tag
    late = SyncFHIRClient(place.base, authorization=bearer, extra_headers={"If-Match": f'W/"{tag}"'})
    with pytest.raises(MultipleResourcesFound):  # its name for any 412
        late.resource("Observation", **{**observation(patient.id, 66), "id": made.id}).save()

    answered = client.execute("", method="post", data=transaction(patient.id))
    assert [one["response"]["status"][:3] for one in answered["entry"]] == ["201", "201"]
