"""The disclosure engine and the witness answer every question alike: the vectors of law, and random ones.

10,000 random questions in ``make test``; HALLWAY_GATE_CASES asks for more.
"""

import os
import random
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from hallway.app.witness import disclosure
from hallway.app.witness import shown as witness_shown
from hallway.app.witness.questions import Case, Shown
from hallway.consent.law import validity
from hallway.consent.law.asking import (
    Aim,
    Discloser,
    PatientFacts,
    Question,
    Recipient,
    RecipientKind,
    Tie,
)
from hallway.consent.law.conditions import CONDITIONS
from hallway.consent.law.disclosing import decide
from hallway.consent.tables.disclosures import book
from hallway.consent.tables.disclosures import words as words_known
from hallway.consent.tables.elements import elements
from hallway.record.classes import DataClass
from tests.gate.disclosure_cases import asked, signed
from tests.gate.questions import TODAY, form
from tests.gate.test_vectors import VECTORS

CASES = max(10_000, int(os.environ.get("HALLWAY_GATE_CASES", "0")))
SEED = int(os.environ.get("HALLWAY_GATE_SEED", "20261121"))
GOLDEN = Path(__file__).parent.parent / "golden" / "disclosures.txt"
CLASSES = [one.name for one in DataClass]
STATES = ["MA", "CT", "CA", "ME", ""]
LICENCES = ["", "social_worker", "counselor", "psychologist", "psychiatrist", "family_therapist", "physician"]
FORMS = ["release", "part2", "part2_tpo", "psychotherapy", "sud_counseling", "hiv", "proceedings", "registry"]
ROWS = [row for _, rows in book().topics for row in rows]
FACTS = sorted(set(words_known()["fact"]) - set(CONDITIONS))
WEIGHTY = [
    *(
        "confidentiality_agreement",
        "minor_wants_parent",
        "authority_shown",
        "two_physicians",
        "minor_may_consent_alone",
    ),
    *("drug_treatment_facility", "state_sud_program", "dependency_court_minor"),
]
"""Facts on which a condition itself turns."""
DAYS = [TODAY, TODAY - timedelta(days=1200), date(2024, 4, 15), date(2024, 4, 16), date(2026, 2, 16), date(2010, 1, 1)]


def words(mask):
    return frozenset(one.name for one in DataClass if one & mask)


def shown(one):
    return Shown(
        kind=one.kind,
        words=one.elements,
        aims=frozenset(str(aim) for aim in one.aims),
        classes=words(one.classes),
        state=one.state,
        circumstances=one.circumstances,
        signed_on=one.signed_on,
        expires_on=one.expires_on,
        expires_event=one.expires_event,
        event_occurred=one.event_occurred,
        revoked=one.revoked,
        known_false=one.known_false,
        fits=one.fits,
    )


def case_of(question):
    """The question in words."""
    by, to, about = question.discloser, question.recipient, question.patient
    return Case(
        on=question.on,
        aim=str(question.purpose),
        classes=words(question.classes),
        discloser_state=by.state,
        discloser_licence=by.licence,
        discloser_is_program=by.is_part2_program,
        discloser_holder=by.holder,
        discloser_covered=by.covered_entity,
        received_under_notice=by.received_under_notice,
        recipient=str(to.kind),
        recipient_state=to.state,
        tie=str(to.relation),
        recipient_covered=to.covered_entity,
        responsible_for_care=to.responsible_for_care,
        sud_duty=to.sud_duty,
        is_author=to.is_author,
        age=about.age,
        emancipated=about.emancipated,
        deceased=about.deceased,
        has_capacity=about.has_capacity,
        minor_consented=about.minor_consented,
        facts=question.facts,
        forms=tuple(shown(one) for one in question.forms),
        kind=question.kind,
    )


def told(verdict):
    return (
        str(verdict.outcome),
        frozenset(verdict.rule_ids),
        frozenset(verdict.needs),
        frozenset(verdict.obligations),
        frozenset(verdict.forms),
        frozenset(verdict.held_back),
    )


def witnessed(question):
    found = disclosure.judge(case_of(question))
    return found.outcome, found.rules, found.needs, found.duties, found.forms, found.held_back


def test_the_witness_answers_the_vectors_of_law_alike():
    for number, question, *_ in VECTORS:
        assert told(decide(question)) == witnessed(question), number


def golden(kind):
    """What each reviewed line of that kind asks."""
    lines = (line.partition(" ") for line in GOLDEN.read_text().splitlines())
    return [rest.partition(" => ")[0].strip() for first, _, rest in lines if first == kind]


