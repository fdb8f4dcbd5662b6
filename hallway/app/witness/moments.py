"""A second computation of the moments at which a practice owes a word, by brute force over plain resources. Pure.

Written from the sentences of the rules, and sharing no code with them: every rule scans the whole record again. It
speaks for the rules of ``COVERED``; ``docs/proofs.md`` says which are left to their own example tables.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from hallway.app.witness.coding import ICD, LOINC, RXNORM, ingredients, is_psychotropic, problem

DAY = timedelta(days=1)
IN_FORCE = datetime(2000, 1, 1, tzinfo=UTC)
"""Nothing fires about what was before."""
PAST = ("resolved", "inactive", "remission")
CAME = ("finished", "in-progress", "arrived", "triaged", "onleave")


@dataclass(frozen=True)
class Thing:
    """One resource as it stands: of whom, when, and what of it a rule may ask. ``numbers`` by LOINC code."""

    kind: str
    id: str
    source: int
    at: datetime
    status: str
    code: str = ""
    name: str = ""
    sets: frozenset[str] = frozenset()
    numbers: dict[str, float] = field(default_factory=dict[str, float])
    drugs: frozenset[str] = frozenset()
    until: datetime | None = None
    about: frozenset[str] = frozenset()
    to: frozenset[str] = frozenset()
    signs: frozenset[str] = frozenset()

    def is_past(self, at: datetime, states: tuple[str, ...]) -> bool:
        """Whether a problem was over at an instant: one that ended later was not."""
        return self.status in states and (self.until is None or self.until <= at)

    @property
    def ref(self) -> str:
        """Its name."""
        return f"{self.kind}/{self.id}"


@dataclass(frozen=True)
class Practice:
    """Who looks. ``others``: sides of the other practices that treat; ``own_refs``: how resources name this one."""

    id: int
    side: str
    others: frozenset[str]
    own_refs: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Moment:
    """``occasion`` as the rule's documentation names it; ``causes`` are what a word about it would name."""

    occasion: str
    at: datetime
    causes: frozenset[str]


def thing(body: dict[str, Any], rid: str, source: int, stored_at: datetime) -> Thing | None:
    """A resource as the witness sees it; None for one that was entered in error."""
    kind = body["resourceType"]
    verified = _first_code(body.get("verificationStatus"))
    if "entered-in-error" in (body.get("status"), verified) or verified == "refuted":
        return None
    concept = body.get("code") or body.get("medicationCodeableConcept") or {}
    codes = {one.get("system"): one.get("code", "") for one in concept.get("coding", [])}
    names = [concept.get("text", ""), *(one.get("display", "") for one in concept.get("coding", []))]
    name = next((one for one in names if one), "")
    begun = (body.get("period") or {}).get("start")
    written = body.get("recordedDate") or body.get("onsetDateTime") if kind == "Condition" else None
    stated = written or begun or body.get("effectiveDateTime") or body.get("authoredOn") or body.get("sent")
    is_problem = kind == "Condition"
    return Thing(
        kind=kind,
        id=rid,
        source=source,
        at=datetime.fromisoformat(stated) if stated else stored_at,
        status=_first_code(body.get("clinicalStatus")) or body.get("status", ""),
        code=codes.get(ICD, "") if is_problem else _class(body),
        name=name.lower().strip(),
        sets=problem(codes.get(ICD, ""), tuple(names)) if is_problem else frozenset(),
        numbers=_numbers(body),
        drugs=ingredients([codes[RXNORM]] if RXNORM in codes else [], names)
        if kind == "MedicationRequest"
        else frozenset(),
        until=_until(body, datetime.fromisoformat(stated) if stated else stored_at),
        signs=frozenset(_first_code(one) for one in body.get("interpretation", [])),
        about=frozenset(one["reference"] for one in body.get("about", [])),
        to=frozenset(one["reference"] for one in body.get("recipient", [])),
    )


def _class(body: dict[str, Any]) -> str:
    return body["class"].get("code", "") if isinstance(body.get("class"), dict) else ""


def _first_code(concept: dict[str, Any] | None) -> str:
    return concept["coding"][0].get("code", "") if concept and concept.get("coding") else ""


