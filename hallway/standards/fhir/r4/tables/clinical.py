"""Resources (clinical) of FHIR R4 4.0.1, as typed views. Written by tools/build_fhir_structs.py: do not edit.

A view never limits what is stored: unknown elements stay in the stored body.
"""
# msgspec passes frozen on to subclasses, which the checker does not know.
# pyright: reportGeneralTypeIssues=false

from __future__ import annotations

from decimal import Decimal

from msgspec import Raw, field

from hallway.standards.fhir.r4.base import Part
from hallway.standards.fhir.r4.tables.datatypes import (
    Age,
    Annotation,
    Attachment,
    CodeableConcept,
    Coding,
    Dosage,
    Duration,
    Extension,
    Identifier,
    Meta,
    Narrative,
    Period,
    Quantity,
    Range,
    Ratio,
    Reference,
    SampledData,
    Timing,
)


class EncounterStatusHistory(Part):
    """List of past encounter statuses."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    status: str | None = None
    period: Period | None = None


class EncounterClassHistory(Part):
    """List of past encounter classes."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    class_: Coding | None = field(default=None, name="class")
    period: Period | None = None


class EncounterParticipant(Part):
    """List of participants involved in the encounter."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    type: tuple[CodeableConcept, ...] = ()
    period: Period | None = None
    individual: Reference | None = None


class EncounterDiagnosis(Part):
    """The list of diagnosis relevant to this encounter."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    condition: Reference | None = None
    use: CodeableConcept | None = None
    rank: int | None = None


class EncounterHospitalization(Part):
    """Details about the admission to a healthcare service."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    pre_admission_identifier: Identifier | None = None
    origin: Reference | None = None
    admit_source: CodeableConcept | None = None
    re_admission: CodeableConcept | None = None
    diet_preference: tuple[CodeableConcept, ...] = ()
    special_courtesy: tuple[CodeableConcept, ...] = ()
    special_arrangement: tuple[CodeableConcept, ...] = ()
    destination: Reference | None = None
    discharge_disposition: CodeableConcept | None = None


class EncounterLocation(Part):
    """List of locations where the patient has been."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    location: Reference | None = None
    status: str | None = None
    physical_type: CodeableConcept | None = None
    period: Period | None = None


class Encounter(Part, tag_field="resourceType", tag="Encounter"):
    """An interaction during which services are provided to the patient."""

    id: str | None = None
    meta: Meta | None = None
    language: str | None = None
    text: Narrative | None = None
    contained: tuple[Raw, ...] = ()
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    identifier: tuple[Identifier, ...] = ()
    status: str | None = None
    status_history: tuple[EncounterStatusHistory, ...] = ()
    class_: Coding | None = field(default=None, name="class")
    class_history: tuple[EncounterClassHistory, ...] = ()
    type: tuple[CodeableConcept, ...] = ()
    service_type: CodeableConcept | None = None
    priority: CodeableConcept | None = None
    subject: Reference | None = None
    episode_of_care: tuple[Reference, ...] = ()
    based_on: tuple[Reference, ...] = ()
    participant: tuple[EncounterParticipant, ...] = ()
    appointment: tuple[Reference, ...] = ()
    period: Period | None = None
    length: Duration | None = None
    reason_code: tuple[CodeableConcept, ...] = ()
    reason_reference: tuple[Reference, ...] = ()
    diagnosis: tuple[EncounterDiagnosis, ...] = ()
    account: tuple[Reference, ...] = ()
    hospitalization: EncounterHospitalization | None = None
    location: tuple[EncounterLocation, ...] = ()
    service_provider: Reference | None = None
    part_of: Reference | None = None


class EpisodeOfCareStatusHistory(Part):
    """Past list of status codes (the current status may be included to cover the start date of the status)."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    status: str | None = None
    period: Period | None = None


class EpisodeOfCareDiagnosis(Part):
    """The list of diagnosis relevant to this episode of care."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    condition: Reference | None = None
    role: CodeableConcept | None = None
    rank: int | None = None


