"""``GET /fhir/metadata``: what this door takes. Open to everybody, and tells nothing of anybody.

It is made from what serves: the table of routes, the registry of search parameters, the rows of who may write what. So
it can neither promise what is not there nor keep silent about what is.
"""

from collections.abc import Callable, Iterable
from functools import lru_cache

import msgspec

from hallway import __version__
from hallway.exchange import mail
from hallway.exchange.smart.capabilities import security
from hallway.exchange.subscriptions.models import Subscription
from hallway.exchange.subscriptions.tables import topics
from hallway.fhirapi.answers import Answer
from hallway.fhirapi.asked import Asked
from hallway.fhirapi.composed.table import SEARCHED
from hallway.fhirapi.plans import PUBLIC_KINDS
from hallway.fhirapi.search import registry
from hallway.fhirapi.search.registry import Known
from hallway.fhirapi.writing import rights
from hallway.standards.fhir import search
from hallway.standards.fhir.profiles import profiles

Json = dict[str, object]
Channel = Subscription.Channel
CHANGED_ON = "2026-11-22"
"""When what is said here last changed; a statement says no hour of the clock."""
BY_ADDRESS = {
    "GET /fhir/{type}/{id}": "read",
    "GET /fhir/{type}/{id}/_history/{version}": "vread",
    "GET /fhir/{type}/{id}/_history": "history-instance",
    "GET /fhir/{type}/_history": "history-type",
    "GET /fhir/{type}": "search-type",
}
"""Interactions that every served type has, where the address is served."""
OF_SYSTEM = {"GET /fhir": "search-system", "POST /fhir": "transaction", "GET /fhir/_history": "history-system"}
WRITTEN = {
    "POST /fhir/{type}": "create",
    "PUT /fhir/{type}/{id}": "update",
    "PATCH /fhir/{type}/{id}": "patch",
    "DELETE /fhir/{type}/{id}": "delete",
}
"""Interactions that a type has by the rows of who may write it; one that has addresses of its own, by these."""
WRITING = {"c": ("create",), "u": ("update", "patch"), "d": ("delete",)}
US_CORE = "http://hl7.org/fhir/us/core/"
BACKPORT = "http://hl7.org/fhir/uv/subscriptions-backport/"
TOPIC = BACKPORT + "StructureDefinition/capabilitystatement-subscriptiontopic-canonical"
DEFINED = {
    ("", "export"): "http://hl7.org/fhir/uv/bulkdata/OperationDefinition/export",
    ("Patient", "export"): "http://hl7.org/fhir/uv/bulkdata/OperationDefinition/patient-export",
    ("Group", "export"): "http://hl7.org/fhir/uv/bulkdata/OperationDefinition/group-export",
    ("Patient", "summary"): "http://hl7.org/fhir/uv/ips/OperationDefinition/summary",
    ("Patient", "merge"): "http://hl7.org/fhir/5.0/OperationDefinition/Patient-merge",
    ("Patient", "unmerge"): "https://hallway.example.org/fhir/OperationDefinition/Patient-unmerge",
    ("DocumentReference", "docref"): US_CORE + "OperationDefinition/docref",
    ("Questionnaire", "populate"): "http://hl7.org/fhir/uv/sdc/OperationDefinition/Questionnaire-populate",
    ("Subscription", "status"): BACKPORT + "OperationDefinition/backport-subscription-status",
    ("Subscription", "events"): BACKPORT + "OperationDefinition/backport-subscription-events",
    ("Subscription", "get-ws-binding-token"): BACKPORT
    + "OperationDefinition/backport-subscription-get-ws-binding-token",
}
"""Operations that R4 itself does not define."""
DOCUMENTED = "Read docs/searching.md: what is understood, and the limits of one search."


Served = frozenset[str]
"""The names of all routes of the door."""


def answer(served: Callable[[], Served], asked: Asked) -> Answer:
    """The capability statement, the same bytes for everybody at this address."""
    return Answer(200, _statement(asked.base, served()))


@lru_cache(maxsize=8)
def _statement(base: str, served: Served) -> bytes:
    rest: Json = {
        "mode": "server",
        "documentation": DOCUMENTED,
        "security": security(base),
        "resource": [_resource(kind, served) for kind in sorted(registry.KINDS | _named(served))],
        "interaction": [{"code": code} for code in _of_system(served)],
        "searchParam": [_parameter("", one) for _, one in sorted(registry.COMMON.items())],
        "operation": _operations("", served),
    }
    return msgspec.json.encode(
        {
            "resourceType": "CapabilityStatement",
            "status": "active",
            "date": CHANGED_ON,
            "kind": "instance",
            "instantiates": [US_CORE + "CapabilityStatement/us-core-server"],
            "software": {"name": "Hallway", "version": __version__},
            "implementation": {"description": "One shared chart behind the gate of consent", "url": base},
            "fhirVersion": "4.0.1",
            "format": ["application/fhir+json", "json"],
            "patchFormat": ["application/json-patch+json"],
            "implementationGuide": [US_CORE + "ImplementationGuide/hl7.fhir.us.core|6.1.0"],
            "rest": [{name: value for name, value in rest.items() if value}],
        }
    )


