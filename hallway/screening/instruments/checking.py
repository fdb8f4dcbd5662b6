"""What must be true of every instrument's file: names meet, ranges close, codes pass their check digit. Pure."""

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from hallway.screening.instruments.scoring import is_range, questions_of
from hallway.screening.instruments.shapes import Instrument, Question, Scale, Step, Text, When

_LOINC = re.compile(r"((?:LA|LL|LP)?\d{1,6})-(\d)\Z")


def is_loinc(code: str) -> bool:
    """Whether the check digit of a LOINC code, answer, list or part is right: mod 10, letters as their place after "0".

    Regenstrief's user guide gives the rule for numbers; the one for letters agrees with every LA code of US Core.
    """
    found = _LOINC.match(code)
    if found is None:
        return False
    added = 0
    for place, sign in enumerate(reversed(found[1])):
        value = ord(sign) - ord("0")
        added += value if place % 2 else 2 * value - value // 5 * 9
    return (10 - added % 10) % 10 == int(found[2])


def faults(instruments: Sequence[Instrument]) -> list[str]:
    """A sentence for every fault; empty where the files may be used."""
    keys = [instrument.key for instrument in instruments]
    found = [f"{key} is there twice" for key in {key for key in keys if keys.count(key) > 1}]
    by_key = {instrument.key: instrument for instrument in instruments}
    for instrument in instruments:
        found += [f"{instrument.key}: {fault}" for fault in _names(instrument) or _meanings(instrument, by_key)]
    return found


def _meanings(instrument: Instrument, by_key: dict[str, Instrument]) -> list[str]:
    """What can be looked at once every name stands for one thing."""
    checks = (_codes, _words, _totals, _bands, _order, _tests, _rows)
    found = [fault for check in checks for fault in check(instrument)]
    return found + [fault for step in instrument.steps_to for fault in _step(instrument, step, by_key)]


def _twice(names: Iterable[str]) -> set[str]:
    listed = list(names)
    return {name for name in listed if listed.count(name) > 1}


def _names(instrument: Instrument) -> list[str]:
    scales, keys = [scale.key for scale in instrument.scales], [question.key for question in instrument.questions]
    found = [f"question {key} is there twice" for key in _twice(keys)]
    found += [f"scale {key} is there twice" for key in _twice(scales)]
    for name, choices in instrument.answer_lists.items():
        found += [f"answer {key} of {name} is there twice" for key in _twice(choice.key for choice in choices)]
    for question in instrument.questions:
        if question.answers not in instrument.answer_lists:
            found.append(f"{question.key} has no answers")
        if question.subscale and question.subscale not in scales:
            found.append(f"{question.key} names a scale that is not there")
    named = {key for scale in instrument.scales for key in scale.questions}
    named |= {key for step in instrument.steps_to for key in step.carries}
    return found + [f"{key} is named and is no question" for key in sorted(named - set(keys))]


def _codes(instrument: Instrument) -> Iterable[str]:
    codes = [instrument.panel_code, instrument.total_code]
    codes += [question.code for question in instrument.questions]
    codes += [scale.code for scale in instrument.scales] + [band.code for band in instrument.bands]
    codes += [choice.code for choices in instrument.answer_lists.values() for choice in choices]
    codes += [code for one in instrument.spread for code in (one.code, one.answer)]
    yield from (f"{code} fails its check digit" for code in codes if code and not is_loinc(code))
    doubled = _twice(question.code for question in instrument.questions if question.code)
    yield from (f"{code} stands for two questions" for code in doubled)
    own = {question.code for question in instrument.questions}
    yield from (f"{fault.code} is called a fault and used" for fault in instrument.faults if fault.code in own)


def _words(instrument: Instrument) -> Iterable[str]:
    texts: list[Text] = [question.text for question in instrument.questions]
    texts += [choice.text for choices in instrument.answer_lists.values() for choice in choices]
    optional = [instrument.introduction, *(question.lead for question in instrument.questions)]
    texts += [text for text in optional if text]
    for pack in instrument.language_packs:
        lacking = sum(not text.get(pack.code) for text in texts)
        if lacking:
            yield f"{lacking} texts are not there in {pack.code}"
        if not pack.verified and not pack.why:
            yield f"its {pack.code} does not say why it is not verified"
    if not instrument.text_ships and any(texts):
        yield "it holds text that its licence does not let ship"
    if not instrument.verified and not instrument.unverified:
        yield "it does not say what is not verified"