class EpisodeOfCare(Part, tag_field="resourceType", tag="EpisodeOfCare"):
    """An association of a Patient with an Organization and Healthcare Provider(s) for a period of time ...."""

    id: str | None = None
    meta: Meta | None = None
    language: str | None = None
    text: Narrative | None = None
    contained: tuple[Raw, ...] = ()
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    identifier: tuple[Identifier, ...] = ()
    status: str | None = None
    status_history: tuple[EpisodeOfCareStatusHistory, ...] = ()
    type: tuple[CodeableConcept, ...] = ()
    diagnosis: tuple[EpisodeOfCareDiagnosis, ...] = ()
    patient: Reference | None = None
    managing_organization: Reference | None = None
    period: Period | None = None
    referral_request: tuple[Reference, ...] = ()
    care_manager: Reference | None = None
    team: tuple[Reference, ...] = ()
    account: tuple[Reference, ...] = ()


class ConditionStage(Part):
    """Stage/grade, usually assessed formally."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    summary: CodeableConcept | None = None
    assessment: tuple[Reference, ...] = ()
    type: CodeableConcept | None = None


class ConditionEvidence(Part):
    """Supporting evidence."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    code: tuple[CodeableConcept, ...] = ()
    detail: tuple[Reference, ...] = ()


class Condition(Part, tag_field="resourceType", tag="Condition"):
    """Detailed information about conditions, problems or diagnoses."""

    id: str | None = None
    meta: Meta | None = None
    language: str | None = None
    text: Narrative | None = None
    contained: tuple[Raw, ...] = ()
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    identifier: tuple[Identifier, ...] = ()
    clinical_status: CodeableConcept | None = None
    verification_status: CodeableConcept | None = None
    category: tuple[CodeableConcept, ...] = ()
    severity: CodeableConcept | None = None
    code: CodeableConcept | None = None
    body_site: tuple[CodeableConcept, ...] = ()
    subject: Reference | None = None
    encounter: Reference | None = None
    onset_date_time: str | None = None
    onset_age: Age | None = None
    onset_period: Period | None = None
    onset_range: Range | None = None
    onset_string: str | None = None
    abatement_date_time: str | None = None
    abatement_age: Age | None = None
    abatement_period: Period | None = None
    abatement_range: Range | None = None
    abatement_string: str | None = None
    recorded_date: str | None = None
    recorder: Reference | None = None
    asserter: Reference | None = None
    stage: tuple[ConditionStage, ...] = ()
    evidence: tuple[ConditionEvidence, ...] = ()
    note: tuple[Annotation, ...] = ()


class ProcedurePerformer(Part):
    """The people who performed the procedure."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    function: CodeableConcept | None = None
    actor: Reference | None = None
    on_behalf_of: Reference | None = None


class ProcedureFocalDevice(Part):
    """Manipulated, implanted, or removed device."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    action: CodeableConcept | None = None
    manipulated: Reference | None = None


class Procedure(Part, tag_field="resourceType", tag="Procedure"):
    """An action that is being or was performed on a patient."""

    id: str | None = None
    meta: Meta | None = None
    language: str | None = None
    text: Narrative | None = None
    contained: tuple[Raw, ...] = ()
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    identifier: tuple[Identifier, ...] = ()
    instantiates_canonical: tuple[str, ...] = ()
    instantiates_uri: tuple[str, ...] = ()
    based_on: tuple[Reference, ...] = ()
    part_of: tuple[Reference, ...] = ()
    status: str | None = None
    status_reason: CodeableConcept | None = None
    category: CodeableConcept | None = None
    code: CodeableConcept | None = None
    subject: Reference | None = None
    encounter: Reference | None = None
    performed_date_time: str | None = None
    performed_period: Period | None = None
    performed_string: str | None = None
    performed_age: Age | None = None
    performed_range: Range | None = None
    recorder: Reference | None = None
    asserter: Reference | None = None
    performer: tuple[ProcedurePerformer, ...] = ()
    location: Reference | None = None
    reason_code: tuple[CodeableConcept, ...] = ()
    reason_reference: tuple[Reference, ...] = ()
    body_site: tuple[CodeableConcept, ...] = ()
    outcome: CodeableConcept | None = None
    report: tuple[Reference, ...] = ()
    complication: tuple[CodeableConcept, ...] = ()
    complication_detail: tuple[Reference, ...] = ()
    follow_up: tuple[CodeableConcept, ...] = ()
    note: tuple[Annotation, ...] = ()
    focal_device: tuple[ProcedureFocalDevice, ...] = ()
    used_reference: tuple[Reference, ...] = ()
    used_code: tuple[CodeableConcept, ...] = ()


