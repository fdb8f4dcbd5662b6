"""Examples of each trigger, one line a fact: they are its documentation, and the test that it does what it says. Pure.

A line is a word for the kind, codes, ``@`` with days from today, and what else is told; ``docs/adding-a-trigger.md``
has the words. ``order drug:lithium mg=600 @-2`` is an order of this practice, two days old.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from importlib.resources import files

import msgspec

from hallway.terms import medicines, problems
from hallway.triggers.facts import Chart, Fact, Member, Offered, Running
from hallway.triggers.rules import Due, evaluate
from hallway.triggers.tables.rows import ROWS, Row

TODAY = datetime(2026, 11, 20, 12, tzinfo=UTC)
"""A Friday, at noon."""
OWN, OTHER, THIRD = 1, 2, 3
"""This practice, one of the other side, and a further one."""
_SOURCES = {"own": OWN, "other": OTHER, "third": THIRD}
_KINDS: Mapping[str, tuple[str, str, tuple[str, ...]]] = {
    "order": ("MedicationRequest", "active", ()),
    "takes": ("MedicationStatement", "active", ()),
    "dispense": ("MedicationDispense", "completed", ()),
    "problem": ("Condition", "active", ()),
    "visit": ("Encounter", "finished", ("class:AMB",)),
    "stay": ("Encounter", "finished", ("class:IMP",)),
    "emergency": ("Encounter", "finished", ("class:EMER",)),
    "episode": ("EpisodeOfCare", "active", ()),
    "result": ("Observation", "final", ()),
    "answers": ("QuestionnaireResponse", "completed", ()),
    "message": ("Communication", "completed", ()),
    "task": ("Task", "requested", ()),
    "report": ("DocumentReference", "current", ("loinc:11488-4",)),
    "referral": ("ServiceRequest", "active", ("loinc:57133-1",)),
    "request": ("ServiceRequest", "active", ()),
    "appointment": ("Appointment", "booked", ()),
    "consent": ("Consent", "active", ()),
    "plan": ("CarePlan", "active", ()),
    "careteam": ("CareTeam", "active", ()),
    "procedure": ("Procedure", "completed", ()),
    "flag": ("Flag", "active", ()),
}
"""Word, kind of resource, usual status, usual codes."""


class _Sheet(msgspec.Struct, forbid_unknown_fields=True):
    """The examples of one rule: ``[what it shows, line, line, ...]``."""

    practice: str
    fires: list[list[str]]
    silent: list[list[str]]
    team: list[str] = []


@dataclass(frozen=True, slots=True)
class Example:
    """One patient, what it shows, and whether the rule fires."""

    rule: str
    shows: str
    lines: tuple[str, ...]
    fires: bool
    practice: str
    team: tuple[str, ...]

    def chart(self) -> Chart:
        """The patient as this practice sees them."""
        return chart_of(self.lines, practice=self.practice, team=self.team)

    def found(self, rows: Mapping[str, Row] = ROWS) -> list[Due]:
        """What of the rule is due today."""
        try:
            chart = self.chart()
        except (ValueError, KeyError) as fault:
            raise ValueError(f"{self.rule}, {self.shows!r}: {fault}") from fault
        found = evaluate(chart, TODAY, {self.rule: rows[self.rule]})
        return [due for due in found.due if due.rule == self.rule]


@cache
def examples() -> tuple[Example, ...]:
    """Every example that ships, rule by rule."""
    found: list[Example] = []
    folder = files("hallway.triggers.tables") / "examples"
    for file in sorted(folder.iterdir(), key=lambda one: one.name):
        if file.name.endswith(".toml"):
            found += examples_in(file.read_bytes(), ROWS)
    return tuple(sorted(found, key=lambda one: list(ROWS).index(one.rule)))


def examples_in(text: bytes, rules: Mapping[str, Row]) -> list[Example]:
    """The examples of one file. Raises ValueError for some of a rule that is not there."""
    found: list[Example] = []
    for rule, sheet in msgspec.toml.decode(text, type=dict[str, _Sheet]).items():
        if rule not in rules:
            raise ValueError(f"There are examples of {rule}, which is no rule. Nothing was read. Rename them.")
        found += _of_sheet(rule, sheet)
    return found


def _of_sheet(rule: str, sheet: _Sheet) -> Iterator[Example]:
    for lines, fires in ((sheet.fires, True), (sheet.silent, False)):
        for shows, *rest in lines:
            team = tuple(line[5:] for line in rest if line.startswith("team ")) or tuple(sheet.team)
            facts = tuple(line for line in rest if not line.startswith("team "))
            yield Example(rule, shows, facts, fires, sheet.practice, team)


@dataclass(slots=True)
class _Making:
    """What the lines of one chart have made so far."""

    facts: dict[str, list[Fact]] = field(default_factory=dict[str, list[Fact]])
    kinds: dict[str, str] = field(default_factory=dict[str, str])
    offers: list[Offered] = field(default_factory=list[Offered])
    loops: list[Running] = field(default_factory=list[Running])


def chart_of(lines: Sequence[str], *, practice: str, team: Sequence[str] = ()) -> Chart:
    """A chart from lines. ``team``: ``own psychiatrist bh``, ``other pcp pc @-30``; by itself one clinician a side."""
    made = _Making()
    is_dead, gender = False, "female"
    for number, line in enumerate(lines):
        words = line.split()
        if words[0] == "offer":
            made.offers.append(Offered(words[1], words[2], _day(words[3]), _again(words)))
        elif words[0] == "loop":
            made.loops.append(_loop(words, number))
        elif words[0] == "died":
            is_dead = True
        elif words[0] == "male":
            gender = "male"
        else:
            fact = _fact(words, made.kinds, number)
            made.facts.setdefault(fact.kind, []).append(fact)
    return Chart(
        chart_id=1,
        practice=OWN,
        side=practice,
        birth_on=date(1980, 1, 1),
        gender=gender,
        facts={kind: tuple(found) for kind, found in made.facts.items()},
        team=tuple(_member(line) for line in team or _usual_team(practice)),
        offers=tuple(made.offers),
        loops=tuple(made.loops),
        deceased=is_dead,
    )


def _usual_team(practice: str) -> tuple[str, ...]:
    return ("own psychiatrist bh", "other pcp pc") if practice == "bh" else ("own pcp pc", "other psychiatrist bh")


def _member(line: str) -> Member:
    """``nobody`` of the other side is said by naming one's own people alone."""
    source, role, side, *days = line.split()
    organization = _SOURCES[source]
    since = _day(days[0]) if days else None
    refs = frozenset({f"Organization/{source}", f"Practitioner/{source}"})
    return Member(organization, organization * 10, role, side, since, None, refs)


