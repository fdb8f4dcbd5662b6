"""Values of a resource by the paths of Inferno's metadata, and whether they meet what was searched for.

Written anew, by the standard's words alone: nothing here is shared with the index or the search that is checked.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

Json = dict[str, Any]
_WHERE = re.compile(r"extension\.where\(url='([^']+)'\)\.(\w+)")
_MOMENT = timedelta(microseconds=1)
CODED = ("CodeableConcept", "Coding", "code", "Identifier")
DATED = ("date", "dateTime", "instant", "Period")


class Ends(NamedTuple):
    """What a date leaves open, both ends inside."""

    low: datetime
    high: datetime


def at(resource: Json, path: str) -> list[Any]:
    """Every value at a path; an element of several types by its bare name."""
    where = _WHERE.fullmatch(path)
    if where:
        return [one[where[2]] for one in resource.get("extension", ()) if one["url"] == where[1] and where[2] in one]
    nodes: list[Any] = [resource]
    for name in path.split("."):
        nodes = [value for node in nodes if isinstance(node, dict) for value in _child(node, name)]
    return nodes


def _child(node: Json, name: str) -> Iterator[Any]:
    for key, value in node.items():
        if key == name or (key.startswith(name) and key[len(name) :][:1].isupper()):
            yield from value if isinstance(value, list) else [value]


def searched(value: Any, kind: str, *, whole: bool = False) -> str | None:
    """How a value is searched for; ``whole`` with its system. None for what cannot be."""
    if kind in ("CodeableConcept", "Coding"):
        codings = value.get("coding", ()) if kind == "CodeableConcept" else [value]
        named = [one for one in codings if one.get("code") and (one.get("system") or not whole)]
        return _coded(named[0], "code", whole=whole) if named else None
    if kind == "Identifier":
        return (
            _coded(value, "value", whole=whole) if value.get("value") and (value.get("system") or not whole) else None
        )
    if kind == "Reference":
        return value.get("reference")
    if isinstance(value, dict) and kind in DATED:
        held = ends(value)  # no instant equals a Period, so what began after the day before is asked for
        return f"gt{held.low - timedelta(days=1):%Y-%m-%d}" if held and "start" in value else None
    if kind in ("HumanName", "Address"):
        return next((text for text in _texts(value) if "," not in text), None)
    return escaped(str(value)) if isinstance(value, str) else None


def escaped(text: str) -> str:
    """A text with the signs of the search language escaped."""
    return re.sub(r"([\\,|$])", r"\\\1", text)


def _coded(one: Json, name: str, *, whole: bool) -> str:
    word = escaped(one[name])
    return f"{one['system']}|{word}" if whole else word


def _texts(value: Any) -> list[str]:
    """The texts of a name or address."""
    if isinstance(value, str):
        return [value]
    parts = value.items() if isinstance(value, dict) else ()
    named = [part for key, part in parts if key in _NAMED]
    return [text for part in named for one in (part if isinstance(part, list) else [part]) for text in _texts(one)]


_NAMED = ("family", "given", "text", "prefix", "suffix", "city", "state", "postalCode", "line", "district", "country")


def meets(value: Any, kind: str, text: str) -> bool:
    """Whether a value meets a searched text, by equality as its type has it."""
    text = re.sub(r"\\([\\,|$])", r"\1", text)
    if kind in ("CodeableConcept", "Coding", "Identifier"):
        codings = value.get("coding", ()) if kind == "CodeableConcept" else [value]
        name = "value" if kind == "Identifier" else "code"
        return any(text in (one.get(name), f"{one.get('system')}|{one.get(name)}") for one in codings)
    if kind == "Reference":
        return str(value.get("reference", "")).endswith(text)
    if kind in ("HumanName", "Address"):
        return any(_plain(one).startswith(_plain(text)) for one in _texts(value))
    if kind == "string":
        return any(word.startswith(_plain(text)) for word in (_plain(value), *_plain(value).split()))
    return str(value) == text


def _plain(text: str) -> str:
    return " ".join(text.lower().split())


def ends(value: Any) -> Ends | None:
    """What a date, dateTime, instant or Period covers."""
    if isinstance(value, dict):
        start, end = ends(value.get("start")), ends(value.get("end"))
        first = start.low if start else datetime.min.replace(tzinfo=UTC)
        last = end.high if end else datetime.max.replace(tzinfo=UTC)
        return Ends(first, last) if start or end else None
    if not isinstance(value, str):
        return None
    if len(value) > 10:
        low = datetime.fromisoformat(value)
        low = low.astimezone(UTC) if low.tzinfo else low.replace(tzinfo=UTC)
        return Ends(low, low + (timedelta(milliseconds=1) if "." in value else timedelta(seconds=1)) - _MOMENT)
    low = datetime.fromisoformat((value + "-01-01")[:10]).replace(tzinfo=UTC)
    after = {10: low + timedelta(1), 7: (low + timedelta(32)).replace(day=1), 4: low.replace(year=low.year + 1)}
    return Ends(low, after[len(value)] - _MOMENT)


def compares(value: Any, prefix: str, wanted: Ends) -> bool:
    """Whether a date stands so to a searched one (R4 search, 3.1.1.4.5)."""
    held = ends(value)
    if held is None:
        return False
    within = wanted.low <= held.low and held.high <= wanted.high
    return {
        "eq": within,
        "gt": held.high > wanted.high,
        "lt": held.low < wanted.low,
        "ge": held.high > wanted.high or within,
        "le": held.low < wanted.low or within,
    }[prefix]
