"""What the door serves: types, their search parameters, and what each may be asked by. One registry for everybody:
the parser asks it, and the capability statement is made from it.
"""

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from hallway.fhirapi.plans import PUBLIC_KINDS
from hallway.standards.fhir import search

KINDS = PUBLIC_KINDS | frozenset({
    "Account", "AdverseEvent", "AllergyIntolerance", "Appointment", "AppointmentResponse", "Basic", "BodyStructure",
    "CarePlan", "CareTeam", "ChargeItem", "Claim", "ClaimResponse", "ClinicalImpression", "Communication",
    "CommunicationRequest", "Composition", "Condition", "Consent", "Coverage", "CoverageEligibilityRequest",
    "CoverageEligibilityResponse", "DetectedIssue", "Device", "DeviceRequest", "DeviceUseStatement", "DiagnosticReport",
    "DocumentManifest", "DocumentReference", "Encounter", "EpisodeOfCare", "ExplanationOfBenefit",
    "FamilyMemberHistory", "Flag", "Goal", "ImagingStudy", "Immunization", "ImmunizationEvaluation",
    "ImmunizationRecommendation", "Invoice", "List", "MeasureReport", "Media", "Medication",
    "MedicationAdministration", "MedicationDispense", "MedicationRequest", "MedicationStatement", "MolecularSequence",
    "NutritionOrder", "Observation", "Patient", "Person", "Procedure", "Provenance", "QuestionnaireResponse",
    "RelatedPerson", "RequestGroup", "ResearchSubject", "RiskAssessment", "Schedule", "ServiceRequest", "Slot",
    "Specimen", "SupplyDelivery", "SupplyRequest", "Task", "VisionPrescription",
})  # fmt: skip
"""Types that are read and searched here. Other shared ones (value sets, questionnaires) have doors of their own."""

COMPOSITES = {
    "code-value-concept": "token",
    "code-value-date": "date",
    "code-value-quantity": "quantity",
    "combo-code-value-concept": "token",
    "combo-code-value-quantity": "quantity",
    "component-code-value-concept": "token",
    "component-code-value-quantity": "quantity",
}
"""The composites of Observation that are taken: a code, then ``$``, then a value of this type."""
ANY = "*"


class Known(NamedTuple):
    """One search parameter of a type. ``targets`` are the types a reference may name."""

    code: str
    type: str
    targets: tuple[str, ...] = ()


COMMON = {
    one.code: one
    for one in (
        Known("_id", "token"),
        Known("_lastUpdated", "date"),
        Known("_profile", "uri"),
        Known("_security", "token"),
        Known("_source", "uri"),
        Known("_tag", "token"),
    )
}
"""What every type may be asked by."""

_MODIFIERS = {
    "token": ("missing", "not", "in", "not-in"),
    "reference": ("missing", "identifier"),
    "string": ("missing", "exact", "contains"),
    "uri": ("missing",),
    "date": ("missing",),
    "number": ("missing",),
    "quantity": ("missing",),
    "composite": (),
}
_OF_COMMON = {"_tag": ("missing", "not"), "_security": ("not",), "_profile": ("missing",), "_source": ("missing",)}


@cache
def known(kind: str) -> Mapping[str, Known]:
    """Code -> search parameter of a type, with those of every type; empty for one that is not served."""
    if kind not in KINDS:
        return {}
    own = {
        code: Known(code, one.type, _targets(one.targets))
        for code, one in search.parameters(kind).items()
        if _is_taken(kind, one)
    }
    if kind not in PUBLIC_KINDS and kind != "Patient":
        own.setdefault("patient", Known("patient", "reference", ("Patient",)))
    return {**own, **COMMON}


def _is_taken(kind: str, one: search.Parameter) -> bool:
    """Whether the record keeps what such a search looks for."""
    return search.is_indexed(kind, one.code) and (one.type != "composite" or one.code in COMPOSITES)


def _targets(listed: tuple[str, ...]) -> tuple[str, ...]:
    """The types that a reference may name; all that are served where it may name any."""
    return tuple(sorted(KINDS)) if ANY in listed else tuple(sorted(listed))


def modifiers(one: Known) -> tuple[str, ...]:
    """What may stand behind a parameter's name, beside the types of a reference."""
    if one.code in COMMON:
        return _OF_COMMON.get(one.code, ())
    return (*_MODIFIERS[one.type], *(("of-type",) if one.code == "identifier" else ()))


@cache
def references(kind: str) -> tuple[Known, ...]:
    """The reference parameters of a type: what ``_include`` may follow."""
    return tuple(one for one in known(kind).values() if one.type == "reference" and one.targets)


@cache
def pointing_at(kind: str) -> tuple[tuple[str, str], ...]:
    """(type, parameter) of every reference that may name a type: what ``_revinclude`` may follow."""
    return tuple((source, one.code) for source in sorted(KINDS) for one in references(source) if kind in one.targets)
