"""Data types of FHIR R4 4.0.1, as typed views. Written by tools/build_fhir_structs.py: do not edit.

Elements that no code here reads are kept by the record all the same: a view is for reading and building.
"""
# msgspec passes frozen on to subclasses, which the checker does not know.
# pyright: reportGeneralTypeIssues=false

from __future__ import annotations

from decimal import Decimal

from hallway.standards.fhir.r4.base import Part


class Extension(Part):
    """Optional Extensions Element."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    url: str | None = None
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


class Coding(Part):
    """A reference to a code defined by a terminology system."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    system: str | None = None
    version: str | None = None
    code: str | None = None
    display: str | None = None
    user_selected: bool | None = None


class CodeableConcept(Part):
    """Concept - reference to a terminology or just text."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    coding: tuple[Coding, ...] = ()
    text: str | None = None


class Identifier(Part):
    """An identifier intended for computation."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    use: str | None = None
    type: CodeableConcept | None = None
    system: str | None = None
    value: str | None = None
    period: Period | None = None
    assigner: Reference | None = None


class Period(Part):
    """Time range defined by start and end date/time."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    start: str | None = None
    end: str | None = None


class Quantity(Part):
    """A measured or measurable amount."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    value: Decimal | None = None
    comparator: str | None = None
    unit: str | None = None
    system: str | None = None
    code: str | None = None


class Range(Part):
    """Set of values bounded by low and high."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    low: Quantity | None = None
    high: Quantity | None = None


class Ratio(Part):
    """A ratio of two Quantity values - a numerator and a denominator."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    numerator: Quantity | None = None
    denominator: Quantity | None = None


class Money(Part):
    """An amount of economic utility in some recognized currency."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    value: Decimal | None = None
    currency: str | None = None


class Duration(Part):
    """A length of time."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    value: Decimal | None = None
    comparator: str | None = None
    unit: str | None = None
    system: str | None = None
    code: str | None = None


class Age(Part):
    """A duration of time during which an organism (or a process) has existed."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    value: Decimal | None = None
    comparator: str | None = None
    unit: str | None = None
    system: str | None = None
    code: str | None = None


class Distance(Part):
    """A length - a value with a unit that is a physical distance."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    value: Decimal | None = None
    comparator: str | None = None
    unit: str | None = None
    system: str | None = None
    code: str | None = None


class Count(Part):
    """A measured or measurable amount."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    value: Decimal | None = None
    comparator: str | None = None
    unit: str | None = None
    system: str | None = None
    code: str | None = None


class SampledData(Part):
    """A series of measurements taken by a device."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    origin: Quantity | None = None
    period: Decimal | None = None
    factor: Decimal | None = None
    lower_limit: Decimal | None = None
    upper_limit: Decimal | None = None
    dimensions: int | None = None
    data: str | None = None


class Signature(Part):
    """A Signature - XML DigSig, JWS, Graphical image of signature, etc."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    type: tuple[Coding, ...] = ()
    when: str | None = None
    who: Reference | None = None
    on_behalf_of: Reference | None = None
    target_format: str | None = None
    sig_format: str | None = None
    data: str | None = None


class HumanName(Part):
    """Name of a human - parts and usage."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    use: str | None = None
    text: str | None = None
    family: str | None = None
    given: tuple[str, ...] = ()
    prefix: tuple[str, ...] = ()
    suffix: tuple[str, ...] = ()
    period: Period | None = None


class Address(Part):
    """An address expressed using postal conventions (as opposed to GPS or other location definition ...."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    use: str | None = None
    type: str | None = None
    text: str | None = None
    line: tuple[str, ...] = ()
    city: str | None = None
    district: str | None = None
    state: str | None = None
    postal_code: str | None = None
    country: str | None = None
    period: Period | None = None


class ContactPoint(Part):
    """Details of a Technology mediated contact point (phone, fax, email, etc.)."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    system: str | None = None
    value: str | None = None
    use: str | None = None
    rank: int | None = None
    period: Period | None = None


class TimingRepeat(Part):
    """When the event is to occur."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    bounds_duration: Duration | None = None
    bounds_range: Range | None = None
    bounds_period: Period | None = None
    count: int | None = None
    count_max: int | None = None
    duration: Decimal | None = None
    duration_max: Decimal | None = None
    duration_unit: str | None = None
    frequency: int | None = None
    frequency_max: int | None = None
    period: Decimal | None = None
    period_max: Decimal | None = None
    period_unit: str | None = None
    day_of_week: tuple[str, ...] = ()
    time_of_day: tuple[str, ...] = ()
    when: tuple[str, ...] = ()
    offset: int | None = None


class Timing(Part):
    """A timing schedule that specifies an event that may occur multiple times."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    event: tuple[str, ...] = ()
    repeat: TimingRepeat | None = None
    code: CodeableConcept | None = None


