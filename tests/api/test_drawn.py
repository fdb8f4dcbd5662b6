"""schemathesis asks every operation of the document with drawn requests: no defect, and answers as it promises.

``HALLWAY_API_CASES`` asks for more requests an operation than the few that every run makes.
"""

import os

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from hallway.web.api import registry

CASES = int(os.environ.get("HALLWAY_API_CASES", "10"))
LABELS = [f"{one.method} {one.path}" for one in registry.operations() if one.name != "openapi"]
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
]


@pytest.mark.parametrize("label", LABELS)
def test_drawn_requests_are_answered_as_promised(network, label):
    served = schemathesis.openapi.from_wsgi("/api/openapi.json", network.application)
    (operation,) = (found.ok() for found in served.get_all_operations() if found.ok().label == label)
    tries = []

    @seed(4)
    @settings(
        max_examples=CASES,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.explicit, Phase.generate],
    )
    @given(case=operation.as_strategy())
    def ask(case):
        shown = {"Authorization": f"Bearer {network.credential}"} if len(tries) % 5 else {}
        tries.append(case)
        case.call_and_validate(headers=shown, checks=CHECKS)

    ask()
    assert tries
