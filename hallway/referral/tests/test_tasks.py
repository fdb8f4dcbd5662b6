from hallway.referral import tasks


def test_the_worker_knows_the_job_that_steps_put_into_the_outbox():
    from procrastinate.contrib.django import app

    assert "hallway.heard" in app.tasks


def test_every_listener_hears_an_event_once(monkeypatch):
    heard = []
    monkeypatch.setattr(tasks, "LISTENERS", [heard.append, heard.append])
    tasks.heard(event_type="ReferralStepped", position="2")
    assert heard == [{"event_type": "ReferralStepped", "position": "2"}] * 2
