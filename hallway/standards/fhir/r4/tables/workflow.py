"""Resources (workflow) of FHIR R4 4.0.1, as typed views. Written by tools/build_fhir_structs.py: do not edit.

A view never limits what is stored: unknown elements stay in the stored body.
"""
# msgspec passes frozen on to subclasses, which the checker does not know.
# pyright: reportGeneralTypeIssues=false

from __future__ import annotations

from decimal import Decimal

from msgspec import Raw, field

from hallway.standards.fhir.r4.base import Part
from hallway.standards.fhir.r4.tables.datatypes import (
    Address,
    Age,
    Annotation,
    Attachment,
    CodeableConcept,
    Coding,
    ContactDetail,
    ContactPoint,
    Contributor,
    Count,
    DataRequirement,
    Distance,
    Dosage,
    Duration,
    Expression,
    Extension,
    HumanName,
    Identifier,
    Meta,
    Money,
    Narrative,
    ParameterDefinition,
    Period,
    Quantity,
    Range,
    Ratio,
    Reference,
    RelatedArtifact,
    SampledData,
    Signature,
    Timing,
    TriggerDefinition,
    UsageContext,
)


class ServiceRequest(Part, tag_field="resourceType", tag="ServiceRequest"):
    """A request for a service to be performed."""

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
    requisition: Identifier | None = None
    status: str | None = None
    intent: str | None = None
    category: tuple[CodeableConcept, ...] = ()
    priority: str | None = None
    do_not_perform: bool | None = None
    code: CodeableConcept | None = None
    order_detail: tuple[CodeableConcept, ...] = ()
    quantity_quantity: Quantity | None = None
    quantity_ratio: Ratio | None = None
    quantity_range: Range | None = None
    subject: Reference | None = None
    encounter: Reference | None = None
    occurrence_date_time: str | None = None
    occurrence_period: Period | None = None
    occurrence_timing: Timing | None = None
    as_needed_boolean: bool | None = None
    as_needed_codeable_concept: CodeableConcept | None = None
    authored_on: str | None = None
    requester: Reference | None = None
    performer_type: CodeableConcept | None = None
    performer: tuple[Reference, ...] = ()
    location_code: tuple[CodeableConcept, ...] = ()
    location_reference: tuple[Reference, ...] = ()
    reason_code: tuple[CodeableConcept, ...] = ()
    reason_reference: tuple[Reference, ...] = ()
    insurance: tuple[Reference, ...] = ()
    supporting_info: tuple[Reference, ...] = ()
    specimen: tuple[Reference, ...] = ()
    body_site: tuple[CodeableConcept, ...] = ()
    note: tuple[Annotation, ...] = ()
    patient_instruction: str | None = None
    relevant_history: tuple[Reference, ...] = ()


class TaskRestriction(Part):
    """Constraints on fulfillment tasks."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    repetitions: int | None = None
    period: Period | None = None
    recipient: tuple[Reference, ...] = ()


class TaskInput(Part):
    """Information used to perform task."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    type: CodeableConcept | None = None
    value_base64_binary: str | None = None
    value_boolean: bool | None = None
    value_canonical: str | None = None
    value_code: str | None = None
    value_date: str | None = None
    value_date_time: str | None = None
    value_decimal: Decimal | None = None
    value_id: str | None = None
    value_instant: str | None = None
    value_integer: int | None = None
    value_markdown: str | None = None
    value_oid: str | None = None
    value_positive_int: int | None = None
    value_string: str | None = None
    value_time: str | None = None
    value_unsigned_int: int | None = None
    value_uri: str | None = None
    value_url: str | None = None
    value_uuid: str | None = None
    value_address: Address | None = None
    value_age: Age | None = None
    value_annotation: Annotation | None = None
    value_attachment: Attachment | None = None
    value_codeable_concept: CodeableConcept | None = None
    value_coding: Coding | None = None
    value_contact_point: ContactPoint | None = None
    value_count: Count | None = None
    value_distance: Distance | None = None
    value_duration: Duration | None = None
    value_human_name: HumanName | None = None
    value_identifier: Identifier | None = None
    value_money: Money | None = None
    value_period: Period | None = None
    value_quantity: Quantity | None = None
    value_range: Range | None = None
    value_ratio: Ratio | None = None
    value_reference: Reference | None = None
    value_sampled_data: SampledData | None = None
    value_signature: Signature | None = None
    value_timing: Timing | None = None
    value_contact_detail: ContactDetail | None = None
    value_contributor: Contributor | None = None
    value_data_requirement: DataRequirement | None = None
    value_expression: Expression | None = None
    value_parameter_definition: ParameterDefinition | None = None
    value_related_artifact: RelatedArtifact | None = None
    value_trigger_definition: TriggerDefinition | None = None
    value_usage_context: UsageContext | None = None
    value_dosage: Dosage | None = None
    value_meta: Meta | None = None


