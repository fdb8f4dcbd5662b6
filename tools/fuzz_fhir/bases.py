"""Valid requests, made from what the server says of itself and from what it gave out: the ground that is then bent."""

import json
import random
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlsplit

from tools.fuzz_fhir import asking
from tools.fuzz_fhir.wire import Request, Wire
from tools.fuzz_fhir.world import CALLERS, World

JSON = "application/fhir+json"
PATCH = "application/json-patch+json"
CODES = (
    "44261-6",
    "8867-4",
    "http://loinc.org|44261-6",
    "http://hl7.org/fhir/sid/icd-10-cm|I10",
    "F32.1",
    "final",
    "|x",
)
DATES = ("2026", "ge2026-01", "lt2026-11-30", "sa2025-01-01T00:00:00Z", "ap2026-06-01", "eq2026-11-01", "ne2026-11-01")
TEXTS = ("Ejem", "mar", "Otto", "follow", "a", "Marisol")
QUANTITIES = ("gt5", "5.4|http://unitsofmeasure.org|mg", "le18||1", "18", "ap17")
MODIFIERS = (":missing", ":exact", ":contains", ":not", ":identifier", ":of-type", ":in", ":not-in", ":text", ":above")


class Ground:
    """Makes valid requests. ``taken`` are resources that the server gave out, ``links`` next pages it wrote."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.kinds: dict[str, dict[str, str]] = {}
        self.operations: list[tuple[str, str]] = []
        self.includes: dict[str, list[str]] = {}
        self.taken: dict[str, dict[str, Any]] = {}
        self.links: list[str] = []
        self._learn()

    def _learn(self) -> None:
        """Read the capability statement, then some charts."""
        wire = Wire(self.world.port)
        stated = json.loads(wire.ask(Request("GET", "/fhir/metadata", [("Host", "127.0.0.1")])).body)
        for one in stated["rest"][0]["resource"]:
            self.kinds[one["type"]] = {p["name"]: p["type"] for p in one.get("searchParam", [])}
            self.operations += [(one["type"], op["name"]) for op in one.get("operation", [])]
            self.includes[one["type"]] = [*one.get("searchInclude", []), *one.get("searchRevInclude", [])]
        self.operations += [("", op["name"]) for op in stated["rest"][0].get("operation", [])]
        for caller in ("pcp", "therapist", "patient"):
            for patient in self.world.cast.known["patient_id"]:
                answer = wire.ask(self.request("GET", f"/fhir/Patient/{patient}/$everything", caller))
                if answer.status == 200:
                    self.note(answer.body)
        wire.close()

    def note(self, body: bytes) -> None:
        """Remember what an answer gave."""
        try:
            bundle = json.loads(body)
        except ValueError:
            return
        if not isinstance(bundle, dict) or bundle.get("resourceType") != "Bundle":
            return
        for entry in bundle.get("entry", [])[:50]:
            one = entry.get("resource") or {}
            if "id" in one and len(self.taken) < 400:
                self.taken.setdefault(one["id"], one)
        links = [one["url"] for one in bundle.get("link", []) if one.get("relation") == "next"]
        self.links = [*self.links[-40:], *links]

    def request(self, method: str, path: str, caller: str, body: bytes = b"", kind: str = "") -> Request:
        """A request as this caller would send it."""
        headers = [("Host", f"127.0.0.1:{self.world.port}"), ("Accept", JSON)]
        if caller:
            headers.append(("Authorization", f"Bearer {self.world.cast.tokens[caller]}"))
        if kind:
            headers.append(("Content-Type", kind))
        return Request(method, path, headers, body)

    def one(self, dice: random.Random) -> Request:
        """A valid request."""
        caller = dice.choice(CALLERS)
        maker = dice.choices(list(_MAKERS), weights=list(_MAKERS.values()))[0]
        return maker(self, dice, caller)

    # Parts of addresses ----------------------------------------------------------------------------------------------

    def kind(self, dice: random.Random) -> str:
        """A resource type, those with content more often."""
        common = [one["resourceType"] for one in self.taken.values()]
        return dice.choice(common) if common and dice.random() < 0.8 else dice.choice(sorted(self.kinds))

    def id_of(self, dice: random.Random) -> tuple[str, str]:
        """Type and id of a resource: known, hidden, or nobody's."""
        roll = dice.random()
        if roll < 0.15 and self.world.hidden:
            one = dice.choice(self.world.hidden)
            return self.world.hidden_kind(one), one
        if roll < 0.25 or not self.taken:
            return self.kind(dice), self.world.absent(dice)
        one = self.taken[dice.choice(sorted(self.taken))]
        return one["resourceType"], one["id"]

    def value(self, type_: str, dice: random.Random) -> str:
        """A value for a search parameter of this type."""
        match type_:
            case "date":
                return dice.choice(DATES)
            case "number" | "quantity":
                return dice.choice(QUANTITIES)
            case "reference":
                kind, one = self.id_of(dice)
                return dice.choice((f"{kind}/{one}", one, f"http://127.0.0.1:{self.world.port}/fhir/{kind}/{one}"))
            case "token":
                return dice.choice(CODES)
            case "composite":
                return f"{dice.choice(CODES)}${dice.choice(QUANTITIES)}"
            case _:
                return dice.choice(TEXTS)

    def parameters(self, kind: str, dice: random.Random) -> list[tuple[str, str]]:
        """Some parameters of a search of ``kind``."""
        known = self.kinds.get(kind, {})
        found: list[tuple[str, str]] = []
        for name in dice.sample(sorted(known), min(len(known), dice.randrange(0, 3))):
            found.append(self._parameter(name, known[name], dice))
        if dice.random() < 0.6 and "patient" in known:
            found.append(("patient", dice.choice(self.world.cast.known["patient_id"])))
        found += [pair for pair in self._results(kind, dice) if dice.random() < 0.12]
        return found

    def _parameter(self, name: str, type_: str, dice: random.Random) -> tuple[str, str]:
        """One parameter: plain, with a modifier, or chained."""
        if dice.random() < 0.15:
            return name + dice.choice(MODIFIERS), self.value(type_, dice)
        if type_ == "reference" and dice.random() < 0.3:
            inner = self.kind(dice)
            deeper, its_type = dice.choice(sorted(self.kinds.get(inner, {}).items()) or [("_id", "token")])
            return f"{name}{dice.choice(('', f':{inner}'))}.{deeper}", self.value(its_type, dice)
        return name, self.value(type_, dice)

    def _results(self, kind: str, dice: random.Random) -> list[tuple[str, str]]:
        """Parameters that every type takes."""
        other = self.kind(dice)
        names = sorted(self.kinds.get(kind, {})) or ["_id"]
        joined = [name for name, type_ in self.kinds.get(other, {}).items() if type_ == "reference"] or ["subject"]
        return [
            ("_count", dice.choice(("1", "2", "20", "1000"))),
            ("_sort", dice.choice(("", "-")) + dice.choice((*names, "_lastUpdated", "_id"))),
            ("_total", dice.choice(("none", "accurate", "estimate"))),
            ("_summary", dice.choice(("true", "text", "data", "count", "false"))),
            ("_elements", ",".join(dice.sample(("id", "status", "code", "subject", "name", "meta"), 2))),
            ("_include", dice.choice(self.includes.get(kind) or [f"{kind}:subject", "*"])),
            ("_include:iterate", dice.choice(self.includes.get(kind) or [f"{kind}:patient"])),
            ("_revinclude", f"{other}:{dice.choice(joined)}"),
            ("_lastUpdated", dice.choice(DATES)),
            ("_id", self.id_of(dice)[1]),
            (
                "_security",
                dice.choice(("R", "http://terminology.hl7.org/CodeSystem/v3-Confidentiality|R", "42CFRPart2")),
            ),
            ("_has", "x"),
            (f"_has:{other}:{dice.choice(joined)}:_id", self.id_of(dice)[1]),
            ("_tag", "x|y"),
            ("_profile", "http://hl7.org/fhir/us/core/StructureDefinition/us-core-patient"),
            ("_format", "json"),
        ]


