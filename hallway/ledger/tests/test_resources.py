import io
import json
from dataclasses import replace

import pytest

from hallway.ledger import export, lines, plans
from hallway.ledger.tests.test_lines import NOON, WHO
from hallway.standards.fhir import r4
from hallway.storage.connection import transaction

WAY = plans.Way(3, 5, 0, (), ("US-2", "US-1"), ("a-b",), ())


@pytest.fixture
def events(fresh_db):
    with transaction():
        read = replace(
            lines.step_line(WHO, "read", charts=(3, 4), detail="Condition/x"), plan=plans.text_of(((WAY,), ()))
        )
        lines.write(replace(read, at=NOON, route="GET /fhir/{type}/{id}"))
        lines.write(replace(lines.step_line(WHO, "disclosure.recorded", charts=(3,), purpose="POLICE"), at=NOON))
        lines.write(replace(lines.step_line(WHO, "network.read", charts=(), purpose="OPS"), at=NOON))
    file = io.StringIO()
    assert export.write_fhir(file) == 3
    return [json.loads(line) for line in file.getvalue().splitlines()]


def test_each_line_is_an_audit_event_that_reads_back_as_one(events):
    for event in events:
        text = json.dumps(event).encode()
        read = r4.decode(text, r4.AuditEvent)
        assert json.loads(r4.encode(read)) == event, "nothing in it that R4's AuditEvent does not know"
        assert read.type
        assert read.recorded == "2026-03-04T12:00:00.000Z"
        assert [agent.requestor for agent in read.agent] == [True, False]
        assert read.source
        assert read.source.observer


def test_it_names_act_reason_rules_and_charts_and_no_content(events):
    read, step, network = events
    assert read["subtype"] == [{"system": "http://hl7.org/fhir/restful-interaction", "code": "read"}]
    assert read["purposeOfEvent"][0]["coding"][0]["code"] == "TREAT"
    assert read["agent"][0]["policy"] == ["urn:hallway:rule:US-1", "urn:hallway:rule:US-2"]
    assert [one["what"]["identifier"]["value"] for one in read["entity"]] == ["3", "4"]
    assert step["purposeOfEvent"][0]["coding"][0] == {"system": "urn:hallway:aim", "code": "POLICE"}
    assert (step["action"], network["action"]) == ("E", "R")
    assert "entity" not in network