class TaskOutput(Part):
    """Information produced as part of task."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    type: CodeableConcept | None = None
    value_base64_binary: str | None = None
    value_boolean: bool | None = None
    value_canonical: str | None = None
    value_code: str | None = None
    value_date: str | None = None
    value_date_time: str | None = None
    value_decimal: Decimal | None = None
    value_id: str | None = None
    value_instant: str | None = None
    value_integer: int | None = None
    value_markdown: str | None = None
    value_oid: str | None = None
    value_positive_int: int | None = None
    value_string: str | None = None
    value_time: str | None = None
    value_unsigned_int: int | None = None
    value_uri: str | None = None
    value_url: str | None = None
    value_uuid: str | None = None
    value_address: Address | None = None
    value_age: Age | None = None
    value_annotation: Annotation | None = None
    value_attachment: Attachment | None = None
    value_codeable_concept: CodeableConcept | None = None
    value_coding: Coding | None = None
    value_contact_point: ContactPoint | None = None
    value_count: Count | None = None
    value_distance: Distance | None = None
    value_duration: Duration | None = None
    value_human_name: HumanName | None = None
    value_identifier: Identifier | None = None
    value_money: Money | None = None
    value_period: Period | None = None
    value_quantity: Quantity | None = None
    value_range: Range | None = None
    value_ratio: Ratio | None = None
    value_reference: Reference | None = None
    value_sampled_data: SampledData | None = None
    value_signature: Signature | None = None
    value_timing: Timing | None = None
    value_contact_detail: ContactDetail | None = None
    value_contributor: Contributor | None = None
    value_data_requirement: DataRequirement | None = None
    value_expression: Expression | None = None
    value_parameter_definition: ParameterDefinition | None = None
    value_related_artifact: RelatedArtifact | None = None
    value_trigger_definition: TriggerDefinition | None = None
    value_usage_context: UsageContext | None = None
    value_dosage: Dosage | None = None
    value_meta: Meta | None = None


class Task(Part, tag_field="resourceType", tag="Task"):
    """A task to be performed."""

    id: str | None = None
    meta: Meta | None = None
    language: str | None = None
    text: Narrative | None = None
    contained: tuple[Raw, ...] = ()
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    identifier: tuple[Identifier, ...] = ()
    instantiates_canonical: str | None = None
    instantiates_uri: str | None = None
    based_on: tuple[Reference, ...] = ()
    group_identifier: Identifier | None = None
    part_of: tuple[Reference, ...] = ()
    status: str | None = None
    status_reason: CodeableConcept | None = None
    business_status: CodeableConcept | None = None
    intent: str | None = None
    priority: str | None = None
    code: CodeableConcept | None = None
    description: str | None = None
    focus: Reference | None = None
    for_: Reference | None = field(default=None, name="for")
    encounter: Reference | None = None
    execution_period: Period | None = None
    authored_on: str | None = None
    last_modified: str | None = None
    requester: Reference | None = None
    performer_type: tuple[CodeableConcept, ...] = ()
    owner: Reference | None = None
    location: Reference | None = None
    reason_code: CodeableConcept | None = None
    reason_reference: Reference | None = None
    insurance: tuple[Reference, ...] = ()
    note: tuple[Annotation, ...] = ()
    relevant_history: tuple[Reference, ...] = ()
    restriction: TaskRestriction | None = None
    input: tuple[TaskInput, ...] = ()
    output: tuple[TaskOutput, ...] = ()


class AppointmentParticipant(Part):
    """Participants involved in appointment."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    type: tuple[CodeableConcept, ...] = ()
    actor: Reference | None = None
    required: str | None = None
    status: str | None = None
    period: Period | None = None


