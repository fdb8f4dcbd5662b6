"""The examples of docs/gateways.md are asked as they stand, and answered as they say."""

import json
import re
from pathlib import Path

import pytest

from hallway import clock
from hallway.consent.tables.blocking import grounds
from hallway.referral.tests import hall as halls
from hallway.web.gateways.tests import test_decisions as decisions

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = (DOCS / "gateways.md").read_text()
BLOCK = re.compile(r'```json title="([^"]+)"\n(.*?)```', re.DOTALL)
EXAMPLES = [
    (ask, asked, answer, answered)
    for (ask, asked), (answer, answered) in zip(BLOCK.findall(PAGE)[::2], BLOCK.findall(PAGE)[1::2], strict=True)
]


@pytest.fixture
def credential(fresh_db):
    hall = halls.build()
    decisions.give_number(hall)
    return decisions.credential_of(hall.pcp.organization_id)


def test_there_are_examples_of_each_address():
    assert {ask.split()[1] for ask, *_ in EXAMPLES} == {"/consent/decisions", "/cds-services/patient-consent-consult"}


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_an_example_is_answered_as_the_page_says(credential, number):
    ask, asked, answer, answered = EXAMPLES[number]
    told = json.loads(answered)
    at = told.get("decidedAt") or _first_time(told)
    with clock.stopped_at(clock.now() if at is None else _instant(at)):
        reply = decisions.send(credential, asked, ask.split()[1])
    assert f"{reply.status_code}" in answer
    assert reply.json() == told


def _first_time(told):
    cards = told.get("cards") or [{}]
    return cards[0].get("extension", {}).get("dateTime")


def _instant(text):
    from datetime import datetime

    return datetime.fromisoformat(text)


def test_every_policy_is_written_down():
    page = (DOCS / "information-blocking.md").read_text()
    for policy in {row.policy for row in grounds().values()}:
        assert f"| {policy} |" in page