class ObservationReferenceRange(Part):
    """Provides guide for interpretation."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    low: Quantity | None = None
    high: Quantity | None = None
    type: CodeableConcept | None = None
    applies_to: tuple[CodeableConcept, ...] = ()
    age: Range | None = None
    text: str | None = None


class ObservationComponent(Part):
    """Component results."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    code: CodeableConcept | None = None
    value_quantity: Quantity | None = None
    value_codeable_concept: CodeableConcept | None = None
    value_string: str | None = None
    value_boolean: bool | None = None
    value_integer: int | None = None
    value_range: Range | None = None
    value_ratio: Ratio | None = None
    value_sampled_data: SampledData | None = None
    value_time: str | None = None
    value_date_time: str | None = None
    value_period: Period | None = None
    data_absent_reason: CodeableConcept | None = None
    interpretation: tuple[CodeableConcept, ...] = ()
    reference_range: tuple[ObservationReferenceRange, ...] = ()


class Observation(Part, tag_field="resourceType", tag="Observation"):
    """Measurements and simple assertions."""

    id: str | None = None
    meta: Meta | None = None
    language: str | None = None
    text: Narrative | None = None
    contained: tuple[Raw, ...] = ()
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    identifier: tuple[Identifier, ...] = ()
    based_on: tuple[Reference, ...] = ()
    part_of: tuple[Reference, ...] = ()
    status: str | None = None
    category: tuple[CodeableConcept, ...] = ()
    code: CodeableConcept | None = None
    subject: Reference | None = None
    focus: tuple[Reference, ...] = ()
    encounter: Reference | None = None
    effective_date_time: str | None = None
    effective_period: Period | None = None
    effective_timing: Timing | None = None
    effective_instant: str | None = None
    issued: str | None = None
    performer: tuple[Reference, ...] = ()
    value_quantity: Quantity | None = None
    value_codeable_concept: CodeableConcept | None = None
    value_string: str | None = None
    value_boolean: bool | None = None
    value_integer: int | None = None
    value_range: Range | None = None
    value_ratio: Ratio | None = None
    value_sampled_data: SampledData | None = None
    value_time: str | None = None
    value_date_time: str | None = None
    value_period: Period | None = None
    data_absent_reason: CodeableConcept | None = None
    interpretation: tuple[CodeableConcept, ...] = ()
    note: tuple[Annotation, ...] = ()
    body_site: CodeableConcept | None = None
    method: CodeableConcept | None = None
    specimen: Reference | None = None
    device: Reference | None = None
    reference_range: tuple[ObservationReferenceRange, ...] = ()
    has_member: tuple[Reference, ...] = ()
    derived_from: tuple[Reference, ...] = ()
    component: tuple[ObservationComponent, ...] = ()


class DiagnosticReportMedia(Part):
    """Key images associated with this report."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    comment: str | None = None
    link: Reference | None = None


class DiagnosticReport(Part, tag_field="resourceType", tag="DiagnosticReport"):
    """A Diagnostic report - a combination of request information, atomic results, images, ...."""

    id: str | None = None
    meta: Meta | None = None
    language: str | None = None
    text: Narrative | None = None
    contained: tuple[Raw, ...] = ()
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    identifier: tuple[Identifier, ...] = ()
    based_on: tuple[Reference, ...] = ()
    status: str | None = None
    category: tuple[CodeableConcept, ...] = ()
    code: CodeableConcept | None = None
    subject: Reference | None = None
    encounter: Reference | None = None
    effective_date_time: str | None = None
    effective_period: Period | None = None
    issued: str | None = None
    performer: tuple[Reference, ...] = ()
    results_interpreter: tuple[Reference, ...] = ()
    specimen: tuple[Reference, ...] = ()
    result: tuple[Reference, ...] = ()
    imaging_study: tuple[Reference, ...] = ()
    media: tuple[DiagnosticReportMedia, ...] = ()
    conclusion: str | None = None
    conclusion_code: tuple[CodeableConcept, ...] = ()
    presented_form: tuple[Attachment, ...] = ()


class AllergyIntoleranceReaction(Part):
    """Adverse Reaction Events linked to exposure to substance."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    substance: CodeableConcept | None = None
    manifestation: tuple[CodeableConcept, ...] = ()
    description: str | None = None
    onset: str | None = None
    severity: str | None = None
    exposure_route: CodeableConcept | None = None
    note: tuple[Annotation, ...] = ()


