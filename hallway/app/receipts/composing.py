"""A line of the ledger told in full: the exact versions that the answer could hold, and the head it is sealed under.

A count's receipt names what it counted.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from functools import lru_cache

from hallway import clock
from hallway.errors import HallwayError, Kind
from hallway.ledger import chain, heads, plans
from hallway.ledger.chain import FIELDS
from hallway.ledger.queries import Written
from hallway.ledger.sealer import TEXTS
from hallway.record import queries as record
from hallway.record.classes import DataClass
from hallway.record.recount import ACTS
from hallway.storage.connection import cursor

_LINES = f"SELECT {TEXTS} FROM ledger_answer l WHERE l.id = ANY (%s::bigint[]) ORDER BY l.id"  # noqa: S608 - our own
_MOST_KEPT = 200_000
_RELEASING = """SELECT l.id FROM ledger_answer l WHERE l.plan <> '' AND l.position > 0 AND l.act = ANY (%s::text[])"""
_NEWEST = _RELEASING + " ORDER BY l.id DESC LIMIT %s::bigint"
_DRAWN = _RELEASING + " ORDER BY sha256(convert_to(l.id::text, 'UTF8')) LIMIT %s::bigint"
_FORMS = """
SELECT split_part(l.detail, '/', 2), max(split_part(l.detail, '/', 3)::int) FROM ledger_line n
JOIN ledger_answer l ON l.id = n.id WHERE n.chart_id = ANY (%s::bigint[]) AND l.act LIKE 'consent.%%'
    AND l.detail ~ '^consent/[0-9a-f-]{36}/[0-9]+$' AND l.at <= to_timestamp(%s::bigint / 1000000.0)
GROUP BY 1
"""
_CHARTS, _PLAN, _POSITION = (FIELDS.index(name) for name in ("charts", "plan", "position"))
_ACT, _DETAIL, _AT = (FIELDS.index(name) for name in ("act", "detail", "at"))


@dataclass(frozen=True, slots=True, order=True)
class Served:
    """One version that flowed, with the classes it carried."""

    kind: str
    id: str
    version: int
    source: int
    author: int
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Seal:
    """The head that a line stands under; ``number`` 0: not sealed yet."""

    number: int
    hash: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """One answer. ``line`` holds the fields of the ledger's line by name; ``forms`` are consents with their version."""

    line: dict[str, str]
    rules: tuple[str, ...]
    forms: tuple[tuple[str, int], ...]
    notices: tuple[str, ...]
    items: tuple[Served, ...]
    digest: str
    head: Seal

    def to_json(self) -> str:
        """One line of JSON."""
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":"))


def receipt_of(line_id: int) -> Receipt:
    """The receipt of one line. Raises NOT_FOUND when there is no such line or it is about no release."""
    found = next(receipts_of([line_id]), None)
    if found is None:
        raise HallwayError(
            Kind.NOT_FOUND,
            "H-APP-060",
            what="The ledger has no answer of that number.",
            undone="No receipt was made.",
            to_do="Give the number of a line that read, searched or listed versions.",
        )
    return found


def lines_with_receipts(*, limit: int | None = None, sample: int = 0) -> list[int]:
    """The numbers of the lines that released resources, newest first, or a drawn sample of them."""
    with cursor() as opened:
        opened.execute(_DRAWN if sample else _NEWEST, [sorted(ACTS), sample or limit])
        return [int(row[0]) for row in opened.fetchall()]


def receipts_of(line_ids: Sequence[int]) -> Iterator[Receipt]:
    """The receipts of these lines, in the order of the lines; lines that released nothing are left out."""
    composer = Composer()
    yield from composer.receipts_of(line_ids)


