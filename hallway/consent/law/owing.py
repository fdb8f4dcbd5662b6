"""What is owed around a release, and who controls a patient's record. Pure: an occasion and facts in, rows out."""

from datetime import date

from hallway.consent.law.asking import Aim, Discloser, PatientFacts, Question, Recipient, RecipientKind, Tie
from hallway.consent.law.conditions import holds
from hallway.consent.tables.duties import Control, Duty, Occasion, controls, duties


def owed(occasion: Occasion, *, on: date, state: str = "", facts: frozenset[str] = frozenset()) -> tuple[Duty, ...]:
    """Every duty that an occasion brings, where the practice stands in ``state``."""
    return tuple(
        row
        for row in duties().values()
        if row.occasion == occasion
        and row.from_on <= on
        and row.state in ("", state)
        and all((word.removeprefix("not ") in facts) != word.startswith("not ") for word in row.when)
    )


def who_controls(
    patient: PatientFacts, classes: int, *, on: date, state: str = "", facts: frozenset[str] = frozenset()
) -> Control:
    """Who controls items of these classes of this patient, held in ``state``, and what a representative is told.

    The most specific row speaks (45 CFR 164.502(g), 42 CFR 2.14 and 2.15, and the state's law).
    """
    asked = Question(
        on=on,
        purpose=Aim.INDIVIDUAL,
        classes=classes,
        discloser=Discloser(state=state),
        recipient=Recipient(kind=RecipientKind.REPRESENTATIVE, relation=Tie.NAMED),
        patient=patient,
        facts=facts,
    )
    return next(
        row
        for row in controls().values()
        if row.from_on <= on and row.state in ("", state) and all(holds(word, asked) for word in row.when)
    )