class Appointment(Part, tag_field="resourceType", tag="Appointment"):
    """A booking of a healthcare event among patient(s), practitioner(s), related person(s) and/or ...."""

    id: str | None = None
    meta: Meta | None = None
    language: str | None = None
    text: Narrative | None = None
    contained: tuple[Raw, ...] = ()
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    identifier: tuple[Identifier, ...] = ()
    status: str | None = None
    cancelation_reason: CodeableConcept | None = None
    service_category: tuple[CodeableConcept, ...] = ()
    service_type: tuple[CodeableConcept, ...] = ()
    specialty: tuple[CodeableConcept, ...] = ()
    appointment_type: CodeableConcept | None = None
    reason_code: tuple[CodeableConcept, ...] = ()
    reason_reference: tuple[Reference, ...] = ()
    priority: int | None = None
    description: str | None = None
    supporting_information: tuple[Reference, ...] = ()
    start: str | None = None
    end: str | None = None
    minutes_duration: int | None = None
    slot: tuple[Reference, ...] = ()
    created: str | None = None
    comment: str | None = None
    patient_instruction: str | None = None
    based_on: tuple[Reference, ...] = ()
    participant: tuple[AppointmentParticipant, ...] = ()
    requested_period: tuple[Period, ...] = ()


class AppointmentResponse(Part, tag_field="resourceType", tag="AppointmentResponse"):
    """A reply to an appointment request for a patient and/or practitioner(s), such as a confirmation ...."""

    id: str | None = None
    meta: Meta | None = None
    language: str | None = None
    text: Narrative | None = None
    contained: tuple[Raw, ...] = ()
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    identifier: tuple[Identifier, ...] = ()
    appointment: Reference | None = None
    start: str | None = None
    end: str | None = None
    participant_type: tuple[CodeableConcept, ...] = ()
    actor: Reference | None = None
    participant_status: str | None = None
    comment: str | None = None


class Schedule(Part, tag_field="resourceType", tag="Schedule"):
    """A container for slots of time that may be available for booking appointments."""

    id: str | None = None
    meta: Meta | None = None
    language: str | None = None
    text: Narrative | None = None
    contained: tuple[Raw, ...] = ()
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    identifier: tuple[Identifier, ...] = ()
    active: bool | None = None
    service_category: tuple[CodeableConcept, ...] = ()
    service_type: tuple[CodeableConcept, ...] = ()
    specialty: tuple[CodeableConcept, ...] = ()
    actor: tuple[Reference, ...] = ()
    planning_horizon: Period | None = None
    comment: str | None = None


class Slot(Part, tag_field="resourceType", tag="Slot"):
    """A slot of time on a schedule that may be available for booking appointments."""

    id: str | None = None
    meta: Meta | None = None
    language: str | None = None
    text: Narrative | None = None
    contained: tuple[Raw, ...] = ()
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    identifier: tuple[Identifier, ...] = ()
    service_category: tuple[CodeableConcept, ...] = ()
    service_type: tuple[CodeableConcept, ...] = ()
    specialty: tuple[CodeableConcept, ...] = ()
    appointment_type: CodeableConcept | None = None
    schedule: Reference | None = None
    status: str | None = None
    start: str | None = None
    end: str | None = None
    overbooked: bool | None = None
    comment: str | None = None


