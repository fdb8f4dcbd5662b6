"""Resources (people) of FHIR R4 4.0.1, as typed views. Written by tools/build_fhir_structs.py: do not edit.

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
    Annotation,
    Attachment,
    CodeableConcept,
    Coding,
    ContactPoint,
    Extension,
    HumanName,
    Identifier,
    Meta,
    Money,
    Narrative,
    Period,
    Quantity,
    Range,
    Reference,
)


class PatientContact(Part):
    """A contact party (e.g. guardian, partner, friend) for the patient."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    relationship: tuple[CodeableConcept, ...] = ()
    name: HumanName | None = None
    telecom: tuple[ContactPoint, ...] = ()
    address: Address | None = None
    gender: str | None = None
    organization: Reference | None = None
    period: Period | None = None


class PatientCommunication(Part):
    """A language which may be used to communicate with the patient about his or her health."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    language: CodeableConcept | None = None
    preferred: bool | None = None


class PatientLink(Part):
    """Link to another patient resource that concerns the same actual person."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    other: Reference | None = None
    type: str | None = None


class Patient(Part, tag_field="resourceType", tag="Patient"):
    """Information about an individual or animal receiving health care services."""

    id: str | None = None
    meta: Meta | None = None
    language: str | None = None
    text: Narrative | None = None
    contained: tuple[Raw, ...] = ()
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    identifier: tuple[Identifier, ...] = ()
    active: bool | None = None
    name: tuple[HumanName, ...] = ()
    telecom: tuple[ContactPoint, ...] = ()
    gender: str | None = None
    birth_date: str | None = None
    deceased_boolean: bool | None = None
    deceased_date_time: str | None = None
    address: tuple[Address, ...] = ()
    marital_status: CodeableConcept | None = None
    multiple_birth_boolean: bool | None = None
    multiple_birth_integer: int | None = None
    photo: tuple[Attachment, ...] = ()
    contact: tuple[PatientContact, ...] = ()
    communication: tuple[PatientCommunication, ...] = ()
    general_practitioner: tuple[Reference, ...] = ()
    managing_organization: Reference | None = None
    link: tuple[PatientLink, ...] = ()


class RelatedPersonCommunication(Part):
    """A language which may be used to communicate with about the patient's health."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    language: CodeableConcept | None = None
    preferred: bool | None = None


class RelatedPerson(Part, tag_field="resourceType", tag="RelatedPerson"):
    """A person that is related to a patient, but who is not a direct target of care."""

    id: str | None = None
    meta: Meta | None = None
    language: str | None = None
    text: Narrative | None = None
    contained: tuple[Raw, ...] = ()
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    identifier: tuple[Identifier, ...] = ()
    active: bool | None = None
    patient: Reference | None = None
    relationship: tuple[CodeableConcept, ...] = ()
    name: tuple[HumanName, ...] = ()
    telecom: tuple[ContactPoint, ...] = ()
    gender: str | None = None
    birth_date: str | None = None
    address: tuple[Address, ...] = ()
    photo: tuple[Attachment, ...] = ()
    period: Period | None = None
    communication: tuple[RelatedPersonCommunication, ...] = ()


class OrganizationContact(Part):
    """Contact for the organization for a certain purpose."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    purpose: CodeableConcept | None = None
    name: HumanName | None = None
    telecom: tuple[ContactPoint, ...] = ()
    address: Address | None = None


class Organization(Part, tag_field="resourceType", tag="Organization"):
    """A grouping of people or organizations with a common purpose."""

    id: str | None = None
    meta: Meta | None = None
    language: str | None = None
    text: Narrative | None = None
    contained: tuple[Raw, ...] = ()
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    identifier: tuple[Identifier, ...] = ()
    active: bool | None = None
    type: tuple[CodeableConcept, ...] = ()
    name: str | None = None
    alias: tuple[str, ...] = ()
    telecom: tuple[ContactPoint, ...] = ()
    address: tuple[Address, ...] = ()
    part_of: Reference | None = None
    contact: tuple[OrganizationContact, ...] = ()
    endpoint: tuple[Reference, ...] = ()


