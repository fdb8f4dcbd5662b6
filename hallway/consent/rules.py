"""The rules of release, pure: a setting and a date in, what may flow and why out. An error here is a denial above.

Evaluation follows ``law.md`` 2.1: every class of an item must be permitted by the federal row and by the state's; the
stricter wins because both must be met. A patient's restriction is taken away last, and beats a signed consent.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal

from hallway.consent.tables import library
from hallway.consent.tables.library import Cell, Holder, Relation, Rule
from hallway.record.classes import DataClass
from hallway.record.evidence import Purpose

COVERS: dict[str, frozenset[str]] = {
    "release": frozenset({"authorization", "state_consent"}),
    "part2": frozenset({"part2_consent", "authorization", "state_consent"}),
    "part2_tpo": frozenset({"part2_consent"}),
    "psychotherapy": frozenset({"psy_auth"}),
    "sud_counseling": frozenset({"sud_note_consent"}),
    "hiv": frozenset({"hiv_consent", "authorization", "state_consent"}),
}
"""What each form satisfies. Forms that law wants apart cover nothing else (164.508(b)(3)(ii), 2.31(b), c.111 s.70F)."""

MEDICAL_ROLES = ("pcp", "medical_specialist")
OTHER_STAFF = (
    "therapist",
    "psychiatrist",
    "bh_care_manager",
    "front_desk",
    "biller",
    "practice_leader",
    "privacy_officer",
    "system",
)
"""Who else works at a practice, its own systems among them: none of them sees as a medical clinician does."""


@dataclass(frozen=True, slots=True)
class Setting:
    """Who stands where: the relation, why they ask, the source's state, whether it is a program, the day."""

    relation: Relation
    purpose: Purpose
    state: str
    holder: Holder
    on: date
    out_of_state: bool = False
    """The recipient stands in another state than the source, or nobody knows in which."""


@dataclass(frozen=True, slots=True)
class Opener:
    """A signed form or a judgement as the rules see it: what it satisfies, for which classes, authors and kinds."""

    id: str
    needs: frozenset[str]
    classes: int
    author: int = 0
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """One class in one setting. ``blocking`` is the row that stands in the way, None when it flows."""

    data_class: DataClass
    rules: tuple[Rule, ...]
    openers: tuple[str, ...]
    blocking: Rule | None

    @property
    def flows(self) -> bool:
        """Whether this class is permitted."""
        return self.blocking is None


@dataclass(frozen=True, slots=True)
class Base:
    """What flows in a setting: the mask, with rule ids, the ids of forms relied on, and obligations by class."""

    mask: int
    rule_ids: tuple[str, ...]
    opener_ids: tuple[str, ...]
    obligations: tuple[str, ...]


@lru_cache(maxsize=8192)
def rows(setting: Setting) -> tuple[tuple[DataClass, tuple[Rule, ...]], ...]:
    """Every class with the rows that govern it: the federal one, the source's state's, the licence's state's."""
    return governing_rows(setting, library.at)


def governing_rows(
    setting: Setting, at: Callable[[Cell, date], Rule | None]
) -> tuple[tuple[DataClass, tuple[Rule, ...]], ...]:
    """The same from rows of the caller's, so that a change of a row can be tried before it is made."""
    found: list[tuple[DataClass, tuple[Rule, ...]]] = []
    for data_class in DataClass:
        asked = dict.fromkeys(("US", setting.state, library.class_state(data_class)))
        cells = (Cell(place, setting.relation, setting.purpose, setting.holder, data_class) for place in asked)
        found_rows = (at(cell, setting.on) for cell in cells)
        governing = tuple(row for row in found_rows if row and (setting.out_of_state or not row.out_of_state))
        found.append((data_class, governing))
    return tuple(found)


@lru_cache(maxsize=8192)
def kinds_named(setting: Setting) -> frozenset[str]:
    """FHIR types that some row of this setting singles out."""
    return frozenset(kind for _, governing in rows(setting) for row in governing for kind in row.kinds)


@lru_cache(maxsize=8192)
def asks_duty(setting: Setting) -> bool:
    """Whether some row of this setting asks for duties in substance use care."""
    return any(row.sud_duty for _, governing in rows(setting) for row in governing)


