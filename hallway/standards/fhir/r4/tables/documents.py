"""Resources (documents) of FHIR R4 4.0.1, as typed views. Written by tools/build_fhir_structs.py: do not edit.

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


class DocumentReferenceRelatesTo(Part):
    """Relationships to other documents."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    code: str | None = None
    target: Reference | None = None


class DocumentReferenceContent(Part):
    """Document referenced."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    attachment: Attachment | None = None
    format: Coding | None = None


class DocumentReferenceContext(Part):
    """Clinical context of document."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    encounter: tuple[Reference, ...] = ()
    event: tuple[CodeableConcept, ...] = ()
    period: Period | None = None
    facility_type: CodeableConcept | None = None
    practice_setting: CodeableConcept | None = None
    source_patient_info: Reference | None = None
    related: tuple[Reference, ...] = ()


class DocumentReference(Part, tag_field="resourceType", tag="DocumentReference"):
    """A reference to a document."""

    id: str | None = None
    meta: Meta | None = None
    language: str | None = None
    text: Narrative | None = None
    contained: tuple[Raw, ...] = ()
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    master_identifier: Identifier | None = None
    identifier: tuple[Identifier, ...] = ()
    status: str | None = None
    doc_status: str | None = None
    type: CodeableConcept | None = None
    category: tuple[CodeableConcept, ...] = ()
    subject: Reference | None = None
    date: str | None = None
    author: tuple[Reference, ...] = ()
    authenticator: Reference | None = None
    custodian: Reference | None = None
    relates_to: tuple[DocumentReferenceRelatesTo, ...] = ()
    description: str | None = None
    security_label: tuple[CodeableConcept, ...] = ()
    content: tuple[DocumentReferenceContent, ...] = ()
    context: DocumentReferenceContext | None = None


class CompositionAttester(Part):
    """Attests to accuracy of composition."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    mode: str | None = None
    time: str | None = None
    party: Reference | None = None


class CompositionRelatesTo(Part):
    """Relationships to other compositions/documents."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    code: str | None = None
    target_identifier: Identifier | None = None
    target_reference: Reference | None = None


class CompositionEvent(Part):
    """The clinical service(s) being documented."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    code: tuple[CodeableConcept, ...] = ()
    period: Period | None = None
    detail: tuple[Reference, ...] = ()


class CompositionSection(Part):
    """Composition is broken into sections."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    title: str | None = None
    code: CodeableConcept | None = None
    author: tuple[Reference, ...] = ()
    focus: Reference | None = None
    text: Narrative | None = None
    mode: str | None = None
    ordered_by: CodeableConcept | None = None
    entry: tuple[Reference, ...] = ()
    empty_reason: CodeableConcept | None = None
    section: tuple[CompositionSection, ...] = ()


class Composition(Part, tag_field="resourceType", tag="Composition"):
    """A set of resources composed into a single coherent clinical statement with clinical attestation."""

    id: str | None = None
    meta: Meta | None = None
    language: str | None = None
    text: Narrative | None = None
    contained: tuple[Raw, ...] = ()
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    identifier: Identifier | None = None
    status: str | None = None
    type: CodeableConcept | None = None
    category: tuple[CodeableConcept, ...] = ()
    subject: Reference | None = None
    encounter: Reference | None = None
    date: str | None = None
    author: tuple[Reference, ...] = ()
    title: str | None = None
    confidentiality: str | None = None
    attester: tuple[CompositionAttester, ...] = ()
    custodian: Reference | None = None
    relates_to: tuple[CompositionRelatesTo, ...] = ()
    event: tuple[CompositionEvent, ...] = ()
    section: tuple[CompositionSection, ...] = ()


class ConsentProvisionActor(Part):
    """Who|what controlled by this rule (or group, by role)."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    role: CodeableConcept | None = None
    reference: Reference | None = None


class ConsentProvisionData(Part):
    """Data controlled by this rule."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    meaning: str | None = None
    reference: Reference | None = None


