"""Figures go to whoever shows the operator's token, and hold no word of a person."""

import re

from django.test import Client, override_settings

from hallway import clock
from hallway.app.front import counting
from hallway.storage import outbox

TOKEN = "a-token-of-the-operator"
SHOWN = {"Authorization": f"Bearer {TOKEN}"}


def test_without_the_setting_or_the_token_nothing_is_here(fresh_db):
    nothing = Client().get("/nothing/here/")
    assert Client().get("/metrics", headers=SHOWN).status_code == 404
    with override_settings(METRICS_TOKEN=TOKEN):
        for headers in ({}, {"Authorization": "Bearer x"}, {"Authorization": TOKEN}, {"Authorization": "Bearer "}):
            refused = Client().get("/metrics", headers=headers)
            assert refused.status_code == nothing.status_code == 404


def test_the_figures_say_what_was_answered_and_what_waits(fresh_db):
    counting.count("chart:overview", "GET", 200, 0.01)
    outbox.defer("hallway.heard", {"event_type": "ReferralStepped"})
    with override_settings(METRICS_TOKEN=TOKEN):
        answered = Client().get("/metrics", headers=SHOWN)
    text = answered.content.decode()
    assert answered.headers["Content-Type"].startswith("text/plain")
    assert re.search(r'^hallway_requests_total\{method="GET",route="chart:overview",status="2xx"\} \d', text, re.M)
    assert re.search(r'^hallway_request_seconds_bucket\{le="0.01",route="chart:overview"\} \d', text, re.M)
    assert 'hallway_jobs{state="todo"} 1.0' in text
    assert re.search(r"^hallway_outbox_lag_seconds \d", text, re.M)
    assert re.search(r"^hallway_seal_lag_seconds 0\.0$", text, re.M)


def test_work_that_is_due_later_does_not_lag(fresh_db):
    from datetime import timedelta

    outbox.defer("hallway.heard", {}, at=clock.now() + timedelta(hours=1))
    assert outbox.waiting() == ({"todo": 1, "doing": 0, "failed": 0}, 0.0)