class AllergyIntolerance(Part, tag_field="resourceType", tag="AllergyIntolerance"):
    """Allergy or Intolerance (generally: Risk of adverse reaction to a substance)."""

    id: str | None = None
    meta: Meta | None = None
    language: str | None = None
    text: Narrative | None = None
    contained: tuple[Raw, ...] = ()
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    identifier: tuple[Identifier, ...] = ()
    clinical_status: CodeableConcept | None = None
    verification_status: CodeableConcept | None = None
    type: str | None = None
    category: tuple[str, ...] = ()
    criticality: str | None = None
    code: CodeableConcept | None = None
    patient: Reference | None = None
    encounter: Reference | None = None
    onset_date_time: str | None = None
    onset_age: Age | None = None
    onset_period: Period | None = None
    onset_range: Range | None = None
    onset_string: str | None = None
    recorded_date: str | None = None
    recorder: Reference | None = None
    asserter: Reference | None = None
    last_occurrence: str | None = None
    note: tuple[Annotation, ...] = ()
    reaction: tuple[AllergyIntoleranceReaction, ...] = ()


class MedicationIngredient(Part):
    """Active or inactive ingredient."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    item_codeable_concept: CodeableConcept | None = None
    item_reference: Reference | None = None
    is_active: bool | None = None
    strength: Ratio | None = None


class MedicationBatch(Part):
    """Details about packaged medications."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    lot_number: str | None = None
    expiration_date: str | None = None


class Medication(Part, tag_field="resourceType", tag="Medication"):
    """Definition of a Medication."""

    id: str | None = None
    meta: Meta | None = None
    language: str | None = None
    text: Narrative | None = None
    contained: tuple[Raw, ...] = ()
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    identifier: tuple[Identifier, ...] = ()
    code: CodeableConcept | None = None
    status: str | None = None
    manufacturer: Reference | None = None
    form: CodeableConcept | None = None
    amount: Ratio | None = None
    ingredient: tuple[MedicationIngredient, ...] = ()
    batch: MedicationBatch | None = None


class MedicationRequestDispenseRequestInitialFill(Part):
    """First fill details."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    quantity: Quantity | None = None
    duration: Duration | None = None


class MedicationRequestDispenseRequest(Part):
    """Medication supply authorization."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    initial_fill: MedicationRequestDispenseRequestInitialFill | None = None
    dispense_interval: Duration | None = None
    validity_period: Period | None = None
    number_of_repeats_allowed: int | None = None
    quantity: Quantity | None = None
    expected_supply_duration: Duration | None = None
    performer: Reference | None = None


class MedicationRequestSubstitution(Part):
    """Any restrictions on medication substitution."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    allowed_boolean: bool | None = None
    allowed_codeable_concept: CodeableConcept | None = None
    reason: CodeableConcept | None = None


class MedicationRequest(Part, tag_field="resourceType", tag="MedicationRequest"):
    """Ordering of medication for patient or group."""

    id: str | None = None
    meta: Meta | None = None
    language: str | None = None
    text: Narrative | None = None
    contained: tuple[Raw, ...] = ()
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    identifier: tuple[Identifier, ...] = ()
    status: str | None = None
    status_reason: CodeableConcept | None = None
    intent: str | None = None
    category: tuple[CodeableConcept, ...] = ()
    priority: str | None = None
    do_not_perform: bool | None = None
    reported_boolean: bool | None = None
    reported_reference: Reference | None = None
    medication_codeable_concept: CodeableConcept | None = None
    medication_reference: Reference | None = None
    subject: Reference | None = None
    encounter: Reference | None = None
    supporting_information: tuple[Reference, ...] = ()
    authored_on: str | None = None
    requester: Reference | None = None
    performer: Reference | None = None
    performer_type: CodeableConcept | None = None
    recorder: Reference | None = None
    reason_code: tuple[CodeableConcept, ...] = ()
    reason_reference: tuple[Reference, ...] = ()
    instantiates_canonical: tuple[str, ...] = ()
    instantiates_uri: tuple[str, ...] = ()
    based_on: tuple[Reference, ...] = ()
    group_identifier: Identifier | None = None
    course_of_therapy_type: CodeableConcept | None = None
    insurance: tuple[Reference, ...] = ()
    note: tuple[Annotation, ...] = ()
    dosage_instruction: tuple[Dosage, ...] = ()
    dispense_request: MedicationRequestDispenseRequest | None = None
    substitution: MedicationRequestSubstitution | None = None
    prior_prescription: Reference | None = None
    detected_issue: tuple[Reference, ...] = ()
    event_history: tuple[Reference, ...] = ()


class MedicationStatement(Part, tag_field="resourceType", tag="MedicationStatement"):
    """Record of medication being taken by a patient."""

    id: str | None = None
    meta: Meta | None = None
    language: str | None = None
    text: Narrative | None = None
    contained: tuple[Raw, ...] = ()
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    identifier: tuple[Identifier, ...] = ()
    based_on: tuple[Reference, ...] = ()
    part_of: tuple[Reference, ...] = ()
    status: str | None = None
    status_reason: tuple[CodeableConcept, ...] = ()
    category: CodeableConcept | None = None
    medication_codeable_concept: CodeableConcept | None = None
    medication_reference: Reference | None = None
    subject: Reference | None = None
    context: Reference | None = None
    effective_date_time: str | None = None
    effective_period: Period | None = None
    date_asserted: str | None = None
    information_source: Reference | None = None
    derived_from: tuple[Reference, ...] = ()
    reason_code: tuple[CodeableConcept, ...] = ()
    reason_reference: tuple[Reference, ...] = ()
    note: tuple[Annotation, ...] = ()
    dosage: tuple[Dosage, ...] = ()


class ImmunizationPerformer(Part):
    """Who performed event."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    function: CodeableConcept | None = None
    actor: Reference | None = None


