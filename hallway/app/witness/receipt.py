"""Replays receipts: the line against the ledger and its head, the ways out against the rows, each item against both.

A receipt is checked against facts as they were at the instant of its line, and against the versions that stood at its
position. What differs is said in sentences without a name and without a clinical word.
"""

import hashlib
import json
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import cast

from hallway import clock
from hallway.app.witness import reading, searched
from hallway.app.witness.facts import Asker, Facts, Thing
from hallway.app.witness.judge import Ask, may
from hallway.app.witness.plan import WayOut, unlawful
from hallway.app.witness.reading import Held, Version
from hallway.app.witness.seals import FIELDS, Seals
from hallway.app.witness.wish import wish_of

SLACK = timedelta(seconds=5)
"""A decision is as old as its line by this much at most: what began between the two may not be in it yet."""
REVIEW = frozenset({"HW-REVIEW"})
"""The rule of a reading for review: own operations, to say what a paper is that nobody could judge."""
_BEFORE_ALL = datetime.min.replace(tzinfo=UTC)
BATCH = 2000

Item = tuple[str, str, int, int, int, tuple[str, ...]]
Read = dict[str, object]


@dataclass(frozen=True, slots=True)
class Line:
    """The fields of a line that decide what its answer held."""

    at: datetime
    account: int
    person: int
    org: int
    role: str
    act: str
    purpose: str
    charts: tuple[int, ...]
    plan: str
    position: int
    detail: str

    @staticmethod
    def of(fields: dict[str, str]) -> "Line":
        """From the texts of a ledger's line."""
        return Line(
            at=clock.instant_of(int(fields["at"])),
            account=int(fields["account_id"]),
            person=int(fields["practitioner_id"]),
            org=int(fields["organization_id"]),
            role=fields["role"],
            act=fields["act"],
            purpose=fields["purpose"],
            charts=tuple(int(chart) for chart in fields["charts"].split(",") if chart),
            plan=fields["plan"],
            position=int(fields["position"]),
            detail=fields["detail"],
        )


@dataclass(frozen=True, slots=True)
class Replay:
    """What the rows and the record say that an answer held, and why."""

    faults: tuple[str, ...]
    items: frozenset[Item]
    rules: frozenset[str]
    papers: frozenset[tuple[str, int]]
    notices: frozenset[str]


