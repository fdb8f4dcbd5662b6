"""A history over many charts tells each version that flows by itself and by its resource's newest, and no other."""

import random
from collections import defaultdict
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connections

from hallway import clock
from hallway.consent import actions, gate, histories
from hallway.consent.histories import Period, Versions
from hallway.consent.tests import town
from hallway.consent.tests.test_searching import MASKS, names
from hallway.consent.tests.test_searching import world as world
from hallway.errors import HallwayError
from hallway.ids import ChartId, PractitionerId, ResourceId
from hallway.record import actions as record
from hallway.record import queries, recount
from hallway.record.criteria import Tokens
from hallway.record.crossing import Way
from hallway.record.stored import Stored
from hallway.record.tests.test_finding import made, newest_line
from hallway.standards.fhir.ranges import microseconds

COLUMNS = (
    "kind, resource_id::text, version, updated_at, dated_at, source_org, author, mask, meta, body, chart_id, several"
)
BOTH = f"SELECT {COLUMNS} FROM record_resource UNION ALL SELECT {COLUMNS} FROM record_history"


@pytest.fixture
def lived(world):
    """Resources that were changed, relabelled, given another author, deleted."""
    callers, charts = world
    dice = random.Random("lived")
    rows = whole("Observation")
    for found in rows.values():
        for _ in range(dice.choice((0, 1, 2, 3))):
            one, home, several = found[0]
            if dice.random() < 0.2:
                record.delete("Observation", one.id, chart_id=ChartId(home), by=town.LOADER)
                break
            new = made(dice, "Observation", home, rid=one.id)
            own = {"source_org": one.source_org, "author": one.author if dice.random() < 0.8 else PractitionerId(0)}
            chart_ids = tuple(queries.charts_holding("Observation", one.id)) if several else (ChartId(home),)
            actions.store([replace(new, mask=int(dice.choice(MASKS)), charts=chart_ids, **own)], by=town.LOADER)
    return callers, charts


def whole(kind):
    """Every version, the newest first, by resource: (stored, home, several)."""
    with connections["owner"].cursor() as opened:
        opened.execute(f"{BOTH} ORDER BY version DESC")
        found = defaultdict(list)
        for row in opened.fetchall():
            if row[0] == kind:
                stored = Stored(*row[:8], bytes(row[8]), bytes(row[9]))
                found[row[1]].append((stored, row[10], row[11]))
    return dict(found)


def visible(caller, charts, kind):
    """By resource, the versions that flow, the newest first: judged in plain Python by the gate's own clauses."""
    given = {}
    for chart in charts:
        try:
            given[chart] = gate.release(caller, chart).clauses
        except HallwayError:
            given[chart] = ()

    def flows(one, mask, on):
        return all(
            any(
                way.source_org == one.source_org
                and not mask & ~way.allow
                and way.author in (0, one.author)
                and (not way.kinds or one.kind in way.kinds)
                for way in given[chart]
            )
            for chart in on
        )

    found = {}
    for key, versions in whole(kind).items():
        newest, home, last_several = versions[0]
        every = queries.charts_holding(kind, ResourceId(key))
        kept = [
            one
            for one, _, several in versions
            if flows(one, one.mask | newest.mask, every if several or last_several else [home])
            and flows(newest, newest.mask, every if last_several else [home])
        ]
        if kept:
            found[key] = kept
    return found


def within(versions, wanted):
    """Those of one resource that lie within the bounds."""
    for place, one in enumerate(versions):
        at = microseconds(one.updated_at)
        end = microseconds(versions[place - 1].updated_at) if place else float("inf")
        if wanted.since is not None and at < wanted.since:
            continue
        if wanted.at is not None and (at > wanted.at.high or (end if one.body else at + 1) <= wanted.at.low):
            continue
        yield one


