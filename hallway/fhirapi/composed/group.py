"""``Group``: the patients of the asker's own practice, as one list. Its id is the practice's own.

Members are those whom the practice treats and whose Patient resource may flow to the asker: another asker of the same
practice may see another list. A Group of another practice is not there.
"""

import msgspec

from hallway.consent import gate, searching
from hallway.consent import queries as consent
from hallway.directory import queries as directory
from hallway.directory.models import Organization
from hallway.fhirapi import bundles, plans
from hallway.fhirapi.answers import Answer
from hallway.fhirapi.asked import Asked
from hallway.fhirapi.search import answering, scoped
from hallway.identity.requester import PATIENT_SIDE
from hallway.ids import ResourceId
from hallway.record import queries as record
from hallway.record.criteria import Ids, Query

SEARCHED = ("actual", "type")
_IS = {"actual": "true", "type": "person"}
"""What every Group here is."""
AT_ONCE = 500
"""Patients that one search judges by a granular scope."""


def answer(asked: Asked) -> Answer:
    """``GET /fhir/Group/{id}``. The ledger's line names the charts in it."""
    asked.only("_format", "_pretty")
    return Answer(200, msgspec.json.encode(_group(asked, own(asked))))


def answer_search(asked: Asked) -> Answer:
    """``GET /fhir/Group``: the one list, if the asker has a practice and means such a one."""
    query = asked.only("_format", "_pretty", "_count", *SEARCHED)
    _refuse_scopes(asked, "s")
    place = _practice(asked)
    if place is None:
        raise plans.not_found()
    found: list[bytes] = []
    if _is_meant(query):
        resource = msgspec.json.encode(_group(asked, place))
        found.append(bundles.entry(f"{asked.base}/Group/{place.fhir_id}", resource, bundles.MATCH))
    links = [("self", answering.address_of(asked, "Group", list(asked.query)))]
    return Answer(200, bundles.bundle("searchset", found, total=len(found), links=links))


def _is_meant(query: dict[str, list[str]]) -> bool:
    """Whether every value that is asked for, with or without its system, is what a Group here has."""
    asked_for = ((name, values.split(",")) for name in SEARCHED for values in query.get(name, []))
    return all(any(one.rpartition("|")[2] == _IS[name] for one in values) for name, values in asked_for)


def own(asked: Asked) -> Organization:
    """The practice whose Group the address names. Raises NOT_FOUND for any but the asker's own."""
    _refuse_scopes(asked, "r")
    place = _practice(asked)
    if place is None or place.fhir_id != asked.parts["id"]:
        raise plans.not_found()
    return place


def _refuse_scopes(asked: Asked, verb: str) -> None:
    if asked.scopes is not None and not asked.scopes.allows("Group", verb):
        raise plans.not_found()


def _practice(asked: Asked) -> Organization | None:
    """The practice that the asker works for; none on the patient's side, and for a role that sees no chart."""
    who = asked.requester
    if who.role in PATIENT_SIDE or not who.organization_id or gate.purpose_for(who, None) is None:
        return None
    return directory.organization(asked.requester.organization_id)


def _group(asked: Asked, place: Organization) -> dict[str, object]:
    charts = consent.attributed_to(asked.requester.organization_id)
    shown = consent.headers(asked.requester, sorted(charts))
    patients = _within_scopes(asked, sorted(record.patients_of(sorted(shown)).values()))
    whole: dict[str, object] = {
        "resourceType": "Group",
        "id": place.fhir_id,
        "type": "person",
        "actual": True,
        "name": f"Patients of {place.name}",
        "quantity": len(patients),
        "managingEntity": {"reference": f"Organization/{place.fhir_id}"},
    }
    members = [{"entity": {"reference": f"Patient/{one}"}} for one in patients]
    return whole | ({"member": members} if members else {})


def _within_scopes(asked: Asked, patients: list[ResourceId]) -> list[ResourceId]:
    """Those whom a granular scope on Patient fits, where there is one."""
    verb = "r" if scoped.allows(asked, "Patient", "r") else "s"
    narrowed = scoped.criteria_of(asked, "Patient", verb) if scoped.allows(asked, "Patient", verb) else ()
    if not narrowed:
        return patients
    kept: list[ResourceId] = []
    for begin in range(0, len(patients), AT_ONCE):
        some = tuple(patients[begin : begin + AT_ONCE])
        query = Query("Patient", (Ids(some), *narrowed), limit=len(some))
        kept += [ResourceId(one.id) for one in searching.find_across(asked.requester, query, route=asked.route)]
    return sorted(kept)