def _totals(instrument: Instrument) -> Iterable[str]:
    if instrument.scoring.total == "sum":
        low, high = _reach(instrument, instrument.scored)
        if (low, high) != (instrument.scoring.low, instrument.scoring.high):
            yield f"its total goes from {low} to {high}"


def _reach(instrument: Instrument, questions: Iterable[Question], counting: Scale | None = None) -> tuple[int, int]:
    """The least and the greatest sum for anybody: a question for one gender alone counts for that one."""
    listed = list(questions)
    by_gender = [
        [question for question in listed if not question.only_for.genders or gender in question.only_for.genders]
        for gender in ("male", "female")
    ]
    ends = [[_points(instrument, question, counting) for question in asked] for asked in by_gender]
    return min(sum(low for low, _ in one) for one in ends), max(sum(high for _, high in one) for one in ends)


def _points(instrument: Instrument, question: Question, counting: Scale | None) -> tuple[int, int]:
    points = [choice.points for choice in instrument.answer_lists[question.answers] if not choice.is_no_answer]
    if counting is not None:
        points = [int(one >= counting.counted_from) for one in points]
    return (0 if question.ask_if else min(points)), max(points)


def _bands(instrument: Instrument) -> Iterable[str]:
    """Ranges of one scale for one kind of person meet end to end."""
    for scale in {band.scale for band in instrument.bands if is_range(band)}:
        rows = [band for band in instrument.bands if is_range(band) and band.scale == scale]
        for genders in {band.who.genders for band in rows}:
            ranges = sorted((band.low, band.high) for band in rows if band.who.genders == genders)
            ends = [*_ends(instrument, scale)]
            met = [ranges[0][0], *(high for _, high in ranges)]
            gaps = any(later[0] != earlier[1] + 1 for earlier, later in pairwise(ranges))
            if gaps or [met[0], met[-1]] != ends:
                yield f"the bands of {scale} leave a gap or overlap"


def _ends(instrument: Instrument, scale: str) -> tuple[int, int]:
    if scale == "total":
        return instrument.scoring.low, instrument.scoring.high
    row = next(row for row in instrument.scales if row.key == scale)
    return _reach(instrument, questions_of(instrument, row), row if row.how == "count" else None)


def _tests(instrument: Instrument) -> Iterable[str]:
    whens: list[When] = [question.ask_if for question in instrument.questions]
    whens += [band.when for band in instrument.bands] + [cut_off.when for cut_off in instrument.cut_offs]
    whens += [step.when for step in instrument.steps_to]
    scales = {"total", *(scale.key for scale in instrument.scales)}
    for test in (test for when in whens for line in when for test in line):
        if bool(test.question) == bool(test.scale) or (test.scale and test.scale not in scales):
            yield "a test names no question or scale, or both"
        elif test.question:
            yield from _answers(instrument, test.question, test.answers)


def _rows(instrument: Instrument) -> Iterable[str]:
    scales = {"total", *(scale.key for scale in instrument.scales)}
    for one in instrument.spread:
        yield from _answers(instrument, one.means, (one.given, one.otherwise))
    for row in instrument.critical:
        if row.band:
            yield from () if row.band in {band.key for band in instrument.bands} else ("a critical row names no band",)
        elif row.question:
            yield from _answers(instrument, row.question, row.answers)
        elif row.scale not in scales:
            yield "a critical row names no question and no scale"


def _order(instrument: Instrument) -> Iterable[str]:
    before: set[str] = set()
    for question in instrument.questions:
        named = {test.question for line in question.ask_if for test in line if test.question}
        if named - before:
            yield f"{question.key} is asked by the answer to a later question"
        before.add(question.key)


def _answers(instrument: Instrument, question: str, answers: Iterable[str]) -> Iterable[str]:
    if question not in {one.key for one in instrument.questions}:
        yield f"a test names {question}, which is not there"
        return
    unknown = set(answers) - {choice.key for choice in instrument.choices(question)}
    if unknown or not answers:
        yield f"a test names answers that {question} does not have"


def _step(instrument: Instrument, step: Step, by_key: dict[str, Instrument]) -> Iterable[str]:
    target = by_key.get(step.to)
    if target is None:
        yield f"it steps to {step.to}, which is not there"
        return
    theirs = {question.key for question in target.questions}
    for here, there in step.carries.items():
        if there not in theirs:
            yield f"it carries to {there} of {step.to}, which is not there"
            continue
        given = {choice.key: choice.points for choice in instrument.choices(here)}
        taken = {choice.key: choice.points for choice in target.choices(there)}
        if any(taken.get(key) != points for key, points in given.items()):
            yield f"the answers to {here} are not those of {there} of {step.to}"