class ConsentPolicy(Part):
    """Policies covered by this consent."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    authority: str | None = None
    uri: str | None = None


class ConsentVerification(Part):
    """Consent Verified by patient or family."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    verified: bool | None = None
    verified_with: Reference | None = None
    verification_date: str | None = None


class ConsentProvision(Part):
    """Constraints to the base Consent.policyRule."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    type: str | None = None
    period: Period | None = None
    actor: tuple[ConsentProvisionActor, ...] = ()
    action: tuple[CodeableConcept, ...] = ()
    security_label: tuple[Coding, ...] = ()
    purpose: tuple[Coding, ...] = ()
    class_: tuple[Coding, ...] = field(default=(), name="class")
    code: tuple[CodeableConcept, ...] = ()
    data_period: Period | None = None
    data: tuple[ConsentProvisionData, ...] = ()
    provision: tuple[ConsentProvision, ...] = ()


class Consent(Part, tag_field="resourceType", tag="Consent"):
    """A healthcare consumer's choices to permit or deny recipients or roles to perform actions for ...."""

    id: str | None = None
    meta: Meta | None = None
    language: str | None = None
    text: Narrative | None = None
    contained: tuple[Raw, ...] = ()
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    identifier: tuple[Identifier, ...] = ()
    status: str | None = None
    scope: CodeableConcept | None = None
    category: tuple[CodeableConcept, ...] = ()
    patient: Reference | None = None
    date_time: str | None = None
    performer: tuple[Reference, ...] = ()
    organization: tuple[Reference, ...] = ()
    source_attachment: Attachment | None = None
    source_reference: Reference | None = None
    policy: tuple[ConsentPolicy, ...] = ()
    policy_rule: CodeableConcept | None = None
    verification: tuple[ConsentVerification, ...] = ()
    provision: ConsentProvision | None = None


class ProvenanceAgent(Part):
    """Actor involved."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    type: CodeableConcept | None = None
    role: tuple[CodeableConcept, ...] = ()
    who: Reference | None = None
    on_behalf_of: Reference | None = None


class ProvenanceEntity(Part):
    """An entity used in this activity."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    role: str | None = None
    what: Reference | None = None
    agent: tuple[ProvenanceAgent, ...] = ()


class Provenance(Part, tag_field="resourceType", tag="Provenance"):
    """Who, What, When for a set of resources."""

    id: str | None = None
    meta: Meta | None = None
    language: str | None = None
    text: Narrative | None = None
    contained: tuple[Raw, ...] = ()
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    target: tuple[Reference, ...] = ()
    occurred_period: Period | None = None
    occurred_date_time: str | None = None
    recorded: str | None = None
    policy: tuple[str, ...] = ()
    location: Reference | None = None
    reason: tuple[CodeableConcept, ...] = ()
    activity: CodeableConcept | None = None
    agent: tuple[ProvenanceAgent, ...] = ()
    entity: tuple[ProvenanceEntity, ...] = ()
    signature: tuple[Signature, ...] = ()


class Binary(Part, tag_field="resourceType", tag="Binary"):
    """Pure binary content defined by a format other than FHIR."""

    id: str | None = None
    meta: Meta | None = None
    language: str | None = None
    content_type: str | None = None
    security_context: Reference | None = None
    data: str | None = None
    url: str | None = None


class AuditEventAgentNetwork(Part):
    """Logical network location for application activity."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    address: str | None = None
    type: str | None = None


class AuditEventEntityDetail(Part):
    """Additional Information about the entity."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    type: str | None = None
    value_string: str | None = None
    value_base64_binary: str | None = None


