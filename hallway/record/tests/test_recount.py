"""Whatever was served is what is told again from the line, whoever writes meanwhile."""

import os
import threading
from contextlib import contextmanager, suppress
from datetime import timedelta
from random import Random

import psycopg
import pytest

from hallway import clock, ids
from hallway.errors import HallwayError
from hallway.ledger import queries as ledger
from hallway.record import actions, queries, recount
from hallway.record.classes import DataClass
from hallway.record.criteria import Query, Tokens
from hallway.record.evidence import Clause
from hallway.record.recount import Wanted
from hallway.record.stored import StaleRelease
from hallway.record.tests.test_store import ANNA, GENERAL, MH, NOW, labelled, new_id, release
from hallway.standards.fhir.search import tokens
from hallway.storage.connection import cursor, using

PART2 = int(DataClass.PART2)
CODES = ("44261-6", "8480-6")


def observation(rid, chart, dice, *, mask, charts=None):
    code = dice.choice(CODES)
    body = b'"status":"final","code":{"coding":[{"system":"http://loinc.org","code":"%b"}]},"n":%d' % (
        code.encode(),
        dice.randrange(10**9),
    )
    found = tokens("Observation", {"resourceType": "Observation", "status": "final", "code": {"coding": [
        {"system": "http://loinc.org", "code": code}]}})  # fmt: skip
    dated = None if dice.random() < 0.2 else NOW - timedelta(hours=dice.randrange(5))
    return labelled(
        "Observation", chart, body, rid=rid, mask=mask, charts=charts, tokens=found, dated_at=dated,
        org=dice.choice((10, 11)), author=dice.choice((0, 3, 4)),
    )  # fmt: skip


def write_something(dice, chart, other, held):
    mask = dice.choice((GENERAL, GENERAL | MH, GENERAL | PART2))
    move = dice.choice(("new", "new", "again", "again", "relabel", "delete", "both", "other"))
    if move == "other":
        actions.write([observation(new_id(), other, dice, mask=mask)], by=ANNA)
    elif move in ("new", "both") or not held:
        rid = new_id()
        charts = (chart, other) if move == "both" else None
        actions.write([observation(rid, chart, dice, mask=mask, charts=charts)], by=ANNA)
        held[rid] = charts
    elif move == "delete":
        rid = dice.choice(list(held))
        held.pop(rid)
        actions.delete("Observation", rid, chart_id=chart, by=ANNA)
    else:
        rid = dice.choice(list(held))
        change = actions.relabel if move == "relabel" else actions.write
        change([observation(rid, chart, dice, mask=mask, charts=held[rid])], by=ANNA)


@contextmanager
def a_connection():
    url = os.environ["HALLWAY_DATABASE_URL"]
    kept = {"autocommit": True, "options": "-c role=hallway_app", "prepare_threshold": 0}
    with psycopg.connect(url, **kept) as connection, using(connection):
        yield


CLAUSES = (
    (Clause(ids.OrganizationId(10), GENERAL),),
    (Clause(ids.OrganizationId(10), GENERAL | MH), Clause(ids.OrganizationId(11), GENERAL, ids.PractitionerId(3))),
    (Clause(ids.OrganizationId(10), GENERAL | MH | PART2, kinds=("Observation",)),),
)


def read_something(dice, chart, other, known):
    """One read and what it served, as (kind, id, version)."""
    clauses = dice.choice(CLAUSES)
    epoch = queries.epoch_of(chart)
    given = release(chart, *clauses, epoch=epoch)
    also = [release(other, *clauses, epoch=queries.epoch_of(other))] if dice.random() < 0.5 else []
    move = dice.choice(("chart", "some", "since", "one", "version", "search", "history"))
    rid = dice.choice(known) if known else new_id()
    if move == "chart":
        found = queries.read_chart(given, also=also)
    elif move == "some":
        found = queries.read_chart(given, kinds=["Observation"], limit=dice.randrange(1, 4), also=also)
    elif move == "since":
        found = queries.read_chart(given, since=NOW - timedelta(hours=2), also=also)
    elif move in ("one", "version"):
        one = queries.read_one(given, "Observation", rid, version=None if move == "one" else dice.randrange(1, 4))
        found = [one] if one else []
    elif move == "search":
        token = f"code=http://loinc.org|{dice.choice(CODES)}"
        query = Query("Observation", (Tokens((token,)),), limit=3, ahead=1)
        found = queries.find(given, query)[:3]
        if found and dice.random() < 0.5:
            query = query._replace(limit=2, ahead=0, after=queries.place_of(query, found[0]))
            found = queries.find(given, query)
    else:
        found = queries.history(given, "Observation", rid)
    return sorted((one.kind, one.id, one.version, one.mask) for one in found)