@dataclass(slots=True)
class Composer:
    """Makes receipts and remembers what it has looked up. Everything it remembers lies in the past and stays so."""

    _served: dict[tuple[str, ...], tuple[Served, ...]] = field(
        default_factory=dict[tuple[str, ...], tuple[Served, ...]]
    )
    _heads: dict[int, Seal] = field(default_factory=dict[int, Seal])
    _heads_until: int = 0

    def receipts_of(self, line_ids: Sequence[int]) -> Iterator[Receipt]:
        """As the function of that name."""
        self._look_for_seals()
        with cursor() as opened:
            rows = opened.execute(_LINES.encode(), [list(line_ids)]).fetchall()
        for row in rows:
            fields = tuple(text or "" for text in row)
            if fields[_ACT] in ACTS and fields[_PLAN]:
                yield self._receipt(fields)

    def _receipt(self, fields: tuple[str, ...]) -> Receipt:
        ways = [way for of_chart in plans.parse(fields[_PLAN]) for way in of_chart]
        charts = tuple(int(chart) for chart in fields[_CHARTS].split(","))
        items = self._items(fields, charts)
        named = dict.fromkeys(name for way in ways for name in way.consent_ids)
        versions = _form_versions(charts, fields[_AT]) if named else {}
        return Receipt(
            line=dict(zip(FIELDS, fields, strict=True)),
            rules=tuple(dict.fromkeys(rule for way in ways for rule in way.rule_ids)),
            forms=tuple((name, versions.get(name, 0)) for name in named),
            notices=_notices(items, ways),
            items=items,
            digest=chain.digest_of(fields).hex(),
            head=self._heads.get(int(fields[0]), Seal(0, "")),
        )

    def _items(self, fields: tuple[str, ...], charts: tuple[int, ...]) -> tuple[Served, ...]:
        """The versions that the answer held. The same plan at the same position for the same wish holds the same."""
        key = tuple(fields[place] for place in (_CHARTS, _PLAN, _POSITION, _ACT, _DETAIL))
        if key not in self._served:
            if len(self._served) >= _MOST_KEPT:
                self._served.clear()
            found = record.items_of(_written(fields, charts))
            self._served[key] = tuple(
                Served(one.kind, one.id, one.version, one.source_org, one.author, _labels(one.mask)) for one in found
            )
        return self._served[key]

    def _look_for_seals(self) -> None:
        """Which head each sealed line stands under."""
        for head in heads.stored(after=self._heads_until):
            seal = Seal(head.number, head.hash.hex())
            self._heads.update(dict.fromkeys(chain.unpack_ids(head.ids), seal))
            self._heads_until = head.number


def _written(fields: tuple[str, ...], charts: tuple[int, ...]) -> Written:
    """The line as ``record`` takes it."""
    named = dict(zip(FIELDS, fields, strict=True))
    return Written(
        id=int(named["id"]),
        at=clock.instant_of(int(named["at"])),
        account_id=int(named["account_id"]),
        practitioner_id=int(named["practitioner_id"]),
        organization_id=int(named["organization_id"]),
        role=named["role"],
        act=named["act"],
        purpose=named["purpose"],
        route=named["route"],
        charts=charts,
        plan=named["plan"],
        epoch=int(named["epoch"]),
        position=int(named["position"]),
        detail=named["detail"],
    )


@lru_cache(maxsize=4096)
def _labels(mask: int) -> tuple[str, ...]:
    return tuple(one.name or "" for one in DataClass if one & mask)


@lru_cache(maxsize=4096)
def _bits(labels: tuple[str, ...]) -> int:
    return sum(DataClass[name].value for name in labels)


def _notices(items: Iterable[Served], ways: Sequence[plans.Way]) -> tuple[str, ...]:
    """What binds whoever lets these items flow: each way states it by class, ``*`` for every class."""
    owed: set[str] = set()
    for source, author, kind, labels in {(one.source, one.author, one.kind, one.labels) for one in items}:
        for way in ways:
            if (
                way.source_org == source
                and not _bits(labels) & ~way.allow
                and way.author in (0, author)
                and (not way.kinds or kind in way.kinds)
            ):
                stated = (duty.partition("/") for duty in way.obligations)
                owed |= {duty for name, _, duty in stated if name == "*" or name in labels}
    return tuple(sorted(owed))


def _form_versions(charts: tuple[int, ...], at: str) -> dict[str, int]:
    """Form -> the number it had then, by the ledger's own lines of its steps."""
    with cursor() as opened:
        opened.execute(_FORMS, [list(charts), at])
        return {str(row[0]): int(row[1]) for row in opened.fetchall()}
