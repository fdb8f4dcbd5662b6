"""The patient's state changes: T6, T9, T10, T23 to T25, T31 again, each in its own words. Pure."""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime

from hallway.app.witness.moments.scanning import (
    BH,
    BOTH,
    HERE,
    OTHER_SIDE,
    PC,
    Moment,
    Record,
    Rule,
    never,
    of,
    spread,
    told,
)
from hallway.app.witness.moments.things import DAY, ENDED, PAST, Thing

_OVER = PAST[:2]
_PHQ9, _GAD7 = ("44261-6", "89204-2"), ("70274-6",)


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


def _number(one: Thing, codes: Iterable[str]) -> float:
    return next(one.numbers[code] for code in codes if code in one.numbers)


def _scores(record: Record, codes: tuple[str, ...]) -> list[Thing]:
    held = [one for one in record.all("Observation") if set(codes) & set(one.numbers)]
    return [one for one in held if one.status not in ("cancelled", "registered", "unknown")]


def _t6(record: Record) -> Iterator[Moment]:
    found = [of(one) for one in _new_problems(record, ("MENTAL_OR_SUBSTANCE", "SERIOUS_MEDICAL"), PAST)]
    for codes in (_PHQ9, _GAD7):
        scores = _scores(record, codes)
        for place in range(1, len(scores)):
            before, now = scores[place - 1], scores[place]
            is_near = now.source == record.practice.id and now.at - before.at <= 180 * DAY
            if is_near and _number(now, codes) - _number(before, codes) >= 5:
                found.append(of(now, before))
    found += [of(one) for one in record.all("Flag", own=True) if one.status == "active"]
    stays = ("IMP", "ACUTE", "OBSENC", "PHP")
    found += [of(one) for one in record.all("Encounter", own=True) if one.code in stays and one.status in HERE]
    known = [one for one in found if record.has_been_coming(one.at - 30 * DAY)]
    yield from (*known, *spread(_pregnancies(record), 280))


def _pregnancies(record: Record) -> Iterator[Moment]:
    """Of one's own noting, where nothing mental is known: the perinatal rule speaks of those."""
    for one in record.all("Condition", own=True):
        drugs = (drug for drug in record.all("MedicationRequest") if drug.at <= one.at)
        minds = record.problems("MENTAL_OR_SUBSTANCE", at=one.at, past=())
        is_mental = any(other.ref != one.ref for other in minds) or any("PSYCHOTROPIC" in one.groups for one in drugs)
        is_here = record.has_been_coming(one.at - 30 * DAY)
        if "PREGNANCY" in one.sets and not one.is_past(one.at, _OVER) and not is_mental and is_here:
            yield of(one)


def _alone_or_told(record: Record, moment: Moment) -> bool:
    """Nobody of the other side is there to be told, or they were."""
    other = OTHER_SIDE.get(record.practice.side, "")
    return not record.is_treated_by(other, moment.at) or record.was_told(moment)


def _measured(
    record: Record, codes: tuple[str, ...], test: Callable[[float], bool], *, own: bool | None = True
) -> list[Moment]:
    found = [one for one in record.all("Observation", own=own) if set(codes) & set(one.numbers)]
    return [of(one) for one in found if test(_number(one, codes))]


_SCREENS = (
    ("44261-6", 10), ("89204-2", 10), ("55758-7", 3), ("70274-6", 10), ("70273-8", 3), ("75624-7", 8),
    ("82667-7", 3),
)  # fmt: skip


def _t9(record: Record) -> Iterator[Moment]:
    for code, least in _SCREENS:
        yield from _measured(record, (code,), lambda value, least=least: value >= least)
    drinks = 4 if record.practice.gender == "male" else 3
    yield from _measured(record, ("75626-2",), lambda value: value >= drinks)
    yield from (of(one) for one in _new_problems(record, ("MENTAL_OR_SUBSTANCE",), PAST))


def _is_treated_or_offered(record: Record, moment: Moment) -> bool:
    if record.is_treated_by("bh", moment.at) or record.is_answered("bh", moment.at):
        return True
    for one in record.all("ServiceRequest", own=True):
        is_it = "57133-1" in one.loincs or "behavioral-health" in one.categories
        is_named = one.is_named("psych", "therap") or any("behavioral" in name for name in one.names)
        if (is_it or is_named) and one.status != "revoked" and one.at >= moment.at - 90 * DAY:
            return True
    return False


def _t10(record: Record) -> Iterator[Moment]:
    yield from _measured(record, ("8480-6",), lambda value: value >= 180)
    yield from spread(_measured(record, ("8480-6",), lambda value: 140 <= value < 180), 30)
    yield from spread(_measured(record, ("8462-4",), lambda value: value >= 90), 30)
    yield from spread(_measured(record, ("4548-4", "17856-6"), lambda value: value >= 6.5), 30)
    yield from _measured(record, ("2345-7", "2339-0", "1558-6"), lambda value: value >= 200)
    yield from _measured(record, ("8867-4",), lambda value: value >= 120)
    signed = record.all("Observation", own=True)
    yield from (of(one, group=_measure(one)) for one in signed if one.signs & {"HH", "LL", "AA"})
    plain = [one for one in signed if one.signs & {"H", "L", "A"} and "survey" not in one.categories]
    yield from spread((of(one, group=_measure(one)) for one in plain), 30)
    yield from (of(one) for one in _new_problems(record, ("SERIOUS_MEDICAL",), _OVER))


