"""The values of one parameter as a criterion, by the parameter's type and modifier. Pure."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from hallway.fhirapi.budget import too_costly
from hallway.fhirapi.search import registry, spans
from hallway.fhirapi.search.limits import MOST_CODES
from hallway.fhirapi.search.refusals import refused
from hallway.fhirapi.search.registry import Known
from hallway.fhirapi.search.words import alternatives, parts, plain
from hallway.ids import ResourceId, is_ours
from hallway.record.criteria import Criterion, Ids, Labels, Spans, Texts, Tokens, Updated, Within
from hallway.record.stored import security_bits
from hallway.standards.fhir import definitions, search

_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
_RELATIVE = re.compile(r"([A-Z][A-Za-z]{1,39})/([A-Za-z0-9\-.]{1,64})(?:/_history/[A-Za-z0-9\-.]{1,64})?")


class _Given(NamedTuple):
    """One parameter with its values, each still escaped."""

    one: Known
    modifier: str
    listed: list[str]
    base: str
    now: datetime

    @property
    def code(self) -> str:
        return self.one.code


def criterion(one: Known, modifier: str, text: str, *, base: str, now: datetime) -> Criterion:
    """What must hold. ``base`` is our own address, ``now`` what ``ap`` measures dates from.

    Raises INCORRECT for a value or modifier that is not understood.
    """
    is_type = one.type == "reference" and modifier in one.targets
    if modifier and not is_type and modifier not in registry.modifiers(one):
        raise refused("A search parameter has a modifier that Hallway does not take here.", name=one.code)
    given = _Given(one, modifier, alternatives(text, one.code), base, now)
    return _COMMON.get(one.code, _BY_TYPE[one.type])(given)


# Coded values --------------------------------------------------------------------------------------------------------


def coded(code: str, value: str) -> str:
    """The token of ``word``, ``system|word``, ``|word`` or ``system|``."""
    words = [plain(word) for word in parts(value, "|")]
    if len(words) > 2 or not any(words):
        raise refused("A coded value is word, system|word, |word or system|.", name=code)
    return f"{code}={'|'.join(words)}"


def _token(given: _Given) -> Criterion:
    match given.modifier:
        case "in" | "not-in":
            return Tokens(_of_value_sets(given), none=given.modifier == "not-in")
        case "of-type":
            return Tokens(tuple(_of_type(given.code, value) for value in given.listed))
        case _:
            found = tuple(coded(given.code, value) for value in given.listed)
            return Tokens(found, none=given.modifier == "not")


def _of_type(code: str, value: str) -> str:
    words = [plain(word) for word in parts(value, "|")]
    if len(words) != 3 or not all(words):
        raise refused("An identifier of a type is system|type|value.", name=code)
    return f"{code}:of-type={'|'.join(words)}"


def _of_value_sets(given: _Given) -> tuple[str, ...]:
    """The tokens of every code of the named value sets, those of R4 that are loaded."""
    found: dict[str, None] = {}
    for value in given.listed:
        named = definitions.valueset(plain(value).partition("|")[0])
        if named is None or named.systems is None:
            raise refused("A value set is not one that Hallway has loaded.", name=given.code)
        for system, codes in named.systems.items():
            for word in codes:
                found[f"{given.code}={system}|{word}"] = None
                # Elements that hold a bare code have their system by definition.
                found[f"{given.code}=|{word}"] = None
    if len(found) > 2 * MOST_CODES:
        raise too_costly("A value set is too large to be searched by.", name=given.code)
    return tuple(sorted(found))


# References ----------------------------------------------------------------------------------------------------------


def _reference(given: _Given) -> Criterion:
    if given.modifier == "identifier":
        named = f"{given.code}:identifier"
        return Tokens(tuple(coded(named, value) for value in given.listed))
    found: dict[str, None] = {}
    for value in given.listed:
        found.update(dict.fromkeys(_referred(given, plain(value))))
    return Tokens(tuple(f"{given.code}={one}" for one in found))


def _referred(given: _Given, value: str) -> list[str]:
    """Every spelling in which the record may hold a reference: relative for what is ours, as sent for the rest."""
    value = value.removeprefix(f"{given.base}/")
    if _ID.fullmatch(value) and ":" not in value:
        kinds = (given.modifier,) if given.modifier else given.one.targets
        return [f"{kind}/{value}" for kind in kinds]
    relative = _RELATIVE.fullmatch(value)
    if relative is not None:
        kind, one = relative.groups()
        if given.modifier not in ("", kind):
            raise refused("A reference is of another type than its modifier says.", name=given.code)
        return [f"{kind}/{one}"]
    if ":" not in value:
        raise refused("A reference is an id, Type/id, or an absolute address.", name=given.code)
    return [value]


# Texts and addresses -------------------------------------------------------------------------------------------------


def _string(given: _Given) -> Criterion:
    words = [plain(value) for value in given.listed]
    if given.modifier == "exact":
        return Tokens(tuple(f"{given.code}:exact={word}" for word in words))
    folded = tuple(search.fold(word) for word in words)
    if not all(folded):
        raise refused("A searched text holds no word.", name=given.code)
    return Texts(given.code, folded, within=given.modifier == "contains")


def _uri(given: _Given) -> Criterion:
    return Tokens(tuple(f"{given.code}={plain(value)}" for value in given.listed))


# What is compared ----------------------------------------------------------------------------------------------------


def _date(given: _Given) -> Criterion:
    return Spans(given.code, tuple(spans.date_span(one, now=given.now, name=given.code) for one in given.listed))


def _number(given: _Given) -> Criterion:
    return Spans(given.code, tuple(spans.number_span(one, name=given.code) for one in given.listed))


def _quantity(given: _Given) -> Criterion:
    return Spans(given.code, tuple(spans.quantity_span(one, name=given.code) for one in given.listed))


def _composite(given: _Given) -> Criterion:
    """``code$value``: the code and the value of one and the same element."""
    second = registry.COMPOSITES[given.code]
    joined = list[str]()
    ranged = list[Criterion]()
    for value in given.listed:
        words = parts(value, "$")
        if len(words) != 2 or not all(words):
            raise refused("A composite is code$value.", name=given.code)
        left = coded("", words[0])[1:]
        if second == "token":
            joined.append(f"{given.code}={left}${coded('', words[1])[1:]}")
        elif second == "date":
            ranged.append(Spans(f"{given.code}${left}", (spans.date_span(words[1], now=given.now, name=given.code),)))
        else:
            ranged.append(Spans(f"{given.code}${left}", (spans.quantity_span(words[1], name=given.code),)))
    if joined:
        return Tokens(tuple(joined))
    return ranged[0] if len(ranged) == 1 else Within(tuple((one,) for one in ranged))


# What every type has -------------------------------------------------------------------------------------------------


def _ids(given: _Given) -> Criterion:
    return Ids(tuple(dict.fromkeys(ResourceId(one) for one in map(plain, given.listed) if is_ours(one))))


def _updated(given: _Given) -> Criterion:
    return Updated(tuple(spans.date_span(one, now=given.now, name=given.code) for one in given.listed))


def _security(given: _Given) -> Criterion:
    bits = 0
    for value in given.listed:
        found = security_bits([plain(word) for word in parts(value, "|")])
        if not found:
            raise refused("A security label is not one that Hallway gives.", name=given.code)
        bits |= found
    return Labels(bits, none=given.modifier == "not")


_BY_TYPE: dict[str, Callable[[_Given], Criterion]] = {
    "token": _token,
    "reference": _reference,
    "string": _string,
    "uri": _uri,
    "date": _date,
    "number": _number,
    "quantity": _quantity,
    "composite": _composite,
}
_COMMON: dict[str, Callable[[_Given], Criterion]] = {
    "_id": _ids,
    "_lastUpdated": _updated,
    "_security": _security,
}
