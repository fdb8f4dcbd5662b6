"""Functions that make one kind of value from another, or ask whether that can be done."""

import base64
import binascii
import html
import json
import re
from collections.abc import Callable
from decimal import Decimal
from typing import cast

from hallway.standards.fhir.path.functions.base import Compiled, Function, plain
from hallway.standards.fhir.path.operators import quantity
from hallway.standards.fhir.path.running import Env, PathRunError, Run, Step, as_text, single, text
from hallway.standards.fhir.path.syntax import UNITS, Tree
from hallway.standards.fhir.path.values import Items, Moment, Quantity, is_number, moment

_TRUE = {"true", "t", "yes", "y", "1", "1.0"}
_FALSE = {"false", "f", "no", "n", "0", "0.0"}
_DECIMAL = re.compile(r"[+-]?\d+(\.\d+)?\Z")
_QUANTITY = re.compile(r"([+-]?\d+(?:\.\d+)?)\s*(?:'([^']*)'|([a-zA-Z]+))?\Z")
_JSON_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)

Convert = Callable[[object], object | None]


def _boolean(one: object) -> object | None:
    if type(one) is bool:
        return one
    if is_number(one):
        return {0: False, 1: True}.get(cast("int", one))
    if type(one) is str:
        return True if one.lower() in _TRUE else False if one.lower() in _FALSE else None
    return None


def _integer(one: object) -> object | None:
    if type(one) is bool:
        return int(one)
    if type(one) is int:
        return one
    return int(one) if type(one) is str and len(one) < 20 and re.fullmatch(r"[+-]?\d+", one) else None


def _decimal(one: object) -> object | None:
    if type(one) is bool:
        return Decimal(one)
    if is_number(one):
        return Decimal(cast("int", one))
    return Decimal(one) if type(one) is str and len(one) < 100 and _DECIMAL.match(one) else None


def _date(one: object) -> object | None:
    if type(one) is Moment and one.kind != "time":
        return moment(one.text[:10].rstrip("T"), "date")
    return moment(one[:10].rstrip("T"), "date") if type(one) is str and moment(one) is not None else None


def _date_time(one: object) -> object | None:
    if type(one) is Moment and one.kind != "time":
        return one._replace(kind="dateTime")
    return moment(one, "dateTime") if type(one) is str else None


def _time(one: object) -> object | None:
    if type(one) is Moment:
        return one if one.kind == "time" else None
    return moment(one, "time") if type(one) is str else None


def _quantity(one: object) -> object | None:
    if type(one) is Quantity:
        return one
    if type(one) is bool:
        return Quantity(Decimal(one), "1")
    if is_number(one):
        return Quantity(Decimal(cast("int", one)), "1")
    found = _QUANTITY.match(one) if type(one) is str and len(one) < 200 else None
    if found is None or (found.group(3) and found.group(3) not in UNITS):
        return None
    return quantity(Decimal(found.group(1)), found.group(2) or found.group(3) or "1")


def _to(convert: Convert) -> Function:
    def run(found: Items, env: Env) -> Items:
        one = single(found)
        made = None if one is None else convert(one)
        env.spend(len(made) if type(made) is str else 1)
        return [] if made is None else [made]

    return plain(run)


def _converts(convert: Convert) -> Function:
    def run(found: Items, _: Env) -> Items:
        one = single(found)
        return [] if one is None else [convert(one) is not None]

    return plain(run)


def _to_quantity(made: Compiled, parts: tuple[Tree, ...]) -> Step:
    wanted: Run | None = made.run(parts[0]) if parts else None

    def step(found: Items, env: Env) -> Items:
        one = single(found)
        got = None if one is None else cast("Quantity | None", _quantity(one))
        if got is None or (wanted is not None and text(wanted(env)) != got.unit):
            return []
        return [got]

    return step


def _encoded(one: str, form: str) -> str | None:
    raw = one.encode()
    if form == "hex":
        return raw.hex()
    if form == "base64":
        return base64.b64encode(raw).decode()
    return base64.urlsafe_b64encode(raw).decode() if form == "urlbase64" else None


def _decoded(one: str, form: str) -> str | None:
    try:
        if form == "hex":
            return bytes.fromhex(one).decode()
        if form == "base64":
            return base64.b64decode(one).decode()
        return base64.urlsafe_b64decode(one).decode() if form == "urlbase64" else None
    except (ValueError, binascii.Error):
        return None


def _escaped(one: str, form: str) -> str | None:
    if form == "html":
        return html.escape(one)
    return json.dumps(one)[1:-1] if form == "json" else None


def _unescaped(one: str, form: str) -> str | None:
    if form == "html":
        return html.unescape(one)
    return _JSON_ESCAPE.sub(_resolved, one) if form == "json" else None


def _resolved(found: "re.Match[str]") -> str:
    mark = found.group(1)
    return chr(int(mark[1:], 16)) if len(mark) == 5 else {"n": "\n", "r": "\r", "t": "\t"}.get(mark, mark)


def _formed(work: Callable[[str, str], str | None]) -> Function:
    def make(made: Compiled, parts: tuple[Tree, ...]) -> Step:
        form_run = made.run(parts[0])

        def step(found: Items, env: Env) -> Items:
            one, form = text(found), text(form_run(env))
            if one is None or form is None:
                return []
            env.spend(len(one))
            made_text = work(one, form)
            return [] if made_text is None else [made_text]

        return step

    return 1, 1, make


def _now(kind: str) -> Function:
    def run(_: Items, env: Env) -> Items:
        at = env.given.now
        if at is None:
            raise PathRunError("The time was not given to this run.")
        found = at.isoformat(timespec="milliseconds")
        cut = {"date": found[:10], "time": found[11:23], "dateTime": found}[kind]
        return [moment(cut, kind)]

    return plain(run)


_KINDS: dict[str, Convert] = {
    "Boolean": _boolean,
    "Integer": _integer,
    "Decimal": _decimal,
    "String": as_text,
    "Date": _date,
    "DateTime": _date_time,
    "Time": _time,
}

FUNCTIONS: dict[str, Function] = {
    **{f"to{kind}": _to(convert) for kind, convert in _KINDS.items()},
    **{f"convertsTo{kind}": _converts(convert) for kind, convert in _KINDS.items()},
    "toQuantity": (0, 1, _to_quantity),
    "convertsToQuantity": (0, 1, _converts(_quantity)[2]),
    "encode": _formed(_encoded),
    "decode": _formed(_decoded),
    "escape": _formed(_escaped),
    "unescape": _formed(_unescaped),
    "now": _now("dateTime"),
    "today": _now("date"),
    "timeOfDay": _now("time"),
}