def test_the_witness_answers_every_reviewed_case_alike():
    questions = [asked(text) for text in golden("ask")]
    assert [told(decide(one)) for one in questions] == [witnessed(one) for one in questions]
    forms = [signed(text) for text in golden("form")]
    assert [[one.rule_id for one in validity.defects(form, TODAY)] for form in forms] == [
        list(witness_shown.defects(shown(form), TODAY, frozenset())) for form in forms
    ]
    print(f"{len(questions)} cases of disclosure and {len(forms)} of forms")
    assert len(questions) > 300


def some(dice, values, share):
    return frozenset(value for value in values if dice.random() < share)


def a_form(dice, aim, fitting, state):
    kind = dice.choice([*fitting, *fitting, *fitting, *FORMS])
    held = some(
        dice, ("research", "signed_by_representative", "intermediary", "joined_with_another", "care_depends_on_it"), 0.1
    )
    made = form(kind, state=dice.choice([state, state, *STATES]), circumstances=held)
    if dice.random() < 0.6:
        # Every word that any circumstance asks for: then one that is missing tells which circumstance was brought.
        every = {row.asks for row in elements().values() if kind in row.kinds and row.asks}
        made = replace(made, elements=frozenset(every))
    aims = dice.choice([made.aims, made.aims | {aim}, frozenset({aim}), frozenset({aim}), made.aims | {Aim.LEGAL}])
    made = replace(made, aims=aims)
    if dice.random() < 0.3:
        made = replace(made, elements=made.elements - {dice.choice(sorted(made.elements))})
    changes = {
        "fits": False,
        "revoked": True,
        "known_false": True,
        "event_occurred": True,
        "expires_on": dice.choice(
            [None, TODAY, TODAY - timedelta(days=1), TODAY + timedelta(days=334), date(2027, 10, 23)]
        ),
        "expires_event": dice.choice(["none", "end_of_treatment"]),
        "signed_on": dice.choice([None, date(2024, 2, 29), TODAY]),
        "classes": int(dice.choice(list(DataClass))) | made.classes & 0xFFFF,
    }
    for name in some(dice, changes, 0.08):
        made = replace(made, **{name: changes[name]})
    return made


BOUND = [row for row in elements().values() if row.when and row.asks]
AIM_OF = {"registry": Aim.REGISTRY, "proceedings": Aim.LEGAL}


def a_question_of_form(dice):
    """A form with every word but the one that some circumstance asks for, and a disclosure that may bring it."""
    row = dice.choice(BOUND)
    kind = dice.choice(row.kinds)
    every = {one.asks for one in elements().values() if kind in one.kinds and one.asks}
    aim = AIM_OF.get(kind) or dice.choice(
        [Aim.TREAT, Aim.PAY, Aim.INDIVIDUAL, Aim.FAMILY, Aim.SALE, Aim.CRIMINAL_JUSTICE]
    )
    state = dice.choice([*row.states, "CT", "CA", "MA", "ME"])
    made = replace(
        form(kind, state=state),
        elements=frozenset(every - ({row.asks} if dice.random() < 0.8 else set())),
        aims=frozenset({aim}),
        circumstances=frozenset(),
        classes=~0,
    )
    extra = ("MH", "PART2", "MINOR_CONSENTED", "CT_PSYCHIATRIC", "CT_SOCIAL_WORKER", "HIV")
    return Question(
        on=TODAY,
        purpose=aim,
        classes=sum(DataClass[name] for name in {"GENERAL", *some(dice, extra, 0.35)}),
        discloser=Discloser(state=state, licence=dice.choice(LICENCES), is_part2_program=dice.random() < 0.5),
        recipient=Recipient(
            kind=RecipientKind(dice.choice(["provider", "plan", "family", "representative", "intermediary", "other"])),
            state=state,
            covered_entity=dice.random() < 0.5,
            relation=Tie.NAMED,
        ),
        patient=PatientFacts(age=dice.choice([9, 11, 12, 15, 40]), minor_consented=dice.random() < 0.3),
        facts=some(dice, WEIGHTY, 0.3),
        forms=(made,),
    )


