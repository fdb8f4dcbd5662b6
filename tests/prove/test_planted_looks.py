"""Leaks in what the rules find, each planted for a moment and looked for by pages: every one must be seen."""

import dataclasses
from itertools import islice

import pytest

from hallway.app.prove import watching, worlds
from hallway.app.prove.worlds import inside
from hallway.identity.requester import AccountId, Requester, Role
from hallway.ids import NOBODY, OrganizationId
from hallway.loops import queries as loops
from hallway.triggers import keeping, principal
from hallway.triggers import queries as firings
from tests.prove import leaks, needs

PAGES = "^worklist:worklist|^due:|^chart:"
TRIES = 60


def by_anothers_rights(monkeypatch):
    """The rules of each practice look by the rights of a program that treats the patient, and nobody asks again."""
    plain = principal.of_practice

    def of_practice(organization):
        program = OrganizationId(3) if int(organization) in {1, 2} else organization
        return Requester(AccountId(0), NOBODY, program, Role.SYSTEM, sud_duty=True, name=plain(organization).name)

    monkeypatch.setattr(principal, "of_practice", of_practice)
    not_asked_again(monkeypatch)


def not_asked_again(monkeypatch):
    """What a finding rests on is not asked about when it is shown."""
    for room in (loops, firings):
        monkeypatch.setattr(room, "every_label_flows", lambda *_, **__: "true")
    for name in ("_BY_ID", "_OF_CHART", "_NOISE"):
        monkeypatch.setattr(firings, name, getattr(firings, name).split("AND \nCASE")[0])


def due_by_the_last_write(monkeypatch):
    """When a word is due follows from how much was written into the chart, by whomever."""
    real = keeping._owed

    def owed(one, row):
        written = leaks.count("SELECT count(*) FROM record_resource WHERE chart_id = %s", one.chart_id)
        return dataclasses.replace(real(one, row), due_at=one.due_at.replace(minute=written % 60))

    monkeypatch.setattr(keeping, "_owed", owed)


def counted_for_everybody(monkeypatch):
    """The number beside a list counts what is owed in this practice, by facts that its reader may not know too."""
    real = loops.worklist

    def worklist(requester, **asked):
        found = real(requester, **asked)
        owed = leaks.count("SELECT count(*) FROM loops_loop WHERE kind = 'coordinate' AND closed_at IS NULL")
        return dataclasses.replace(found, counts={**found.counts, "mine": owed})

    monkeypatch.setattr(loops, "worklist", worklist)


PLANTED = (by_anothers_rights, due_by_the_last_write, counted_for_everybody)


def look_anew(together, seed):
    """Every practice looks in both worlds, whether or not anything changed."""
    for world in together.some:
        with inside(world):
            watching.look(together.cast, seed, worlds.NOON, is_forced=True)


@pytest.fixture(scope="module")
def looked(together):
    """Both worlds after every practice's rules have looked once at everything."""
    look_anew(together, "plain")
    return together


def test_what_the_rules_find_is_alike_while_nothing_is_planted(looked):
    assert [str(one) for one in looked.compare(looked.asks(PAGES, tries=TRIES))] == []


def asked(together, where, tries):
    return where(together.cast) if callable(where) else together.asks(where, tries=tries)


def test_the_pages_of_what_is_needed_are_alike_while_nothing_is_planted(looked):
    for where in dict.fromkeys(needs.PLANTED.values()):
        assert [str(one) for one in looked.compare(islice(asked(looked, where, 2), 2))] == [], where


@pytest.mark.parametrize("plant", needs.PLANTED, ids=lambda plant: plant.__name__)
def test_a_leak_planted_in_what_is_needed_is_caught(looked, monkeypatch, plant):
    plant(monkeypatch)
    assert looked.compare(asked(looked, needs.PLANTED[plant], TRIES)), plant.__doc__


@pytest.mark.parametrize("plant", PLANTED, ids=lambda plant: plant.__name__)
def test_a_leak_planted_in_the_rules_is_caught(together, monkeypatch, plant):
    plant(monkeypatch)
    look_anew(together, plant.__name__)
    assert together.compare(together.asks(PAGES, tries=4 * TRIES)), plant.__doc__
