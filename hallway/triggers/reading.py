"""From the body of a resource to its codes, numbers and times. Pure; elements that no rule asks of are passed over."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

import msgspec

from hallway.standards.fhir import dates
from hallway.terms import medicines, problems
from hallway.triggers import dosing
from hallway.triggers.shapes import Body, Coding, Concept, Item, Period, Reference

KINDS = (
    "Patient", "Condition", "MedicationRequest", "MedicationStatement", "MedicationDispense", "Encounter",
    "EpisodeOfCare", "Observation", "QuestionnaireResponse", "ServiceRequest", "Task", "Appointment", "Consent",
    "CarePlan", "CareTeam", "Procedure", "Flag", "Communication", "DocumentReference", "RiskAssessment", "Coverage",
    "Goal",
)  # fmt: skip
"""What a look has to read."""
MEDICINES = ("MedicationRequest", "MedicationStatement", "MedicationDispense")

_SYSTEMS = {
    "http://hl7.org/fhir/sid/icd-10-cm": "icd10",
    "http://hl7.org/fhir/sid/icd-10": "icd10",
    "http://loinc.org": "loinc",
    "http://www.nlm.nih.gov/research/umls/rxnorm": "rxnorm",
    "http://hl7.org/fhir/sid/ndc": "ndc",
    "http://fdasis.nlm.nih.gov": "unii",
    "http://snomed.info/sct": "snomed",
    "http://www.ama-assn.org/go/cpt": "cpt",
    "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets": "hcpcs",
    "http://www.cms.gov/Medicare/Coding/ICD10": "icd10pcs",
    "http://hl7.org/fhir/sid/cvx": "cvx",
    "http://terminology.hl7.org/CodeSystem/v3-ActCode": "act",
    "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation": "interpretation",
}
_ERRORS = frozenset({"entered-in-error", "refuted"})
_POINTS = {"LA6568-5": 0, "LA6569-3": 1, "LA6570-1": 2, "LA6571-9": 3, "LA33-6": 1, "LA32-8": 0}
"""LOINC answers of the PHQ and GAD family, and of yes and no."""


class Read(NamedTuple):
    """What one body says. ``at`` is None where the record's own date is as good."""

    codes: frozenset[str]
    status: str
    at: datetime | None
    value: float | None
    unit: str
    words: str
    about: Mapping[str, str]
    is_error: bool


_decoder = msgspec.json.Decoder(Body)


def read(kind: str, body: bytes) -> Read | None:
    """What a body of one of ``KINDS`` says; None for others, and for one that is not shaped as R4 has it."""
    if kind not in KINDS:
        return None
    try:
        sent = _decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    verification = _word(sent.verification_status)
    codes = set(_codes(kind, sent))
    about = _about(sent)
    value, unit = _measured(sent, about)
    if kind in MEDICINES:
        _drugs(sent, codes, about)
    elif kind == "QuestionnaireResponse":
        _answers(sent.item, codes, about)
    return Read(
        codes=frozenset(codes),
        status=_word(sent.clinical_status) or sent.status,
        at=_at(kind, sent),
        value=value,
        unit=unit,
        words=_words(sent),
        about=about,
        is_error=sent.status in _ERRORS or verification in _ERRORS,
    )


# Codes ---------------------------------------------------------------------------------------------------------------


def _list(value: Concept | list[Concept] | None) -> list[Concept]:
    return [] if value is None else value if isinstance(value, list) else [value]


def _concepts(sent: Body) -> list[Concept]:
    """The concepts that say what the resource is; not why it was asked."""
    found = [*_list(sent.code), *_list(sent.type), *_list(sent.topic), *_list(sent.service_type)]
    found += [*_list(sent.medication_codeable_concept), *_list(sent.scope), *_list(sent.order_detail)]
    for activity in sent.activity:
        found += _list(activity.detail.code) if activity.detail else []
    return found