def _of_system(served: Served) -> Iterable[str]:
    for name, code in OF_SYSTEM.items():
        if name in served:
            yield from ("transaction", "batch") if code == "transaction" else (code,)


def _named(served: Served) -> frozenset[str]:
    """Types with addresses of their own, some of operations alone."""
    return search.kinds() & {word for name in served for word in name.partition(" ")[2].split("/")[2:3]}


def interactions_of(kind: str, served: Served) -> list[str]:
    """The interactions of a type, by the standard's words."""
    if kind not in registry.KINDS:
        return [code for name, code in (BY_ADDRESS | WRITTEN).items() if name.replace("{type}", kind) in served]
    found = [code for name, code in BY_ADDRESS.items() if name in served and not _is_untold(kind, code)]
    return found + [code for verb in rights.verbs_of(kind) for code in WRITING[verb]]


def _is_untold(kind: str, code: str) -> bool:
    """Of the directory what stands is told, and not what was written lately."""
    return code == "history-type" and kind in PUBLIC_KINDS


def _conditional(kind: str, served: Served) -> Json:
    """The writes that a search may name the resource of: where the verb is there at all."""
    verbs = rights.verbs_of(kind)
    return {
        **({"conditionalCreate": True} if "c" in verbs else {}),
        **({"conditionalUpdate": True} if "u" in verbs and "PUT /fhir/{type}" in served else {}),
        **({"conditionalDelete": "single"} if "d" in verbs and "DELETE /fhir/{type}" in served else {}),
    }


def _resource(kind: str, served: Served) -> Json:
    codes = interactions_of(kind, served)
    if not codes:
        return {"type": kind, "operation": _operations(kind, served)}
    is_kept = kind in registry.KINDS
    return {
        "type": kind,
        **(_topics() if kind == "Subscription" else {}),
        **_profiles(kind),
        "interaction": [{"code": code} for code in codes],
        "versioning": "versioned" if is_kept or "update" in codes else "no-version",
        "readHistory": "vread" in codes and kind not in PUBLIC_KINDS,
        "updateCreate": False,
        **(_conditional(kind, served) if is_kept else {}),
        "conditionalRead": "full-support" if is_kept else "not-supported",
        "referencePolicy": ["literal"],
        **(_included(kind) if is_kept else {}),
        **({"searchParam": params} if (params := _parameters(kind)) else {}),
        **({"operation": found} if (found := _operations(kind, served)) else {}),
    }


def _topics() -> Json:
    """What one may subscribe to, as the backport of subscriptions to R4 has it said, and by which channels."""
    channels = [one.value for one in Channel if one != Channel.MAIL or mail.is_offered()]
    return {
        "extension": [{"url": TOPIC, "valueCanonical": one.url} for one in topics.TOPICS.values()],
        "documentation": f"Channels: {', '.join(channels)}. Read docs/subscriptions.md.",
    }


def _profiles(kind: str) -> Json:
    urls = sorted(one.url for one in profiles().values() if one.kind == kind and one.url.startswith(US_CORE))
    return {"supportedProfile": urls} if urls else {}


def _included(kind: str) -> Json:
    ahead = [f"{kind}:{one.code}" for one in registry.references(kind)]
    back = [f"{source}:{code}" for source, code in registry.pointing_at(kind)]
    return {
        **({"searchInclude": [f"{kind}:*", *ahead]} if ahead else {}),
        **({"searchRevInclude": back} if back else {}),
    }


def _parameters(kind: str) -> list[Json]:
    if kind in SEARCHED:
        return [{"name": name, "type": "token"} for name in SEARCHED[kind]]
    return [_parameter(kind, one) for _, one in sorted(registry.known(kind).items())]


def _parameter(kind: str, one: Known) -> Json:
    said: Json = {"name": one.code, "type": one.type}
    if one.code in registry.COMMON:
        said["definition"] = f"http://hl7.org/fhir/SearchParameter/Resource-{one.code[1:]}"
    behind = [f":{word}" for word in registry.modifiers(one)]
    behind += [f":{word}" for word in one.targets if word in registry.KINDS] if len(one.targets) < 20 else []
    return {**said, "documentation": f"Modifiers: {', '.join(behind)}"} if behind and kind else said


def _operations(kind: str, served: Served) -> list[Json]:
    """The operations of a type, or of the whole system for an empty one."""
    found: dict[str, None] = {}
    for name in sorted(served):
        words = name.partition(" ")[2].split("/")[2:]
        of = words[0] if len(words) > 1 else ""
        if words and words[-1].startswith("$") and (of == kind or (of == "{type}" and kind)):
            found[words[-1][1:]] = None
    return [{"name": name, "definition": _definition(kind, name)} for name in found]


def _definition(kind: str, name: str) -> str:
    named = "Resource" if name in ("validate", "meta") else kind
    return DEFINED.get((kind, name), f"http://hl7.org/fhir/OperationDefinition/{named}-{name}")