def _until(body: dict[str, Any], at: datetime) -> datetime | None:
    """When it ended; a drug that was over when it was first seen is counted for thirty days."""
    text = body.get("abatementDateTime") or body.get("dispenseRequest", {}).get("validityPeriod", {}).get("end")
    if text:
        return datetime.fromisoformat(text)
    if body["resourceType"] != "MedicationRequest":
        return None
    return at + 30 * DAY if body.get("status") in ("stopped", "completed", "cancelled", "ended") else None


def _numbers(body: dict[str, Any]) -> dict[str, float]:
    if body["resourceType"] != "Observation":
        return {}
    found: dict[str, float] = {}
    for part in (body, *body.get("component", [])):
        for one in part.get("code", {}).get("coding", []):
            if one.get("system") == LOINC and "value" in part.get("valueQuantity", {}):
                found[one["code"]] = part["valueQuantity"]["value"]
    return found


class Record:
    """All that may flow to one practice, as it stands at one instant, each reading once."""

    def __init__(self, things: Iterable[Thing], practice: Practice, now: datetime) -> None:
        """Sort it by time; a measurement that came twice under two ids is the first of them."""
        self.practice = practice
        self.now = now
        self.things: list[Thing] = []
        seen = set[object]()
        for one in sorted(things, key=lambda each: (each.at, each.kind, each.id)):
            reading = (one.at, one.source, tuple(sorted(one.numbers.items()))) if one.numbers else one.ref
            if reading not in seen:
                self.things.append(one)
            seen.add(reading)

    def all(self, kind: str, *, own: bool = False) -> list[Thing]:
        """Everything of a kind, earliest first."""
        return [one for one in self.things if one.kind == kind and (not own or one.source == self.practice.id)]

    def visits(self) -> list[Thing]:
        """Visits to this practice that were kept."""
        return [one for one in self.all("Encounter", own=True) if one.status in CAME]

    def problems(
        self, name: str, *, at: datetime, noted: datetime | None = None, past: tuple[str, ...] = PAST
    ) -> list[Thing]:
        """Problems of a set that stood at an instant, noted by then or by another one."""
        known = [one for one in self.all("Condition") if name in one.sets and one.at <= (noted or at)]
        return [one for one in known if not one.is_past(max(at, one.at), past)]

    def was_told(self, moment: Moment) -> bool:
        """Whether this practice wrote to another one about a cause, from the day before on."""
        return any(
            message.status == "completed"
            and message.at >= moment.at - DAY
            and message.about & moment.causes
            and message.to - self.practice.own_refs
            for message in self.all("Communication", own=True)
        )


def moments(rule: str, record: Record) -> dict[str, Moment]:
    """The moments of a rule that the facts hold up to now, by occasion: the earliest of each."""
    found: dict[str, Moment] = {}
    for one in sorted(COVERED[rule].find(record), key=lambda each: (each.at, each.occasion)):
        if IN_FORCE <= one.at <= record.now:
            found.setdefault(one.occasion, one)
    return found


def due(rule: str, record: Record) -> dict[str, Moment]:
    """Those among them that are fresh, and of which nobody was told where that ends the matter."""
    row = COVERED[rule]
    fresh = {key: one for key, one in moments(rule, record).items() if one.at >= record.now - row.stale_days * DAY}
    return {key: one for key, one in fresh.items() if not row.is_answered(record, one)}


# The rules, each in its own words -------------------------------------------------------------------------------------


def _of(one: Thing, *more: Thing) -> Moment:
    return Moment(one.ref, one.at, frozenset({one.ref, *(other.ref for other in more)}))


def _spread(found: Iterable[Moment], gap: timedelta) -> Iterator[Moment]:
    """Of moments that come often only those that lie so far behind the last that counted."""
    last: datetime | None = None
    for one in sorted(found, key=lambda each: (each.at, each.occasion)):
        if one.at >= IN_FORCE and (last is None or one.at - last >= gap):
            last = one.at
            yield one


def _t1(record: Record) -> Iterator[Moment]:
    """A psychotropic ordered by a behavioral practice, none having been taken in the ninety days before."""
    taken = [one for one in record.all("MedicationRequest") if is_psychotropic(one.drugs)]
    for order in taken:
        if order.source != record.practice.id:
            continue
        earlier = [one for one in taken if one.at < order.at]
        apart = [one for one in earlier if one.drugs == order.drugs or order.at - one.at >= timedelta(hours=12)]
        if not any(one.until is None or one.until >= order.at - 90 * DAY for one in apart):
            yield _of(order)