@dataclass(slots=True)
class Witness:
    """Replays receipts in batches. Facts and versions are read once a chart; the same question is judged once."""

    trust_ledger: bool = True
    """False: judge by rows and facts alone, as if the ledger's word were not to be had."""
    seals: Seals = field(default_factory=Seals)
    _facts: dict[int, Facts] = field(default_factory=dict[int, Facts])
    _held: dict[int, Held] = field(default_factory=dict[int, Held])
    _edges: dict[int, list[datetime]] = field(default_factory=dict[int, list[datetime]])
    _replays: dict[tuple[object, ...], Replay] = field(default_factory=dict[tuple[object, ...], Replay])
    _duties: dict[tuple[int, int, str], list[tuple[object, object]]] = field(default_factory=dict)
    _patients: dict[int, int] = field(default_factory=dict[int, int])
    _tokens: dict[Version, frozenset[str]] = field(default_factory=dict[Version, frozenset[str]])

    def verify(self, receipts: Iterable[Read]) -> Iterator[tuple[Read, list[str]]]:
        """Each receipt with what is wrong with it: nothing when it replays."""
        batch: list[Read] = []
        for one in receipts:
            batch.append(one)
            if len(batch) == BATCH:
                yield from self._batch(batch)
                batch = []
        yield from self._batch(batch)

    def _batch(self, batch: Sequence[Read]) -> Iterator[tuple[Read, list[str]]]:
        lines = [_fields_of(one) for one in batch]
        ledger = self.seals.lines([int(fields["id"]) for fields in lines if fields])
        self._learn(Line.of(fields) for fields in lines if fields)
        for one, fields in zip(batch, lines, strict=True):
            yield one, self._check(one, fields, ledger) if fields else ["It is no receipt."]

    def _learn(self, lines: Iterable[Line]) -> None:
        """Read what the batch needs of charts that are new to us."""
        new = sorted({chart for line in lines for chart in line.charts} - self._facts.keys())
        if not self._duties:
            self._duties = cast("dict[tuple[int, int, str], list[tuple[object, object]]]", reading.duties())
            self._patients = reading.charts_of_patients()
        if new:
            self._facts.update(reading.facts_of(new))
            self._held.update(reading.held_by(new))
            others = {chart for held in self._held.values() for found in held.members.values() for chart, _ in found}
            more = sorted(others - self._facts.keys())
            self._facts.update(reading.facts_of(more) if more else {})

    def _check(self, receipt: Read, fields: dict[str, str], ledger: dict[int, tuple[str, ...]]) -> list[str]:
        found = self._against_ledger(receipt, fields, ledger) if self.trust_ledger else []
        replay = self.replay(Line.of(fields))
        items = _items_of(receipt)
        stated = {
            "rules": (frozenset(_texts(receipt, "rules")), replay.rules),
            "forms": (_forms_of(receipt), replay.papers),
            "notices": (frozenset(_texts(receipt, "notices")), replay.notices),
        }
        found += list(replay.faults)
        found += [f"The {name} are not those of the answer." for name, (said, is_so) in stated.items() if said != is_so]
        if extra := len(items - replay.items):
            found.append(f"{extra} items are named that were not in the answer as they are named.")
        if lost := len(replay.items - items):
            found.append(f"{lost} items that were in the answer are not named.")
        return found

    def _against_ledger(self, receipt: Read, fields: dict[str, str], ledger: dict[int, tuple[str, ...]]) -> list[str]:
        """The line is the ledger's, word for word, and stands under the head that is named."""
        written = ledger.get(int(fields["id"]))
        if written is None:
            return ["The ledger has no such line."]
        found = [
            f"The line's {name} is not what the ledger says."
            for name, text in zip(FIELDS, written, strict=True)
            if fields.get(name) != text
        ]
        digest = hashlib.sha256("\x1f".join(written).encode()).hexdigest()
        if receipt.get("digest") != digest:
            found.append("The digest is not the line's.")
        head = cast("dict[str, object]", receipt.get("head") or {})
        return found + self.seals.faults(int(fields["id"]), int(str(head.get("number", 0))), str(head.get("hash", "")))

    def replay(self, line: Line) -> Replay:
        """What an answer held, judged anew; a second look just before what began while it was being made."""
        first = self._judged(line, line.at)
        if not first.faults and first.items == self._planned(line, line.at):
            return first
        for edge in self._recent(line):
            again = self._judged(line, edge)
            if not again.faults and again.items == self._planned(line, edge):
                return again
        return first

    def _planned(self, line: Line, at: datetime) -> frozenset[Item]:
        """What the ways out of the line itself let through, of what stood then."""
        ways = [way for of_chart in ways_of(line.plan) for way in of_chart]
        passed = [one for one, classes in self._stood(line) if _passes(ways, one, classes)]
        return frozenset(_named(one) for one in self._page(line, passed))

    def _recent(self, line: Line) -> list[datetime]:
        edges = [edge for chart in line.charts for edge in self._edges_of(chart)]
        return [edge - timedelta(microseconds=1) for edge in edges if line.at - SLACK <= edge <= line.at]

    def _edges_of(self, chart: int) -> list[datetime]:
        if chart not in self._edges:
            self._edges[chart] = self._facts[chart].edges()
        return self._edges[chart]

    def _judged(self, line: Line, at: datetime) -> Replay:
        """Judged once for each stretch of time in which no fact begins or ends, day by day."""
        between = tuple(bisect_right(self._edges_of(chart), at) for chart in line.charts)
        key = (line.account, line.person, line.org, line.role, line.act, line.purpose, line.charts, line.plan,
               line.position, line.detail, between, at.date())  # fmt: skip
        if key not in self._replays:
            self._replays[key] = self._judge(line, at)
        return self._replays[key]

    def _judge(self, line: Line, at: datetime) -> Replay:
        stated = ways_of(line.plan)
        asks = {chart: self._ask(line, chart, at) for chart in line.charts}
        ways = [way for of_chart in stated for way in of_chart]
        if ways and all(way.rules == REVIEW for way in ways):
            return self._reviewed(line, ways)
        faults: list[str] = []
        if len(stated) != len(line.charts):
            faults.append("The plan does not speak of each chart.")
        for chart, of_chart in zip(line.charts, stated, strict=False):
            faults += unlawful(asks[chart], of_chart)
        open_to = [one for one, classes in self._stood(line) if self._flows(asks, one, classes, line.position)]
        flowed = self._page(line, open_to)
        papers = {name for way in ways for name in way.papers}
        return Replay(
            faults=tuple(dict.fromkeys(faults)),
            items=frozenset(_named(one) for one in flowed),
            rules=frozenset(rule for way in ways for rule in way.rules),
            papers=frozenset((name, self._version(line, name, at)) for name in papers),
            notices=_owed(flowed, ways),
        )

    def _reviewed(self, line: Line, ways: list[WayOut]) -> Replay:
        """One paper that nobody has judged, read by the practice it came from (or by Hallway) to say what it is."""
        passed = [one for one, classes in self._stood(line) if _passes(ways, one, classes)]
        # Hallway's own work belongs to no organization; a program does, and decides nothing.
        is_hallway = line.role == "system" and not line.org
        of_practice = is_hallway or (line.role != "system" and all(way.source == line.org for way in ways))
        is_one = bool(wish_of(line.detail).id) and line.purpose == "OPS" and line.act == "read"
        # Hallway reads again what was decided, to take a decision back.
        waits = is_hallway or all("UNCLASSIFIED" in one.classes for one in passed)
        is_lawful = of_practice and is_one and waits
        return Replay(
            faults=() if is_lawful else ("It was no reading of a paper that waits, by the practice it waits at.",),
            items=frozenset(map(_named, passed)),
            rules=REVIEW,
            papers=frozenset(),
            notices=_owed(passed, ways),
        )

    def _ask(self, line: Line, chart: int, at: datetime) -> Ask:
        facts = self._facts[chart]
        days = self._duties.get((line.person, line.org, line.role), [])
        today = at.date()
        duty = any(cast("object", begins) <= today and (ends is None or today < ends) for begins, ends in days)  # type: ignore[operator]
        own = self._patients.get(line.account, 0)
        acts = next((one.id for one in facts.acts if one.account == line.account and one.during.holds(at)), 0)
        is_acting = line.role == "representative"
        asker = Asker(line.org, line.person, line.role, duty, chart if is_acting else own, acts if is_acting else 0)
        return Ask(asker, line.purpose, facts, at)

    def _version(self, line: Line, paper: str, at: datetime) -> int:
        found = [one for chart in line.charts for one in self._facts[chart].papers if one.id == paper]
        return found[0].version(at) if found else 0

    def _stood(self, line: Line) -> list[tuple[Version, frozenset[str]]]:
        """The versions asked about that stood then, with the classes they are judged by.

        An older version is judged by its own classes and by the newest's of that time: it flows only as that does.
        """
        asked = wish_of(line.detail)
        kinds, one, number = asked.kinds, asked.id, asked.version
        found: dict[tuple[int, str, str], list[Version]] = {}
        for version in self._held[line.charts[0]].versions:
            if version.position <= line.position and self._belongs(line, version):
                found.setdefault((version.home, version.kind, version.id), []).append(version)
        answer: list[tuple[Version, frozenset[str]]] = []
        for (_, kind, name), versions in found.items():
            if (kinds and kind not in kinds) or (one and name != one):
                continue
            newest = max(versions, key=lambda version: version.number)
            for version in versions:
                if _is_asked(line.act, number, version, newest):
                    answer.append((version, version.classes | newest.classes))
        return answer

    def _page(self, line: Line, found: list[Version]) -> list[Version]:
        """Within the bounds of the wish: since a day, found by tokens, behind the last page, at most so many."""
        asked = wish_of(line.detail)
        if asked.query:
            return searched.page(asked, found, self._held[line.charts[0]].versions)
        if asked.since is not None:
            found = [one for one in found if one.dated_at is not None and one.dated_at >= asked.since]
        if asked.tokens:
            found = [one for one in found if asked.tokens <= self._tokens_of(one)]
        found = sorted(found, key=_place, reverse=True)
        if asked.after is not None:
            found = [one for one in found if _place(one) < asked.after]
        return found[: asked.limit] if asked.limit else found

    def _tokens_of(self, one: Version) -> frozenset[str]:
        if one not in self._tokens:
            self._tokens[one] = reading.hashed_tokens(one)
        return self._tokens[one]

    def _belongs(self, line: Line, version: Version) -> bool:
        """Whether a version that lives in another chart belonged to this one then."""
        chart = line.charts[0]
        if version.home == chart:
            return True
        members = self._held[chart].members.get((version.home, version.kind, version.id), [])
        return any(one == chart and since <= line.position for one, since in members)

    def _flows(self, asks: dict[int, Ask], one: Version, classes: frozenset[str], position: int) -> bool:
        thing = Thing(one.source, one.author, one.kind, classes)
        if not one.is_shared:
            return may(asks[next(iter(asks))], thing)
        members = self._held[next(iter(asks))].members.get((one.home, one.kind, one.id), [])
        charts = {chart for chart, since in members if since <= position} | {next(iter(asks))}
        return all(chart in asks and may(asks[chart], thing) for chart in charts)


