"""Functions over texts and numbers. Regexes that could hang are refused unless they are ours."""

import math
import re
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache
from typing import cast

from hallway.standards.fhir.path.functions.base import Compiled, Function, Make, plain, with_one
from hallway.standards.fhir.path.functions.regexes import OF_ONE_STEP, cost, steps
from hallway.standards.fhir.path.running import Env, PathRunError, Run, Step, single, text, whole_number
from hallway.standards.fhir.path.syntax import NotSupportedError, Tree
from hallway.standards.fhir.path.values import Items, Quantity, is_number


@lru_cache(maxsize=512)
def _regex(pattern: str, *, trusted: bool) -> "re.Pattern[str]":
    if not trusted and cost(pattern) is None:
        raise PathRunError("The regex could take too long and is not run.")
    try:
        return re.compile(pattern, re.DOTALL)
    except (re.error, RecursionError, OverflowError):
        raise PathRunError("A regex is not written as it should be.") from None


def _matching(work: Callable[["re.Pattern[str]", str], object]) -> Function:
    def make(made: Compiled, parts: tuple[Tree, ...]) -> Step:
        argument, trusted = made.run(parts[0]), made.trusted
        if parts[0].kind == "literal" and type(parts[0].value) is str:
            _checked(parts[0].value, trusted=trusted)

        def step(found: Items, env: Env) -> Items:
            subject, pattern = text(found), text(argument(env))
            if subject is None or pattern is None:
                return []
            _refuse_long(pattern, subject, env, trusted=trusted)
            return [work(_regex(pattern, trusted=trusted), subject)]

        return step

    return 1, 1, make


