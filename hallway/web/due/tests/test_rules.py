"""How rules fare, in words, and how a leader runs one otherwise: tried first, kept with a reason, by nobody else."""

import re
from datetime import date

import pytest

from hallway.triggers.dry_run import check_parameters
from hallway.triggers.facts import Tuned
from hallway.triggers.models import Tuning
from hallway.triggers.tables.rows import ROWS
from hallway.triggers.views import DryRun, Late, Noise
from hallway.web.chart.tests.test_pages import client_of
from hallway.web.due import rates, ruling
from tests.journeys import seed

MAY, JUNE = date(2026, 5, 1), date(2026, 6, 1)


def noise(rule, month, **counts):
    values = {
        name: counts.get(name, 0) for name in ("is_open", "done", "not_needed", "declined", "withdrawn", "merged")
    }
    return Noise(rule, month, fired=sum(values.values()), reasons=counts.get("reasons", {}), **values)


def test_a_rule_that_is_mostly_not_needed_stands_first_and_says_why():
    found = [
        noise("T1", JUNE, done=20),
        noise("T2", MAY, done=2, not_needed=5, reasons={"told_already": 4, "not_true": 1}),
        noise("T2", JUNE, done=1, not_needed=4, declined=1, reasons={"told_already": 4}),
    ]
    rows = rates.rows([ROWS["T1"], ROWS["T2"]], found, {"T1": Tuned(is_on=False)})
    assert [(row.id, row.fired, row.is_noisy, row.is_on) for row in rows] == [
        ("T2", 13, True, True),
        ("T1", 20, False, False),
    ]
    assert rows[0].why.startswith("They were told already, by phone or in person (8); ")
    assert rates.finding(rows) == "1 rule asks more often than needed"
    assert rates.finding(rows[1:]) == "20 findings in the last year, no rule asks too often"


def test_what_is_past_due_is_said_by_person_most_first():
    found = [Late(3, "T1", 2), Late(0, "T22", 1), Late(3, "T22", 1)]
    assert rates.late(found, {3: "Dr. Simon Mindham"}) == [
        ("Dr. Simon Mindham", "3: T1 (2), T22 (1)"),
        ("Nobody in particular", "1: T22 (1)"),
    ]


@pytest.mark.parametrize(
    ("run", "words", "read"),
    [
        (DryRun(14, (), 9, 30, 30), "This would have fired 14 times in the last year, for 9 patients.", ""),
        (DryRun(1, (), 1, 400, 900), "This would have fired 1 time in the last year, for 1 patient.", "400 of 900"),
        (DryRun(0, (), 0, 30, 30), "This would have fired 0 times in the last year.", ""),
    ],
)
def test_a_dry_run_says_how_often_and_how_much_was_read(run, words, read):
    said = rates.tried(run)
    assert said.words == words
    assert said.read.startswith(read) if read else not said.read


def test_a_leader_tries_then_keeps_with_a_reason_and_nobody_else_may(fresh_db):
    world = seed.practices()
    client = client_of(world, "steerman")
    assert "no rule asks too often" in client.get("/due/rules/").content.decode()
    form = {"is_on": "no", "p-free_days": "60", "p-dose_percent": "50", "reason": "We tell them at the huddle"}
    unasked = client.post("/due/rules/T1/", form | {"act": "keep"})
    assert unasked.status_code == 422
    assert b"have not been tried" in unasked.content
    assert client.post("/due/rules/T1/", form | {"act": "try", "p-free_days": "soon"}).status_code == 422
    tried = client.post("/due/rules/T1/", form | {"act": "try"}).content.decode()
    assert "This would have fired 0 times" in tried
    token = re.search(r'name="tried" value="([^"]+)"', tried)[1]
    keep = form | {"act": "keep", "tried": token}
    assert client.post("/due/rules/T1/", keep | {"p-free_days": "61"}).status_code == 422, "other numbers than tried"
    assert client.post("/due/rules/T1/", keep | {"reason": ""}).status_code == 422
    assert client.post("/due/rules/T1/", keep).status_code == 302
    row = Tuning.objects.get()
    assert (row.rule, row.is_on, row.parameters) == ("T1", False, {"free_days": 60})
    assert b"Off" in client.get("/due/rules/").content
    assert client.get("/due/rules/T999/").status_code == 404
    assert client_of(world, "carewell").get("/due/rules/").status_code == 404


@pytest.mark.parametrize("rule", [rule for rule, row in ROWS.items() if row.parameters])
def test_the_numbers_that_a_page_shows_may_be_sent_back(rule):
    shown = {f"p-{one.name}": str(one.value) for one in rates.numbers(ROWS[rule], {})}
    check_parameters(rule, ruling._posted(ROWS[rule], shown).parameters)
