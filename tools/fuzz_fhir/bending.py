"""Bends valid requests: addresses, header fields, JSON by its structure, and bytes."""

import json
import random
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from tools.fuzz_fhir.wire import Request

WORDS = (
    "", " ", "\u0000", "\u202eabc", "💊" * 5, "ﬁ", "İ", "ß", "a" * 300, "'", '"', "\\", "\\,", "a\\|b$c", "%",
    "%00", "../..",
    "${jndi:ldap://x}", "<script>", "' OR 1=1 --", "{{7*7}}", "1e400", "-0", "NaN", "Infinity",
    "9" * 400, "0x10", "١٢٣",
    "2026-02-30", "9999-12-31T23:59:60Z", "0000-00-00", "-2026", "2026-11-22T10:00:00+99:00", "ge",
    "gelt2026", ",", ",,,",
    "|", "||", "|||", "$", "$$", "*", "null", "true", "__proto__", "constructor", "Patient/", "/Patient",
    "Patient/x/_history/1",
    "http://[::1", "urn:uuid:", "urn:oid:1.2.3", "#", "#x", "http://evil.example/fhir/Patient/1", "\ud800",
    "\ufeff", "a\tb\r\nc",
)  # fmt: skip
NAMES = (
    "_id", "_has", "_has:", "_has:Observation", "_has:Observation:patient", "_has:X:y:z", "_sort", "_count",
    "_include",
    "_revinclude", "_include:iterate", "_filter", "_query", "_content", "_text", "_list", "_contained",
    "_type", "_after",
    "_cursor", "_page", "_getpages", "_elements", "_summary", "_total", "_since", "_at", "patient.",
    ".patient", "code:",
    ":code", "patient:Patient.name", "patient:Patient.general-practitioner.organization.partof.name",
    "code:not:exact",
)  # fmt: skip
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "PROPFIND", "get", "X")
HEADERS = (
    "If-Match", "If-None-Match", "If-None-Exist", "If-Modified-Since", "Prefer", "Accept", "Content-Type",
    "Authorization",
    "X-Request-Id", "Cookie", "Content-Encoding", "Accept-Encoding", "X-HTTP-Method-Override", "Range", "Origin",
    "X-Forwarded-Proto", "X-Forwarded-For", "traceparent", "Expect", "Host", "Accept-Language", "X-Bench",
    "X-Provenance",
)  # fmt: skip
TYPES = (
    "application/json",
    "application/fhir+xml",
    "text/plain",
    "application/fhir+json; charset=utf-16",
    "*/*",
    "x",
    "",
)

Bend = Callable[[Request, random.Random], None]


def bend(request: Request, dice: random.Random) -> None:
    """Change one to three things, or nothing."""
    for _ in range(dice.choice((0, 0, 0, 1, 1, 1, 1, 2, 3))):
        dice.choices(list(_BENDS), weights=list(_BENDS.values()))[0](request, dice)


# Addresses ------------------------------------------------------------------------------------------


def _value(request: Request, dice: random.Random) -> None:
    path, mark, query = request.path.partition("?")
    pairs = query.split("&") if mark else []
    word = quote(dice.choice(WORDS).encode("utf-8", "surrogatepass"), safe=dice.choice(("", "|,$:/")))
    if not pairs or dice.random() < 0.2:
        pairs.append(f"{quote(dice.choice(NAMES), safe=':.')}={word}")
    else:
        at = dice.randrange(len(pairs))
        name, _, old = pairs[at].partition("=")
        pairs[at] = f"{name}={dice.choice((word, old + word, word + old, f'{old},{word}', old * 20, ''))}"
    request.path = f"{path}?{'&'.join(pairs)}"


def _name(request: Request, dice: random.Random) -> None:
    path, _, query = request.path.partition("?")
    pairs = [one for one in query.split("&") if one]
    if not pairs:
        pairs = ["_id=x"]
    at = dice.randrange(len(pairs))
    name, _, value = pairs[at].partition("=")
    name = dice.choice(
        (quote(dice.choice(NAMES), safe=":."), name.upper(), f"{name}:missing", f"{name}.{name}", name * 2)
    )
    pairs[at] = f"{name}={value}"
    dice.shuffle(pairs)
    request.path = f"{path}?{'&'.join(pairs * dice.choice((1, 1, 2, 30)))}"


def _path(request: Request, dice: random.Random) -> None:
    path, mark, query = request.path.partition("?")
    parts = path.split("/")
    at = dice.randrange(1, len(parts))
    word = quote(dice.choice(WORDS).encode("utf-8", "surrogatepass"), safe="")
    parts[at] = dice.choice(
        (word, parts[at].lower(), parts[at] + word, "%2e%2e", "%2f", "", parts[at] * 40, "%C0%AF", "$x")
    )
    request.path = "/".join(parts) + mark + query


def _percent(request: Request, dice: random.Random) -> None:
    """Escapes that are none, or too many."""
    at = dice.randrange(5, max(6, len(request.path)))
    request.path = (
        request.path[:at] + dice.choice(("%", "%Z", "%ff", "%00", "%25", "%u0041", "+", ";")) + request.path[at:]
    )


def _cursor(request: Request, dice: random.Random) -> None:
    """A next link as somebody would alter it."""
    path, _, query = request.path.partition("?")
    pairs = query.split("&")
    marked = [n for n, one in enumerate(pairs) if one.startswith("_page=")]
    if not marked:
        _value(request, dice)
        return
    name, _, value = pairs[marked[0]].partition("=")
    at = dice.randrange(max(1, len(value)))
    altered = (
        value[:at] + dice.choice("0123456789abcdefXYZ_-") + value[at + 1 :],
        value[:at],
        value[::-1],
        value + "0",
        "",
    )
    pairs[marked[0]] = f"{name}={dice.choice(altered)}"
    request.path = f"{path}?{'&'.join(pairs)}"


