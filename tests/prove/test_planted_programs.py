"""What programs and chart systems of practices ask: alike in two worlds; a leak planted behind each is seen."""

import dataclasses
import random
import re

import pytest

from hallway.app.prove import asking, proof
from hallway.errors import HallwayError, Kind
from hallway.exchange.cds_hooks import callers
from hallway.fhirapi import application
from hallway.fhirapi.interactions import read
from hallway.fhirapi.operations import export, merge
from hallway.identity import granted
from hallway.identity.requester import Role
from hallway.web.gateways import views
from tests.prove.leaks import count

READS = r"fhir:/fhir/(\{type\}(/\{id\})?|Group/\{id\}|Patient/\{id\}/\$everything)$"


def for_programs_alone(monkeypatch):
    """Programs are told how many rows there are, people are not."""
    real = application._route

    def routed(environ):
        given = real(environ)
        asker = granted.requester_of(environ.get("HTTP_AUTHORIZATION", "").removeprefix("Bearer "))
        rows = (("X-Rows", str(count())),) if asker is not None and asker.role is Role.SYSTEM else ()
        return dataclasses.replace(given, headers=(*given.headers, *rows))

    monkeypatch.setattr(application, "_route", routed)


def not_modified_by_the_whole_record(monkeypatch):
    """Whether something is new is asked of everything, not of what the reader asks about."""
    real, then = read._is_known, []

    def is_known(asked, found):
        then.append(count())
        return real(asked, found) and then[-1] == then[0]

    monkeypatch.setattr(read, "_is_known", is_known)


def size_of_an_export(monkeypatch):
    """The start of an export says how much there is."""
    real = export._begin

    def begun(asked, level):
        given = real(asked, level)
        return dataclasses.replace(given, headers=(*given.headers, ("X-Estimate", str(count()))))

    monkeypatch.setattr(export, "_begin", begun)


def merge_that_counts(monkeypatch):
    """Who looks whether two may be merged is told how many patients there are."""
    real = merge._told
    monkeypatch.setattr(merge, "_told", lambda words: real(f"{words} {count('SELECT count(*) FROM record_chart')}"))


def card_for_signed_calls(monkeypatch):
    """A chart system, not a client with a credential, is shown a card more for everything that is written."""
    real = views.hooks.answer

    def answered(service, call, *, by, places):
        told = real(service, call, by=by, places=places)
        return {**told, "extension": {"rows": count()}} if callers.system_of(by) else told

    monkeypatch.setattr(views.hooks, "answer", answered)


def feedback_after_a_change(monkeypatch):
    """What became of a card is refused once somebody has written anything, wherever."""
    real, then = views.hooks.take_feedback, []

    def taken(told, service, *, by):
        then.append(count())
        if then[-1] != then[0]:
            raise HallwayError(Kind.CONFLICT, "H-TST-009", what="No.", undone="", to_do="")
        real(told, service, by=by)

    monkeypatch.setattr(views.hooks, "take_feedback", taken)


def by_a_program(ask):
    return ask.caller == "program"


def conditional(ask):
    return any(name.startswith("If-") for name, _ in ask.headers)


def only_looks(ask):
    return b"preview" in ask.sent


def signed(ask):
    return ask.bearer.count(".") == 2


def anything(ask):
    return True


PLANTED = {
    for_programs_alone: (READS, by_a_program),
    not_modified_by_the_whole_record: (r"fhir:/fhir/\{type\}/\{id\}$", conditional),
    size_of_an_export: (r"fhir:(POST )?/fhir/(Patient/|Group/\{id\}/)?\$export$", anything),
    merge_that_counts: (r"fhir:POST /fhir/Patient/\$merge$", only_looks),
    card_for_signed_calls: ("gateways:hook$", signed),
    feedback_after_a_change: ("gateways:told$", signed),
}


def questions(together, pattern, fits, *, number=16):
    """So many of this kind, the same ones every time."""
    dice = random.Random(pattern)
    exits = [one for one in together.exits if re.match(pattern, one.name)]
    found = []
    while len(found) < number:
        ask = asking.made_up(dice.choice(exits), together.cast, dice)
        if ask is not None and fits(ask):
            found.append(ask)
    return found


def answers(together, asks, again=""):
    """The answers of both worlds to each question."""
    application_ = asking.root()
    return [proof.ask_all(application_, together.some, ask, f"{again}{n}") for n, ask in enumerate(asks)]


@pytest.mark.parametrize("plant", PLANTED, ids=lambda plant: plant.__name__)
def test_programs_are_answered_alike_and_a_leak_to_them_is_seen(together, monkeypatch, plant):
    told = answers(together, questions(together, *PLANTED[plant]))
    assert [(first.status, second.status) for first, second in told if first != second] == []
    assert sum(first.status < 400 for first, _ in told) >= 3, [first.status for first, _ in told]
    plant(monkeypatch)
    asks = questions(together, *PLANTED[plant])
    assert any(first != second for first, second in answers(together, asks, "again ")), plant.__doc__
