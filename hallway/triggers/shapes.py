"""The elements of R4 that the rules ask of, whatever the resource: one loose shape, read in one pass."""

import msgspec


class Part(msgspec.Struct, rename="camel", frozen=True):
    """An element; what it does not name is passed over."""


class Coding(Part, frozen=True):
    """A code of a system."""

    system: str = ""
    code: str = ""
    display: str = ""


class Concept(Part, frozen=True):
    """Codes and words for one thing. It can be hashed: a chart says the same few things many times over."""

    coding: tuple[Coding, ...] = ()
    text: str = ""


class Identifier(Part, frozen=True):
    """A name that some system gave."""

    value: str = ""


class Reference(Part, frozen=True):
    """A reference; ``target`` is ``Type/id``, however it was written."""

    reference: str = ""

    @property
    def target(self) -> str:
        """The last two parts of the address."""
        parts = self.reference.partition("/_history/")[0].split("/")
        return "/".join(parts[-2:])


class Period(Part, frozen=True):
    """From and until."""

    start: str = ""
    end: str = ""


class Quantity(Part, frozen=True):
    """A number with its unit."""

    value: float | None = None
    unit: str = ""
    code: str = ""


class Repeat(Part, frozen=True):
    """How often."""

    frequency: int | None = None
    period: float | None = None
    period_unit: str = ""


class Timing(Part, frozen=True):
    """When something recurs."""

    repeat: Repeat | None = None
    code: Concept | None = None


class DoseAndRate(Part, frozen=True):
    """How much at once."""

    dose_quantity: Quantity | None = None


class Dosage(Part, frozen=True):
    """How a drug is to be taken."""

    text: str = ""
    timing: Timing | None = None
    dose_and_rate: list[DoseAndRate] = []


class DispenseRequest(Part, frozen=True):
    """How long an order holds and lasts."""

    validity_period: Period | None = None
    expected_supply_duration: Quantity | None = None


class Hospitalization(Part, frozen=True):
    """How a stay ended."""

    discharge_disposition: Concept | None = None


class Participant(Part, frozen=True):
    """Somebody who takes part: of a visit, an appointment, a care team."""

    actor: Reference | None = None
    individual: Reference | None = None
    member: Reference | None = None


class ActivityDetail(Part, frozen=True):
    """What is planned."""

    code: Concept | None = None


class Activity(Part, frozen=True):
    """One line of a plan."""

    detail: ActivityDetail | None = None


class Component(Part, frozen=True):
    """One of several numbers measured together."""

    code: Concept = Concept()
    value_quantity: Quantity | None = None


class Payload(Part, frozen=True):
    """One part of a message."""

    content_reference: Reference | None = None


class Provision(Part, frozen=True):
    """What a form allows, and how long."""

    period: Period | None = None


class ItemAnswer(Part, frozen=True):
    """One answer."""

    value_coding: Coding | None = None
    value_integer: int | None = None


class Item(Part, frozen=True):
    """One question, or a group of them."""

    link_id: str = ""
    code: list[Coding] = []
    answer: list[ItemAnswer] = []
    item: list["Item"] = []


class Body(Part, frozen=True):
    """Any resource of the kinds that are read."""

    status: str = ""
    clinical_status: Concept | None = None
    verification_status: Concept | None = None
    intent: str = ""
    identifier: Identifier | list[Identifier] | None = None
    group_identifier: Identifier | None = None
    code: Concept | list[Concept] | None = None
    type: Concept | list[Concept] | None = None
    topic: Concept | list[Concept] | None = None
    scope: Concept | list[Concept] | None = None
    service_type: Concept | list[Concept] | None = None
    category: Concept | list[Concept] | None = None
    order_detail: Concept | list[Concept] | None = None
    medication_codeable_concept: Concept | None = None
    class_: Coding | list[msgspec.Raw] | None = msgspec.field(default=None, name="class")
    interpretation: list[Concept] = []
    reason_code: Concept | list[Concept] | None = None
    component: list[Component] = []
    activity: list[Activity] = []
    recorded_date: str = ""
    onset_date_time: str = ""
    abatement_date_time: str = ""
    authored: str = ""
    authored_on: str = ""
    start: str = ""
    sent: str = ""
    date: str = ""
    last_modified: str = ""
    period: Period | None = None
    encounter: Reference | None = None
    based_on: Reference | list[Reference] | None = None
    part_of: Reference | list[Reference] | None = None
    focus: Reference | list[Reference] | None = None
    owner: Reference | None = None
    requester: Reference | None = None
    performer: Reference | list[Reference] | None = None
    recipient: list[Reference] = []
    about: list[Reference] = []
    payload: list[Payload] = []
    reason_reference: Reference | list[Reference] | None = None
    participant: list[Participant] = []
    business_status: Concept | None = None
    hospitalization: Hospitalization | None = None
    provision: Provision | None = None
    output: list[msgspec.Raw] = []
    dispense_request: DispenseRequest | None = None
    days_supply: Quantity | None = None
    dosage_instruction: list[Dosage] = []
    dosage: list[Dosage] = []
    value_quantity: Quantity | None = None
    value_integer: int | None = None
    value_codeable_concept: Concept | None = None
    item: list[Item] = []