def _is_asked(act: str, number: int, version: Version, newest: Version) -> bool:
    if act == "history":
        return True
    if number:
        return version.number == number and not version.is_gone
    return version is newest and not version.is_gone


def _place(one: Version) -> tuple[datetime, str]:
    """Newest first, the undated last, each by id."""
    return one.dated_at or _BEFORE_ALL, one.id


_ways: dict[str, tuple[tuple[WayOut, ...], ...]] = {}


def ways_of(plan: str) -> tuple[tuple[WayOut, ...], ...]:
    """The plan of a line: JSON, one list of ways for each chart of the line."""
    if plan not in _ways:
        if len(_ways) > 50_000:
            _ways.clear()
        read = cast("list[list[list[object]]]", json.loads(plan or "[]"))
        _ways[plan] = tuple(tuple(_way(way) for way in ways) for ways in read)
    return _ways[plan]


def _way(way: list[object]) -> WayOut:
    source, mask, author, kinds, rules, papers, duties = way
    names = [frozenset(str(name) for name in cast("list[object]", one)) for one in (kinds, rules, papers, duties)]
    return WayOut(cast("int", source), reading.words(cast("int", mask)), cast("int", author), *names)


def _passes(ways: Iterable[WayOut], one: Version, classes: frozenset[str]) -> bool:
    return any(_lets(way, one, classes) for way in ways)


