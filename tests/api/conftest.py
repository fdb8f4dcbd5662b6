"""A network with a registered client, and the product's own callable with everything in front of it."""

from dataclasses import dataclass
from typing import Any

import pytest

from hallway.app.front.application import watched
from hallway.app.front.limits import Limits
from hallway.fhirapi import door
from hallway.referral.tests import hall as halls
from hallway.web.gateways.tests import test_decisions as decisions

UNLIMITED = dict.fromkeys(("fhir", "gateways", "token", "failures"), 0.0)


@dataclass
class Network:
    hall: Any
    credential: str
    application: Any


@pytest.fixture
def network(fresh_db):
    from django.core.wsgi import get_wsgi_application

    from hallway.fhirapi.application import in_front_of

    hall = halls.build()
    decisions.give_number(hall)
    credential = decisions.credential_of(hall.pcp.organization_id)
    yield Network(hall, credential, watched(in_front_of(get_wsgi_application()), limited=Limits(UNLIMITED)))
    door.close()