def reads(dice, chart, other, held_by):
    """250 reads while others write: the line and what was served; one that a change of consent overtook is left out.

    On a busy machine the writers fall behind: reading goes on until the reads have held something.
    """
    served = []
    for number in range(5000):
        if number >= 250 and sum(len(found) for _, found in served) > 100:
            break
        known = [rid for held in held_by for rid in list(held)]
        with suppress(StaleRelease):
            found = read_something(dice, chart, other, known)
            served.append((newest_read(), found))
    return served


def newest_read():
    """The line of the last read: there is one reader only."""
    with cursor() as opened:
        opened.execute(
            "SELECT max(l.id) FROM ledger_line l JOIN ledger_way w ON w.id = l.way"
            " WHERE w.act IN ('read', 'search', 'history')"
        )
        return opened.fetchone()[0]


@pytest.mark.parametrize("seed", range(3))
def test_whatever_was_served_is_told_again_under_concurrent_writes(fresh_db, seed):
    chart, other = actions.new_chart(new_id()), actions.new_chart(new_id())
    stop, failed, held_by = threading.Event(), [], [{}, {}]

    def write(number):
        dice = Random(seed * 10 + number)
        try:
            with a_connection():
                while not stop.is_set():
                    write_something(dice, chart, other, held_by[number])
        except BaseException as error:
            failed.append(error)

    writers = [threading.Thread(target=write, args=(number,)) for number in range(2)]
    for writer in writers:
        writer.start()
    try:
        served = reads(Random(seed), chart, other, held_by)
    finally:
        stop.set()
        for writer in writers:
            writer.join(20)
    assert failed == []
    assert sum(len(found) for _, found in served) > 100, "the reads must have held something"
    for number, found in served:
        line = ledger.line(number)
        again = [(one.kind, one.id, one.version, one.mask) for one in queries.items_of(line)]
        assert again == found, f"seed {seed}: {line}"


@pytest.mark.parametrize(
    "wanted",
    [
        Wanted(),
        Wanted(("Condition", "Observation"), limit=5, since=NOW),
        Wanted(("Condition",), "0199-x", 3),
        Wanted(("Condition",), limit=5, tokens=recount.hashed(["code=a b", "x"]), after=(NOW, "0199-x")),
        Wanted(("Condition",), limit=5, after=(None, "0199-x")),
    ],
)
def test_what_was_asked_for_reads_back_from_the_line(wanted):
    assert recount.wanted(wanted.text()) == wanted


def test_a_search_word_does_not_stand_in_the_line(fresh_db):
    chart = actions.new_chart(new_id())
    queries.find(release(chart), Query("Patient", (Tokens(("name=messwert",)),)))
    [line] = ledger.lines_of(chart)
    assert "messwert" not in repr(line)


def test_a_line_without_a_position_or_a_readable_plan_is_not_guessed_at(fresh_db):
    chart = actions.new_chart(new_id())
    queries.read_chart(release(chart))
    [line] = ledger.lines_of(chart)
    assert queries.items_of(line) == []
    with pytest.raises(HallwayError, match="H-REC-040"):
        queries.items_of(line._replace(plan="e1 10:1=US-1"))
    with pytest.raises(HallwayError, match="H-REC-040"):
        queries.items_of(line._replace(detail="Condition z9"))
    assert queries.items_of(line._replace(act="referral.accepted")) == []
    assert clock.now() >= line.at