def a_question(dice):
    """Most of the questions aim at a row: else few of them would come near one."""
    if dice.random() < 0.2:
        return a_question_of_form(dice)
    row = dice.choice(ROWS) if dice.random() < 0.8 else None
    aims = (row and list(row.aims)) or list(Aim)
    aim = dice.choice(aims)
    kinds = (row and list(row.recipients)) or list(RecipientKind)
    topic = next((topic for topic, _ in book().topics if row and topic.id == row.topic), None)
    usual = {"GENERAL"} if dice.random() < 0.9 else set()
    aimed = [*(row.classes if row else ()), *(topic.classes if topic else ())]
    classes = usual | set(dice.sample(aimed, min(1, len(aimed)))) | some(dice, CLASSES, 0.06)
    facts = {word for word in (row.when if row else ()) if word in FACTS and dice.random() < 0.9}
    facts |= some(dice, FACTS, 0.02) | some(dice, WEIGHTY, 0.2)
    when = set(row.when if row else ())
    state = (topic.state if topic and topic.state and dice.random() < 0.9 else dice.choice(STATES)) or ""
    return Question(
        on=TODAY if dice.random() < 0.7 else dice.choice(DAYS),
        purpose=aim,
        classes=sum(DataClass[name] for name in classes),
        kind=dice.choice(["", "DocumentReference", "Claim", "Task"]),
        discloser=Discloser(
            state=state,
            licence="psychologist" if "psychologist" in when else dice.choice(LICENCES),
            is_part2_program="program" in when or dice.random() < 0.3,
            holder=dice.choice(["program", "holder"]),
            received_under_notice=dice.random() < 0.5,
            covered_entity=dice.random() < 0.8,
        ),
        recipient=Recipient(
            kind=dice.choice(kinds),
            state=dice.choice([state, dice.choice(STATES)]),
            relation=Tie.OWN if "own" in when else dice.choice(list(Tie)),
            covered_entity=dice.random() < 0.7,
            responsible_for_care=dice.random() < 0.7,
            sud_duty="sud_duty" in when or dice.random() < 0.3,
            is_author="author" in when or dice.random() < 0.1,
        ),
        patient=PatientFacts(
            age=dice.choice([8, 11, 12, 14, 17]) if "minor" in when else dice.choice([11, 12, 16, 17, 18, 40, 70]),
            emancipated=dice.random() < 0.15,
            deceased="deceased" in when or dice.random() < 0.1,
            has_capacity=dice.random() < 0.8,
            minor_consented=dice.random() < 0.2,
        ),
        facts=frozenset(facts),
        forms=tuple(a_form(dice, aim, row.forms if row else (), state) for _ in range(dice.choice([0, 0, 1, 1, 2]))),
    )


def test_engine_and_witness_agree_on_random_questions():
    dice = random.Random(SEED)
    outcomes, rows = {}, set()
    for number in range(CASES):
        question = a_question(dice)
        verdict = told(decide(question))
        assert verdict == witnessed(question), (SEED, number, question, verdict, witnessed(question))
        outcomes[verdict[0]] = outcomes.get(verdict[0], 0) + 1
        rows |= verdict[1]
    assert len(outcomes) == 5
    assert min(outcomes.values()) > CASES / 500, outcomes
    silent = {row.id for row in ROWS} - rows
    print(f"{CASES} questions, {outcomes}, {len(rows)} rows spoke, silent: {sorted(silent)}")


def test_one_more_form_never_shuts_what_was_open():
    dice = random.Random(SEED)
    opened = [asked for asked in (a_question(dice) for _ in range(2000)) if decide(asked).permits]
    by_form = 0
    for one in opened:
        more = tuple(a_form(dice, one.purpose, FORMS, one.discloser.state) for _ in range(3))
        assert decide(replace(one, forms=(*more, *one.forms))).permits, (one, more)
        by_form += bool(one.forms) and not decide(replace(one, forms=())).permits
    assert by_form > 20


NOTES_APART = DataClass.PSYTHER_NOTE | DataClass.SUD_COUNSEL_NOTE
"""Notes with forms, lists and topics of their own: what they are of is asked of nothing else."""


def test_one_more_class_never_opens_what_was_shut():
    dice = random.Random(SEED)
    shut = [asked for asked in (a_question(dice) for _ in range(1500)) if asked.classes and not decide(asked).permits]
    for number, one in enumerate(shut):
        # A third of the classes of each: every class meets hundreds of them.
        for name in [name for name in DataClass if not name & (NOTES_APART | one.classes)][number % 3 :: 3]:
            assert not decide(replace(one, classes=one.classes | name)).permits, (one, name)


def test_substance_use_records_reach_a_proceeding_by_no_consent_that_is_for_something_else_too():
    dice = random.Random(SEED)
    opened = set()
    for _ in range(1500):
        one, aim = a_question(dice), dice.choice([Aim.LEGAL, Aim.POLICE])
        forms = [a_form(dice, aim, ["part2", "sud_counseling"], one.discloser.state) for _ in range(2)]
        asked_of = replace(
            one,
            on=TODAY,
            purpose=aim,
            classes=(one.classes | DataClass.PART2) & ~int(DataClass.PSYTHER_NOTE),
            facts=one.facts - {"court_order", "representative_consented"},
            forms=tuple(replace(form, aims=form.aims | {aim, Aim.TREAT}) for form in forms),
        )
        said = decide(asked_of)
        opened |= set(said.rule_ids) if said.permits else set()
    # A crime on the premises or against staff may be told (42 CFR 2.12(c)(5)); nothing else may.
    assert {name for name in opened if name.startswith(("D-P2", "D-SUDN"))} <= {"D-P2-CRIME"}