def encoded(pairs: list[tuple[str, str]]) -> str:
    """A query."""
    return "&".join(f"{quote(name, safe=':.')}={quote(value, safe='')}" for name, value in pairs)


# The requests ---------------------------------------------------------------------------------------------------------


def _read(ground: Ground, dice: random.Random, caller: str) -> Request:
    kind, one = ground.id_of(dice)
    version = ground.taken.get(one, {}).get("meta", {}).get("versionId", "1")
    tail = dice.choice(("", "", "", "/_history", f"/_history/{version}", "?_summary=true", "?_elements=id"))
    return ground.request("GET", f"/fhir/{kind}/{one}{tail}", caller)


def _search(ground: Ground, dice: random.Random, caller: str) -> Request:
    kind = ground.kind(dice)
    query = encoded(ground.parameters(kind, dice))
    if dice.random() < 0.15:
        form = "application/x-www-form-urlencoded"
        return ground.request("POST", f"/fhir/{kind}/_search", caller, query.encode(), form)
    if dice.random() < 0.1:
        patient = dice.choice(ground.world.cast.known["patient_id"])
        return ground.request("GET", f"/fhir/Patient/{patient}/{kind}?{query}", caller)
    return ground.request("GET", f"/fhir/{kind}?{query}", caller)


def _page(ground: Ground, dice: random.Random, caller: str) -> Request:
    if not ground.links:
        return _search(ground, dice, caller)
    parts = urlsplit(dice.choice(ground.links))
    return ground.request("GET", f"{parts.path}?{parts.query}", caller)


def _whole(ground: Ground, dice: random.Random, caller: str) -> Request:
    path = dice.choice(
        ("/fhir/metadata", "/fhir/_history", "/fhir?_type=Observation,Condition", "/fhir/Patient/_history")
    )
    return ground.request("GET", path, caller)


