"""The tables of disclosure refuse what is not right; the engine keeps its promises on questions nobody thought of."""

import random
from dataclasses import replace
from datetime import date

import msgspec
import pytest

from hallway.consent.law import disclosing, validity
from hallway.consent.law.asking import (
    Aim,
    Discloser,
    Outcome,
    PatientFacts,
    Question,
    Recipient,
    RecipientKind,
    SignedForm,
    Tie,
)
from hallway.consent.law.conditions import CONDITIONS
from hallway.consent.tables import disclosures, duties, elements
from hallway.record.classes import DataClass

TODAY = date(2026, 11, 21)
TOPIC = """
[[topic]]
id = "one"
order = 1
title = "One"
closed = true
"""
ROW = """
[[row]]
id = "{id}"
topic = "one"
law_rows = ["2.2/own_tpo"]
citation = "a law"
source = "G10"
outcome = "{outcome}"
sentence = "Why."
"""


def read(*rows, topic=TOPIC):
    return disclosures.book_of([disclosures.decode((topic + "".join(rows)).encode())])


def row(name, outcome="deny", **more):
    said = "".join(
        f"{key} = {msgspec.json.encode(value).decode() if not isinstance(value, date) else value}\n"
        for key, value in more.items()
    )
    return ROW.format(id=name, outcome=outcome) + said


def test_a_closed_topic_without_a_row_for_everything_is_refused():
    with pytest.raises(ValueError, match="leaves a gap"):
        read(row("A", aims=["TREAT"]))


def test_a_closed_topic_with_a_day_without_a_row_is_refused():
    with pytest.raises(ValueError, match="leaves a gap from 2020-01-01"):
        read(row("A", until_on=date(2020, 1, 1)), row("B", from_on=date(2020, 1, 2)))


def test_a_closed_topic_that_only_an_unverified_row_would_open_is_refused():
    with pytest.raises(ValueError, match="nobody has verified it"):
        read(row("A", "permit", verified=False, legal_review=True))


def test_the_same_rows_without_a_gap_are_taken():
    assert set(read(row("A", until_on=date(2020, 1, 1)), row("B", from_on=date(2020, 1, 1))).rows) == {"A", "B"}


def test_two_rows_for_the_same_are_refused():
    with pytest.raises(ValueError, match="overlaps"):
        read(row("A"), row("B", aims=["TREAT"]), row("C", "permit", aims=["TREAT", "PAY"]))


@pytest.mark.parametrize(
    "wrong",
    [
        {"when": ["a_word_nobody_knows"]},
        {"when": ["not a_word_nobody_knows"]},
        {"obligations": ["dance"]},
        {"classes": ["NOTHING"]},
        {"needs": ["authorization"]},
        {"verified": False},
        {"ground": "B-NOWHERE"},
        {"until_on": date(2001, 1, 1)},
    ],
)
def test_a_row_with_an_unknown_word_or_half_a_thought_is_refused(wrong):
    with pytest.raises(ValueError, match="Nothing was loaded"):
        read(row("DEFAULT"), row("A", aims=["TREAT"], **wrong))


def test_an_unknown_field_is_refused():
    with pytest.raises(msgspec.ValidationError):
        read(row("A", dances=True))


def test_a_doubled_id_is_refused():
    with pytest.raises(ValueError, match="stands twice"):
        read(row("A"), row("A", aims=["PAY"]))


def some_question(dice):
    """Any question at all: most make no sense, and none may make the engine raise or let go what it must not."""
    facts = sorted(disclosures.words()["fact"].keys() - CONDITIONS.keys())
    return Question(
        on=dice.choice([date(2005, 1, 1), date(2024, 4, 15), date(2024, 4, 16), TODAY]),
        purpose=dice.choice(list(Aim)),
        classes=sum({int(dice.choice(list(DataClass))) for _ in range(dice.randint(1, 3))}),
        discloser=Discloser(
            state=dice.choice(["", "MA", "CT", "CA", "NV"]),
            licence=dice.choice(["", "counselor", "psychologist", "social_worker", "psychiatrist"]),
            is_part2_program=dice.random() < 0.3,
            holder=dice.choice(["program", "holder"]),
            received_under_notice=dice.random() < 0.5,
            covered_entity=dice.random() < 0.8,
        ),
        recipient=Recipient(
            kind=dice.choice(list(RecipientKind)),
            state=dice.choice(["", "MA", "CA", "NV"]),
            relation=dice.choice(list(Tie)),
            covered_entity=dice.random() < 0.8,
            responsible_for_care=dice.random() < 0.5,
            sud_duty=dice.random() < 0.3,
            is_author=dice.random() < 0.2,
        ),
        patient=PatientFacts(age=dice.choice([5, 11, 12, 15, 17, 18, 40]), deceased=dice.random() < 0.1,
                             has_capacity=dice.random() < 0.9, minor_consented=dice.random() < 0.3),
        facts=frozenset(dice.sample(facts, dice.randint(0, 8))),
        forms=tuple(some_form(dice) for _ in range(dice.choice([0, 0, 1, 2]))),
    )  # fmt: skip