def _codes(kind: str, sent: Body) -> Iterable[str]:
    for concept in _concepts(sent):
        yield from _of_concept(concept)
    for concept in _list(sent.category):
        for coding in concept.coding:
            yield f"category:{coding.code.lower()}"
            yield from _of_coding(coding)
    for concept in sent.interpretation:
        yield from (f"interpretation:{coding.code}" for coding in concept.coding)
    for part in sent.component:
        yield from _of_concept(part.code)
    if isinstance(sent.class_, Coding):
        yield f"class:{sent.class_.code}"
    yield from _of_problems(kind, sent)


def _of_problems(kind: str, sent: Body) -> Iterable[str]:
    """The sets that a problem lies in, and why a visit or an order was."""
    # A diagnosis of a visit is why it took place; of a problem it is the problem.
    for concept in _list(sent.reason_code):
        yield from (f"reason_{code}" for code in _of_concept(concept))
        yield from (f"reason_set:{one}" for one in problems.sets_of(_icd10(concept), _names(concept)))
    if kind == "Condition":
        for concept in _list(sent.code):
            yield from (f"set:{one}" for one in problems.sets_of(_icd10(concept), _names(concept)))


def _of_concept(concept: Concept) -> Iterable[str]:
    for coding in concept.coding:
        yield from _of_coding(coding)
    for name in _names(concept):
        yield f"name:{name.lower().strip()}"


def _of_coding(coding: Coding) -> Iterable[str]:
    if coding.code:
        system = _SYSTEMS.get(coding.system) or ("hallway" if coding.system.startswith("urn:hallway:") else "other")
        yield f"{system}:{coding.code}"


def _names(concept: Concept) -> list[str]:
    return [name for name in (concept.text, *(coding.display for coding in concept.coding)) if name]


def _icd10(concept: Concept) -> list[str]:
    return [coding.code for coding in concept.coding if _SYSTEMS.get(coding.system) == "icd10"]


def _words(sent: Body) -> str:
    for concept in _concepts(sent):
        if names := _names(concept):
            return names[0]
    return ""


def _word(concept: Concept | None) -> str:
    return concept.coding[0].code if concept and concept.coding else ""


# Times, references, numbers ------------------------------------------------------------------------------------------


def _at(kind: str, sent: Body) -> datetime | None:
    """When it happened. A problem counts from the day it was noted: an old onset may be new to the practice."""
    texts = {
        "Condition": (sent.recorded_date, sent.onset_date_time),
        "Encounter": (_period(sent.period).start,),
        "Task": (sent.authored_on,),
        "Appointment": (sent.start,),
        "QuestionnaireResponse": (sent.authored,),
        "DocumentReference": (sent.date,),
    }.get(kind, ())
    return next((found for text in texts if text and (found := dates.parse(text))), None)


def _period(period: Period | str | None) -> Period:
    return period if isinstance(period, Period) else Period()


def _about(sent: Body) -> dict[str, str]:
    """What only some kinds have, as short texts; times in ISO form."""
    found = {
        "intent": sent.intent,
        "encounter": _reference(sent.encounter),
        "based_on": _references(_list_of(sent.based_on)),
        "part_of": _references(_list_of(sent.part_of)),
        "focus": _references(_list_of(sent.focus)),
        "for": _references((*sent.recipient, *([sent.owner] if sent.owner else []), *_list_of(sent.performer))),
        "names": _references(_named(sent)),
        "requester": _reference(sent.requester),
        "business": _word(sent.business_status),
        "disposition": _word(sent.hospitalization.discharge_disposition) if sent.hospitalization else "",
        "identifier": _identifier(sent),
        "group": sent.group_identifier.value if sent.group_identifier else "",
        "end_at": _time(_period(sent.period).end or sent.abatement_date_time or _covered(sent)),
        "modified_at": _time(sent.last_modified),
        "sent_at": _time(sent.sent),
        "outputs": str(len(sent.output)) if sent.output else "",
        "supply_days": _supply(sent),
        "actors": ",".join(_reference(one.actor or one.individual or one.member) for one in sent.participant),
    }
    for part in sent.component:
        for coding in part.code.coding:
            if part.value_quantity and part.value_quantity.value is not None:
                found[f"loinc:{coding.code}"] = str(part.value_quantity.value)
    return {key: value for key, value in found.items() if value}