# Header fields ------------------------------------------------------------------------------------------


def _header(request: Request, dice: random.Random) -> None:
    name = dice.choice(HEADERS)
    word = dice.choice(WORDS).translate({10: None, 13: None, 0: None})
    word = word.encode("utf-8", "replace").decode("utf-8", "surrogateescape")
    value = dice.choice((word, f'W/"{word}"', f"return={word}", f"handling={word}", "x" * 5000, dice.choice(TYPES)))
    if dice.random() < 0.5:
        request.headers[:] = [one for one in request.headers if one[0] != name]
    request.headers.append((name, value))


def _method(request: Request, dice: random.Random) -> None:
    request.method = dice.choice(METHODS)


def _nobody(request: Request, dice: random.Random) -> None:
    token = dice.choice(("", "Bearer", "Bearer x", "Basic eDp4", "bearer  ", f"Bearer {'a' * 99}", f"Bearer {'é' * 9}"))
    request.headers[:] = [one for one in request.headers if one[0] != "Authorization"] + [("Authorization", token)]


def _chunks(request: Request, dice: random.Random) -> None:
    request.chunked = bool(request.body)


# JSON ---------------------------------------------------------------------------------------------------------------


def _structure(request: Request, dice: random.Random) -> None:
    """One place of the JSON, wherever it lies."""
    try:
        whole = json.loads(request.body)
    except ValueError:
        _value(request, dice)
        return
    if not isinstance(whole, dict | list):
        return
    holder, key = _place(whole, dice)
    if holder is not None:
        _change(holder, key, dice)
    request.body = json.dumps(whole, ensure_ascii=dice.random() < 0.7).encode("utf-8", "surrogatepass")


def _place(whole: Any, dice: random.Random) -> tuple[Any, Any]:
    """Some holder and a key in it."""
    here, holder, key = whole, None, None
    while isinstance(here, dict | list) and here:
        holder = here
        key = dice.choice(sorted(here)) if isinstance(here, dict) else dice.randrange(len(here))
        here = holder[key]
        if dice.random() < 0.25:
            break
    return holder, key


def _odd(dice: random.Random) -> Any:
    deep: Any = "x"
    for _ in range(dice.choice((1, 40, 300))):
        deep = [deep] if dice.random() < 0.5 else {"extension": [{"url": "x", "valueString": deep}]}
    return dice.choice(
        (None, True, 0, -1, 10**30, 1.5, [], {}, "", dice.choice(WORDS), dice.choice(WORDS) * 50, [None],
        [[]], {"": ""},
         deep, {"reference": dice.choice(WORDS)}, {"reference": f"#{dice.choice(WORDS)}"}, ["x"] * 500, float("inf"))
    )  # fmt: skip


def _change(holder: Any, key: Any, dice: random.Random) -> None:
    old = holder[key]
    roll = dice.randrange(8)
    if roll == 0:
        del holder[key]
    elif roll == 1:
        holder[key] = [old]
    elif roll == 2:
        holder[key] = [old, old] if not isinstance(old, list) else (old * 3 or [old])
    elif roll == 3 and isinstance(holder, dict):
        holder[dice.choice((f"_{key}", str(key).upper(), f"{key}X", "resourceType", "contained", "meta", "id"))] = old
    elif roll == 4 and isinstance(holder, dict):
        holder[
            dice.choice(("extension", "modifierExtension", "contained", "implicitRules", "text", "fhir_comments"))
        ] = _odd(dice)
    else:
        holder[key] = _odd(dice)


def _number(request: Request, dice: random.Random) -> None:
    """A number that JSON allows and nobody means."""
    digits = [at for at, one in enumerate(request.body) if 48 <= one <= 57]
    if digits:
        at = dice.choice(digits)
        odd = dice.choice(
            (b"1e400", b"-0.0", b"1e-400", b"9" * 500, b"1e1000000000", b"0.1e-999999999", b"00", b"1E+2", b"NaN")
        )
        request.body = request.body[:at] + odd + request.body[at + 1 :]


def _bytes(request: Request, dice: random.Random) -> None:
    """Anything at all."""
    body = request.body
    if not body:
        request.body = dice.choice(
            (b"{}", b"[]", b"null", b"\xff\xfe", b"{" * 400, b"[" * 100, b'{"resourceType":1}', b"0")
        )
        return
    at = dice.randrange(len(body))
    noise = bytes(dice.randrange(256) for _ in range(dice.choice((1, 1, 4))))
    changed = (body[:at], body[:at] + noise + body[at + 1 :], body[at:], b"\xef\xbb\xbf" + body, body + body,
    body + b"\x00",
               body.decode("utf-8", "replace").encode("utf-16"), body[:at] + b"\\u0000" + body[at:])  # fmt: skip
    request.body = dice.choice(changed)


def _twice(request: Request, dice: random.Random) -> None:
    """A key that stands there twice."""
    if request.body.startswith(b"{"):
        first = dice.choice(
            (b'"resourceType":"Patient",', b'"id":"x",', b'"status":"final",', b'"entry":[],', b'"meta":{},')
        )
        request.body = b"{" + first + request.body[1:]


_BENDS: dict[Bend, int] = {
    _value: 22,
    _name: 8,
    _path: 6,
    _percent: 4,
    _cursor: 5,
    _header: 12,
    _method: 4,
    _nobody: 2,
    _chunks: 2,
    _structure: 24,
    _number: 4,
    _bytes: 5,
    _twice: 2,
}