class CommunicationPayload(Part):
    """Message payload."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    content_string: str | None = None
    content_attachment: Attachment | None = None
    content_reference: Reference | None = None


class Communication(Part, tag_field="resourceType", tag="Communication"):
    """A record of information transmitted from a sender to a receiver."""

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
    in_response_to: tuple[Reference, ...] = ()
    status: str | None = None
    status_reason: CodeableConcept | None = None
    category: tuple[CodeableConcept, ...] = ()
    priority: str | None = None
    medium: tuple[CodeableConcept, ...] = ()
    subject: Reference | None = None
    topic: CodeableConcept | None = None
    about: tuple[Reference, ...] = ()
    encounter: Reference | None = None
    sent: str | None = None
    received: str | None = None
    recipient: tuple[Reference, ...] = ()
    sender: Reference | None = None
    reason_code: tuple[CodeableConcept, ...] = ()
    reason_reference: tuple[Reference, ...] = ()
    payload: tuple[CommunicationPayload, ...] = ()
    note: tuple[Annotation, ...] = ()


class CommunicationRequestPayload(Part):
    """Message payload."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    content_string: str | None = None
    content_attachment: Attachment | None = None
    content_reference: Reference | None = None


class CommunicationRequest(Part, tag_field="resourceType", tag="CommunicationRequest"):
    """A request for information to be sent to a receiver."""

    id: str | None = None
    meta: Meta | None = None
    language: str | None = None
    text: Narrative | None = None
    contained: tuple[Raw, ...] = ()
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    identifier: tuple[Identifier, ...] = ()
    based_on: tuple[Reference, ...] = ()
    replaces: tuple[Reference, ...] = ()
    group_identifier: Identifier | None = None
    status: str | None = None
    status_reason: CodeableConcept | None = None
    category: tuple[CodeableConcept, ...] = ()
    priority: str | None = None
    do_not_perform: bool | None = None
    medium: tuple[CodeableConcept, ...] = ()
    subject: Reference | None = None
    about: tuple[Reference, ...] = ()
    encounter: Reference | None = None
    payload: tuple[CommunicationRequestPayload, ...] = ()
    occurrence_date_time: str | None = None
    occurrence_period: Period | None = None
    authored_on: str | None = None
    requester: Reference | None = None
    recipient: tuple[Reference, ...] = ()
    sender: Reference | None = None
    reason_code: tuple[CodeableConcept, ...] = ()
    reason_reference: tuple[Reference, ...] = ()
    note: tuple[Annotation, ...] = ()


class QuestionnaireItemEnableWhen(Part):
    """Only allow data when."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    question: str | None = None
    operator: str | None = None
    answer_boolean: bool | None = None
    answer_decimal: Decimal | None = None
    answer_integer: int | None = None
    answer_date: str | None = None
    answer_date_time: str | None = None
    answer_time: str | None = None
    answer_string: str | None = None
    answer_coding: Coding | None = None
    answer_quantity: Quantity | None = None
    answer_reference: Reference | None = None


class QuestionnaireItemAnswerOption(Part):
    """Permitted answer."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    value_integer: int | None = None
    value_date: str | None = None
    value_time: str | None = None
    value_string: str | None = None
    value_coding: Coding | None = None
    value_reference: Reference | None = None
    initial_selected: bool | None = None


class QuestionnaireItemInitial(Part):
    """Initial value(s) when item is first rendered."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    value_boolean: bool | None = None
    value_decimal: Decimal | None = None
    value_integer: int | None = None
    value_date: str | None = None
    value_date_time: str | None = None
    value_time: str | None = None
    value_string: str | None = None
    value_uri: str | None = None
    value_attachment: Attachment | None = None
    value_coding: Coding | None = None
    value_quantity: Quantity | None = None
    value_reference: Reference | None = None


class QuestionnaireItem(Part):
    """Questions and sections within the Questionnaire."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    link_id: str | None = None
    definition: str | None = None
    code: tuple[Coding, ...] = ()
    prefix: str | None = None
    text: str | None = None
    type: str | None = None
    enable_when: tuple[QuestionnaireItemEnableWhen, ...] = ()
    enable_behavior: str | None = None
    required: bool | None = None
    repeats: bool | None = None
    read_only: bool | None = None
    max_length: int | None = None
    answer_value_set: str | None = None
    answer_option: tuple[QuestionnaireItemAnswerOption, ...] = ()
    initial: tuple[QuestionnaireItemInitial, ...] = ()
    item: tuple[QuestionnaireItem, ...] = ()