def judge(
    setting: Setting, openers: Iterable[Opener] = (), *, author: int = 0, kind: str = "", duty: bool = False
) -> tuple[Verdict, ...]:
    """Every class for items of one author and kind ("" stands for a kind that nobody singled out)."""
    return judge_rows(rows(setting), openers, author=author, kind=kind, duty=duty)


def judge_rows(
    governed: Iterable[tuple[DataClass, tuple[Rule, ...]]],
    openers: Iterable[Opener] = (),
    *,
    author: int = 0,
    kind: str = "",
    duty: bool = False,
) -> tuple[Verdict, ...]:
    """The same for governing rows in hand."""
    usable = [
        opener for opener in openers if opener.author in (0, author) and (not opener.kinds or kind in opener.kinds)
    ]
    return tuple(_verdict(data_class, governing, usable, kind=kind, duty=duty) for data_class, governing in governed)


def _verdict(
    data_class: DataClass, governing: tuple[Rule, ...], usable: list[Opener], *, kind: str, duty: bool
) -> Verdict:
    used: list[str] = []
    for row in governing:
        met, opener_id = _met(row, data_class, usable, kind=kind, duty=duty)
        if not met:
            return Verdict(data_class, governing, (), row)
        used += [opener_id] if opener_id else []
    return Verdict(data_class, governing, tuple(dict.fromkeys(used)), None if governing else _NO_ROW)


def _met(row: Rule, data_class: DataClass, usable: list[Opener], *, kind: str, duty: bool) -> tuple[bool, str]:
    """Whether a row lets the class through, and the id of the form it leans on."""
    if row.outcome == "deny" or (row.sud_duty and not duty):
        return False, ""
    needs = row.needs
    if row.outcome == "permit":
        if not row.kinds or kind in row.kinds:
            return True, ""
        needs = ("authorization",)
    for opener in usable:
        if opener.classes & data_class and not opener.needs.isdisjoint(needs):
            return True, opener.id
    return False, ""


_NO_ROW = Rule(
    id="NO-ROW",
    citation="Hallway: no rule, no release",
    source="design",
    from_on=library.BASELINE,
    relations=(),
    purposes=(),
    classes=(),
    outcome="deny",
    sentence="No rule speaks of this, so it stays.",
)


def base(
    setting: Setting, openers: tuple[Opener, ...] = (), *, author: int = 0, kind: str = "", duty: bool = False
) -> Base:
    """What flows for items of one author and kind, folded into a mask."""
    if not openers:
        return _base_without_forms(setting, kind, duty)
    return _fold(judge(setting, openers, author=author, kind=kind, duty=duty))


@lru_cache(maxsize=8192)
def _base_without_forms(setting: Setting, kind: str, duty: bool) -> Base:
    return _fold(judge(setting, (), kind=kind, duty=duty))


def _fold(verdicts: tuple[Verdict, ...]) -> Base:
    mask = 0
    rule_ids: dict[str, None] = {}
    openers: dict[str, None] = {}
    obligations: dict[str, None] = {}
    for verdict in verdicts:
        if verdict.flows:
            mask |= verdict.data_class
            openers.update(dict.fromkeys(verdict.openers))
            name = "*" if verdict.data_class is DataClass.GENERAL else verdict.data_class.name
            for row in verdict.rules:
                rule_ids[row.id] = None
                obligations.update(
                    (f"{name}/{duty}", None) for duty in row.obligations if f"*/{duty}" not in obligations
                )
    return Base(int(mask), tuple(rule_ids), tuple(openers), tuple(obligations))


Gate = Literal["open", "pen_before", "pen_signed", "shut"]


def leading(verdicts: Iterable[Verdict]) -> Verdict | None:
    """Of the verdicts that block, the one to name first: what no signature opens, then the narrowest form."""
    order = (
        "deny",
        "psy_auth",
        "sud_note_consent",
        "part2_consent",
        "hiv_consent",
        "state_consent",
        "state_request",
        "authorization",
    )

    def rank(verdict: Verdict) -> int:
        row = verdict.blocking
        assert row is not None
        asked = ("deny",) if row.outcome == "deny" or row.sud_duty else row.needs
        return min((order.index(need) for need in asked if need in order), default=len(order))

    return min((verdict for verdict in verdicts if not verdict.flows), key=rank, default=None)
