"""Writes docs/triggers.md from the rows and their examples, so that the manual and the rules cannot differ.

Run: python -m tools.build_trigger_docs
"""

from pathlib import Path

from hallway.triggers.examples import Example, examples
from hallway.triggers.tables.rows import ROWS, Number, Row

PAGE = Path(__file__).resolve().parent.parent / "docs" / "triggers.md"
HEAD = """# When the two sides must talk

Generated from the tables in `hallway/triggers/tables/` and their examples; change those, then run
`python -m tools.build_trigger_docs`. How to add one: [Adding a trigger](adding-a-trigger.md).

A trigger fires for the practice that owes the word, on facts that may flow to that practice and on no others, once for
each occasion, wherever the fact came from. It is closed by a person: done, not needed (with the reason), or the patient
declined. That the other side has been told keeps it from firing; it does not close one that has fired. Facts that are
corrected away take it back, and it says so. A fact that is years old when it is loaded fires nothing.

No row has been reviewed by a clinician. "Not verified" marks a source that was not looked up; "for counsel" marks a
reading of the law that a lawyer should confirm. The examples stand on one day, a Friday at noon; `@-2` is two days
before it. They are run as tests.

| trigger | title | asked of | due |
|---|---|---|---|
"""
_SIDES = {"pc": "primary care", "bh": "behavioral health", "other": "others"}


def render() -> str:
    """The page."""
    lines = "".join(
        f"| [{row.id}](#{row.id.lower()}) | {row.title} | {', '.join(_SIDES[side] for side in row.sides)} "
        f"| {_due(row)} |\n"
        for row in ROWS.values()
    )
    return HEAD + lines + "".join(_section(row) for row in ROWS.values())


def _due(row: Row) -> str:
    return _count(row.due, row.unit.replace("_", " ")) if row.due else "at once"


def _count(number: Number, units: str) -> str:
    """ "1 day", "3 days"; a parameter's name stands as it is."""
    return f"{number} {units.removesuffix('s') if number == 1 else units}"


def _section(row: Row) -> str:
    marks = [] if row.verified else ["not verified"]
    marks += ["for counsel"] if row.legal_review else []
    numbers = ", ".join(f"`{name}` {value}" for name, value in row.parameters.items())
    facts = [
        ("Event", row.event),
        ("Condition", row.condition),
        ("Action", row.action),
        ("Owner", " or ".join(part.replace("_", " ") for part in row.owner.split("|"))),
        ("Due", _due(row)),
        ("Escalation", row.escalation),
        ("Numbers that a practice may change", numbers or "none"),
        ("Merged with another of its kind within", _count(row.suppress_days, "days")),
        ("Too old to fire after", _count(row.stale_days, "days")),
        ("Source", row.source + (f" ({', '.join(marks)})" if marks else "")),
    ]
    table = "".join(f"| {name} | {value} |\n" for name, value in facts)
    own = [example for example in examples() if example.rule == row.id]
    return (
        f"\n## {row.id}\n\n**{row.title}**\n\n| | |\n|---|---|\n{table}"
        f"\nFires:\n\n{_examples(own, fires=True)}\nIs silent:\n\n{_examples(own, fires=False)}"
    )


def _examples(own: list[Example], *, fires: bool) -> str:
    rows = "".join(
        f"| {one.shows} | {'<br>'.join(f'`{line}`' for line in (*(f'team {who}' for who in one.team), *one.lines))} |\n"
        for one in own
        if one.fires == fires
    )
    return f"| example | facts |\n|---|---|\n{rows}"


def main() -> None:
    """Write the page."""
    PAGE.write_text(render())


if __name__ == "__main__":
    main()