class ImmunizationEducation(Part):
    """Educational material presented to patient."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    document_type: str | None = None
    reference: str | None = None
    publication_date: str | None = None
    presentation_date: str | None = None


class ImmunizationReaction(Part):
    """Details of a reaction that follows immunization."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    date: str | None = None
    detail: Reference | None = None
    reported: bool | None = None


class ImmunizationProtocolApplied(Part):
    """Protocol followed by the provider."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    series: str | None = None
    authority: Reference | None = None
    target_disease: tuple[CodeableConcept, ...] = ()
    dose_number_positive_int: int | None = None
    dose_number_string: str | None = None
    series_doses_positive_int: int | None = None
    series_doses_string: str | None = None


class Immunization(Part, tag_field="resourceType", tag="Immunization"):
    """Immunization event information."""

    id: str | None = None
    meta: Meta | None = None
    language: str | None = None
    text: Narrative | None = None
    contained: tuple[Raw, ...] = ()
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    identifier: tuple[Identifier, ...] = ()
    status: str | None = None
    status_reason: CodeableConcept | None = None
    vaccine_code: CodeableConcept | None = None
    patient: Reference | None = None
    encounter: Reference | None = None
    occurrence_date_time: str | None = None
    occurrence_string: str | None = None
    recorded: str | None = None
    primary_source: bool | None = None
    report_origin: CodeableConcept | None = None
    location: Reference | None = None
    manufacturer: Reference | None = None
    lot_number: str | None = None
    expiration_date: str | None = None
    site: CodeableConcept | None = None
    route: CodeableConcept | None = None
    dose_quantity: Quantity | None = None
    performer: tuple[ImmunizationPerformer, ...] = ()
    note: tuple[Annotation, ...] = ()
    reason_code: tuple[CodeableConcept, ...] = ()
    reason_reference: tuple[Reference, ...] = ()
    is_subpotent: bool | None = None
    subpotent_reason: tuple[CodeableConcept, ...] = ()
    education: tuple[ImmunizationEducation, ...] = ()
    program_eligibility: tuple[CodeableConcept, ...] = ()
    funding_source: CodeableConcept | None = None
    reaction: tuple[ImmunizationReaction, ...] = ()
    protocol_applied: tuple[ImmunizationProtocolApplied, ...] = ()


class CarePlanActivityDetail(Part):
    """In-line definition of activity."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    kind: str | None = None
    instantiates_canonical: tuple[str, ...] = ()
    instantiates_uri: tuple[str, ...] = ()
    code: CodeableConcept | None = None
    reason_code: tuple[CodeableConcept, ...] = ()
    reason_reference: tuple[Reference, ...] = ()
    goal: tuple[Reference, ...] = ()
    status: str | None = None
    status_reason: CodeableConcept | None = None
    do_not_perform: bool | None = None
    scheduled_timing: Timing | None = None
    scheduled_period: Period | None = None
    scheduled_string: str | None = None
    location: Reference | None = None
    performer: tuple[Reference, ...] = ()
    product_codeable_concept: CodeableConcept | None = None
    product_reference: Reference | None = None
    daily_amount: Quantity | None = None
    quantity: Quantity | None = None
    description: str | None = None


