"""Whoever changes a chart, word of it is in the outbox of the same transaction, once a call."""

from datetime import timedelta

from hallway import clock
from hallway.consent import actions
from hallway.consent.tests import town
from hallway.identity.requester import Role
from hallway.record.classes import DataClass
from hallway.storage.connection import cursor, transaction


def told() -> list[str]:
    with cursor() as opened:
        rows = opened.execute(
            "SELECT args->>'chart_ids' FROM procrastinate_jobs WHERE args->>'event_type' = 'ChartsChanged' ORDER BY id"
        )
        return [row[0] for row in rows.fetchall()]


def test_each_call_that_changes_charts_tells_of_them_once_and_one_that_changes_nothing_tells_nothing(fresh_db):
    place, other = town.organization("Millbrook", side="pc"), town.organization("Harbor")
    who = town.person("Carewell", place, Role.PCP)
    one, two = town.new_patient(place), town.new_patient(place, family="Muestra")
    assert told() == [str(one), str(two)]
    both = [town.labelled(chart, place, DataClass.GENERAL) for chart in (two, one)]
    actions.store(both, by=town.LOADER)
    assert told()[2:] == [",".join(map(str, sorted((one, two))))]
    actions.store(both, by=town.LOADER)
    assert len(told()) == 3, "the same content again is no news"
    actions.join_team(one, by=who, organization=other, basis="referral", until_at=clock.now() + timedelta(days=9))
    assert told()[3:] == [str(one)], "a team that changed is told of"


def test_news_of_a_change_that_failed_goes_with_it(fresh_db):
    place = town.organization("Millbrook", side="pc")
    chart = town.new_patient(place)
    before = told()
    try:
        with transaction():
            town.put(chart, place, DataClass.GENERAL)
            assert len(told()) == len(before) + 1
            raise RuntimeError
    except RuntimeError:
        assert told() == before


def test_news_of_charts_is_heard_after_all_other_news(fresh_db):
    town.new_patient(town.organization("Millbrook", side="pc"))
    with cursor() as opened:
        rows = opened.execute("SELECT DISTINCT queue_name, priority FROM procrastinate_jobs").fetchall()
    assert rows == [("triggers", -1)]


def test_news_of_answers_waits_behind_no_look_of_rules(fresh_db):
    place = town.organization("Millbrook", side="pc")
    chart = town.new_patient(place)
    town.put(chart, place, DataClass.GENERAL, kind="Observation")
    with cursor() as opened:
        rows = opened.execute(
            "SELECT priority, args->>'chart_ids' FROM procrastinate_jobs WHERE args->>'event_type' = 'AnswersStored'"
        ).fetchall()
    assert rows == [(0, str(chart))]
