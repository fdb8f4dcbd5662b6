"""Writes docs/rules.md from the rule tables, so that the manual and the gate cannot differ. A test compares them.

Run: python -m tools.build_rule_docs
"""

from pathlib import Path

from hallway.consent.tables import library
from hallway.consent.tables.emergency import categories
from hallway.consent.tables.forms import form_rule, statements
from hallway.consent.tables.library import Rule
from hallway.consent.tables.profiles import ALL_CLASSES, profiles, release_profiles
from hallway.record.classes import DataClass
from tools import law_pages

PAGE = Path(__file__).resolve().parent.parent / "docs" / "rules.md"
FORM_KINDS = ("release", "part2", "part2_tpo", "psychotherapy", "sud_counseling", "hiv")
PLACES = {"US": "Federal", "MA": "Massachusetts", "CT": "Connecticut", "CA": "California"}
HEAD = """# The rules of release

Generated from the tables in `hallway/consent/tables/`; change those, then run `python -m tools.build_rule_docs`.

Not legal advice. A row that is "not verified" has not been checked against its source: it never permits more than its
absence would. "For counsel" marks a reading that a lawyer should confirm.

This page has two parts. The first answers **any disclosure**, one question at a time: who discloses, who receives, for
what, which content, what was recorded, which forms are signed. Every topic below that concerns the question must let it
pass; within a topic the most specific row speaks. The second part is the table of **standing access** within the
network, from which the grants of each chart are compiled.

## Any disclosure
"""
STANDING = """
## Standing access

An item flows only if every class it carries is permitted by the federal row and by the row of the source's state, where
there is one: the stricter wins because both must be met. A patient's agreed restriction is taken away last and beats a
signed consent; it does not stand against the author, the patient or an emergency. Whatever no row permits stays.
"""


def render() -> str:
    """The page."""
    groups = library.read("US").groups
    parts = [HEAD, law_pages.disclosure_sections(), law_pages.element_section(), law_pages.owed_section()]
    parts += [
        law_pages.blocking_section(),
        STANDING,
        *(f"\n`{name}` stands for {', '.join(members)}." for name, members in groups.items()),
        "\n",
    ]
    for place, title in PLACES.items():
        rows = [row for row in library.rules().values() if row.jurisdiction == place]
        parts.append(f"\n## {title}\n\n{_table(_RULE_HEAD, [_rule(row) for row in rows])}")
    parts.append(f"\n## Minimum necessary: roles\n\n{_table(_ROLE_HEAD, _roles())}")
    released = [[row.words, ", ".join(row.kinds), f"`{row.id}`"] for row in release_profiles().values()]
    parts.append(f"\n### Minimum necessary: by use\n\n{_table(('for', 'at most these kinds', 'id'), released)}")
    parts.append(f"\n## Forms\n\n{_table(_FORM_HEAD, _forms())}")
    parts.append(
        f"\n### Statements on the forms\n\n{_table(('id', 'text'), [list(one) for one in statements().items()])}"
    )
    parts.append(f"\n## Emergency access\n\n{_table(('category', 'opens'), _categories())}")
    return "".join(parts)


_RULE_HEAD = (
    "id",
    "who to the source",
    "purpose",
    "classes",
    "outcome",
    "obligations",
    "citation",
    "in force",
    "checked",
)
_ROLE_HEAD = ("role", "purposes", "kinds", "classes")
_FORM_HEAD = ("form", "in", "may carry", "statements", "must end by", "citation")


def _table(head: tuple[str, ...], rows: list[list[str]]) -> str:
    lines = [f"| {' | '.join(head)} |", f"|{' --- |' * len(head)}"]
    lines += [f"| {' | '.join(cell.replace('|', '/') for cell in row)} |" for row in rows]
    return "\n".join(lines) + "\n"


def _rule(row: Rule) -> list[str]:
    limits = [f"only {', '.join(row.kinds)}"] if row.kinds else []
    limits += ["from a program"] if row.holders == ("program",) else []
    limits += ["held by a recipient"] if row.holders == ("holder",) else []
    limits += ["duties in substance use care"] if row.sud_duty else []
    limits += ["recipient in another state"] if row.out_of_state else []
    outcome = f"needs {' or '.join(row.needs)}" if row.needs else row.outcome
    checked = "verified" if row.verified else "**not verified**"
    return [
        f"`{row.id}`",
        ", ".join(row.relations),
        ", ".join(row.purposes),
        ", ".join(row.classes),
        "; ".join((outcome, *limits)),
        ", ".join(row.obligations),
        row.citation,
        f"{row.from_on} to {row.until_on}" if row.until_on else f"from {row.from_on}",
        f"{checked}; for counsel" if row.legal_review else checked,
    ]


def _classes(mask: int) -> str:
    if mask == ALL_CLASSES:
        return "every class"
    return ", ".join(one.name or "" for one in DataClass if one & mask) or "none"


def _roles() -> list[list[str]]:
    return [
        [
            role.value,
            ", ".join(profile.purposes) or "none",
            ", ".join(profile.kinds) or ("every kind" if profile.purposes else "none"),
            _classes(profile.mask),
        ]
        for role, profile in profiles().items()
    ]


def _forms() -> list[list[str]]:
    ends = {"date": "a date", "date_or_event": "a date or event", "any": 'a date or event, or "none"'}
    return [
        [
            kind,
            state or "any state",
            _classes(form_rule(kind, state).may),
            ", ".join(form_rule(kind, state).statements),
            ends[form_rule(kind, state).expiry],
            form_rule(kind, state).citation,
        ]
        for kind in FORM_KINDS
        for state in ("", "CT")
        if not state or form_rule(kind, state) != form_rule(kind, "")
    ]


def _categories() -> list[list[str]]:
    return [[one.label, ", ".join(one.kinds) or "every kind"] for one in categories().values()]


if __name__ == "__main__":
    PAGE.write_text(render())