def a_wish(dice, instants):
    def some():
        return float(microseconds(dice.choice(instants)))

    ends = sorted((some(), some()))
    return Versions(
        "Observation",
        since=some() if dice.random() < 0.3 else None,
        at=Period(*(ends if dice.random() < 0.5 else ends[:1] * 2)) if dice.random() < 0.5 else None,
        descending=dice.random() < 0.7,
        limit=dice.choice((1, 3, 7, 50)),
    )


@pytest.mark.parametrize("taken", [Way.BY_CHART, Way.IN_ORDER])
def test_every_version_that_flows_is_told_once_and_no_other(lived, taken, monkeypatch):
    callers, charts = lived
    monkeypatch.setattr("hallway.record.crossing.way", lambda *given, **named: taken)
    dice = random.Random(f"histories {taken}")
    told = 0
    for caller in callers:
        flowing = visible(caller, charts, "Observation")
        instants = sorted({one.updated_at for versions in whole("Observation").values() for one, _, _ in versions})
        for _ in range(6):
            wanted = a_wish(dice, instants)
            should = [one for versions in flowing.values() for one in within(versions, wanted)]
            should.sort(key=lambda one: (one.updated_at, one.id), reverse=wanted.descending)
            got, asked = [], wanted
            while True:
                page = histories.across(caller, asked)
                shown = page[: asked.limit]
                line = newest_line()
                assert line.act == "history"
                assert sorted((one.kind, one.id, one.version) for one in recount.items_of(line)) == sorted(names(shown))
                got += shown
                if len(page) <= asked.limit:
                    break
                asked = asked._replace(after=(shown[-1].updated_at, shown[-1].id))
            assert names(got) == names(should), wanted
            assert [one.body for one in got] == [one.body for one in should]
            told += len(got)
    assert told > 100


def test_of_one_are_told_its_versions_or_that_nothing_is_there(lived):
    callers, charts = lived
    for caller in callers[:3]:
        flowing = visible(caller, charts, "Observation")
        for key, versions in whole("Observation").items():
            asking = Versions("Observation", id=ResourceId(key), limit=2)
            found = histories.of_one(caller, asking)
            should = flowing.get(key)
            assert (found is None) == (should is None)
            if should is not None:
                assert names(found) == names(should[:3])
                before = asking._replace(since=float(microseconds(versions[0][0].updated_at)) + 1)
                assert histories.of_one(caller, before) == []


def test_criteria_hold_of_what_stands_and_of_each_version_told(lived):
    (_, therapist, *_), charts = lived
    flowing = visible(therapist, charts, "Observation")
    asking = Versions("Observation", (Tokens(("status=final",)),), limit=4)
    should = [
        one
        for versions in flowing.values()
        if histories.fits(asking, versions[0])
        for one in versions
        if histories.fits(asking, one)
    ]
    assert 4 < len(should) < sum(map(len, flowing.values()))
    got = []
    while True:
        page = histories.across(therapist, asking)
        got += page[:4]
        if len(page) <= 4:
            break
        asking = asking._replace(after=(page[3].updated_at, page[3].id))
    assert sorted(names(got)) == sorted(names(should))


def test_a_deletion_has_an_instant_of_its_own(lived):
    one = next(found[0] for found in whole("Observation").values() if found[0][0].body)
    with clock.stopped_at(one[0].updated_at - timedelta(days=1)):
        record.delete("Observation", one[0].id, chart_id=ChartId(one[1]), by=town.LOADER)
    tombstone = whole("Observation")[one[0].id][0][0]
    assert not tombstone.body
    assert tombstone.updated_at > one[0].updated_at


def test_the_view_of_the_past_takes_no_writes_and_shows_no_content(lived):
    with connections["owner"].cursor() as opened:
        for right in ("INSERT", "UPDATE", "DELETE", "TRUNCATE"):
            opened.execute("SELECT has_table_privilege('hallway_app', 'record_past', %s)", [right])
            assert opened.fetchone() == (False,)
        opened.execute("SELECT column_name FROM information_schema.columns WHERE table_name = 'record_past'")
        assert not {row[0] for row in opened.fetchall()} & {"body", "meta", "basis"}