def _measure(one: Thing) -> str:
    """What was measured: a word about one measurement serves for no other."""
    return "/".join(sorted(one.loincs or one.names))


_COLUMBIA = ("93246-7", "93247-5", "93248-3", "93249-1", "93250-9", "93267-3", "93269-9")


def _t23(record: Record) -> Iterator[Moment]:
    for one in record.all("Observation", "QuestionnaireResponse", own=True):
        if any(one.numbers.get(code, 0) > 0 for code in ("44260-8", *_COLUMBIA)):
            yield of(one, occasion=f"at/{one.at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}+00:00")


def _has_protocol(record: Record, moment: Moment) -> bool:
    return record.runs(moment, "safety")


def _t24(record: Record) -> Iterator[Moment]:
    """Every eight weeks from a high score on, as long as none is five lower and at least one more was taken."""
    for codes in (_PHQ9, _GAD7):
        scores = _scores(record, codes)
        place = 0
        while place < len(scores):
            high = _number(scores[place], codes)
            rest = scores[place + 1 :]
            better = next((n for n, one in enumerate(rest) if _number(one, codes) <= high - 5), None)
            flat = rest if better is None else rest[:better]
            if high >= 10:
                ends = None if better is None else rest[better]
                yield from _flat(record, [scores[place], *flat], ends, group=f"flat/{codes[0]}")
            if better is None:
                break
            place += 1 + better


def _flat(record: Record, scores: list[Thing], ends: Thing | None, *, group: str) -> Iterator[Moment]:
    high, *rest = scores
    for count in range(1, 1000):
        since = high.at + (count - 1) * 56 * DAY
        later = [one for one in rest if one.at > since]
        at = max(since + 56 * DAY, later[0].at) if later else since
        if not later or (ends is not None and at >= ends.at) or at > record.now + DAY:
            return
        last = [one for one in rest if one.at <= at][-1]
        if record.has_been_coming(at):
            yield of(last, high, occasion=f"{high.ref}/flat/{count}", at=at, group=group)


def _was_reviewed(record: Record, moment: Moment) -> bool:
    names = ("consultant review", "case review", "treatment plan changed")
    for one in record.all("Communication", "Task", "CarePlan"):
        if one.at >= moment.at and ("consultant-review" in one.codes or one.is_named(*names)):
            return True
    return False


def _t25(record: Record) -> Iterator[Moment]:
    known: list[Moment] = []
    gone = (*_OVER, "stopped", "completed", "cancelled", "draft")
    for one in record.all("Condition"):
        if "PREGNANCY" in one.sets and not one.is_past(one.at, _OVER):
            minds = record.problems("MENTAL_OR_SUBSTANCE", at=one.at, past=_OVER)
            drugs = [drug for drug in record.all("MedicationRequest", "MedicationStatement") if drug.at <= one.at]
            drugs = [drug for drug in drugs if "PSYCHOTROPIC" in drug.groups and not _was(drug, one, gone)]
            beside = [other for other in (*minds, *drugs) if other.ref != one.ref]
            if beside:
                known.append(of(one, *beside))
    yield from spread(known, 280)
    yield from spread(_begun_while_pregnant(record), 280)


def _was(drug: Thing, at: Thing, states: tuple[str, ...]) -> bool:
    """Whether a drug was in such a state then: one that was stopped later was taken."""
    is_draft = drug.status == "draft"
    return drug.status in states and (is_draft or drug.until is None or drug.until <= max(at.at, drug.at))


def _begun_while_pregnant(record: Record) -> Iterator[Moment]:
    for drug in record.all("MedicationRequest", own=True):
        if "PSYCHOTROPIC" in drug.groups and drug.status != "draft":
            known = record.problems("PREGNANCY", at=drug.at, past=_OVER)
            near = [one for one in known if one.at >= drug.at - 280 * DAY]
            if near:
                yield of(drug, *near, group="/".join(sorted(drug.drugs)))


def _ended_or_told(record: Record, moment: Moment) -> bool:
    """The drug has ended, or the other side knows."""
    return _has_ended(moment.first, record.now) or record.was_told(moment)


def _has_ended(one: Thing | None, now: datetime) -> bool:
    if one is None or one.kind != "MedicationRequest" or one.status not in ENDED:
        return False
    return one.until is None or one.until <= max(now, one.at)


def _t31(record: Record) -> Iterator[Moment]:
    arms: tuple[tuple[tuple[str, ...], Callable[[float], bool]], ...] = (
        (("4548-4", "17856-6"), lambda value: value > 9),
        (("8480-6",), lambda value: value >= 140),
        (("8462-4",), lambda value: value >= 90),
    )  # fmt: skip
    for codes, test in arms:
        found = _measured(record, codes, test, own=None)
        known = [(one, record.problems("MENTAL_OR_SUBSTANCE", at=one.at)) for one in found]
        yield from spread((of(one.first, *minds) for one, minds in known if minds and one.first), 90)


RULES = {
    "T6": Rule(BOTH, 60, 7, _t6, _alone_or_told),
    "T9": Rule(PC, 30, 30, _t9, _is_treated_or_offered),
    "T10": Rule(BH, 30, 7, _t10, told),
    "T23": Rule(BOTH, 7, 1, _t23, _has_protocol),
    "T24": Rule(BOTH, 60, 28, _t24, _was_reviewed),
    "T25": Rule(BOTH, 90, 60, _t25, _ended_or_told),
    "T31": Rule(PC, 60, 90, _t31, never),
}