class PractitionerQualification(Part):
    """Certification, licenses, or training pertaining to the provision of care."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    identifier: tuple[Identifier, ...] = ()
    code: CodeableConcept | None = None
    period: Period | None = None
    issuer: Reference | None = None


class Practitioner(Part, tag_field="resourceType", tag="Practitioner"):
    """A person with a formal responsibility in the provisioning of healthcare or related services."""

    id: str | None = None
    meta: Meta | None = None
    language: str | None = None
    text: Narrative | None = None
    contained: tuple[Raw, ...] = ()
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    identifier: tuple[Identifier, ...] = ()
    active: bool | None = None
    name: tuple[HumanName, ...] = ()
    telecom: tuple[ContactPoint, ...] = ()
    address: tuple[Address, ...] = ()
    gender: str | None = None
    birth_date: str | None = None
    photo: tuple[Attachment, ...] = ()
    qualification: tuple[PractitionerQualification, ...] = ()
    communication: tuple[CodeableConcept, ...] = ()


class PractitionerRoleAvailableTime(Part):
    """Times the Service Site is available."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    days_of_week: tuple[str, ...] = ()
    all_day: bool | None = None
    available_start_time: str | None = None
    available_end_time: str | None = None


class PractitionerRoleNotAvailable(Part):
    """Not available during this time due to provided reason."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    description: str | None = None
    during: Period | None = None


class PractitionerRole(Part, tag_field="resourceType", tag="PractitionerRole"):
    """Roles/organizations the practitioner is associated with."""

    id: str | None = None
    meta: Meta | None = None
    language: str | None = None
    text: Narrative | None = None
    contained: tuple[Raw, ...] = ()
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    identifier: tuple[Identifier, ...] = ()
    active: bool | None = None
    period: Period | None = None
    practitioner: Reference | None = None
    organization: Reference | None = None
    code: tuple[CodeableConcept, ...] = ()
    specialty: tuple[CodeableConcept, ...] = ()
    location: tuple[Reference, ...] = ()
    healthcare_service: tuple[Reference, ...] = ()
    telecom: tuple[ContactPoint, ...] = ()
    available_time: tuple[PractitionerRoleAvailableTime, ...] = ()
    not_available: tuple[PractitionerRoleNotAvailable, ...] = ()
    availability_exceptions: str | None = None
    endpoint: tuple[Reference, ...] = ()


class LocationPosition(Part):
    """The absolute geographic location."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    longitude: Decimal | None = None
    latitude: Decimal | None = None
    altitude: Decimal | None = None


class LocationHoursOfOperation(Part):
    """What days/times during a week is this location usually open."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    days_of_week: tuple[str, ...] = ()
    all_day: bool | None = None
    opening_time: str | None = None
    closing_time: str | None = None


class Location(Part, tag_field="resourceType", tag="Location"):
    """Details and position information for a physical place."""

    id: str | None = None
    meta: Meta | None = None
    language: str | None = None
    text: Narrative | None = None
    contained: tuple[Raw, ...] = ()
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    identifier: tuple[Identifier, ...] = ()
    status: str | None = None
    operational_status: Coding | None = None
    name: str | None = None
    alias: tuple[str, ...] = ()
    description: str | None = None
    mode: str | None = None
    type: tuple[CodeableConcept, ...] = ()
    telecom: tuple[ContactPoint, ...] = ()
    address: Address | None = None
    physical_type: CodeableConcept | None = None
    position: LocationPosition | None = None
    managing_organization: Reference | None = None
    part_of: Reference | None = None
    hours_of_operation: tuple[LocationHoursOfOperation, ...] = ()
    availability_exceptions: str | None = None
    endpoint: tuple[Reference, ...] = ()


class CareTeamParticipant(Part):
    """Members of the team."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    role: tuple[CodeableConcept, ...] = ()
    member: Reference | None = None
    on_behalf_of: Reference | None = None
    period: Period | None = None


