"""The page of mutants: how many were made and noticed, and who survived with the reason why that is no gap."""

from pathlib import Path

from tools.mutate.operators import Mutant
from tools.mutate.reasons import REASONS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "mutants.md"
HEAD = """\
# Mutants of the gate

`python -m tools.mutate` changes the gate's own code in one small place at a time (a comparison, a condition dropped, a
constant, an operator, a word of its SQL), loads it in place of the real one and asks the judges of `tests/gate`:
random worlds and golden worlds judged beforehand by the witness, questions of disclosure, stored forms, a database laid
out and changed. A mutant that nobody notices survives and stands below with the reason. Texts for people and imports
are not changed. This page is written by that command; `--only` and `--sample` make it a partial one, and it says so.
"""


def write(fates: list[tuple[Mutant, str]], *, partial: str) -> None:
    """Write the page."""
    PAGE.write_text(text(fates, partial=partial), encoding="utf-8")


def text(fates: list[tuple[Mutant, str]], *, partial: str) -> str:
    """The page as Markdown."""
    noticed = sum(bool(fate) for _, fate in fates)
    out = [HEAD, f"{noticed:,} of {len(fates):,} mutants were noticed: {noticed / len(fates):.1%}.{partial}", ""]
    out += ["| module | mutants | noticed | share |", "| --- | --- | --- | --- |"]
    for module in dict.fromkeys(one.module for one, _ in fates):
        own = [bool(fate) for one, fate in fates if one.module == module]
        out.append(f"| `{module}` | {len(own)} | {sum(own)} | {sum(own) / len(own):.1%} |")
    survivors = [one for one, fate in fates if not fate]
    out += ["", "## Survivors", "", "| where | change | why it is no gap |", "| --- | --- | --- |"]
    out += [f"| `{one.module}.{one.function}` | `{_cell(one.what)}` | {_reason(one)} |" for one in survivors]
    return "\n".join(out) + "\n"


def _cell(what: str) -> str:
    return what.replace("|", "\\|").replace("`", "'")


def _reason(one: Mutant) -> str:
    """The first reason whose place and words fit; what has none is a gap until somebody closes or explains it."""
    for place, words, reason in REASONS:
        if f"{one.module}.{one.function}".startswith(place) and words in one.what:
            return reason
    return "**not explained yet**"
