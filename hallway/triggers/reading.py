"""From the body of a resource to its codes, numbers and times. Pure; elements that no rule asks of are passed over."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from functools import cache, lru_cache
from operator import attrgetter
from typing import Any, NamedTuple

import msgspec

from hallway.screening.instruments import library
from hallway.standards.fhir import dates
from hallway.terms import medicines, problems
from hallway.triggers import dosing
from hallway.triggers.shapes import Body, Coding, Concept, Identifier, Item, Participant, Period, Reference

KINDS = (
    "Patient", "Condition", "MedicationRequest", "MedicationStatement", "MedicationDispense", "Encounter",
    "EpisodeOfCare", "Observation", "QuestionnaireResponse", "ServiceRequest", "Task", "Appointment", "Consent",
    "CarePlan", "CareTeam", "Procedure", "Flag", "Communication", "DocumentReference", "RiskAssessment", "Coverage",
    "Goal",
)  # fmt: skip
"""What a look has to read."""
MEDICINES = ("MedicationRequest", "MedicationStatement", "MedicationDispense")

SYSTEMS = {
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
"""LOINC answers of the PHQ and GAD family, and of yes and no, to a question that no instrument here has."""


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
    concepts = _concepts(sent)
    codes = set(_codes(kind, sent, concepts))
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
        words=_words(concepts),
        about=about,
        is_error=sent.status in _ERRORS or verification in _ERRORS,
    )


# Codes ---------------------------------------------------------------------------------------------------------------


def _list(value: Concept | list[Concept] | None) -> list[Concept]:
    return [] if value is None else value if isinstance(value, list) else [value]


_what = attrgetter("code", "type", "topic", "service_type", "medication_codeable_concept", "scope", "order_detail")


def _concepts(sent: Body) -> list[Concept]:
    """The concepts that say what the resource is; not why it was asked."""
    found: list[Concept] = []
    for value in _what(sent):
        if value is not None:
            found += _list(value)
    for activity in sent.activity:
        found += _list(activity.detail.code) if activity.detail else []
    return found


def _codes(kind: str, sent: Body, concepts: Iterable[Concept]) -> Iterable[str]:
    for concept in concepts:
        yield from _of_concept(concept)
    for concept in _list(sent.category):
        yield from _of_category(concept)
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
        yield from (f"reason_set:{one}" for one in _sets_of(concept))
    if kind == "Condition":
        for concept in _list(sent.code):
            yield from (f"set:{one}" for one in _sets_of(concept))


@lru_cache(maxsize=16_384)
def _of_concept(concept: Concept) -> tuple[str, ...]:
    coded = (code for coding in concept.coding for code in _of_coding(coding))
    return (*coded, *(f"name:{name.lower().strip()}" for name in _names(concept)))


@lru_cache(maxsize=4096)
def _of_category(concept: Concept) -> tuple[str, ...]:
    found = ((f"category:{coding.code.lower()}", *_of_coding(coding)) for coding in concept.coding)
    return tuple(code for codes in found for code in codes)


@lru_cache(maxsize=16_384)
def _sets_of(concept: Concept) -> frozenset[str]:
    return problems.sets_of(_icd10(concept), _names(concept))


def _of_coding(coding: Coding) -> Iterable[str]:
    if coding.code:
        system = SYSTEMS.get(coding.system) or ("hallway" if coding.system.startswith("urn:hallway:") else "other")
        yield f"{system}:{coding.code}"


def _names(concept: Concept) -> list[str]:
    return [name for name in (concept.text, *(coding.display for coding in concept.coding)) if name]


def _icd10(concept: Concept) -> list[str]:
    return [coding.code for coding in concept.coding if SYSTEMS.get(coding.system) == "icd10"]


def _words(concepts: Iterable[Concept]) -> str:
    for concept in concepts:
        if names := _names(concept):
            return names[0]
    return ""


def _word(concept: Concept | None) -> str:
    return concept.coding[0].code if concept and concept.coding else ""


# Times, references, numbers ------------------------------------------------------------------------------------------


_TIMES: Mapping[str, Callable[[Body], str]] = {
    "Condition": lambda sent: sent.recorded_date if _time(sent.recorded_date) else sent.onset_date_time,
    "Encounter": lambda sent: _period(sent.period).start,
    "Task": attrgetter("authored_on"),
    "Appointment": attrgetter("start"),
    "QuestionnaireResponse": attrgetter("authored"),
    "DocumentReference": attrgetter("date"),
}


def _at(kind: str, sent: Body) -> datetime | None:
    """When it happened. A problem counts from the day it was noted: an old onset may be new to the practice."""
    told = _TIMES.get(kind)
    text = told(sent) if told else ""
    return dates.parse(text) if text else None


_NO_PERIOD = Period()


def _period(period: Period | str | None) -> Period:
    return period if isinstance(period, Period) else _NO_PERIOD


def _about(sent: Body) -> dict[str, str]:
    """What only some kinds have, as short texts; times in ISO form."""
    told = zip(_SAID.items(), _told(sent), strict=True)
    found = {key: said for (key, (_, tell)), value in told if value and (said := tell(value))}
    more = (("for", _whom(sent)), ("names", _named(sent)), ("end_at", _end(sent)), ("supply_days", _supply(sent)))
    found.update(pair for pair in more if pair[1])
    for part in sent.component:
        for coding in part.code.coding:
            if part.value_quantity and part.value_quantity.value is not None:
                found[f"loinc:{coding.code}"] = str(part.value_quantity.value)
    return found


def _whom(sent: Body) -> str:
    if not (sent.recipient or sent.owner or sent.performer):
        return ""
    return _references((*sent.recipient, *([sent.owner] if sent.owner else ()), *_list_of(sent.performer)))


def _named(sent: Body) -> str:
    """What a message or a task says that it is about, or brings along."""
    if not (sent.about or sent.reason_reference or sent.payload):
        return ""
    attached = (part.content_reference for part in sent.payload)
    return _references((*sent.about, *_list_of(sent.reason_reference), *(one for one in attached if one)))


def _end(sent: Body) -> str:
    return _time(_period(sent.period).end or sent.abatement_date_time or _covered(sent))


def _identifier(value: Identifier | list[Identifier]) -> str:
    """The id that the sender's own workflow gave it, where that is a UUID."""
    held = value if isinstance(value, list) else [value]
    return next((one.value for one in held if one.value.startswith("urn:uuid:")), "")


