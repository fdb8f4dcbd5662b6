"""``GET /fhir/{type}?patient=...``: resources of one type in one chart, newest first, a page at a time.

There is no total: it would have to be the permitted one, and costs as much as the search. A page's next link carries
the keys of the last resource shown, signed, so nobody can aim it at what was not shown. Every page is decided anew.
"""

import hashlib
import hmac
from datetime import datetime
from urllib.parse import urlencode

from django.conf import settings

from hallway.consent.grants import notices
from hallway.fhirapi import bundles, plans
from hallway.fhirapi.answers import Answer
from hallway.fhirapi.asked import Asked, refused, resource_id
from hallway.ids import ResourceId
from hallway.record import queries
from hallway.record.evidence import Release
from hallway.record.stored import Stored
from hallway.standards.fhir import search

KINDS = frozenset({
    "AllergyIntolerance", "Appointment", "CarePlan", "CareTeam", "Communication", "Composition", "Condition",
    "Consent", "Coverage", "Device", "DiagnosticReport", "DocumentReference", "Encounter", "EpisodeOfCare",
    "ExplanationOfBenefit", "Claim", "Goal", "ImagingStudy", "Immunization", "Medication", "MedicationAdministration",
    "MedicationRequest", "MedicationStatement", "Observation", "Patient", "Procedure", "Provenance",
    "QuestionnaireResponse", "ServiceRequest", "SupplyDelivery", "Task",
})  # fmt: skip
PATIENT = ("patient", "subject")
MATCHED = frozenset({"token", "reference", "string", "uri"})
"""Kinds of search parameter that are matched by token; dates, quantities and composites are not at this door yet."""
MOST = 200
Cursor = tuple[datetime | None, ResourceId]


def answer(asked: Asked) -> Answer:
    """One page. Raises INCORRECT without exactly one patient: a search over everybody is not at this door yet."""
    if asked.kind not in KINDS:
        raise plans.not_found()
    query = asked.only(*PATIENT, *parameters_of(asked.kind), "_count", "_after", "_format", "_pretty")
    patients = [value for name in PATIENT for value in query.get(name, [])]
    if len(patients) != 1:
        raise refused("Name the one patient whose record is searched.")
    limit = _limit(query.get("_count", ["50"])[-1])
    after = _cursor(asked, query.get("_after", [""])[-1])
    tokens = [_token(asked.kind, name, value) for name in query if name[0] != "_" for value in query[name]]
    tokens = [token for token in tokens if token]

    patient_id = resource_id(patients[0].removeprefix("Patient/"))

    def attempt(fresh: bool) -> tuple[list[Stored], Release]:
        release = plans.patient_release(asked, patient_id, fresh=fresh)
        held = queries.search(release, asked.kind, tokens, limit=limit, ahead=1, after=after, route=asked.route)
        return held, release

    found, release = plans.with_fresh_plan(attempt)
    shown = found[:limit]
    links = [("self", _address(asked, after))]
    if len(found) > limit:
        links.append(("next", _address(asked, (shown[-1].dated_at, shown[-1].id))))
    owed = notices.owed([release], shown)
    return Answer(200, bundles.searchset(shown, asked.base, total=None, links=links, owed=owed))


def parameters_of(kind: str) -> dict[str, str]:
    """Search parameter -> its type, for those of a resource type that this door takes."""
    taken = {code: one.type for code, one in search.parameters(kind).items() if one.type in MATCHED}
    return {code: kind for code, kind in taken.items() if code not in PATIENT}


def _token(kind: str, name: str, value: str) -> str:
    """The token that a parameter looks for; empty for the patient, who is looked for by chart.

    Raises INCORRECT for lists and for half a coding: what is not understood is refused.
    """
    if name in PATIENT:
        return ""
    if "," in value or value.startswith("|") or value.endswith("|") or not value:
        raise refused("A search value is not one whole code, reference or word.")
    folded = search.fold(value) if parameters_of(kind)[name] == "string" else value
    return f"{name}={folded}"


def _limit(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text) <= MOST:
        raise refused(f"The _count parameter is not a number from 1 to {MOST}.")
    return int(text)


def _address(asked: Asked, after: Cursor | None) -> str:
    """The address of this page, or of the one that begins after ``after``."""
    kept = [(name, value) for name, value in asked.query if name != "_after"]
    if after is not None:
        kept.append(("_after", _sealed(asked, after)))
    return f"{asked.base}/{asked.kind}?{urlencode(kept)}"


def _sealed(asked: Asked, after: Cursor) -> str:
    text = f"{after[0].isoformat() if after[0] else ''}_{after[1]}"
    return f"{text}_{_mark(asked, text)}"


def _mark(asked: Asked, text: str) -> str:
    """Binds a cursor to who asked and for what kind."""
    who = f"{asked.requester.account_id}/{asked.requester.organization_id}/{asked.requester.role}/{asked.kind}"
    return hmac.new(settings.SECRET_KEY.encode(), f"{who}|{text}".encode(), hashlib.sha256).hexdigest()[:32]


def _cursor(asked: Asked, sealed: str) -> Cursor | None:
    """The keys in a next link. Raises INCORRECT for one that we did not write for this requester."""
    if not sealed:
        return None
    text, _, mark = sealed.rpartition("_")
    if not hmac.compare_digest(mark.encode(), _mark(asked, text).encode()):
        raise refused("The _after parameter is not one that Hallway gave you.")
    dated, _, last = text.rpartition("_")
    return (datetime.fromisoformat(dated) if dated else None, ResourceId(last))
