"""Which disclosures stand in which accounting, and how repeated ones are summed. Pure.

45 CFR 164.528; 42 CFR 2.24 and 2.25.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from hallway.consent.law.asking import Aim
from hallway.consent.tables import accountings
from hallway.consent.tables.accountings import ACCOUNTINGS, AccountingKind
from hallway.record.classes import DataClass

SUBSTANCE_USE = DataClass.PART2 | DataClass.SUD_COUNSEL_NOTE


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One disclosure, or a row of like ones: to whom, what, for what, from when to when, how often.

    ``consent_ids`` are the forms it left under. ``through_record`` means read here by another practice, and not handed
    over by somebody. ``for_all`` says that a form for all who treat let it go.
    """

    first_at: datetime
    last_at: datetime
    count: int
    recipient: str
    address: str
    recipient_kind: str
    aim: str
    classes: int
    description: str
    consent_ids: frozenset[str] = frozenset()
    facts: frozenset[str] = frozenset()
    through_record: bool = False
    for_all: bool = False
    rule_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hold:
    """An agency's statement that telling the patient would impede it: from and until, both included."""

    recipient: str
    from_on: date
    until_on: date

    def covers(self, entry: Entry, on: date) -> bool:
        """Whether the entry must be left out of what the patient is given on a day (164.528(a)(2))."""
        return self.from_on <= on <= self.until_on and _same(self.recipient, entry.recipient)


@dataclass(frozen=True, slots=True)
class Account:
    """An accounting on a day: its rows, newest first, and how far back it reaches."""

    kind: AccountingKind
    from_on: date
    until_on: date
    rows: tuple[Entry, ...] = field(default_factory=tuple)

    @property
    def law(self) -> accountings.Accounting:
        """Its row of law."""
        return ACCOUNTINGS[self.kind]


def account(kind: AccountingKind, entries: Iterable[Entry], holds: Sequence[Hold], *, on: date) -> Account:
    """The accounting of one kind, as it may be given on a day."""
    law = ACCOUNTINGS[kind]
    begins = years_before(on, law.years)
    belongs = {
        AccountingKind.HIPAA: in_hipaa,
        AccountingKind.PART2: in_part2,
        AccountingKind.INTERMEDIARY: in_intermediary,
        AccountingKind.EVERYTHING: in_everything,
    }[kind]
    told = [
        entry
        for entry in entries
        if belongs(entry) and entry.last_at.date() >= begins and not any(hold.covers(entry, on) for hold in holds)
    ]
    rows = told if kind is AccountingKind.EVERYTHING else summed(told)
    return Account(kind, begins, on, tuple(sorted(rows, key=lambda row: row.last_at, reverse=True)))


def in_everything(entry: Entry) -> bool:
    """Every disclosure that is on record."""
    return entry.count > 0


def in_hipaa(entry: Entry) -> bool:
    """Neither treatment, payment, operations, nor to the patient or family, nor under a form (164.528(a)(1))."""
    aim = Aim(entry.aim)
    return (
        aim not in accountings.LEFT_OUT | accountings.TO_THE_PATIENT_OR_FAMILY | accountings.UNDER_A_FORM_ONLY
        and not entry.consent_ids
        and not entry.facts & accountings.LEFT_OUT_FACTS
    )


def in_part2(entry: Entry) -> bool:
    """Substance use records that left with consent; for treatment, payment, operations through the record only."""
    if not entry.classes & SUBSTANCE_USE or not entry.consent_ids:
        return False
    return entry.through_record or Aim(entry.aim) not in (Aim.TREAT, Aim.PAY, Aim.OPS)


def in_intermediary(entry: Entry) -> bool:
    """Substance use records that reached a practice under a consent for all who treat (2.24)."""
    return bool(entry.classes & SUBSTANCE_USE) and entry.for_all


def summed(entries: Iterable[Entry]) -> list[Entry]:
    """Repeated disclosures to one recipient for one aim as one row: first, how many, last (164.528(b)(3)).

    Only those the law lets be summed, and reads through the record, which are many by their nature.
    """
    rows: dict[tuple[object, ...], Entry] = {}
    for number, entry in enumerate(entries):
        may_sum = entry.through_record or Aim(entry.aim) in accountings.PERMITTED_BY_LAW
        same = (entry.recipient.casefold(), entry.address, entry.recipient_kind, entry.aim, entry.through_record)
        key = (*same, entry.description) if may_sum else (number,)
        rows[key] = _joined(rows[key], entry) if key in rows else entry
    return list(rows.values())


def _joined(one: Entry, other: Entry) -> Entry:
    return Entry(
        first_at=min(one.first_at, other.first_at),
        last_at=max(one.last_at, other.last_at),
        count=one.count + other.count,
        recipient=one.recipient,
        address=one.address,
        recipient_kind=one.recipient_kind,
        aim=one.aim,
        classes=one.classes | other.classes,
        description=one.description,
        consent_ids=one.consent_ids | other.consent_ids,
        facts=one.facts | other.facts,
        through_record=one.through_record,
        for_all=one.for_all or other.for_all,
        rule_ids=tuple(dict.fromkeys((*one.rule_ids, *other.rule_ids))),
    )


def years_before(on: date, years: int) -> date:
    """The same day so many years earlier; 1 March for 29 February."""
    try:
        return on.replace(year=on.year - years)
    except ValueError:
        return on.replace(year=on.year - years, month=3, day=1)


def _same(one: str, other: str) -> bool:
    return " ".join(one.casefold().split()) == " ".join(other.casefold().split())