def _covered(sent: Body) -> str:
    """Until when a form or an order holds, by its own words."""
    if sent.provision and sent.provision.period:
        return sent.provision.period.end
    request = sent.dispense_request
    return request.validity_period.end if request and request.validity_period else ""


_MOST_SUPPLIES = 10_000.0


def _supply(sent: Body) -> str:
    """Days that one supply lasts, where it says."""
    held = (sent.dispense_request.expected_supply_duration if sent.dispense_request else None) or sent.days_supply
    if held is None or held.value is None:
        return ""
    days = {"wk": 7, "weeks": 7, "week": 7, "mo": 30, "month": 30, "months": 30, "a": 365}
    return str(round(max(0.0, min(held.value, _MOST_SUPPLIES)) * days.get(held.code or held.unit, 1)))


def _time(text: str) -> str:
    found = dates.parse(text) if text else None
    return found.isoformat() if found else ""


def _list_of(value: Reference | list[Reference] | None) -> list[Reference]:
    return [] if value is None else value if isinstance(value, list) else [value]


def _reference(value: Reference | None) -> str:
    return value.target if value else ""


def _references(values: Iterable[Reference]) -> str:
    return ",".join(one.target for one in values if one.target)


def _of_all(value: Reference | list[Reference] | None) -> str:
    return _references(_list_of(value))


def _actors(those: Iterable[Participant]) -> str:
    return ",".join(_reference(one.actor or one.individual or one.member) for one in those)


# What is told of one element: the element, and how it is told. Most resources have few of them.
_SAID: Mapping[str, tuple[str, Callable[[Any], str]]] = {
    "intent": ("intent", str),
    "encounter": ("encounter", _reference),
    "based_on": ("based_on", _of_all),
    "part_of": ("part_of", _of_all),
    "focus": ("focus", _of_all),
    "requester": ("requester", _reference),
    "business": ("business_status", _word),
    "disposition": ("hospitalization", lambda stay: _word(stay.discharge_disposition)),
    "identifier": ("identifier", _identifier),
    "group": ("group_identifier", lambda group: group.value),
    "modified_at": ("last_modified", _time),
    "sent_at": ("sent", _time),
    "outputs": ("output", lambda output: str(len(output))),
    "actors": ("participant", _actors),
}
_told = attrgetter(*(element for element, _ in _SAID.values()))


def _measured(sent: Body, about: dict[str, str]) -> tuple[float | None, str]:
    if sent.value_quantity and sent.value_quantity.value is not None:
        return sent.value_quantity.value, sent.value_quantity.unit or sent.value_quantity.code
    if sent.value_integer is not None:
        return float(sent.value_integer), ""
    if sent.value_codeable_concept:
        coded = sent.value_codeable_concept.coding
        about["value_codes"] = ",".join(code for coding in coded for code in _of_coding(coding))
        asked = sent.code.coding if isinstance(sent.code, Concept) else []
        points = next(_points_of([one.code for one in asked], coded), None)
        return (None if points is None else float(points)), ""
    return None, ""


@cache
def _points() -> Mapping[tuple[str, str], int]:
    """What an answer counts, by the codes of question and answer, as the files of the instruments have it."""
    return {
        (question.code, choice.code): choice.points
        for instrument in library.shipped()
        for question in instrument.questions
        for choice in instrument.choices(question.key)
        if question.code and choice.code and not choice.is_no_answer
    }


def _points_of(questions: Iterable[str], answers: Iterable[Coding]) -> Iterator[int]:
    """What the answers count to one of these questions; by the answer alone where nobody knows the question."""
    asked = tuple(questions)
    for answer in answers:
        for question in asked:
            points = _points().get((question, answer.code), _POINTS.get(answer.code))
            if points is not None:
                yield points


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
                points = next(_points_of([code], [answer.value_coding]), None)
            if points is not None:
                codes.add(f"loinc:{code}")
                about[f"loinc:{code}"] = str(points)
        _answers(item.item, codes, about)
