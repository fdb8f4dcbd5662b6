"""The demo's samples stand where this demo answers, and as whoever walks through it left them."""

from hallway.app.demo import cast, keeping, samples
from hallway.consent.tests import town
from hallway.directory.models import Organization
from hallway.exchange.ehr_launch.models import Ehr
from hallway.identity import granted, registering
from hallway.ids import AccountId


def test_samples_move_with_the_demo_and_one_that_was_ended_stays_so(fresh_db, settings):
    settings.DEMO = True
    number = town.organization("Millbrook", side="pc")
    named = next(one.name for one in cast.ORGANIZATIONS if one.key == cast.MILLBROOK)
    Organization.objects.filter(id=number).update(name=named)
    said = []
    samples.stand("http://127.0.0.1:8000")
    registering.end(granted.app_called("sample-service").id, by=AccountId(1))
    assert keeping.stand_samples("http://127.0.0.1:8001", said.append) == 0
    assert said == []
    assert granted.app_called("sample-service") is None
    assert granted.app_called("sample-launched").launch_url == "http://127.0.0.1:8001/developers/sample"
    ehr = Ehr.objects.get(ended_at=None)
    assert ehr.iss == "http://127.0.0.1:8001/fhir"
    itself = granted.app_called(samples.ITSELF)
    assert itself.redirect_uris == [f"http://127.0.0.1:8001/launch/{ehr.id}/back"]
    Ehr.objects.update(client_id="changed-by-somebody")
    assert keeping.stand_samples("http://127.0.0.1:8001", said.append) == 0
    assert said[0].startswith("The samples stand as they were left.")
