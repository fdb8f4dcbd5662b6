"""Every row of the law in one shape, whichever table it stands in, and the filter of the page."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from hallway.consent.tables import disclosures, library
from hallway.consent.tables.library import Rule
from hallway.consent.tables.sources import Named, named
from hallway.record.classes import DataClass
from hallway.web.law.words import (
    HOLDER_WORDS,
    class_word,
    first_up,
    kind_words,
    party_words,
    place_words,
    purpose_words,
    rule_words,
    together,
)

OUTCOMES = {"permit": "May leave", "needs": "Needs something first", "deny": "Stays"}


@dataclass(frozen=True, slots=True)
class Row:
    """One row as the page shows it. ``table`` is ``standing`` or ``disclosure``; ``says`` is its outcome in words."""

    id: str
    table: str
    jurisdiction: str
    citation: str
    source: str
    sentence: str
    says: str
    classes: tuple[str, ...]
    purposes: tuple[str, ...]
    parties: tuple[str, ...]
    conditions: tuple[str, ...]
    needs: tuple[str, ...]
    obligations: tuple[str, ...]
    from_on: date
    until_on: date | None
    verified: bool
    legal_review: bool

    @property
    def sources(self) -> tuple[Named, ...]:
        """Where it was read, by full name."""
        return named(self.source)

    @property
    def place_words(self) -> str:
        """Whose law it is."""
        return place_words(self.jurisdiction)

    @property
    def for_words(self) -> str:
        """ "Treatment, payment"."""
        return together(purpose_words(one) for one in self.purposes)

    @property
    def about_words(self) -> str:
        """What it is about; not twenty-four phrases where it is about everything."""
        if len(self.classes) == len(DataClass):
            return "Everything"
        return first_up(", ".join(class_word(DataClass[one]) for one in self.classes))

    @property
    def to_words(self) -> str:
        """Who receives."""
        return together(party_words(one) for one in self.parties)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the reader asked to see; empty is everything."""

    state: str = ""
    data_class: str = ""
    purpose: str = ""
    verified: str = ""
    review: str = ""
    table: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "Wanted":
        """From the address, whatever it holds: an unknown word finds nothing."""
        return cls(
            query.get("state", ""),
            query.get("class", ""),
            query.get("purpose", ""),
            query.get("verified", ""),
            query.get("review", ""),
            query.get("table", ""),
        )


@cache
def every() -> dict[str, Row]:
    """Every row by id."""
    standing = {row.id: row for row in map(_standing, library.rules().values())}
    topics = {row.id: topic for topic, rows in disclosures.book().topics for row in rows}
    return standing | {row.id: _disclosure(row, topics[row.id]) for row in disclosures.book().rows.values()}


ANSWERS = {
    "permit": "May leave",
    "filtered": "May leave, as far as needed",
    "notice": "May leave, with its notice",
    "needs": "Needs something first",
    "deny": "Stays",
}


def _disclosure(row: disclosures.Row, topic: disclosures.Topic) -> Row:
    """A row of the disclosure tables; what it leaves open is its topic's."""
    return Row(
        id=row.id,
        table="disclosure",
        jurisdiction=topic.state or "US",
        citation=row.citation,
        source=row.source,
        sentence=row.sentence,
        says=ANSWERS[row.outcome],
        classes=row.classes or topic.classes or tuple(one.name or "" for one in DataClass),
        purposes=tuple(aim.value for aim in row.aims or topic.aims) or ("any",),
        parties=tuple(one.value for one in row.recipients) or ("anybody",),
        conditions=tuple(f"where {disclosures.plain('fact', word)}" for word in row.when),
        needs=tuple(disclosures.plain("need", word) for word in row.needs),
        obligations=tuple(disclosures.plain("obligation", word) for word in (*row.obligations, *row.on_denial)),
        from_on=row.from_on,
        until_on=row.until_on,
        verified=row.verified,
        legal_review=row.legal_review,
    )


def _standing(rule: Rule) -> Row:
    conditions = [HOLDER_WORDS[one] for one in rule.holders] if len(rule.holders) == 1 else []
    conditions += [f"only {kind_words(rule.kinds)}"] if rule.kinds else []
    conditions += ["only people with duties in substance use care"] if rule.sud_duty else []
    return Row(
        id=rule.id,
        table="standing",
        jurisdiction=rule.jurisdiction,
        citation=rule.citation,
        source=rule.source,
        sentence=rule.sentence,
        says=OUTCOMES[rule.outcome],
        classes=tuple(one.name or "" for one in library.classes_of(rule)),
        purposes=tuple(str(one) for one in rule.purposes),
        parties=tuple(str(one) for one in rule.relations),
        conditions=tuple(conditions),
        needs=tuple(rule_words("need", word) for word in rule.needs),
        obligations=tuple(rule_words("obligation", word) for word in rule.obligations),
        from_on=rule.from_on,
        until_on=rule.until_on,
        verified=rule.verified,
        legal_review=rule.legal_review,
    )


def found(wanted: Wanted) -> list[Row]:
    """The rows that fit, in the order of their tables."""
    return [row for row in every().values() if _fits(row, wanted)]


def _fits(row: Row, wanted: Wanted) -> bool:
    checks = (
        (wanted.state, (row.jurisdiction,)),
        (wanted.data_class, row.classes),
        (wanted.purpose, row.purposes),
        (wanted.verified, ("yes" if row.verified else "no",)),
        (wanted.review, ("yes" if row.legal_review else "no",)),
        (wanted.table, (row.table,)),
    )
    return all(not asked or asked in held for asked, held in checks)


@dataclass(frozen=True, slots=True)
class Choices:
    """The words that the filter offers: those that some row holds."""

    states: tuple[str, ...]
    classes: tuple[DataClass, ...]
    purposes: tuple[str, ...]


@cache
def choices() -> Choices:
    """From the rows themselves."""
    rows = every().values()
    named = {name for row in rows for name in row.classes}
    return Choices(
        states=tuple(dict.fromkeys(row.jurisdiction for row in rows)),
        classes=tuple(one for one in DataClass if one.name in named),
        purposes=tuple(dict.fromkeys(purpose for row in rows for purpose in row.purposes)),
    )