def some_form(dice):
    words = sorted({one.asks for one in elements.elements().values() if one.asks})
    return SignedForm(
        kind=dice.choice(elements.FORM_KINDS),
        elements=frozenset(words if dice.random() < 0.6 else dice.sample(words, len(words) // 2)),
        aims=frozenset(dice.sample(list(Aim), dice.randint(1, 3))),
        classes=dice.choice([~0, int(DataClass.GENERAL), int(DataClass.PART2)]),
        signed_on=date(2026, 1, 1),
        expires_on=dice.choice([None, date(2026, 12, 1), date(2026, 11, 20)]),
        expires_event=dice.choice(["", "none", "end of treatment"]),
        revoked=dice.random() < 0.2,
    )


QUESTIONS = [some_question(random.Random(seed)) for seed in range(1500)]


def test_every_question_is_answered_by_a_row_and_none_by_an_error():
    for asked in QUESTIONS:
        verdict = disclosing.decide(asked)
        assert "D-ERROR" not in verdict.rule_ids, asked
        assert verdict.rule_ids, asked
        assert verdict.sentence, asked
        assert (verdict.outcome is Outcome.DENY_NEEDS) == bool(verdict.needs), asked


def test_every_denial_of_health_information_names_its_exception_and_no_permit_does():
    for asked in QUESTIONS:
        verdict = disclosing.decide(asked)
        is_ehi = not asked.classes & DataClass.PSYTHER_NOTE and "litigation_material" not in asked.facts
        assert (verdict.blocking is not None) == (is_ehi and not verdict.permits), asked


def test_one_more_class_never_opens_anything():
    for asked in QUESTIONS[:400]:
        listed = asked.purpose in (Aim.DEFENSE, Aim.TRAINING)
        if not disclosing.decide(asked).permits:
            for one in DataClass:
                # 42 CFR 2.31(b)(1) lists defense and training for counseling notes, nothing for the rest.
                if one is DataClass.SUD_COUNSEL_NOTE and listed:
                    continue
                more = replace(asked, classes=asked.classes | one)
                assert not disclosing.decide(more).permits, (asked, one)


def test_the_order_and_number_of_forms_do_not_matter():
    for asked in QUESTIONS[:500]:
        other = replace(asked, forms=(*reversed(asked.forms), *asked.forms))
        before, after = disclosing.decide(asked), disclosing.decide(other)
        assert (before.outcome, before.needs) == (after.outcome, after.needs), asked


def test_a_form_taken_back_is_as_good_as_none():
    for asked in QUESTIONS[:500]:
        gone = replace(asked, forms=tuple(replace(one, revoked=True) for one in asked.forms))
        left = replace(asked, forms=())
        if any(Aim.LEGAL in one.aims and len(one.aims) > 1 for one in asked.forms):
            continue
        assert disclosing.decide(gone).outcome == disclosing.decide(left).outcome, asked


def test_no_unverified_row_permits_more_than_its_absence(monkeypatch):
    whole = disclosures.book()
    waiting = {name for name, found in whole.rows.items() if not found.verified and found.permits}
    kept = tuple((topic, tuple(one for one in rows if one.id not in waiting)) for topic, rows in whole.topics)
    before = [disclosing.decide(asked).permits for asked in QUESTIONS]
    monkeypatch.setattr(disclosing, "book", lambda: disclosures.Book(kept, whole.rows))
    after = [disclosing.decide(asked).permits for asked in QUESTIONS]
    assert waiting
    assert [one for one, without, asked in zip(before, after, QUESTIONS, strict=True) if one and not without] == []


UNVERIFIED = {"verified": False, "legal_review": True}
OPENS = row("OPENS", "permit", aims=["TREAT"], **UNVERIFIED)
WAITS = [
    (
        "what would open is held back, however many rows of it wait",
        [row("ALSO", "permit", aims=["TREAT"], when=["program"], **UNVERIFIED), OPENS, row("ELSE")],
        (Outcome.DENY, ("ELSE",), (), ("ALSO", "OPENS")),
    ),
    (
        "what shuts, shuts, and what waits below it is told",
        [
            row("SHUTS", aims=["TREAT"], when=["program"], **UNVERIFIED),
            OPENS,
            row("ELSE", "needs", needs=["court_order"]),
        ],
        (Outcome.DENY, ("SHUTS",), (), ("OPENS",)),
    ),
    (
        "its duty is added to the duty of what is verified",
        [
            row("SAYS", "notice", aims=["TREAT"], obligations=["keep_label"], **UNVERIFIED),
            row("ELSE", "filtered", obligations=["log"]),
        ],
        (Outcome.PERMIT_WITH_NOTICE, ("SAYS",), ("keep_label", "log"), ()),
    ),
]


@pytest.mark.parametrize(("rows", "said"), [case[1:] for case in WAITS], ids=[case[0] for case in WAITS])
def test_until_somebody_verifies_a_row(monkeypatch, rows, said):
    monkeypatch.setattr(disclosing, "book", lambda: read(*rows))
    asked = Question(on=TODAY, purpose=Aim.TREAT, classes=1, discloser=Discloser(is_part2_program=True))
    found = disclosing.decide(asked)
    assert (found.outcome, found.rule_ids, found.obligations, found.held_back) == said


def test_psychotherapy_notes_leave_only_by_the_rows_of_their_own_list():
    allowed = {one.id for topic, rows in disclosures.book().topics if topic.id == "psychotherapy" for one in rows}
    for asked in QUESTIONS:
        if asked.classes & DataClass.PSYTHER_NOTE and disclosing.decide(asked).permits:
            assert allowed & set(disclosing.decide(asked).rule_ids), asked


def test_part_2_records_never_reach_a_proceeding_without_an_order_or_a_consent_for_it():
    for asked in QUESTIONS:
        part2 = asked.classes & DataClass.PART2 and not asked.classes & DataClass.SUD_COUNSEL_NOTE
        if part2 and asked.purpose is Aim.LEGAL and disclosing.decide(asked).permits:
            assert {"court_order", "subpoena"} <= asked.facts or any(one.kind == "proceedings" for one in asked.forms)


def test_no_state_row_stands_against_the_patients_own_access():
    for asked in QUESTIONS:
        mine = replace(asked, purpose=Aim.INDIVIDUAL, recipient=replace(asked.recipient, kind=RecipientKind.INDIVIDUAL))
        said = disclosing.decide(mine)
        assert not [name for name in said.rule_ids if name[:5] in ("D-MA-", "D-CT-", "D-CA-")], mine


def test_a_rule_that_raises_is_a_denial(monkeypatch):
    def broken(*_):
        raise RuntimeError

    monkeypatch.setattr(disclosing, "_applies", broken)
    said = disclosing.decide(QUESTIONS[0])
    assert (said.outcome, said.rule_ids) == (Outcome.DENY, ("D-ERROR",))


def test_a_closed_topic_that_says_nothing_is_a_denial(monkeypatch):
    whole = disclosures.book()
    silent = tuple((topic, () if topic.id == "part2" else rows) for topic, rows in whole.topics)
    asked = Question(on=TODAY, purpose=Aim.TREAT, classes=int(DataClass.GENERAL | DataClass.PART2))
    monkeypatch.setattr(disclosing, "book", lambda: disclosures.Book(silent, whole.rows))
    assert disclosing.decide(asked).rule_ids == ("D-ERROR",)


def test_where_no_topic_speaks_nothing_leaves(monkeypatch):
    monkeypatch.setattr(disclosing, "book", lambda: disclosures.Book((), {}))
    asked = Question(on=TODAY, purpose=Aim.TREAT, classes=int(DataClass.GENERAL))
    assert disclosing.decide(asked).rule_ids == ("D-ERROR",)


def test_before_the_privacy_rule_nothing_leaves():
    asked = Question(on=date(2000, 1, 1), purpose=Aim.TREAT, classes=int(DataClass.GENERAL))
    assert disclosing.decide(asked).rule_ids == ("D-ERROR",)


def test_every_fact_of_the_words_is_used_by_a_row():
    used = {word.removeprefix("not ") for one in disclosures.book().rows.values() for word in one.when}
    used |= {word.removeprefix("not ") for one in duties.duties().values() for word in one.when}
    used |= {word.removeprefix("not ") for one in duties.controls().values() for word in one.when}
    known = set(disclosures.words()["fact"]) - set(CONDITIONS)
    assert known - used <= {"confidentiality_agreement", "minor_wants_parent", "two_physicians"}


def test_an_authorization_ends_with_its_last_day():
    last = TODAY
    form = SignedForm(kind="release", elements=frozenset(), aims=frozenset({Aim.TREAT}), classes=1, expires_on=last)
    assert "E-508-EXPIRED" not in {one.rule_id for one in validity.defects(form, last)}
    assert "E-508-EXPIRED" in {one.rule_id for one in validity.defects(form, date(2026, 11, 22))}
