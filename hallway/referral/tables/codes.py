"""Coded reasons and kinds. Short wording of our own; none of them tells anything about a patient's health."""

DECLINE_REASONS: dict[str, str] = {
    "no_capacity": "No room for new patients now",
    "no_language": "Nobody free who speaks the language",
    "not_our_field": "Not a field of ours",
    "plan_not_taken": "Plan not taken",
    "age_not_served": "Age group not served",
    "too_far": "Too far, and no video",
    "needs_higher_care": "Needs another level of care",
    "question_unclear": "The question is not clear to us",
    "duplicate": "Already referred to us",
}
"""Why a practice says no. Both sides read it, so it may name nothing that the patient did or said."""

PATIENT_DECLINE_REASONS: dict[str, str] = {
    "prefers_other": "Prefers somebody else",
    "not_now": "Not now",
    "cost": "Cost",
    "transport": "Travel",
    "feels_better": "Feels better",
    "privacy": "Privacy",
    "no_reason": "Gave no reason",
}
"""Why a patient says no, as the patient put it."""

RELUCTANCE_REASONS = PATIENT_DECLINE_REASONS | {
    "wants_to_think": "Wants to think about it",
    "stigma": "What others may think",
}

ENDING_REASONS: dict[str, str] = {
    "patient_asked": "The patient asked for it",
    "no_longer_needed": "No longer needed",
    "seen_elsewhere": "Seen elsewhere",
    "sent_by_mistake": "Sent by mistake",
    "no_answer_30_days": "Nothing came of it in 30 days",
    "declined": "Declined, and no other practice chosen",
    "moved_away": "Moved away",
    "died": "Died",
}
"""Why the sender ends or recalls a referral."""

REOPENING_REASONS: dict[str, str] = {
    "need_returned": "The need came back",
    "closed_by_mistake": "Closed by mistake",
    "patient_changed_mind": "The patient changed their mind",
    "report_unclear": "The report leaves the question open",
}

RECIPIENT_TYPES: dict[str, str] = {
    "therapist": "Therapists",
    "psychiatrist": "Psychiatrists",
    "sud_program": "Substance use programs",
    "primary_care": "Primary care",
    "cardiology": "Cardiology",
    "pulmonology": "Pulmonology",
    "endocrinology": "Endocrinology",
    "oncology": "Oncology",
    "neurology": "Neurology",
    "gastroenterology": "Gastroenterology",
    "other_specialty": "Other specialties",
}
"""What kind of clinician is asked. The first three are behavioral health."""

BEHAVIORAL = frozenset({"therapist", "psychiatrist", "sud_program"})
"""Recipient types that count as behavioral health."""
