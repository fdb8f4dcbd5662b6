"""What is owed around a release, and who controls a record, as typed rows read once; an unknown word is refused."""

from collections.abc import Iterable
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec

from hallway.consent.tables.disclosures import words
from hallway.consent.tables.library import BASELINE

Occasion = Literal[
    "form_signed",
    "revocation",
    "restriction_request",
    "self_pay_request",
    "restriction_end",
    "confidential_request",
    "confidential_request_to_plan",
    "accounting_request",
    "accounting_request_part2",
    "accounting_suspension",
    "access_request",
    "access_denied",
    "admission_to_program",
    "notice_posting",
    "policy_review",
    "breach",
    "intermediary_list_request",
    "emergency_release",
    "record_closed",
    "first_session",
    "hiv_disclosed",
    "request_infeasible",
    "denial_needs_form",
]
Controller = Literal["patient", "representative", "both", "director", "executor", "spouse_then_family"]
Parent = Literal[
    "all",
    "relevant",
    "nothing",
    "professional",
    "authorization",
    "minor_agrees",
    "patient_consent",
    "both_consent",
    "what_lessens_the_threat",
    "payment_only",
    "consent_of_executor",
    "consent_of_next",
]


class Duty(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One thing owed. ``days``, ``business_days`` and ``years`` count from the occasion; ``extra_days`` once more."""

    id: str
    law_rows: tuple[str, ...]
    occasion: Occasion
    citation: str
    source: str
    does: tuple[str, ...]
    sentence: str
    state: str = ""
    when: tuple[str, ...] = ()
    days: int | None = None
    extra_days: int | None = None
    business_days: int | None = None
    years: int | None = None
    verified: bool = True
    legal_review: bool = False
    from_on: date = BASELINE


class Control(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who controls, and what a parent or other representative is told when asking.

    Of the rows that fit, the highest ``rank`` speaks, then the most specific.
    """

    id: str
    law_rows: tuple[str, ...]
    citation: str
    source: str
    who: Controller
    parent: Parent
    sentence: str
    rank: int = 0
    state: str = ""
    when: tuple[str, ...] = ()
    verified: bool = True
    legal_review: bool = False
    from_on: date = BASELINE


class _Duties(msgspec.Struct, forbid_unknown_fields=True):
    duty: list[Duty]


class _Controls(msgspec.Struct, forbid_unknown_fields=True):
    control: list[Control]


def _checked(row_id: str, seen: Iterable[str], facts: Iterable[str], obligations: Iterable[str]) -> None:
    known = words()
    unknown = [word for word in facts if word.removeprefix("not ") not in known["fact"]]
    unknown += [word for word in obligations if word not in known["obligation"]]
    if unknown or row_id in seen:
        raise ValueError(f"Row {row_id} is doubled or uses unknown words {unknown}. Nothing was loaded. Mend the row.")


@cache
def duties() -> dict[str, Duty]:
    """Every duty by id. Raises ValueError for a doubled id or an unknown word."""
    found: dict[str, Duty] = {}
    for row in msgspec.toml.decode((files("hallway.consent.tables") / "duties.toml").read_bytes(), type=_Duties).duty:
        _checked(row.id, found, row.when, row.does)
        found[row.id] = row
    return found


@cache
def controls() -> dict[str, Control]:
    """Every row on control by id, in the order in which they are asked. Raises ValueError as ``duties`` does."""
    text = (files("hallway.consent.tables") / "controls.toml").read_bytes()
    found: dict[str, Control] = {}
    for row in msgspec.toml.decode(text, type=_Controls).control:
        _checked(row.id, found, row.when, ())
        found[row.id] = row
    return dict(sorted(found.items(), key=lambda one: (-one[1].rank, -len(one[1].when) - bool(one[1].state))))