class Attachment(Part):
    """Content in a format defined elsewhere."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    content_type: str | None = None
    language: str | None = None
    data: str | None = None
    url: str | None = None
    size: int | None = None
    hash: str | None = None
    title: str | None = None
    creation: str | None = None


class Annotation(Part):
    """Text node with attribution."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    author_reference: Reference | None = None
    author_string: str | None = None
    time: str | None = None
    text: str | None = None


class Reference(Part):
    """A reference from one resource to another."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    reference: str | None = None
    type: str | None = None
    identifier: Identifier | None = None
    display: str | None = None


class Meta(Part):
    """Metadata about a resource."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    version_id: str | None = None
    last_updated: str | None = None
    source: str | None = None
    profile: tuple[str, ...] = ()
    security: tuple[Coding, ...] = ()
    tag: tuple[Coding, ...] = ()
    project: str | None = None
    author: Reference | None = None
    on_behalf_of: Reference | None = None
    account: Reference | None = None
    accounts: tuple[Reference, ...] = ()
    compartment: tuple[Reference, ...] = ()


class Narrative(Part):
    """Human-readable summary of the resource (essential clinical and business information)."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    status: str | None = None
    div: str | None = None


class DosageDoseAndRate(Part):
    """Amount of medication administered."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    type: CodeableConcept | None = None
    dose_range: Range | None = None
    dose_quantity: Quantity | None = None
    rate_ratio: Ratio | None = None
    rate_range: Range | None = None
    rate_quantity: Quantity | None = None


class Dosage(Part):
    """How the medication is/was taken or should be taken."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    sequence: int | None = None
    text: str | None = None
    additional_instruction: tuple[CodeableConcept, ...] = ()
    patient_instruction: str | None = None
    timing: Timing | None = None
    as_needed_boolean: bool | None = None
    as_needed_codeable_concept: CodeableConcept | None = None
    site: CodeableConcept | None = None
    route: CodeableConcept | None = None
    method: CodeableConcept | None = None
    dose_and_rate: tuple[DosageDoseAndRate, ...] = ()
    max_dose_per_period: Ratio | None = None
    max_dose_per_administration: Quantity | None = None
    max_dose_per_lifetime: Quantity | None = None


class ContactDetail(Part):
    """Contact information."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    name: str | None = None
    telecom: tuple[ContactPoint, ...] = ()


class Contributor(Part):
    """Contributor information."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    type: str | None = None
    name: str | None = None
    contact: tuple[ContactDetail, ...] = ()


class DataRequirementCodeFilter(Part):
    """What codes are expected."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    path: str | None = None
    search_param: str | None = None
    value_set: str | None = None
    code: tuple[Coding, ...] = ()


class DataRequirementDateFilter(Part):
    """What dates/date ranges are expected."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    path: str | None = None
    search_param: str | None = None
    value_date_time: str | None = None
    value_period: Period | None = None
    value_duration: Duration | None = None


class DataRequirementSort(Part):
    """Order of the results."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    path: str | None = None
    direction: str | None = None


class DataRequirement(Part):
    """Describes a required data item."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    type: str | None = None
    profile: tuple[str, ...] = ()
    subject_codeable_concept: CodeableConcept | None = None
    subject_reference: Reference | None = None
    must_support: tuple[str, ...] = ()
    code_filter: tuple[DataRequirementCodeFilter, ...] = ()
    date_filter: tuple[DataRequirementDateFilter, ...] = ()
    limit: int | None = None
    sort: tuple[DataRequirementSort, ...] = ()


class Expression(Part):
    """An expression that can be used to generate a value."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    description: str | None = None
    name: str | None = None
    language: str | None = None
    expression: str | None = None
    reference: str | None = None


class ParameterDefinition(Part):
    """Definition of a parameter to a module."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    name: str | None = None
    use: str | None = None
    min: int | None = None
    max: str | None = None
    documentation: str | None = None
    type: str | None = None
    profile: str | None = None


class RelatedArtifact(Part):
    """Related artifacts for a knowledge resource."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    type: str | None = None
    label: str | None = None
    display: str | None = None
    citation: str | None = None
    url: str | None = None
    document: Attachment | None = None
    resource: str | None = None


class TriggerDefinition(Part):
    """Defines an expected trigger for a module."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    type: str | None = None
    name: str | None = None
    timing_timing: Timing | None = None
    timing_reference: Reference | None = None
    timing_date: str | None = None
    timing_date_time: str | None = None
    data: tuple[DataRequirement, ...] = ()
    condition: Expression | None = None


class UsageContext(Part):
    """Describes the context of use for a conformance or knowledge resource."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    code: Coding | None = None
    value_codeable_concept: CodeableConcept | None = None
    value_quantity: Quantity | None = None
    value_range: Range | None = None
    value_reference: Reference | None = None