class CarePlanActivity(Part):
    """Action to occur as part of plan."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    outcome_codeable_concept: tuple[CodeableConcept, ...] = ()
    outcome_reference: tuple[Reference, ...] = ()
    progress: tuple[Annotation, ...] = ()
    reference: Reference | None = None
    detail: CarePlanActivityDetail | None = None


class CarePlan(Part, tag_field="resourceType", tag="CarePlan"):
    """Healthcare plan for patient or group."""

    id: str | None = None
    meta: Meta | None = None
    language: str | None = None
    text: Narrative | None = None
    contained: tuple[Raw, ...] = ()
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    identifier: tuple[Identifier, ...] = ()
    instantiates_canonical: tuple[str, ...] = ()
    instantiates_uri: tuple[str, ...] = ()
    based_on: tuple[Reference, ...] = ()
    replaces: tuple[Reference, ...] = ()
    part_of: tuple[Reference, ...] = ()
    status: str | None = None
    intent: str | None = None
    category: tuple[CodeableConcept, ...] = ()
    title: str | None = None
    description: str | None = None
    subject: Reference | None = None
    encounter: Reference | None = None
    period: Period | None = None
    created: str | None = None
    author: Reference | None = None
    contributor: tuple[Reference, ...] = ()
    care_team: tuple[Reference, ...] = ()
    addresses: tuple[Reference, ...] = ()
    supporting_info: tuple[Reference, ...] = ()
    goal: tuple[Reference, ...] = ()
    activity: tuple[CarePlanActivity, ...] = ()
    note: tuple[Annotation, ...] = ()


class GoalTarget(Part):
    """Target outcome for the goal."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    measure: CodeableConcept | None = None
    detail_quantity: Quantity | None = None
    detail_range: Range | None = None
    detail_codeable_concept: CodeableConcept | None = None
    detail_string: str | None = None
    detail_boolean: bool | None = None
    detail_integer: int | None = None
    detail_ratio: Ratio | None = None
    due_date: str | None = None
    due_duration: Duration | None = None


class Goal(Part, tag_field="resourceType", tag="Goal"):
    """Describes the intended objective(s) for a patient, group or organization."""

    id: str | None = None
    meta: Meta | None = None
    language: str | None = None
    text: Narrative | None = None
    contained: tuple[Raw, ...] = ()
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    identifier: tuple[Identifier, ...] = ()
    lifecycle_status: str | None = None
    achievement_status: CodeableConcept | None = None
    category: tuple[CodeableConcept, ...] = ()
    priority: CodeableConcept | None = None
    description: CodeableConcept | None = None
    subject: Reference | None = None
    start_date: str | None = None
    start_codeable_concept: CodeableConcept | None = None
    target: tuple[GoalTarget, ...] = ()
    status_date: str | None = None
    status_reason: str | None = None
    expressed_by: Reference | None = None
    addresses: tuple[Reference, ...] = ()
    note: tuple[Annotation, ...] = ()
    outcome_code: tuple[CodeableConcept, ...] = ()
    outcome_reference: tuple[Reference, ...] = ()


class Flag(Part, tag_field="resourceType", tag="Flag"):
    """Key information to flag to healthcare providers."""

    id: str | None = None
    meta: Meta | None = None
    language: str | None = None
    text: Narrative | None = None
    contained: tuple[Raw, ...] = ()
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    identifier: tuple[Identifier, ...] = ()
    status: str | None = None
    category: tuple[CodeableConcept, ...] = ()
    code: CodeableConcept | None = None
    subject: Reference | None = None
    period: Period | None = None
    encounter: Reference | None = None
    author: Reference | None = None