def _day(text: str) -> datetime:
    return TODAY + timedelta(days=float(text.lstrip("@")))


def _again(words: Sequence[str]) -> date | None:
    text = next((word[6:] for word in words if word.startswith("again=")), "")
    return _day(text).date() if text else None


def _loop(words: Sequence[str], number: int) -> Running:
    """``loop safety @-1 referral=a``: one that this practice owes."""
    at = _day(next(word for word in words if word.startswith("@")))
    told = dict(word.split("=", 1) for word in words if "=" in word)
    closed = _day(told["closed"]) if "closed" in told else None
    owner = OTHER if "other" in words else OWN
    return Running(words[1], f"loop{number}", at, at, closed, owner, OTHER, referral=told.get("referral", ""))


def _fact(words: Sequence[str], kinds: dict[str, str], number: int) -> Fact:
    if words[0] not in _KINDS:
        raise ValueError(f"{' '.join(words)!r} begins with no kind of fact: one of {', '.join(_KINDS)}")
    kind, status, codes = _KINDS[words[0]]
    told: dict[str, str] = {}
    found = set(codes)
    source, key, at, version, is_error = OWN, f"f{number}", TODAY, 1, False
    for word in words[1:]:
        if word in _SOURCES:
            source = _SOURCES[word]
        elif word == "error":
            is_error = True
        elif word[0] == "@":
            at = _day(word)
        elif word[0] == "#":
            key = word[1:]
        elif "=" in word:
            name, _, value = word.partition("=")
            told[name] = value
            found |= {name} if ":" in name else set[str]()
        else:
            found |= _with_sets(word.replace("_", " ") if word.startswith("name:") else word, kind)
    kinds[key] = kind
    version = int(told.get("version", version))
    return Fact(
        kind=kind,
        id=key,
        version=version,
        at=at,
        recorded_at=_day(told["recorded"]) if "recorded" in told else at,
        source_org=source,
        mask=1,
        author=int(told.get("by", source * 10)),
        codes=frozenset(found),
        status=told.get("is", status),
        value=float(told["value"]) if "value" in told else None,
        about=_about(kind, told, source, kinds),
        is_error=is_error,
    )


def _with_sets(code: str, kind: str) -> set[str]:
    """A code with what our tables make of it, as the reading of a resource does."""
    system, _, value = code.partition(":")
    if system == "drug":
        value = value.replace("_", " ")
        return {f"drug:{value}", *(f"group:{group}" for group in medicines.groups(value))}
    if system == "icd10" and kind == "Condition":
        return {code, *(f"set:{one}" for one in problems.of_code(value))}
    if system == "reason_icd10":
        return {code, *(f"reason_set:{one}" for one in problems.of_code(value))}
    return {code}


_REFERENCES = {"names": "names", "based": "based_on", "focus": "focus", "in": "encounter", "part": "part_of"}


_AS_TOLD = {"mg": "daily_mg", "intent": "intent", "group": "group", "supply": "supply_days"}
_TIMES = {"end": "end_at", "changed": "modified_at"}


def _about(kind: str, told: Mapping[str, str], source: int, kinds: Mapping[str, str]) -> dict[str, str]:
    found = {name: value for name, value in told.items() if ":" in name}
    found |= {
        name: f"{kinds.get(told[word], 'Encounter')}/{told[word]}" for word, name in _REFERENCES.items() if word in told
    }
    found |= {name: told[word] for word, name in _AS_TOLD.items() if word in told}
    found |= {name: _day(told[word]).isoformat() for word, name in _TIMES.items() if word in told}
    is_sent = kind in {"Communication", "Task"}
    to = told.get("for", ("other" if source == OWN else "own") if is_sent else "")
    if to:
        found["for"] = "Patient/1" if to == "patient" else f"Organization/{to}"
    if "referral" in told:
        found["identifier"] = f"urn:uuid:{told['referral']}"
    return found