def _named(sent: Body) -> Iterable[Reference]:
    """What a message or a task says that it is about, or brings along."""
    attached = (part.content_reference for part in sent.payload)
    return (*sent.about, *_list_of(sent.reason_reference), *(one for one in attached if one))


def _identifier(sent: Body) -> str:
    """The id that the sender's own workflow gave it, where that is a UUID."""
    held = sent.identifier if isinstance(sent.identifier, list) else [sent.identifier] if sent.identifier else []
    return next((one.value for one in held if one.value.startswith("urn:uuid:")), "")


def _covered(sent: Body) -> str:
    """Until when a form or an order holds, by its own words."""
    if sent.provision and sent.provision.period:
        return sent.provision.period.end
    request = sent.dispense_request
    return request.validity_period.end if request and request.validity_period else ""


def _supply(sent: Body) -> str:
    """Days that one supply lasts, where it says."""
    held = (sent.dispense_request.expected_supply_duration if sent.dispense_request else None) or sent.days_supply
    if held is None or held.value is None:
        return ""
    days = {"wk": 7, "weeks": 7, "week": 7, "mo": 30, "month": 30, "months": 30, "a": 365}
    return str(round(held.value * days.get(held.code or held.unit, 1)))


def _time(text: str) -> str:
    found = dates.parse(text) if text else None
    return found.isoformat() if found else ""


def _list_of(value: Reference | list[Reference] | None) -> list[Reference]:
    return [] if value is None else value if isinstance(value, list) else [value]


def _reference(value: Reference | None) -> str:
    return value.target if value else ""


def _references(values: Iterable[Reference]) -> str:
    return ",".join(one.target for one in values if one.target)


def _measured(sent: Body, about: dict[str, str]) -> tuple[float | None, str]:
    if sent.value_quantity and sent.value_quantity.value is not None:
        return sent.value_quantity.value, sent.value_quantity.unit or sent.value_quantity.code
    if sent.value_integer is not None:
        return float(sent.value_integer), ""
    if sent.value_codeable_concept:
        coded = sent.value_codeable_concept.coding
        about["value_codes"] = ",".join(code for coding in coded for code in _of_coding(coding))
        points = [_POINTS[coding.code] for coding in coded if coding.code in _POINTS]
        return (float(points[0]) if points else None), ""
    return None, ""


def _drugs(sent: Body, codes: set[str], about: dict[str, str]) -> None:
    """The ingredients and groups of a drug, its daily dose where it can be told, and that no row knows it."""
    found = medicines.ingredients(codes, (code[5:] for code in codes if code.startswith("name:")))
    for ingredient in found:
        codes.add(f"drug:{ingredient}")
        codes.update(f"group:{group}" for group in medicines.groups(ingredient))
    if not found:
        codes.add("drug:?")
    names = [code[5:] for code in codes if code.startswith("name:")]
    dosages = sent.dosage_instruction or sent.dosage
    dose = dosing.daily_mg(sorted(names), dosages) if len(found) == 1 else None
    if dose is not None:
        about["daily_mg"] = f"{dose:g}"
    if any(dosing.is_long_acting(name) for name in names):
        codes.add("group:LONG_ACTING_INJECTABLE")


def _answers(items: list[Item], codes: set[str], about: dict[str, str]) -> None:
    """Answers of a questionnaire whose items carry LOINC codes, as points where the answer's points are known."""
    for item in items:
        code = next((one.code for one in item.code if one.system == "http://loinc.org"), item.link_id.lstrip("/"))
        for answer in item.answer:
            points = answer.value_integer
            if answer.value_coding:
                points = _POINTS.get(answer.value_coding.code)
            if points is not None:
                codes.add(f"loinc:{code}")
                about[f"loinc:{code}"] = str(points)
        _answers(item.item, codes, about)
