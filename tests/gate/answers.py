"""What every answer about a disclosure says beside its outcome: the words, citations and ground of the rows that spoke.

The witness judges outcomes; here the rest is read from the tables, row by row, as a privacy officer would.
"""

import random
from dataclasses import replace
from datetime import date, timedelta

from hallway.app.witness import shown as witness_shown
from hallway.consent.law import validity
from hallway.consent.law.asking import Aim, BlockingGround
from hallway.consent.tables import blocking, disclosures, elements
from hallway.record.classes import DataClass
from tests.gate import test_disclosures_agree as agree
from tests.gate.disclosure_cases import answer
from tests.gate.questions import TODAY

FAULT = "D-ERROR"
LEAP = date(2024, 2, 29)
LONGEST = [
    *((date(2026, 1, 29), date(2027, 1, 29)), (date(2026, 1, 29), date(2027, 1, 30))),
    *((LEAP, date(2025, 2, 28)), (LEAP, date(2025, 3, 1))),
    *((date(2023, 2, 28), LEAP - timedelta(days=1)), (date(2023, 2, 28), LEAP)),
    *((date(2025, 3, 29), date(2026, 3, 29)), (date(2025, 12, 31), date(2027, 1, 1)), (None, date(2027, 1, 1))),
]
"""Signed on, ends on: a year to the day, and a day more; and nobody knows since when."""


def check_words(question, verdict):
    """Raise where an answer says what its own rows do not say, or leaves out what they do."""
    place = {topic.id: number for number, (topic, _) in enumerate(disclosures.book().topics)}
    rows, parts = disclosures.book().rows, elements.elements()
    spoke = [rows[name] for name in verdict.rule_ids if name in rows]
    wrong = [parts[name] for name in verdict.rule_ids if name in parts]
    if verdict.rule_ids != (FAULT,):
        assert verdict.rule_ids == tuple(one.id for one in (*spoke, *wrong)), "rows first, then what forms lack"
        assert [place[row.topic] for row in spoke] == sorted(place[row.topic] for row in spoke)
        assert verdict.citations == tuple(dict.fromkeys(one.citation for one in (*spoke, *wrong)))
        assert verdict.defects == tuple(one.words for one in wrong)
        lacks = [f"The form does not count: {one.words}" for one in wrong]
        assert verdict.sentence == " ".join([spoke[0].sentence, *lacks])
    ground = (spoke[0].ground or "B-PRECONDITION") if spoke else "B-FAULT"
    assert verdict.blocking == ground_of(question, verdict, ground)


def ground_of(question, verdict, name):
    """The exception that a denial relies on; a permit needs none, nor what is no electronic health information."""
    is_ehi = not question.classes & DataClass.PSYTHER_NOTE and "litigation_material" not in question.facts
    if verdict.permits or not is_ehi:
        return None
    row = blocking.grounds()[name]
    return BlockingGround(
        exception=row.exception,
        criterion=row.criterion,
        citation=row.citation,
        cure=(*(f"send_form:{kind}" for kind in verdict.forms), *row.cure),
        rule_id=row.id,
    )


def reviewed():
    """(kind, what is asked, the reviewed answer) of every golden line about a disclosure or a form."""
    lines = (line.partition(" ") for line in agree.GOLDEN.read_text().splitlines())
    return [(kind, *rest.strip().split(" => ")) for kind, _, rest in lines if kind in ("ask", "form")]


def check_reviewed(lines):
    """Raise where a reviewed answer, with its order, is another one."""
    for kind, asked, said in lines:
        assert answer(kind, asked)[0] == said, asked


def shown_forms(count, seed=23):
    """(form, day, circumstances brought, rows it does not meet as the witness reads them)."""
    dice = random.Random(seed)
    made = [a_shown_form(dice) for _ in range(count)]
    return [
        (form, on, brought, list(witness_shown.defects(agree.shown(form), on, brought))) for form, on, brought in made
    ]


def a_shown_form(dice):
    """A form near some row: with every word of its kind, but for one at times, and with whatever circumstances hold."""
    row = dice.choice(list(elements.elements().values()))
    state = dice.choice([*row.states, *row.states, dice.choice(agree.STATES)])
    made = agree.a_form(dice, dice.choice(list(Aim)), [dice.choice(row.kinds)], state)
    every = sorted({one.asks for one in elements.elements().values() if made.kind in one.kinds and one.asks})
    lost = dice.choice([(), (row.asks,), (row.asks,), dice.sample(every, min(3, len(every)))])
    known = [name for name in elements.circumstances() if dice.random() < 0.9 or name not in row.unless]
    made = replace(
        made,
        elements=frozenset(every).difference(lost),
        circumstances=agree.some(dice, known, 0.1) | agree.some(dice, row.when, 0.6),
        expires_event=dice.choice(["", "", "none", "end_of_treatment"]),
    )
    if dice.random() < 0.4:
        signed, ends = dice.choice(LONGEST)
        made = replace(made, signed_on=signed, expires_on=dice.choice([ends, ends, None]))
    if dice.random() < 0.2:
        made = replace(made, expires_on=None)
    on = dice.choice([TODAY, TODAY, made.expires_on or TODAY, date(2024, 4, 15), date(2024, 4, 16)])
    return made, on, agree.some(dice, known, 0.1) | agree.some(dice, row.when, 0.6)


def check_shown(forms):
    """Raise where a form lacks, for the checker, anything but what it lacks for the witness, in the law's order."""
    for form, on, brought, expected in forms:
        found = validity.defects(form, on, brought)
        assert [one.rule_id for one in found] == expected, (form, on, brought)
        rows = [elements.elements()[one.rule_id] for one in found]
        assert [(one.citation, one.words) for one in found] == [(row.citation, row.words) for row in rows]
