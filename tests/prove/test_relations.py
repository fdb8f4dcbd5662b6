"""Relations that hold whatever the facts are: a limit never opens, an end leaves what was before, order says nothing.

A merge of two patients: ``tests/gate/test_merging.py``.
"""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from hallway import clock
from hallway.consent import actions, gate
from hallway.consent.explaining import what_if
from hallway.consent.grants import compiler
from hallway.consent.grants.compiler import SELF
from hallway.consent.law import disclosing
from hallway.consent.law.asking import Aim, Discloser, PatientFacts, Question, Recipient, RecipientKind
from hallway.consent.law.facts import ChartFacts, Form, Judgement, Limit, Member, Place, Span
from hallway.consent.rules import COVERS
from hallway.consent.tables import disclosures, library
from hallway.consent.tests import town
from hallway.identity.requester import Role
from hallway.ids import PractitionerId
from hallway.record import queries
from hallway.record.classes import DataClass
from tests.gate.questions import form as shown_form

AT = datetime(2026, 11, 23, 17, tzinfo=UTC)
ALWAYS = Span(AT - timedelta(days=100))
PLACES = {
    1: Place(1, "MA", is_part2=False), 2: Place(2, "MA", is_part2=False), 3: Place(3, "MA", is_part2=True),
    4: Place(4, "CT", is_part2=False),
}  # fmt: skip
CLASSES = [int(one) for one in DataClass]


def masks(dice):
    return sum(dice.sample(CLASSES, dice.randrange(1, len(CLASSES))))


def some_form(dice, n):
    whom = dice.choice((0, 1, 2, 4))
    # A form names a person only at a practice that it names.
    person = dice.choice((0, 0, 21)) if whom else 0
    return Form(
        id=f"form-{n}", kind=dice.choice(sorted(COVERS)), discloser_org=dice.choice((0, 1, 2, 3)),
        discloser_practitioner=0, recipient_org=whom, recipient_practitioner=person,
        classes=masks(dice), kinds=(), purposes=("TREAT", "PAY", "OPS"),
        span=ALWAYS,
    )  # fmt: skip


def some_facts(dice):
    return ChartFacts(
        chart_id=1,
        sources=(1, 2, 3),
        places=PLACES,
        members=tuple(Member(n, ALWAYS) for n in dice.sample((1, 2, 3, 4), dice.randrange(1, 4))),
        forms=tuple(some_form(dice, n) for n in range(dice.randrange(4))),
        judgements=tuple(
            Judgement(f"word-{n}", 1, 0, dice.choice((0, 2)), masks(dice), "determination", ALWAYS)
            for n in range(dice.randrange(2))
        ),
    )


def some_limit(dice):
    return Limit(dice.choice((0, 1, 3)), dice.choice((0, 2, 4)), dice.choice((0, 21)), masks(dice), ALWAYS)


def opened(facts, at=AT):
    """Every (reader, purpose, role, duty, source, author, class) that flows at an instant: a set to compare."""
    rows = [
        row
        for row in compiler.compile_grants(facts, at)
        if row.from_at <= at and (row.until_at is None or at < row.until_at)
    ]
    found = set()
    for row in rows:
        for person in (11, 21, 31, 41):
            if row.grantee_practitioner not in (0, person) or person in row.not_practitioners:
                continue
            for role in row.roles or ("any",):
                for bit in CLASSES:
                    if row.allow & bit:
                        author = person if row.author == SELF else row.author
                        where = (row.grantee_org, person, row.purpose, row.relation, role, row.sud_duty)
                        found.add((*where, row.source_org, author, row.kinds, bit))
    return found


SEEDS = range(60)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_limit_never_shows_more(seed):
    dice = random.Random(seed)
    facts = some_facts(dice)
    before = opened(facts)
    for _ in range(4):
        facts = replace(facts, limits=(*facts.limits, some_limit(dice)))
        after = opened(facts)
        assert after <= before
        before = after


def test_limits_do_shut_something():
    shut = sum(
        len(opened(some_facts(random.Random(seed)))) > len(opened(replace(facts, limits=(some_limit(dice),))))
        for seed in SEEDS
        for dice in [random.Random(seed)]
        for facts in [some_facts(dice)]
    )
    assert shut > 10


@pytest.mark.parametrize("seed", SEEDS)
def test_a_form_taken_back_leaves_what_was_before_it_was_signed(seed):
    dice = random.Random(seed)
    facts = some_facts(dice)
    signed = replace(some_form(dice, 9), span=Span(AT, AT + timedelta(hours=1)))
    later = AT + timedelta(hours=2)
    assert opened(replace(facts, forms=(*facts.forms, signed)), later) == opened(facts, later)


def test_forms_do_open_something():
    more = 0
    for seed in SEEDS:
        dice = random.Random(seed)
        facts = some_facts(dice)
        more += len(opened(replace(facts, forms=(*facts.forms, some_form(dice, 9))))) > len(opened(facts))
    assert more > 10


