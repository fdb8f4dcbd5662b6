"""What is found over all charts is what chart by chart may flow, whichever way the candidates are come by."""

import random
from dataclasses import replace

import pytest

from hallway.consent import actions, gate, searching
from hallway.consent.tests import town
from hallway.errors import HallwayError
from hallway.identity.requester import Requester, Role
from hallway.ids import AccountId, OrganizationId, PractitionerId
from hallway.ledger import plans
from hallway.record import actions as record
from hallway.record import crossing, matching, queries, recount
from hallway.record.classes import DataClass
from hallway.record.criteria import Query, Sort, Spans, Tokens
from hallway.record.crossing import Counts, Way
from hallway.record.tests.test_finding import a_date, a_query, made, new_id, newest_line

MASKS = (DataClass.GENERAL, DataClass.GENERAL | DataClass.MH, DataClass.GENERAL | DataClass.PART2)


@pytest.fixture
def world(fresh_db):
    """Callers, and charts of which each may open some; resources of several charts among them."""
    dice = random.Random("across")
    millbrook = town.organization("Millbrook", side="pc")
    northgate = town.organization("Northgate")
    pcp = town.person("Carewell", millbrook, Role.PCP)
    therapist = town.person("Hearwell", northgate, Role.THERAPIST, licence="social_worker")
    biller = town.person("Billwell", millbrook, Role.BILLER)
    charts = [new_patient(dice, at) for at in (*4 * (millbrook,), northgate)]
    for chart in charts[:3]:
        actions.join_team(chart, by=pcp, organization=northgate, basis="referral")
    fill(dice, charts, (millbrook, northgate), (int(pcp.practitioner_id), int(therapist.practitioner_id)))
    patient = Requester(AccountId(9), PractitionerId(0), OrganizationId(0), Role.PATIENT, chart_id=charts[1])
    nobody = town.person("Netwell", millbrook, Role.NETWORK_ADMINISTRATOR)
    return (pcp, therapist, biller, patient, nobody), charts


def new_patient(dice, at):
    patient_id = new_id()
    chart = record.new_chart(patient_id)
    one = made(dice, "Patient", chart, rid=patient_id)
    actions.store([replace(one, source_org=at, author=0, mask=int(DataClass.GENERAL))], by=town.LOADER)
    return chart


def fill(dice, charts, organizations, authors):
    for chart in charts:
        for _ in range(12):
            one = made(dice, "Observation", chart, charts=(chart, dice.choice(charts)) if dice.random() < 0.2 else None)
            own = {"source_org": dice.choice(organizations), "author": dice.choice((0, *authors))}
            several = tuple(dict.fromkeys(one.charts))
            actions.store([replace(one, mask=int(dice.choice(MASKS)), charts=several, **own)], by=town.LOADER)


def flowing(requester, kind, charts):
    """Chart by chart, with every other chart that is open beside it: what may flow at all."""
    given = []
    for chart in charts:
        try:
            given.append(gate.release(requester, chart))
        except HallwayError:
            continue
    found = {}
    for first in given:
        also = [one for one in given if one is not first]
        found |= {one.id: one for one in queries.read_chart(first, kinds=[kind], also=also)}
    return list(found.values())


def a_sort(dice, kind):
    sorts = {"Patient": ("family", "name", "birthdate", "id"), "Observation": ("dated", "updated", "id")}[kind]
    return (Sort(dice.choice(sorts), dice.random() < 0.5),) if dice.random() < 0.7 else ()


def names(found):
    return [(one.kind, one.id, one.version) for one in found]


@pytest.mark.parametrize("taken", [*Way, None])
def test_over_all_charts_is_found_what_flows_chart_by_chart(world, taken, monkeypatch):
    callers, charts = world
    monkeypatch.setattr(crossing, "is_narrow", lambda counts, wanted, taken: dice.random() < 0.5)
    dice = random.Random(f"across {taken}")
    if taken is not None:

        def forced(counts, wanted, has_index):
            can = {Way.THROUGH: has_index, Way.BY_DAY: counts.marked >= 0}
            return taken if can.get(taken, True) else Way.IN_ORDER

        monkeypatch.setattr(crossing, "way", forced)
    by_caller = {(one, kind): flowing(one, kind, charts) for one in callers for kind in ("Observation", "Patient")}
    known = [one.id for found in by_caller.values() for one in found] + [new_id(), new_id()]
    some = 0
    for _ in range(60):
        caller, kind = dice.choice(callers), dice.choice(("Observation", "Observation", "Patient"))
        query = a_query(dice, kind, known)
        query = query._replace(sort=a_sort(dice, kind))
        if taken is Way.BY_DAY and kind == "Observation":
            sort = dice.choice(((), (Sort("dated"),)))
            query = query._replace(criteria=(*query.criteria, Spans("date", (a_date(dice),))), sort=sort)
        whole = matching.page_of(query._replace(limit=1000), by_caller[caller, kind])
        got = []
        asked = query
        while True:
            found = searching.find_across(caller, asked)
            page = found[: asked.limit]
            line = newest_line()
            assert sorted((one.kind, one.id, one.version) for one in recount.items_of(line)) == sorted(names(page))
            assert line.act == "search"
            got += page
            if len(page) < asked.limit:
                break
            asked = asked._replace(after=queries.place_of(asked, page[-1]))
        assert names(got) == names(whole), query
        assert searching.count_across(caller, query) == len(whole)
        some += bool(got)
    assert some > 12


