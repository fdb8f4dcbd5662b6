"""What is wrong with a form that is shown: element by element from the table, the computed ones worded here."""

import csv
from datetime import date
from functools import cache
from pathlib import Path
from typing import cast

import hallway
from hallway.app.witness.questions import Shown
from hallway.app.witness.rows import Toml, listed, read, tables_of

CARE = frozenset({"TREAT", "PAY", "OPS"})
APART = {
    "psychotherapy": frozenset({"GENERAL", "PSYTHER_NOTE"}),
    "sud_counseling": frozenset({"GENERAL", "SUD_COUNSEL_NOTE", "PART2"}),
    "hiv": frozenset({"GENERAL", "HIV"}),
}


@cache
def _elements() -> tuple[Toml, ...]:
    return tuple(tables_of(read("elements.toml"), "element"))


@cache
def licences() -> dict[tuple[str, str], frozenset[str]]:
    """(state, licence) -> the class that the professional's communications carry there."""
    found: dict[tuple[str, str], frozenset[str]] = {}
    path = Path(hallway.__file__).parent / "labels" / "tables" / "licences.csv"
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(line for line in file if not line.startswith("#")):
            key = (row["state"], row["licence"])
            found[key] = found.get(key, frozenset()) | {row["class"]}
    return found


@cache
def defects(form: Shown, on: date, brought: frozenset[str]) -> tuple[str, ...]:
    """The rows that the form does not meet; none for one that counts. ``brought``: what the disclosure asks of it."""
    held = form.circumstances | brought | ({"tpo"} if form.aims & CARE else set())
    return tuple(str(row["id"]) for row in _elements() if _binds(row, form, held, on) and not _met(row, form, on))


def _binds(row: Toml, form: Shown, held: frozenset[str], on: date) -> bool:
    begins, ends = row.get("from_on"), row.get("until_on")
    in_force = (not isinstance(begins, date) or begins <= on) and (not isinstance(ends, date) or on < ends)
    states = listed(row, "states")
    return (
        in_force
        and form.kind in listed(row, "kinds")
        and (not states or form.state in states)
        and set(listed(row, "when")) <= held
        and not held & set(listed(row, "unless"))
    )


def _met(row: Toml, form: Shown, on: date) -> bool:
    if row.get("asks"):
        return str(row["asks"]) in form.words
    return not _wrong(str(row["test"]), form, on)


def _wrong(test: str, form: Shown, on: date) -> bool:
    dated = form.expires_on is not None
    has_event = form.expires_event not in ("", "none")
    return {
        "expired": dated and cast("date", form.expires_on) < on,
        "event_occurred": form.event_occurred,
        "revoked": form.revoked,
        "known_false": form.known_false,
        "no_end": not dated and not has_event,
        "no_end_part2": not dated and not has_event and not (form.expires_event == "none" and form.aims <= CARE),
        "no_end_date": not dated,
        "longer_than_a_year": _is_long(form),
        "mixed_with_other_classes": form.kind in APART and not form.classes <= APART[form.kind],
        "mixed_with_other_aims": len(form.aims) > 1,
        "more_than_one_aim": len(form.aims) > 1,
        "beyond_tpo": not form.aims <= CARE,
    }[test]


def _is_long(form: Shown) -> bool:
    """More than a year from the signature; without a date it counts only where an event ends it."""
    if form.expires_on is None or form.signed_on is None:
        return form.expires_on is not None or form.expires_event in ("", "none")
    signed, end = form.signed_on, form.expires_on
    last_day = 28 if (signed.month, signed.day) == (2, 29) else signed.day
    return (end.year, end.month, end.day) > (signed.year + 1, signed.month, last_day)