def _intakes(record: Record, gap: timedelta) -> Iterator[tuple[str, Thing]]:
    before: Thing | None = None
    for visit in record.visits():
        if before is None:
            yield "intake", visit
        elif visit.at - before.at >= gap:
            yield f"intake/{visit.id}", visit
        before = visit


def _new_with(name: str, *, past: tuple[str, ...] = PAST) -> Callable[[Record], Iterator[Moment]]:
    """A first visit, and such a problem known by two weeks after it."""

    def find(record: Record) -> Iterator[Moment]:
        for occasion, visit in _intakes(record, 365 * DAY):
            known = record.problems(name, at=visit.at, noted=visit.at + 14 * DAY, past=past)
            known = [one for one in known if "PREGNANCY" not in one.sets or name != "MEDICAL"]
            if known:
                yield Moment(occasion, visit.at, _of(visit, *known).causes)

    return find


def _t11(record: Record) -> Iterator[Moment]:
    for occasion, visit in _intakes(record, 1095 * DAY):
        yield Moment(occasion, visit.at, frozenset({visit.ref}))


def _new_problems(record: Record, names: tuple[str, ...], past: tuple[str, ...]) -> Iterator[Thing]:
    """A problem of one's own that nobody has noted before: of its first three signs, else of its name."""
    everything = record.all("Condition")
    for one in record.all("Condition", own=True):
        same = [other for other in everything if (other.at, other.id) < (one.at, one.id) and _is_same(one, other)]
        if one.sets & set(names) and not one.is_past(one.at, past) and not same:
            yield one


def _is_same(one: Thing, other: Thing) -> bool:
    if one.code:
        return one.code[:3] == other.code[:3]
    return not other.code and one.name == other.name


def _t6(record: Record) -> Iterator[Moment]:
    if not record.practice.others & {"pc" if record.practice.side == "bh" else "bh"}:
        return
    found = [_of(one) for one in _new_problems(record, ("MENTAL_OR_SUBSTANCE", "SERIOUS_MEDICAL"), PAST)]
    for codes in (("44261-6", "89204-2"), ("70274-6",)):
        scores = [one for one in record.all("Observation") if set(codes) & set(one.numbers)]
        for place in range(1, len(scores)):
            before, now = scores[place - 1], scores[place]
            is_near = now.source == record.practice.id and now.at - before.at <= 180 * DAY
            if is_near and _number(now, codes) - _number(before, codes) >= 5:
                found.append(_of(now, before))
    stays = ("IMP", "ACUTE", "OBSENC", "PHP")
    found += [_of(one) for one in record.visits() if one.code in stays and one.status in CAME[:3]]
    found += _spread(_pregnancies(record), 280 * DAY)
    for one in found:
        if any(visit.at <= one.at - 30 * DAY for visit in record.visits()):
            yield one


def _pregnancies(record: Record) -> Iterator[Moment]:
    """Of one's own noting, where nothing mental is known: the perinatal rule speaks of those."""
    for one in record.all("Condition", own=True):
        drugs = (drug for drug in record.all("MedicationRequest") if drug.at <= one.at)
        is_mental = record.problems("MENTAL_OR_SUBSTANCE", at=one.at, past=()) or any(
            is_psychotropic(drug.drugs) for drug in drugs
        )
        is_here = any(visit.at <= one.at - 30 * DAY for visit in record.visits())
        if "PREGNANCY" in one.sets and not one.is_past(one.at, PAST[:2]) and not is_mental and is_here:
            yield _of(one)


def _number(one: Thing, codes: Iterable[str]) -> float:
    return next(one.numbers[code] for code in codes if code in one.numbers)


def _measured(
    record: Record, codes: tuple[str, ...], test: Callable[[float], bool], *, own: bool = True
) -> list[Moment]:
    found = [one for one in record.all("Observation", own=own) if set(codes) & set(one.numbers)]
    return [_of(one) for one in found if test(_number(one, codes))]


_SCREENS = (
    ("44261-6", 10), ("89204-2", 10), ("55758-7", 3), ("70274-6", 10), ("70273-8", 3), ("75626-2", 4), ("75624-7", 8),
    ("82667-7", 3),
)  # fmt: skip