def test_the_line_names_every_chart_in_the_answer_and_by_which_right(world):
    (pcp, therapist, *_), charts = world
    found = searching.find_across(therapist, Query("Observation", limit=1000))
    line = newest_line()
    holding = {chart for one in found for chart in queries.charts_holding(one.kind, one.id)}
    assert set(line.charts) == holding
    assert holding <= set(charts)
    assert all(way.rule_ids for ways in plans.parse(line.plan) for way in ways)
    assert len(plans.parse(line.plan)) == len(holding)
    searching.find_across(pcp, Query("Observation", (Tokens(("code=nothing",)),)))
    assert newest_line().charts == ()


def test_what_is_looked_up_ahead_stands_in_no_line(world):
    (pcp, *_), _ = world
    found = searching.find_across(pcp, Query("Observation", limit=2, ahead=1))
    assert len(found) == 3
    assert names(found[:2]) == sorted(names(found[:2]), key=names(found).index)
    assert {one.id for one in recount.items_of(newest_line())} == {one.id for one in found[:2]}


@pytest.mark.parametrize("sort", [(Sort("code"),), (Sort("family"),), (Sort("dated"), Sort("id"))])
def test_other_sort_keys_are_refused_over_all_charts(world, sort):
    (pcp, *_), _ = world
    with pytest.raises(HallwayError, match="H-CON-090"):
        searching.find_across(pcp, Query("Observation", sort=sort))


def test_a_copy_in_the_index_that_drifted_gives_nothing_out(world):
    """The rows themselves are judged once more: the index alone opens nothing."""
    from django.db import connections

    (_, therapist, *_), charts = world
    before = {one.id for one in searching.find_across(therapist, Query("Observation", limit=1000))}
    with connections["owner"].cursor() as opened:
        opened.execute("UPDATE record_token SET mask = %s WHERE kind = 'Observation'", [int(DataClass.GENERAL)])
    assert {one.id for one in searching.find_across(therapist, Query("Observation", limit=1000))} == before
    given = gate.release(therapist, charts[0])
    flows = {one.id for one in queries.read_chart(given, kinds=["Observation"])}
    assert {one.id for one in queries.find(given, Query("Observation", limit=1000))} <= flows


@pytest.mark.parametrize(
    ("counts", "wanted", "has_index", "taken"),
    [
        (Counts(5_000_000, 20, 100_000, 100_000), 20, True, Way.THROUGH),
        (Counts(5_000_000, 2_000_000, 100_000, 100_000), 20, True, Way.IN_ORDER),
        (Counts(5_000_000, 5_000_000, 100_000, 100_000), 20, False, Way.IN_ORDER),
        (Counts(5_000_000, 5_000_000, 100_000, 100), 20, False, Way.BY_CHART),
        (Counts(5_000_000, 2_000_000, 100_000, 0), 20, True, Way.BY_CHART),
        (Counts(600_000, 600_000, 100_000, 100_000, marked=5), 20, False, Way.BY_DAY),
        (Counts(600_000, 600_000, 100_000, 100_000, marked=90_000), 20, False, Way.IN_ORDER),
        (Counts(50, 50, 1, 1), 20, True, Way.IN_ORDER),
    ],
)
def test_the_cheapest_way_is_taken(counts, wanted, has_index, taken):
    assert crossing.way(counts, wanted, has_index=has_index) is taken


@pytest.mark.parametrize(
    ("rarest", "taken", "open_charts", "narrow"),
    [
        (4_000_000, Way.IN_ORDER, 100_000, False),
        (4_000_000, Way.IN_ORDER, 20_000, False),
        (4_000_000, Way.IN_ORDER, 1_000, True),
        (4_000_000, Way.IN_ORDER, 10, True),
        (800, Way.THROUGH, 1_000, True),
        (800, Way.THROUGH, 10_000, False),
        (8, Way.THROUGH, 1_000, False),
    ],
)
def test_an_array_of_open_charts_is_made_where_few_are_open(rarest, taken, open_charts, narrow):
    assert crossing.is_narrow(Counts(4_000_000, rarest, 100_000, open_charts), 21, taken) is narrow