class FamilyMemberHistoryCondition(Part):
    """Condition that the related person had."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    code: CodeableConcept | None = None
    outcome: CodeableConcept | None = None
    contributed_to_death: bool | None = None
    onset_age: Age | None = None
    onset_range: Range | None = None
    onset_period: Period | None = None
    onset_string: str | None = None
    note: tuple[Annotation, ...] = ()


class FamilyMemberHistory(Part, tag_field="resourceType", tag="FamilyMemberHistory"):
    """Information about patient's relatives, relevant for patient."""

    id: str | None = None
    meta: Meta | None = None
    language: str | None = None
    text: Narrative | None = None
    contained: tuple[Raw, ...] = ()
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    identifier: tuple[Identifier, ...] = ()
    instantiates_canonical: tuple[str, ...] = ()
    instantiates_uri: tuple[str, ...] = ()
    status: str | None = None
    data_absent_reason: CodeableConcept | None = None
    patient: Reference | None = None
    date: str | None = None
    name: str | None = None
    relationship: CodeableConcept | None = None
    sex: CodeableConcept | None = None
    born_period: Period | None = None
    born_date: str | None = None
    born_string: str | None = None
    age_age: Age | None = None
    age_range: Range | None = None
    age_string: str | None = None
    estimated_age: bool | None = None
    deceased_boolean: bool | None = None
    deceased_age: Age | None = None
    deceased_range: Range | None = None
    deceased_date: str | None = None
    deceased_string: str | None = None
    reason_code: tuple[CodeableConcept, ...] = ()
    reason_reference: tuple[Reference, ...] = ()
    note: tuple[Annotation, ...] = ()
    condition: tuple[FamilyMemberHistoryCondition, ...] = ()


class ClinicalImpressionInvestigation(Part):
    """One or more sets of investigations (signs, symptoms, etc.)."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    code: CodeableConcept | None = None
    item: tuple[Reference, ...] = ()


class ClinicalImpressionFinding(Part):
    """Possible or likely findings and diagnoses."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    item_codeable_concept: CodeableConcept | None = None
    item_reference: Reference | None = None
    basis: str | None = None


class ClinicalImpression(Part, tag_field="resourceType", tag="ClinicalImpression"):
    """A clinical assessment performed when planning treatments and management strategies for a patient."""

    id: str | None = None
    meta: Meta | None = None
    language: str | None = None
    text: Narrative | None = None
    contained: tuple[Raw, ...] = ()
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    identifier: tuple[Identifier, ...] = ()
    status: str | None = None
    status_reason: CodeableConcept | None = None
    code: CodeableConcept | None = None
    description: str | None = None
    subject: Reference | None = None
    encounter: Reference | None = None
    effective_date_time: str | None = None
    effective_period: Period | None = None
    date: str | None = None
    assessor: Reference | None = None
    previous: Reference | None = None
    problem: tuple[Reference, ...] = ()
    investigation: tuple[ClinicalImpressionInvestigation, ...] = ()
    protocol: tuple[str, ...] = ()
    summary: str | None = None
    finding: tuple[ClinicalImpressionFinding, ...] = ()
    prognosis_codeable_concept: tuple[CodeableConcept, ...] = ()
    prognosis_reference: tuple[Reference, ...] = ()
    supporting_info: tuple[Reference, ...] = ()
    note: tuple[Annotation, ...] = ()


class RiskAssessmentPrediction(Part):
    """Outcome predicted."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    outcome: CodeableConcept | None = None
    probability_decimal: Decimal | None = None
    probability_range: Range | None = None
    qualitative_risk: CodeableConcept | None = None
    relative_risk: Decimal | None = None
    when_period: Period | None = None
    when_range: Range | None = None
    rationale: str | None = None


class RiskAssessment(Part, tag_field="resourceType", tag="RiskAssessment"):
    """Potential outcomes for a subject with likelihood."""

    id: str | None = None
    meta: Meta | None = None
    language: str | None = None
    text: Narrative | None = None
    contained: tuple[Raw, ...] = ()
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    identifier: tuple[Identifier, ...] = ()
    based_on: Reference | None = None
    parent: Reference | None = None
    status: str | None = None
    method: CodeableConcept | None = None
    code: CodeableConcept | None = None
    subject: Reference | None = None
    encounter: Reference | None = None
    occurrence_date_time: str | None = None
    occurrence_period: Period | None = None
    condition: Reference | None = None
    performer: Reference | None = None
    reason_code: tuple[CodeableConcept, ...] = ()
    reason_reference: tuple[Reference, ...] = ()
    basis: tuple[Reference, ...] = ()
    prediction: tuple[RiskAssessmentPrediction, ...] = ()
    mitigation: str | None = None
    note: tuple[Annotation, ...] = ()