def _refuse_long(pattern: str, subject: str, env: Env, *, trusted: bool) -> None:
    """Refuse what could take too long, and count what it may take: one of ours a step for each letter."""
    worst = 0 if trusted else steps(pattern, subject)
    if worst is None:
        raise PathRunError("The regex could take too long on this text and is not run.")
    env.spend(max(len(subject), worst // OF_ONE_STEP))


def _checked(pattern: str, *, trusted: bool) -> None:
    try:
        _regex(pattern, trusted=trusted)
    except PathRunError as error:
        raise NotSupportedError(str(error)) from None


def _replace_matches(made: Compiled, parts: tuple[Tree, ...]) -> Step:
    pattern_run, new_run, trusted = made.run(parts[0]), made.run(parts[1]), made.trusted

    def step(found: Items, env: Env) -> Items:
        subject, pattern, new = text(found), text(pattern_run(env)), text(new_run(env))
        if subject is None or pattern is None or new is None:
            return []
        env.spend(len(subject) * (1 + len(new)))
        if not pattern:
            return [subject]
        _refuse_long(pattern, subject, env, trusted=trusted)
        groups = re.sub(r"\$(\d+)", r"\\g<\1>", new.replace("\\", "\\\\"))
        groups = re.sub(r"\$\{(\w+)\}", r"\\g<\1>", groups)
        try:
            return [_regex(pattern, trusted=trusted).sub(groups, subject)]
        except (re.error, IndexError):
            raise PathRunError("A replacement names a group that is not there.") from None

    return step


def _two_texts(work: Callable[[str, str], object]) -> Function:
    def run(found: Items, argument: Items, env: Env) -> Items:
        one, other = text(found), text(argument)
        if one is None or other is None:
            return []
        env.spend(len(one))
        return [work(one, other)]

    return with_one(run)


def _one_text(work: Callable[[str], object]) -> Function:
    def run(found: Items, env: Env) -> Items:
        one = text(found)
        if one is None:
            return []
        env.spend(len(one))
        return [work(one)]

    return plain(run)


def _one_text_to_many(work: Callable[[str], Items]) -> Function:
    def run(found: Items, env: Env) -> Items:
        one = text(found) or ""
        env.spend(len(one))
        return work(one)

    return plain(run)


def _replace(made: Compiled, parts: tuple[Tree, ...]) -> Step:
    old_run, new_run = made.run(parts[0]), made.run(parts[1])

    def step(found: Items, env: Env) -> Items:
        one, old, new = text(found), text(old_run(env)), text(new_run(env))
        if one is None or old is None or new is None:
            return []
        env.spend(len(one) * (1 + len(new)))
        return [one.replace(old, new)]

    return step


def _substring(made: Compiled, parts: tuple[Tree, ...]) -> Step:
    start_run = made.run(parts[0])
    length_run: Run | None = made.run(parts[1]) if len(parts) > 1 else None

    def step(found: Items, env: Env) -> Items:
        one, start = text(found), whole_number(start_run(env))
        if one is None or start is None or not 0 <= start < max(len(one), 1):
            return []
        length = whole_number(length_run(env)) if length_run is not None else None
        env.spend(len(one))
        if length is None:
            return [one[start:]]
        return [one[start : start + max(length, 0)]]

    return step


def _split(one: str, mark: str) -> Items:
    return list(one.split(mark)) if mark else list(one)


def _splitting(found: Items, argument: Items, env: Env) -> Items:
    one, mark = text(found), text(argument)
    env.spend(len(one or ""))
    return [] if one is None or mark is None else _split(one, mark)


def _joining(made: Compiled, parts: tuple[Tree, ...]) -> Step:
    mark_run: Run = made.run(parts[0]) if parts else lambda _: [""]

    def step(found: Items, env: Env) -> Items:
        mark = text(mark_run(env)) or ""
        texts = [text([one]) or "" for one in found]
        env.spend(sum(len(one) for one in texts) + len(mark) * len(texts))
        return [mark.join(texts)] if texts else []

    return step


def _number(found: Items) -> object | None:
    one = single(found)
    if one is None or is_number(one) or type(one) is Quantity:
        return one
    raise PathRunError("A number is asked for.")


def _math(work: Callable[[Decimal], object]) -> Function:
    def run(found: Items, _: Env) -> Items:
        one = _number(found)
        if one is None:
            return []
        try:
            if type(one) is Quantity:
                return [one._replace(value=cast("Decimal", work(one.value)))]
            return [work(cast("Decimal", one))]
        except (ValueError, InvalidOperation, OverflowError, ArithmeticError):
            return []

    return plain(run)


def _math_with(work: Callable[[Decimal, Decimal], object]) -> Function:
    def run(found: Items, argument: Items, _: Env) -> Items:
        one, other = _number(found), _number(argument)
        if not is_number(one) or not is_number(other):
            return []
        try:
            return [work(cast("Decimal", one), cast("Decimal", other))]
        except (ValueError, InvalidOperation, OverflowError, ArithmeticError):
            return []

    return with_one(run)


def _power(one: Decimal, other: Decimal) -> object:
    if abs(other) > 1000 or abs(one) > 10**30:
        raise ValueError
    if type(one) is int and type(other) is int and other >= 0:
        return one**other
    return Decimal(one) ** Decimal(other)


def _round(made: Compiled, parts: tuple[Tree, ...]) -> Step:
    places_run: Run = made.run(parts[0]) if parts else lambda _: [0]

    def step(found: Items, env: Env) -> Items:
        one, places = _number(found), whole_number(places_run(env)) or 0
        if not is_number(one) or not 0 <= places <= 28:
            return []
        return [Decimal(cast("Decimal", one)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)]

    return step


def _sqrt(one: Decimal) -> object:
    return Decimal(one).sqrt()


_FULL: Make = _matching(lambda pattern, subject: pattern.fullmatch(subject) is not None)[2]

FUNCTIONS: dict[str, Function] = {
    "matches": _matching(lambda pattern, subject: pattern.search(subject) is not None),
    "matchesFull": (1, 1, _FULL),
    "replaceMatches": (2, 2, _replace_matches),
    "replace": (2, 2, _replace),
    "startsWith": _two_texts(str.startswith),
    "endsWith": _two_texts(str.endswith),
    "contains": _two_texts(lambda one, other: other in one),
    "indexOf": _two_texts(str.find),
    "length": _one_text(len),
    "upper": _one_text(str.upper),
    "lower": _one_text(str.lower),
    "trim": _one_text(str.strip),
    "substring": (1, 2, _substring),
    "split": with_one(_splitting),
    "join": (0, 1, _joining),
    "toChars": _one_text_to_many(lambda one: [*one]),
    "abs": _math(abs),
    "ceiling": _math(math.ceil),
    "floor": _math(math.floor),
    "truncate": _math(math.trunc),
    "sqrt": _math(_sqrt),
    "exp": _math(lambda one: Decimal(one).exp()),
    "ln": _math(lambda one: Decimal(one).ln()),
    "log": _math_with(lambda one, base: Decimal(one).ln() / Decimal(base).ln()),
    "power": _math_with(_power),
    "round": (0, 1, _round),
}