@pytest.mark.parametrize("seed", SEEDS)
def test_order_and_doubles_say_nothing(seed):
    dice = random.Random(seed)
    facts = replace(some_facts(dice), limits=tuple(some_limit(dice) for _ in range(3)))
    mixed = replace(
        facts,
        sources=tuple(dice.sample(facts.sources, 3)),
        **{
            name: (*dice.sample(held, len(held)), *held)
            for name in ("members", "forms", "judgements", "limits")
            for held in [getattr(facts, name)]
        },
    )
    assert opened(mixed) == opened(facts)


UNVERIFIED = sorted(row.id for row in library.rules().values() if not row.verified and row.outcome != "deny")


@pytest.mark.parametrize("rule_id", UNVERIFIED)
def test_a_row_nobody_checked_opens_nothing_that_would_be_shut_without_it(rule_id):
    on = AT.date()
    without = what_if.golden(what_if.without_row(rule_id, library.rules().values()), on)
    for cell, found in what_if.today(on).items():
        # Where no row asks for the recipient's state the cell of another state is the cell of this one.
        bare = without.get(cell) or without.get(replace(cell, abroad=False)) or without[replace(cell, duty=False)]
        assert bare.flows or not found.flows, cell


UNCHECKED = sorted(row.id for _, rows in disclosures.book().topics for row in rows if not row.verified)


def questions_near(row, dice):
    """Questions that a row speaks of: its aims, recipients, classes and conditions, and chance for the rest."""
    facts = {word for word in row.when if not word.startswith("not ")} | set(dice.sample(sorted(WORDS), 3))
    recipient = dice.choice(sorted(row.recipients or list(RecipientKind)))
    return Question(
        on=AT.date(),
        purpose=dice.choice(sorted(row.aims or list(Aim))),
        classes=(row.mask or masks(dice)) | dice.choice((0, *CLASSES)),
        discloser=Discloser(state=dice.choice(("", "MA", "CT", "CA")), is_part2_program=dice.random() < 0.3),
        recipient=Recipient(kind=recipient, state=dice.choice(("", "MA", "CT", "CA"))),
        patient=PatientFacts(age=dice.choice((9, 14, 17, 40))),
        facts=frozenset(facts - {word.removeprefix("not ") for word in row.when if word.startswith("not ")}),
        forms=tuple(shown_form(dice.choice(sorted(COVERS))) for _ in range(dice.randrange(3))),
    )


WORDS = disclosures.words()["fact"]


@pytest.mark.parametrize("row_id", UNCHECKED)
def test_a_disclosure_row_nobody_checked_permits_nothing_new(monkeypatch, row_id):
    book = disclosures.book()
    without = replace(
        book,
        topics=tuple((topic, tuple(row for row in rows if row.id != row_id)) for topic, rows in book.topics),
    )
    row = next(row for _, rows in book.topics for row in rows if row.id == row_id)
    dice = random.Random(row_id)
    asked = [questions_near(row, dice) for _ in range(150)]
    permitted = [one for one in asked if disclosing.decide(one).permits]
    monkeypatch.setattr(disclosing, "book", lambda: without)
    assert [one for one in permitted if not disclosing.decide(one).permits] == []


def test_the_order_of_forms_shown_says_nothing():
    dice, rows = random.Random(5), [row for _, rows in disclosures.book().topics for row in rows]
    for _ in range(400):
        asked = questions_near(dice.choice(rows), dice)
        forms = asked.forms
        mixed = replace(asked, forms=(*reversed(forms), *forms))
        assert disclosing.decide(mixed).outcome == disclosing.decide(asked).outcome, asked


def visible(reader, chart):
    try:
        release = gate.release(reader, chart)
    except Exception:
        return set()
    return {row.id for row in queries.read_chart(release)}


def test_in_the_database_a_form_taken_back_shows_what_was_visible_before(fresh_db):
    with clock.stopped_at(AT):
        there, here = town.organization("Northgate"), town.organization("Millbrook", side="pc")
        pcp = town.person("Carewell", here, Role.PCP, licence="physician")
        therapist = town.person("Hearwell", there, Role.THERAPIST, licence="social_worker")
        chart = town.new_patient(there)
        licensed = DataClass.GENERAL | DataClass.MH | DataClass.MA_SOCIAL_WORKER
        for mask in (DataClass.GENERAL, licensed, DataClass.PSYTHER_NOTE):
            town.put(chart, there, mask, author=therapist.practitioner_id)
        actions.join_team(chart, by=town.LOADER, organization=here, basis="encounter")
        before = visible(pcp, chart)
        form = actions.compose_consent(
            actions.Composition(
                chart_id=chart, kind="release", discloser_org=there, recipient_org=here, classes=int(licensed)
            ),
            by=therapist,
        )
        signature = actions.Signature("typed", b"Marisol Ejemplo", witness=PractitionerId(0))
        actions.sign_consent(form, signature, by=therapist, expected_version=1)
    with clock.stopped_at(AT + timedelta(minutes=1)):
        assert visible(pcp, chart) > before
        actions.revoke_consent(form, "written", by=therapist, expected_version=2)
    with clock.stopped_at(AT + timedelta(minutes=2)):
        assert visible(pcp, chart) == before