class CareTeam(Part, tag_field="resourceType", tag="CareTeam"):
    """Planned participants in the coordination and delivery of care for a patient or group."""

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
    name: str | None = None
    subject: Reference | None = None
    encounter: Reference | None = None
    period: Period | None = None
    participant: tuple[CareTeamParticipant, ...] = ()
    reason_code: tuple[CodeableConcept, ...] = ()
    reason_reference: tuple[Reference, ...] = ()
    managing_organization: tuple[Reference, ...] = ()
    telecom: tuple[ContactPoint, ...] = ()
    note: tuple[Annotation, ...] = ()


class GroupCharacteristic(Part):
    """Include / Exclude group members by Trait."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    code: CodeableConcept | None = None
    value_codeable_concept: CodeableConcept | None = None
    value_boolean: bool | None = None
    value_quantity: Quantity | None = None
    value_range: Range | None = None
    value_reference: Reference | None = None
    exclude: bool | None = None
    period: Period | None = None


class GroupMember(Part):
    """Who or what is in group."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    entity: Reference | None = None
    period: Period | None = None
    inactive: bool | None = None


class Group(Part, tag_field="resourceType", tag="Group"):
    """Group of multiple entities."""

    id: str | None = None
    meta: Meta | None = None
    language: str | None = None
    text: Narrative | None = None
    contained: tuple[Raw, ...] = ()
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    identifier: tuple[Identifier, ...] = ()
    active: bool | None = None
    type: str | None = None
    actual: bool | None = None
    code: CodeableConcept | None = None
    name: str | None = None
    quantity: int | None = None
    managing_entity: Reference | None = None
    characteristic: tuple[GroupCharacteristic, ...] = ()
    member: tuple[GroupMember, ...] = ()


class CoverageCostToBeneficiaryException(Part):
    """Exceptions for patient payments."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    type: CodeableConcept | None = None
    period: Period | None = None


class CoverageClass(Part):
    """Additional coverage classifications."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    type: CodeableConcept | None = None
    value: str | None = None
    name: str | None = None


class CoverageCostToBeneficiary(Part):
    """Patient payments for services/products."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    type: CodeableConcept | None = None
    value_quantity: Quantity | None = None
    value_money: Money | None = None
    exception: tuple[CoverageCostToBeneficiaryException, ...] = ()


class Coverage(Part, tag_field="resourceType", tag="Coverage"):
    """Insurance or medical plan or a payment agreement."""

    id: str | None = None
    meta: Meta | None = None
    language: str | None = None
    text: Narrative | None = None
    contained: tuple[Raw, ...] = ()
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    identifier: tuple[Identifier, ...] = ()
    status: str | None = None
    type: CodeableConcept | None = None
    policy_holder: Reference | None = None
    subscriber: Reference | None = None
    subscriber_id: str | None = None
    beneficiary: Reference | None = None
    dependent: str | None = None
    relationship: CodeableConcept | None = None
    period: Period | None = None
    payor: tuple[Reference, ...] = ()
    class_: tuple[CoverageClass, ...] = field(default=(), name="class")
    order: int | None = None
    network: str | None = None
    cost_to_beneficiary: tuple[CoverageCostToBeneficiary, ...] = ()
    subrogation: bool | None = None
    contract: tuple[Reference, ...] = ()


class HealthcareServiceEligibility(Part):
    """Specific eligibility requirements required to use the service."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    code: CodeableConcept | None = None
    comment: str | None = None


class HealthcareServiceAvailableTime(Part):
    """Times the Service Site is available."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    days_of_week: tuple[str, ...] = ()
    all_day: bool | None = None
    available_start_time: str | None = None
    available_end_time: str | None = None


class HealthcareServiceNotAvailable(Part):
    """Not available during this time due to provided reason."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    description: str | None = None
    during: Period | None = None


