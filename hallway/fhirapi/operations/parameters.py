"""What an operation was called with: parameters of the address, and those of a ``Parameters`` body, as typed values.

Texts of simple values come as FHIR writes them; a resource stays the bytes that were sent. A parameter that the
operation does not take is refused: passed over, it might have narrowed the answer.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from hallway.errors import HallwayError, Kind
from hallway.fhirapi.asked import Asked, refused
from hallway.standards.fhir import codec, dates
from hallway.standards.fhir.escapes import escaped

ALWAYS = ("_format", "_pretty")
EMPTY: Mapping[str, Sequence[str]] = {}
MOST = 50
"""Parameters of one call."""


class _Parameter(msgspec.Struct):
    name: str = ""
    resource: msgspec.Raw = msgspec.Raw()


@dataclass(frozen=True, slots=True)
class Coded:
    """A Coding, or each of a CodeableConcept's."""

    system: str
    code: str
    display: str = ""

    def token(self) -> str:
        """The coding as a value of a token search."""
        system, code = (escaped(one) for one in (self.system, self.code))
        return f"{system}|{code}" if system else code


@dataclass(frozen=True, slots=True)
class Called:
    """Parameters by name, each a list in the order sent."""

    texts: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
    resources: Mapping[str, Sequence[bytes]] = field(default_factory=dict[str, Sequence[bytes]])
    codings: Mapping[str, Sequence[Coded]] = field(default_factory=dict[str, Sequence[Coded]])
    parted: Mapping[str, Sequence["Called"]] = field(default_factory=dict[str, Sequence["Called"]])
    """Parameters that come in parts, each the call of its parts."""

    def text(self, name: str) -> str:
        """The one value of a parameter, empty where it was not sent. Raises INCORRECT for more than one."""
        found = self.texts.get(name, ())
        if len(found) > 1:
            raise refused("A parameter that stands once was sent more than once.")
        return found[0] if found else ""

    def flag(self, name: str) -> bool:
        """A boolean, false where it was not sent. Raises INCORRECT for another word."""
        text = self.text(name)
        if text not in ("", "true", "false"):
            raise refused("A parameter is neither true nor false.")
        return text == "true"

    def number(self, name: str, *, least: int, most: int, else_: int) -> int:
        """A whole number within bounds, ``else_`` where it was not sent. Raises INCORRECT for anything else."""
        text = self.text(name)
        if not text:
            return else_
        if not (text.isascii() and text.isdigit() and len(text) < 10) or not least <= int(text) <= most:
            raise refused(f"A parameter is not a whole number from {least} to {most}.")
        return int(text)

    def words(self, name: str) -> tuple[str, ...]:
        """The comma-separated words of every occurrence."""
        return tuple(word for text in self.texts.get(name, ()) for word in text.split(",") if word)


def called(
    asked: Asked,
    *names: str,
    coded: Sequence[str] = (),
    whole: Sequence[str] = (),
    parted: Mapping[str, Sequence[str]] = EMPTY,
) -> Called:
    """The parameters of a call, from the address and from the body. Raises INCORRECT for one that is not taken.

    ``coded`` are those of the names that may come as a Coding or a CodeableConcept, ``whole`` those that may be a
    resource: the operation reads them there, and one that comes so elsewhere would be lost. ``parted`` are those that
    come in parts, with the names of their parts: simple values and references.
    """
    texts: dict[str, list[str]] = {}
    for name, value in asked.query:
        _take(name, names)
        texts.setdefault(name, []).append(value)
    resources: dict[str, list[bytes]] = {}
    codings: dict[str, list[Coded]] = {}
    parts: dict[str, list[Called]] = {}
    if asked.body:
        for one in _sent(asked.body):
            name = one.get("name")
            if not isinstance(name, str):
                raise refused("A parameter has no name.")
            _take(name, (*names, *parted))
            if name in parted:
                parts.setdefault(name, []).append(_parts(one, parted[name]))
            else:
                _file(one, name, texts, codings)
        _refuse_beyond(codings, coded)
        for name, raw in _resources(asked.body):
            _refuse_beyond((name,), whole)
            resources.setdefault(name, []).append(raw)
    return Called(texts, resources, codings, parts)