def _operation(ground: Ground, dice: random.Random, caller: str) -> Request:
    kind, name = dice.choice(ground.operations or [("Patient", "everything")])
    one = dice.choice((*ground.world.cast.known["patient_id"], ground.id_of(dice)[1]))
    path = f"/fhir/{kind or 'Patient'}{dice.choice((f'/{one}', ''))}/${name.removeprefix('$')}"
    if dice.random() < 0.5:
        return ground.request("GET", path, caller)
    body = {"resourceType": "Parameters", "parameter": [{"name": "resource", "resource": sample(ground, dice)}]}
    return ground.request("POST", path, caller, json.dumps(body).encode(), JSON)


def sample(ground: Ground, dice: random.Random) -> dict[str, Any]:
    """A resource as one might send it."""
    facts = [one for one in ground.taken.values() if one["resourceType"] in WRITTEN] or [{"resourceType": "Basic"}]
    found = json.loads(json.dumps(dice.choice(facts)))
    found.get("meta", {}).pop("security", None)
    return found


WRITTEN = (
    "Condition",
    "Observation",
    "Encounter",
    "MedicationRequest",
    "DocumentReference",
    "Patient",
    "DiagnosticReport",
)


def _create(ground: Ground, dice: random.Random, caller: str) -> Request:
    made = sample(ground, dice)
    made.pop("id", None)
    made.pop("meta", None)
    _point_elsewhere(made, ground, dice)
    found = ground.request("POST", f"/fhir/{made['resourceType']}", caller, json.dumps(made).encode(), JSON)
    if dice.random() < 0.2:
        found.headers.append(("If-None-Exist", encoded(ground.parameters(made["resourceType"], dice))))
    if dice.random() < 0.3:
        found.headers.append(
            ("Prefer", dice.choice(("return=minimal", "return=representation", "return=OperationOutcome")))
        )
    return found


def _point_elsewhere(made: dict[str, Any], ground: Ground, dice: random.Random) -> None:
    """Now and then about somebody hidden, or about nobody."""
    if "subject" in made and dice.random() < 0.2:
        kind, one = ground.id_of(dice)
        made["subject"] = {"reference": f"{kind}/{one}"}


def _update(ground: Ground, dice: random.Random, caller: str) -> Request:
    made = sample(ground, dice)
    kind, one = made["resourceType"], made.get("id", "x")
    if dice.random() < 0.15 and ground.world.hidden:
        one = dice.choice(ground.world.hidden)
        made["id"] = one
    path = f"/fhir/{kind}/{one}" if dice.random() < 0.85 else f"/fhir/{kind}?{encoded(ground.parameters(kind, dice))}"
    found = ground.request("PUT", path, caller, json.dumps(made).encode(), JSON)
    if dice.random() < 0.5:
        found.headers.append(("If-Match", f'W/"{made.get("meta", {}).get("versionId", "1")}"'))
    return found


def _patch(ground: Ground, dice: random.Random, caller: str) -> Request:
    kind, one = ground.id_of(dice)
    steps = [
        {"op": "replace", "path": "/status", "value": dice.choice(("final", "amended", "nonsense"))},
        {"op": "add", "path": "/note", "value": [{"text": "measured twice"}]},
        {"op": "test", "path": "/resourceType", "value": kind},
        {"op": "remove", "path": "/text"},
        {"op": "copy", "from": "/code", "path": "/category/0"},
        {"op": "move", "from": "/subject", "path": "/focus/0"},
    ]
    body = json.dumps(dice.sample(steps, dice.randrange(1, 4))).encode()
    return ground.request("PATCH", f"/fhir/{kind}/{one}", caller, body, PATCH)


def _delete(ground: Ground, dice: random.Random, caller: str) -> Request:
    kind, one = ground.id_of(dice)
    if dice.random() < 0.5:
        one = ground.world.absent(dice)
    return ground.request("DELETE", f"/fhir/{kind}/{one}", caller)


def _bundle(ground: Ground, dice: random.Random, caller: str) -> Request:
    entries: list[dict[str, Any]] = []
    for number in range(dice.randrange(1, 5)):
        inner = dice.choice((_create, _create, _read, _search, _update, asking.past, asking.filled))(
            ground, dice, caller
        )
        entry: dict[str, Any] = {"request": {"method": inner.method, "url": inner.path.removeprefix("/fhir/")}}
        if inner.method == "POST" and "_search" in inner.path:
            continue
        if inner.body:
            entry["resource"] = json.loads(inner.body)
            entry["fullUrl"] = f"urn:uuid:00000000-0000-4000-8000-{number:012}"
        entries.append(entry)
    if len(entries) > 1 and "resource" in entries[-1] and "fullUrl" in entries[0]:
        entries[-1]["resource"]["encounter"] = {"reference": entries[0]["fullUrl"]}
    body = {"resourceType": "Bundle", "type": dice.choice(("transaction", "batch")), "entry": entries}
    return ground.request("POST", dice.choice(("/fhir", "/fhir/")), caller, json.dumps(body).encode(), JSON)


_MAKERS: dict[Callable[[Ground, random.Random, str], Request], int] = {
    _read: 16,
    _search: 34,
    _page: 6,
    _whole: 3,
    _operation: 8,
    _create: 10,
    _update: 7,
    _patch: 6,
    _delete: 2,
    _bundle: 8,
    asking.past: 4,
    asking.filled: 3,
    asking.defined: 3,
    asking.bound: 1,
}