def _t9(record: Record) -> Iterator[Moment]:
    for code, least in _SCREENS:
        yield from _measured(record, (code,), lambda value, least=least: value >= least)
    yield from (_of(one) for one in _new_problems(record, ("MENTAL_OR_SUBSTANCE",), PAST))


def _t10(record: Record) -> Iterator[Moment]:
    yield from _measured(record, ("8480-6",), lambda value: value >= 180)
    yield from _spread(_measured(record, ("8480-6",), lambda value: 140 <= value < 180), 30 * DAY)
    yield from _spread(_measured(record, ("8462-4",), lambda value: value >= 90), 30 * DAY)
    yield from _spread(_measured(record, ("4548-4",), lambda value: value >= 6.5), 30 * DAY)
    yield from _measured(record, ("2345-7", "2339-0", "1558-6"), lambda value: value >= 200)
    yield from _measured(record, ("8867-4",), lambda value: value >= 120)
    signed = record.all("Observation", own=True)
    yield from (_of(one) for one in signed if one.signs & {"HH", "LL", "AA"})
    yield from _spread((_of(one) for one in signed if one.signs & {"H", "L", "A"}), 30 * DAY)
    yield from (_of(one) for one in _new_problems(record, ("SERIOUS_MEDICAL",), PAST[:2]))


def _t23(record: Record) -> Iterator[Moment]:
    for one in _measured(record, ("44260-8",), lambda value: value > 0):
        yield Moment(f"day/{one.at.date().isoformat()}", one.at, one.causes)


def _t30(record: Record) -> Iterator[Moment]:
    if not record.practice.others & {"pc" if record.practice.side == "bh" else "bh"}:
        return
    found: list[Moment] = []
    for visit in record.visits():
        serious = record.problems("SERIOUS_MEDICAL", at=visit.at)
        mood = record.problems("MOOD_SLEEP_OR_SUBSTANCE", at=visit.at)
        if serious and mood and visit.status in CAME[:3]:
            found.append(_of(visit, *serious, *mood))
    yield from _spread(found, 90 * DAY)


def _t31(record: Record) -> Iterator[Moment]:
    arms: tuple[tuple[tuple[str, ...], Callable[[float], bool]], ...] = (
        (("4548-4",), lambda value: value > 9),
        (("8480-6",), lambda value: value >= 140),
        (("8462-4",), lambda value: value >= 90),
    )  # fmt: skip
    for codes, test in arms:
        found = _measured(record, codes, test, own=False)
        known = [one for one in found if record.problems("MENTAL_OR_SUBSTANCE", at=one.at)]
        yield from _spread(known, 90 * DAY)


def _spoke(record: Record, moment: Moment) -> bool:
    return any(
        one.status == "completed"
        and one.at >= moment.at - 90 * DAY
        and (one.source != record.practice.id or bool(one.to - record.practice.own_refs))
        for one in record.all("Communication")
    )


def _is_treated(record: Record, moment: Moment) -> bool:
    return "bh" in record.practice.others


def _never(record: Record, moment: Moment) -> bool:
    return False


@dataclass(frozen=True)
class _Rule:
    """Of which sides, how long a moment may wait to be seen, how it is found, and what ends the matter before."""

    sides: frozenset[str]
    stale_days: int
    find: Callable[[Record], Iterator[Moment]]
    is_answered: Callable[[Record, Moment], bool] = Record.was_told


_BH, _PC, _BOTH = frozenset({"bh"}), frozenset({"pc"}), frozenset({"bh", "pc"})
COVERED: dict[str, _Rule] = {
    "T1": _Rule(_BH, 60, _t1),
    "T3": _Rule(_BH, 60, _new_with("MEDICAL")),
    "T5": _Rule(_BH, 60, _new_with("MENTAL_ILLNESS_OTHER_THAN_ADJUSTMENT")),
    "T6": _Rule(_BOTH, 60, _t6),
    "T9": _Rule(_PC, 30, _t9, _is_treated),
    "T10": _Rule(_BH, 30, _t10),
    "T11": _Rule(_PC, 14, _t11, _never),
    "T23": _Rule(_BOTH, 7, _t23, _never),
    "T30": _Rule(_BOTH, 30, _t30, _spoke),
    "T31": _Rule(_PC, 60, _t31, _never),
}
"""The rules that this computation speaks for."""