class AuditEventAgent(Part):
    """Actor involved in the event."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    type: CodeableConcept | None = None
    role: tuple[CodeableConcept, ...] = ()
    who: Reference | None = None
    alt_id: str | None = None
    name: str | None = None
    requestor: bool | None = None
    location: Reference | None = None
    policy: tuple[str, ...] = ()
    media: Coding | None = None
    network: AuditEventAgentNetwork | None = None
    purpose_of_use: tuple[CodeableConcept, ...] = ()


class AuditEventSource(Part):
    """Audit Event Reporter."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    site: str | None = None
    observer: Reference | None = None
    type: tuple[Coding, ...] = ()


class AuditEventEntity(Part):
    """Data or objects used."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    what: Reference | None = None
    type: Coding | None = None
    role: Coding | None = None
    lifecycle: Coding | None = None
    security_label: tuple[Coding, ...] = ()
    name: str | None = None
    description: str | None = None
    query: str | None = None
    detail: tuple[AuditEventEntityDetail, ...] = ()


class AuditEvent(Part, tag_field="resourceType", tag="AuditEvent"):
    """Event record kept for security purposes."""

    id: str | None = None
    meta: Meta | None = None
    language: str | None = None
    text: Narrative | None = None
    contained: tuple[Raw, ...] = ()
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    type: Coding | None = None
    subtype: tuple[Coding, ...] = ()
    action: str | None = None
    period: Period | None = None
    recorded: str | None = None
    outcome: str | None = None
    outcome_desc: str | None = None
    purpose_of_event: tuple[CodeableConcept, ...] = ()
    agent: tuple[AuditEventAgent, ...] = ()
    source: AuditEventSource | None = None
    entity: tuple[AuditEventEntity, ...] = ()


class OperationOutcomeIssue(Part):
    """A single issue associated with the action."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    severity: str | None = None
    code: str | None = None
    details: CodeableConcept | None = None
    diagnostics: str | None = None
    location: tuple[str, ...] = ()
    expression: tuple[str, ...] = ()


class OperationOutcome(Part, tag_field="resourceType", tag="OperationOutcome"):
    """Information about the success/failure of an action."""

    id: str | None = None
    meta: Meta | None = None
    language: str | None = None
    text: Narrative | None = None
    contained: tuple[Raw, ...] = ()
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    issue: tuple[OperationOutcomeIssue, ...] = ()


class BundleEntrySearch(Part):
    """Search related information."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    mode: str | None = None
    score: Decimal | None = None


class BundleEntryRequest(Part):
    """Additional execution information (transaction/batch/history)."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    method: str | None = None
    url: str | None = None
    if_none_match: str | None = None
    if_modified_since: str | None = None
    if_match: str | None = None
    if_none_exist: str | None = None


class BundleEntryResponse(Part):
    """Results of execution (transaction/batch/history)."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    status: str | None = None
    location: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    outcome: OperationOutcome | None = None


class BundleLink(Part):
    """Links related to this Bundle."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    relation: str | None = None
    url: str | None = None


class BundleEntry(Part):
    """Entry in the bundle - will have a resource or information."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    link: tuple[BundleLink, ...] = ()
    full_url: str | None = None
    resource: Raw | None = None
    search: BundleEntrySearch | None = None
    request: BundleEntryRequest | None = None
    response: BundleEntryResponse | None = None


class Bundle(Part, tag_field="resourceType", tag="Bundle"):
    """Contains a collection of resources."""

    id: str | None = None
    meta: Meta | None = None
    language: str | None = None
    identifier: Identifier | None = None
    type: str | None = None
    timestamp: str | None = None
    total: int | None = None
    link: tuple[BundleLink, ...] = ()
    entry: tuple[BundleEntry, ...] = ()
    signature: Signature | None = None


class ParametersParameter(Part):
    """Operation Parameter."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    name: str | None = None
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
    resource: Raw | None = None
    part: tuple[ParametersParameter, ...] = ()


class Parameters(Part, tag_field="resourceType", tag="Parameters"):
    """Operation Request or Response."""

    id: str | None = None
    meta: Meta | None = None
    language: str | None = None
    parameter: tuple[ParametersParameter, ...] = ()