def _lets(way: WayOut, one: Version, classes: frozenset[str]) -> bool:
    return (
        way.source == one.source
        and classes <= way.classes
        and way.author in (0, one.author)
        and (not way.kinds or one.kind in way.kinds)
    )


def _owed(flowed: Iterable[Version], ways: Iterable[WayOut]) -> frozenset[str]:
    """The notices and duties that go with what flowed: each way's, by class and for every class."""
    owed: set[str] = set()
    for one in {(one.source, one.author, one.kind, one.classes): one for one in flowed}.values():
        for way in ways:
            if _lets(way, one, one.classes):
                texts = (text.split("/", 1) for text in way.duties or ())
                owed |= {text[1] for text in texts if text[0] in ("*", *one.classes)}
    return frozenset(owed)


def _named(one: Version) -> Item:
    return one.kind, one.id, one.number, one.source, one.author, tuple(sorted(one.classes))


def _fields_of(receipt: Read) -> dict[str, str]:
    """The texts of the line; none when it is not whole."""
    read = receipt.get("line")
    if not isinstance(read, dict):
        return {}
    fields = {str(name): str(text) for name, text in cast("dict[object, object]", read).items()}
    numbers = ("id", "at", "account_id", "practitioner_id", "organization_id", "position", "epoch")
    whole = fields.keys() == set(FIELDS) and all(fields[name].lstrip("-").isdigit() for name in numbers)
    return fields if whole and all(one.isdigit() for one in fields["charts"].split(",")) else {}


def _items_of(receipt: Read) -> frozenset[Item]:
    read = cast("list[dict[str, object]]", receipt.get("items") or [])
    return frozenset(
        (
            str(one["kind"]),
            str(one["id"]),
            int(str(one["version"])),
            int(str(one["source"])),
            int(str(one["author"])),
            tuple(sorted(str(name) for name in cast("list[object]", one["labels"]))),
        )
        for one in read
    )


def _texts(receipt: Read, name: str) -> list[str]:
    return [str(text) for text in cast("list[object]", receipt.get(name) or [])]


def _forms_of(receipt: Read) -> frozenset[tuple[str, int]]:
    read = cast("list[list[object]]", receipt.get("forms") or [])
    return frozenset((str(name), int(str(number))) for name, number in read)
