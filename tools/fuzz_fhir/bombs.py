"""Requests made to hurt, and what each must be answered: a refusal within seconds, never a fallen server."""

import json
from collections.abc import Iterator
from typing import NamedTuple

from tools.fuzz_fhir.bases import JSON, PATCH, Ground
from tools.fuzz_fhir.wire import Request

REFUSED = frozenset(range(400, 500))


class Bomb(NamedTuple):
    """``allowed`` statuses; the rest is a finding. ``seconds`` at most."""

    name: str
    request: Request
    allowed: frozenset[int] = REFUSED
    seconds: float = 5.0


def all_of(ground: Ground) -> Iterator[Bomb]:
    """Each in turn."""
    yield from _nested(ground)
    yield from _large(ground)
    yield from _searches(ground)
    yield from _texts(ground)
    yield from _numbers(ground)
    yield from _patches(ground)
    yield from _bundles(ground)


def _post(ground: Ground, path: str, body: bytes, kind: str = JSON, method: str = "POST") -> Request:
    return ground.request(method, path, "pcp", body, kind)


def _observation(ground: Ground, **more: object) -> dict[str, object]:
    patient = ground.world.cast.patients["marisol"]
    code = {"coding": [{"system": "http://loinc.org", "code": "8867-4"}]}
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": code,
        "subject": {"reference": f"Patient/{patient}"},
        **more,
    }


def _nested(ground: Ground) -> Iterator[Bomb]:
    for depth in (200, 5_000, 1_000_000):
        yield Bomb(f"{depth} brackets", _post(ground, "/fhir/Observation", b"[" * depth + b"]" * depth))
        inner = b'{"resourceType":"Observation","extension":' + b'[{"extension":' * depth
        yield Bomb(f"{depth} extensions", _post(ground, "/fhir/Observation", inner + b"[]" + b"}]" * depth + b"}"))
    contained: object = {"resourceType": "Basic", "id": "x"}
    for _ in range(80):
        contained = {"resourceType": "Basic", "id": "x", "contained": [contained]}
    yield Bomb("contained in contained", _post(ground, "/fhir/Basic", json.dumps(contained).encode()))


