"""Who stands at the door, and a patient whose chart is open to them."""

import pytest

from hallway import clock
from hallway.fhirapi import application, door
from hallway.fhirapi.sign_in import Caller
from hallway.fhirapi.tests.kit import ANNA, NOW, grant, new_patient


@pytest.fixture
def caller(fresh_db, monkeypatch):
    """Whoever ``caller[0]`` is stands at the door; nobody where it is None."""
    who = [Caller(ANNA)]
    monkeypatch.setattr(application, "caller_of", lambda cookie, authorization: who[0])
    with clock.stopped_at(NOW):
        yield who
    door.close()


@pytest.fixture
def patient(caller):
    """Chart and id."""
    chart, patient_id = new_patient()
    grant(chart)
    return chart, patient_id
