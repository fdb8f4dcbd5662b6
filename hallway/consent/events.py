"""What others may hear about forms and emergencies. Frozen, references only."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class SigningLinkMade:
    """A link to sign by was made. Whoever can reach the patient may tell them; no such gateway exists yet."""

    link_id: UUID


@dataclass(frozen=True, slots=True)
class EmergencyOpened:
    """Somebody opened emergency access. The patient is owed to be told, and whoever keeps counseling notes a call."""

    emergency_id: UUID
    chart_id: int
    organization_id: int
    practitioner_id: int


@dataclass(frozen=True, slots=True)
class PatientTold:
    """The patient was told of an emergency access."""

    emergency_id: UUID


@dataclass(frozen=True, slots=True)
class PatientAsked:
    """A patient asked a practice for something."""

    ask_id: UUID
    chart_id: int
    organization_id: int


@dataclass(frozen=True, slots=True)
class AskAnswered:
    """What a patient asked for was agreed to, refused, answered or taken back."""

    ask_id: UUID


@dataclass(frozen=True, slots=True)
class ConsentStepped:
    """A form was signed, declined, taken back or has ended; ``position`` is its version."""

    consent_id: UUID
    chart_id: int
    position: int


@dataclass(frozen=True, slots=True)
class AdmissionRecorded:
    """An inpatient, observation or emergency encounter of these days was stored; ``position`` is its version."""

    encounter_id: UUID
    chart_id: int
    position: int


@dataclass(frozen=True, slots=True)
class ChartsChanged:
    """Something was written into these charts (comma-separated), or taken out, or the rights to them changed.

    Announced once a call, whoever wrote: pages, programs, bundles, loaders. Whoever hears it reads through a release of
    their own; a chart may be told of again though nothing has changed since it was looked at.
    """

    chart_ids: str


@dataclass(frozen=True, slots=True)
class AnswersStored:
    """Observations or questionnaire responses were written into these charts (comma-separated).

    Announced beside ``ChartsChanged`` for whoever must act on a sign of danger at once, and heard before it: a large
    load is looked at for a long time.
    """

    chart_ids: str