def _large(ground: Ground) -> Iterator[Bomb]:
    big = _post(ground, "/fhir", b"{")
    big.length = 200 * 1024 * 1024
    yield Bomb("200 MB Bundle, announced", big)
    entry = json.dumps({"resource": _observation(ground), "request": {"method": "POST", "url": "Observation"}}).encode()
    whole = b'{"resourceType":"Bundle","type":"transaction","entry":[' + b",".join(
        [entry] * (200 * 1024 * 1024 // len(entry))
    )
    streamed = _post(ground, "/fhir", whole + b"]}")
    streamed.chunked = True
    yield Bomb("200 MB Bundle, in chunks", streamed, seconds=20)
    yield Bomb(
        "a form of 1 MB",
        _post(ground, "/fhir/Observation/_search", b"code=" + b"x" * 1_000_000, "application/x-www-form-urlencoded"),
    )
    yield Bomb("gzip", _packed(ground))


def _packed(ground: Ground) -> Request:
    import gzip

    request = _post(ground, "/fhir/Observation", gzip.compress(b"[" * 10_000_000))
    request.headers.append(("Content-Encoding", "gzip"))
    return request


def _searches(ground: Ground) -> Iterator[Bomb]:
    def get(name: str, path: str, allowed: frozenset[int] = REFUSED) -> Bomb:
        return Bomb(name, ground.request("GET", path, "pcp"), allowed)

    yield get("a count of 10^12", "/fhir/Observation?_count=1000000000000", REFUSED | {200})
    yield get("a count of 10^5000", f"/fhir/Observation?_count={'9' * 5000}")
    yield get("2,000 parameters", "/fhir/Observation?" + "&".join(f"code=x{n}" for n in range(2000)))
    yield get("5,000 values", "/fhir/Observation?code=" + ",".join(f"x{n}" for n in range(5000)))
    yield get("a chain of thirty", "/fhir/Observation?" + "subject:Patient.general-practitioner." * 30 + "name=x")
    yield get("_has in _has", "/fhir/Patient?" + "_has:Observation:patient:" * 40 + "code=x")
    yield get(
        "a wide chain",
        "/fhir/Observation?subject:Patient.gender=unknown&_has:Provenance:target:agent=x",
        REFUSED | {200},
    )
    yield get(
        "every include",
        "/fhir/Observation?_include=*&_revinclude=*&_include:iterate=*&_revinclude:iterate=*&_count=1000",
        REFUSED | {200},
    )
    yield get("300 includes", "/fhir/Observation?" + "&".join(["_include:iterate=Observation:has-member"] * 300))
    many = ",".join(f"e{n}" for n in range(10_000))
    yield get("10,000 elements", f"/fhir/Observation?_elements={many}")
    yield get("500 sort keys", "/fhir/Observation?_sort=" + ",".join(["date", "-code"] * 250))
    yield get("an address of 200 kB", "/fhir/Observation?code=" + "x" * 200_000)
    yield get("10,000 backslashes", "/fhir/Observation?code=" + "%5C" * 10_000, REFUSED | {200})


def _texts(ground: Ground) -> Iterator[Bomb]:
    """For regular expressions that go back and forth."""
    long = 60_000
    for name, member in {
        "date": {"effectiveDateTime": "2" * long + "!"},
        "uri": {"implicitRules": "a:" * long + " "},
        "id": {"id": "a-" * long + "!"},
        "base64": {"contained": [{"resourceType": "Binary", "contentType": "x/y", "data": "A A " * long + "!"}]},
        "xhtml": {"text": {"status": "generated", "div": "<div " + "a='" * long}},
        "tags": {"text": {"status": "generated", "div": "<div xmlns='http://www.w3.org/1999/xhtml'>" + "<b>" * long}},
        "entities": {
            "text": {"status": "generated", "div": "<!DOCTYPE x [<!ENTITY a 'aa'>]><div>" + "&a;" * long + "</div>"}
        },
        "code": {"status": "a " * long + " "},
        "instant": {"issued": "2026-01-01T00:00:00." + "0" * long + "X"},
        "time": {"valueTime": "00:00:00." + "9" * long + "x"},
    }.items():
        yield Bomb(
            f"a long {name}", _post(ground, "/fhir/Observation", json.dumps(_observation(ground, **member)).encode())
        )
    for name in ("birthdate", "identifier", "name", "general-practitioner", "_lastUpdated"):
        yield Bomb(
            f"a long {name} in a search",
            ground.request("GET", f"/fhir/Patient?{name}={'2026-' * 3000}!", "pcp"),
            REFUSED | {200},
        )


def _numbers(ground: Ground) -> Iterator[Bomb]:
    made = json.dumps(_observation(ground, valueQuantity={"value": 77.25})).encode()
    for odd in (
        b"1e1000000000",
        b"-1e-1000000000",
        b"9" * 100_000,
        b"0." + b"3" * 100_000,
        b"1e400",
        b"1e" + b"9" * 5000,
    ):
        body = made.replace(b"77.25", odd)
        yield Bomb(f"the number {odd[:14].decode()}", _post(ground, "/fhir/Observation", body), REFUSED | {201})
    for odd in ("1e1000000000", "gt1e999999999", "9" * 10_000, "1e-1000000000", "ap1e400"):
        path = f"/fhir/Observation?value-quantity={odd}"
        yield Bomb(f"a search for {odd[:14]}", ground.request("GET", path, "pcp"), REFUSED | {200})


def _patches(ground: Ground) -> Iterator[Bomb]:
    one = next(one for one in ground.taken.values() if one["resourceType"] == "Observation")
    path = f"/fhir/Observation/{one['id']}"
    doubling = [{"op": "add", "path": "/note", "value": [{"text": "x" * 100}]}]
    doubling += [{"op": "copy", "from": "/note", "path": "/note/0/extension"} for _ in range(60)]
    yield Bomb("copies of copies", _post(ground, path, json.dumps(doubling).encode(), PATCH, "PATCH"))
    steps = [{"op": "test", "path": "/status", "value": "final"}] * 200_000
    yield Bomb("200,000 steps", _post(ground, path, json.dumps(steps).encode(), PATCH, "PATCH"), seconds=4)
    deep = [{"op": "add", "path": "/a" * 100_000, "value": 1}]
    yield Bomb("a long way", _post(ground, path, json.dumps(deep).encode(), PATCH, "PATCH"))


def _bundles(ground: Ground) -> Iterator[Bomb]:
    def bundle(type_: str, entries: list[dict[str, object]]) -> Request:
        return _post(ground, "/fhir", json.dumps({"resourceType": "Bundle", "type": type_, "entry": entries}).encode())

    entry = {"request": {"method": "GET", "url": "Patient?_count=1000"}}
    yield Bomb("5,000 searches in a batch", bundle("batch", [entry] * 5_000), seconds=5)
    itself = {
        "resource": {"resourceType": "Bundle", "type": "batch", "entry": [entry]},
        "request": {"method": "POST", "url": ""},
    }
    yield Bomb("a batch in a batch", bundle("batch", [itself]), REFUSED | {200})
    names = [f"urn:uuid:00000000-0000-4000-8000-{n:012}" for n in range(300)]
    ring = [
        {"fullUrl": name, "resource": _observation(ground, hasMember=[{"reference": names[n - 1]}]),
         "request": {"method": "POST", "url": "Observation"}}
        for n, name in enumerate(names)
    ]  # fmt: skip
    yield Bomb("a ring of references", bundle("transaction", ring), REFUSED | {200}, seconds=5)
    conditional = {"request": {"method": "DELETE", "url": "Observation?status=final"}}
    yield Bomb("deletes what it finds", bundle("transaction", [conditional]), REFUSED)
