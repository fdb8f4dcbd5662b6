"""What a form may name: boxes under "What?", each standing for FHIR types; and classes that want a tick apart."""

from dataclasses import dataclass

from hallway.record.classes import DataClass


@dataclass(frozen=True, slots=True)
class Content:
    """One box: its key (a phrase ``what.KEY`` prints it), the FHIR types it stands for."""

    key: str
    kinds: tuple[str, ...]


CONTENTS = (
    Content("visits", ("Encounter", "Appointment", "EpisodeOfCare", "Task")),
    Content("medicines", ("MedicationRequest", "MedicationStatement", "AllergyIntolerance")),
    Content("diagnoses", ("Condition",)),
    Content("plan", ("CarePlan", "Goal", "CareTeam")),
    Content("results", ("Observation", "QuestionnaireResponse", "DiagnosticReport")),
    Content("reports", ("Composition", "Communication", "ServiceRequest")),
    Content("notes", ("DocumentReference", "ClinicalImpression")),
)
TICKED_CLASSES = (DataClass.HIV, DataClass.GENETIC, DataClass.REPRO, DataClass.GENDER)
"""Never on a form without a tick of its own and the signer's initials (law.md 3.1)."""
NAMED_CLASSES = (DataClass.PART2, *TICKED_CLASSES, DataClass.PSYTHER_NOTE, DataClass.SUD_COUNSEL_NOTE)
"""Classes whose presence a form says in words of its own."""