class HealthcareService(Part, tag_field="resourceType", tag="HealthcareService"):
    """The details of a healthcare service available at a location."""

    id: str | None = None
    meta: Meta | None = None
    language: str | None = None
    text: Narrative | None = None
    contained: tuple[Raw, ...] = ()
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    identifier: tuple[Identifier, ...] = ()
    active: bool | None = None
    provided_by: Reference | None = None
    category: tuple[CodeableConcept, ...] = ()
    type: tuple[CodeableConcept, ...] = ()
    specialty: tuple[CodeableConcept, ...] = ()
    location: tuple[Reference, ...] = ()
    name: str | None = None
    comment: str | None = None
    extra_details: str | None = None
    photo: Attachment | None = None
    telecom: tuple[ContactPoint, ...] = ()
    coverage_area: tuple[Reference, ...] = ()
    service_provision_code: tuple[CodeableConcept, ...] = ()
    eligibility: tuple[HealthcareServiceEligibility, ...] = ()
    program: tuple[CodeableConcept, ...] = ()
    characteristic: tuple[CodeableConcept, ...] = ()
    communication: tuple[CodeableConcept, ...] = ()
    referral_method: tuple[CodeableConcept, ...] = ()
    appointment_required: bool | None = None
    available_time: tuple[HealthcareServiceAvailableTime, ...] = ()
    not_available: tuple[HealthcareServiceNotAvailable, ...] = ()
    availability_exceptions: str | None = None
    endpoint: tuple[Reference, ...] = ()


class DeviceUdiCarrier(Part):
    """Unique Device Identifier (UDI) Barcode string."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    device_identifier: str | None = None
    issuer: str | None = None
    jurisdiction: str | None = None
    carrier_aidc: str | None = field(default=None, name="carrierAIDC")
    carrier_hrf: str | None = field(default=None, name="carrierHRF")
    entry_type: str | None = None


class DeviceDeviceName(Part):
    """The name of the device as given by the manufacturer."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    name: str | None = None
    type: str | None = None


class DeviceSpecialization(Part):
    """The capabilities supported on a device, the standards to which the device conforms for a ...."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    system_type: CodeableConcept | None = None
    version: str | None = None


class DeviceVersion(Part):
    """The actual design of the device or software version running on the device."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    type: CodeableConcept | None = None
    component: Identifier | None = None
    value: str | None = None


class DeviceProperty(Part):
    """The actual configuration settings of a device as it actually operates, e.g., regulation status, ...."""

    id: str | None = None
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    type: CodeableConcept | None = None
    value_quantity: tuple[Quantity, ...] = ()
    value_code: tuple[CodeableConcept, ...] = ()


class Device(Part, tag_field="resourceType", tag="Device"):
    """Item used in healthcare."""

    id: str | None = None
    meta: Meta | None = None
    language: str | None = None
    text: Narrative | None = None
    contained: tuple[Raw, ...] = ()
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()
    identifier: tuple[Identifier, ...] = ()
    definition: Reference | None = None
    udi_carrier: tuple[DeviceUdiCarrier, ...] = ()
    status: str | None = None
    status_reason: tuple[CodeableConcept, ...] = ()
    distinct_identifier: str | None = None
    manufacturer: str | None = None
    manufacture_date: str | None = None
    expiration_date: str | None = None
    lot_number: str | None = None
    serial_number: str | None = None
    device_name: tuple[DeviceDeviceName, ...] = ()
    model_number: str | None = None
    part_number: str | None = None
    type: CodeableConcept | None = None
    specialization: tuple[DeviceSpecialization, ...] = ()
    version: tuple[DeviceVersion, ...] = ()
    property: tuple[DeviceProperty, ...] = ()
    patient: Reference | None = None
    owner: Reference | None = None
    contact: tuple[ContactPoint, ...] = ()
    location: Reference | None = None
    url: str | None = None
    note: tuple[Annotation, ...] = ()
    safety: tuple[CodeableConcept, ...] = ()
    parent: Reference | None = None