class Questionnaire(Part, tag_field="resourceType", tag="Questionnaire"):
    """A structured set of questions."""

    id: str | None = None
    meta: Meta | None = None
    language: str | None = None
    text: Narrative | None = None
    contained: tuple[Raw, ...] = ()
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    url: str | None = None
    identifier: tuple[Identifier, ...] = ()
    version: str | None = None
    name: str | None = None
    title: str | None = None
    derived_from: tuple[str, ...] = ()
    status: str | None = None
    experimental: bool | None = None
    subject_type: tuple[str, ...] = ()
    date: str | None = None
    publisher: str | None = None
    contact: tuple[ContactDetail, ...] = ()
    description: str | None = None
    use_context: tuple[UsageContext, ...] = ()
    jurisdiction: tuple[CodeableConcept, ...] = ()
    purpose: str | None = None
    copyright: str | None = None
    approval_date: str | None = None
    last_review_date: str | None = None
    effective_period: Period | None = None
    code: tuple[Coding, ...] = ()
    item: tuple[QuestionnaireItem, ...] = ()


class QuestionnaireResponseItemAnswer(Part):
    """The response(s) to the question."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    value_boolean: bool | None = None
    value_decimal: Decimal | None = None
    value_integer: int | None = None
    value_date: str | None = None
    value_date_time: str | None = None
    value_time: str | None = None
    value_string: str | None = None
    value_uri: str | None = None
    value_attachment: Attachment | None = None
    value_coding: Coding | None = None
    value_quantity: Quantity | None = None
    value_reference: Reference | None = None
    item: tuple[QuestionnaireResponseItem, ...] = ()


class QuestionnaireResponseItem(Part):
    """Groups and questions."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    link_id: str | None = None
    definition: str | None = None
    text: str | None = None
    answer: tuple[QuestionnaireResponseItemAnswer, ...] = ()
    item: tuple[QuestionnaireResponseItem, ...] = ()


class QuestionnaireResponse(Part, tag_field="resourceType", tag="QuestionnaireResponse"):
    """A structured set of questions and their answers."""

    id: str | None = None
    meta: Meta | None = None
    language: str | None = None
    text: Narrative | None = None
    contained: tuple[Raw, ...] = ()
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    identifier: Identifier | None = None
    based_on: tuple[Reference, ...] = ()
    part_of: tuple[Reference, ...] = ()
    questionnaire: str | None = None
    status: str | None = None
    subject: Reference | None = None
    encounter: Reference | None = None
    authored: str | None = None
    author: Reference | None = None
    source: Reference | None = None
    item: tuple[QuestionnaireResponseItem, ...] = ()


class ListEntry(Part):
    """Entries in the list."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    flag: CodeableConcept | None = None
    deleted: bool | None = None
    date: str | None = None
    item: Reference | None = None


class List(Part, tag_field="resourceType", tag="List"):
    """A list is a curated collection of resources."""

    id: str | None = None
    meta: Meta | None = None
    language: str | None = None
    text: Narrative | None = None
    contained: tuple[Raw, ...] = ()
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    identifier: tuple[Identifier, ...] = ()
    status: str | None = None
    mode: str | None = None
    title: str | None = None
    code: CodeableConcept | None = None
    subject: Reference | None = None
    encounter: Reference | None = None
    date: str | None = None
    source: Reference | None = None
    ordered_by: CodeableConcept | None = None
    note: tuple[Annotation, ...] = ()
    entry: tuple[ListEntry, ...] = ()
    empty_reason: CodeableConcept | None = None