def _parts(one: codec.Json, names: Sequence[str]) -> Called:
    """The parts of one parameter."""
    listed = one.get("part")
    texts: dict[str, list[str]] = {}
    for each in listed if isinstance(listed, list) else [{}]:
        name = each.get("name") if isinstance(each, dict) else None
        if not isinstance(each, dict) or not isinstance(name, str) or "resource" in each:
            raise refused("A parameter's parts cannot be read.")
        _take(name, names)
        beyond: dict[str, list[Coded]] = {}
        _file(each, name, texts, beyond)
        _refuse_beyond(beyond, ())
    return Called(texts)


def names_of(body: bytes) -> frozenset[str]:
    """The names of the parameters in a body, for an operation that takes those of a search."""
    return frozenset(name for one in _sent(body) if isinstance(name := one.get("name"), str))


def _refuse_beyond(sent: Iterable[str], taken: Sequence[str]) -> None:
    """Refuse a parameter in a form that the operation does not look at."""
    if not set(sent) <= set(taken):
        raise refused("A parameter is of a type that this operation does not take.")


def _take(name: str, names: Sequence[str]) -> None:
    if name not in names and name not in ALWAYS:
        raise refused("A parameter is not one that this operation takes.")


def _sent(body: bytes) -> list[codec.Json]:
    """The entries of a Parameters resource."""
    whole = codec.decode(body)
    found = whole.get("parameter", [])
    if whole.get("resourceType") != "Parameters" or not isinstance(found, list) or len(found) > MOST:
        raise refused(f"The body is not a Parameters resource of at most {MOST} parameters.")
    entries = [one for one in found if isinstance(one, dict)]
    if len(entries) != len(found):
        raise refused("A parameter cannot be read.")
    return entries


def _file(one: codec.Json, name: str, texts: dict[str, list[str]], codings: dict[str, list[Coded]]) -> None:
    """Put one entry where it belongs. An entry whose value is of a shape that no operation takes is refused."""
    values = [(key, value) for key, value in one.items() if key.startswith("value")]
    if "resource" in one and not values:
        return
    if len(values) != 1 or "part" in one:
        raise refused("A parameter has no value, or more than one.")
    key, value = values[0]
    if key in ("valueCoding", "valueCodeableConcept"):
        codings.setdefault(name, []).extend(_codings(key, value))
    elif key == "valueReference" and isinstance(value, dict):
        texts.setdefault(name, []).append(str(value.get("reference", "")))
    elif isinstance(value, bool):
        texts.setdefault(name, []).append("true" if value else "false")
    elif isinstance(value, str | int):
        texts.setdefault(name, []).append(str(value))
    else:
        raise refused("A parameter is of a type that this operation does not take.")


def _codings(key: str, value: object) -> list[Coded]:
    """The codings of a Coding or a CodeableConcept."""
    held = value if isinstance(value, dict) else {}
    listed = [held] if key == "valueCoding" else held.get("coding", [])
    if not isinstance(listed, list) or not listed:
        # A concept in words alone: passed over, it would be a filter lost.
        raise refused("A coding cannot be read.")
    return [_coded(each) for each in listed]


def _coded(value: object) -> Coded:
    held = value if isinstance(value, dict) else {}
    found = [held.get(key, "") for key in ("system", "code", "display")]
    if not all(isinstance(one, str) for one in found) or not found[1]:
        raise refused("A coding cannot be read.")
    return Coded(*map(str, found))


class _Body(msgspec.Struct):
    parameter: list[_Parameter] = []


def _resources(body: bytes) -> list[tuple[str, bytes]]:
    """The resources among the parameters, byte for byte."""
    found = msgspec.json.decode(body, type=_Body).parameter
    return [(one.name, bytes(one.resource)) for one in found if bytes(one.resource)]


def instant(text: str, *, name: str) -> datetime | None:
    """A FHIR instant, or None where none was sent. Raises INCORRECT for what is none."""
    if not text:
        return None
    found = dates.instant(text)
    if found is None:
        raise refused(f"The {name} parameter is not an instant.")
    return found


def unprocessable(what: str, to_do: str) -> HallwayError:
    """The call can be read and makes no sense."""
    return HallwayError(Kind.UNPROCESSABLE, "H-API-070", what=what, undone="Nothing was done.", to_do=to_do)
