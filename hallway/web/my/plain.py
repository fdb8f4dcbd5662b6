"""Plain words for patients: kinds, purposes, roles. Sixth grade, no law unless asked. Pure."""

from collections.abc import Callable, Iterable

KIND_WORDS: dict[str, str] = {
    "Patient": "your name and birth date",
    "Coverage": "your insurance",
    "Condition": "your health problems",
    "Procedure": "your procedures",
    "MedicationRequest": "your medicines",
    "MedicationStatement": "your medicines",
    "MedicationAdministration": "your medicines",
    "MedicationDispense": "your medicines",
    "Medication": "your medicines",
    "AllergyIntolerance": "your allergies",
    "Observation": "your scores and test results",
    "DiagnosticReport": "your scores and test results",
    "QuestionnaireResponse": "your answers to questions",
    "Immunization": "your vaccines",
    "Encounter": "your visits",
    "Appointment": "your visits",
    "EpisodeOfCare": "your visits",
    "DocumentReference": "notes and letters",
    "Composition": "notes and letters",
    "ClinicalImpression": "notes and letters",
    "CarePlan": "your care plan",
    "Goal": "your care plan",
    "CareTeam": "who cares for you",
    "ServiceRequest": "your referrals",
    "Task": "your referrals",
    "Communication": "messages about you",
    "Consent": "your sharing choices",
    "Claim": "your bills",
    "ExplanationOfBenefit": "your bills",
}
OTHER = "other parts of your record"
WHOLE = "your record, as far as they may see it"
WHY: dict[str, str] = {
    "TREAT": "To care for you.",
    "PAY": "To be paid for your care.",
    "OPS": "To run the practice safely and well.",
    "EMERG": "In an emergency, when you could not be asked.",
    "INDIVIDUAL": "They act for you.",
}
LAW: dict[str, str] = {
    "TREAT": "45 CFR 164.506(c): who treats you may see what they need, unless a rule asks for your signature.",
    "PAY": "45 CFR 164.506(c): as little as it takes to be paid.",
    "OPS": "45 CFR 164.506(c): as little as it takes to run the practice.",
    "EMERG": "45 CFR 164.506(c), 42 CFR 2.51: written down before anything shows, and reviewed by a person.",
    "INDIVIDUAL": "45 CFR 164.502(g).",
}
ROLE_WORDS: dict[str, str] = {
    "pcp": "Primary care",
    "therapist": "Therapist",
    "psychiatrist": "Psychiatrist",
    "bh_care_manager": "Care manager",
    "medical_specialist": "Specialist",
    "front_desk": "Front desk",
    "biller": "Billing",
    "practice_leader": "Practice leader",
    "privacy_officer": "Privacy officer",
    "network_administrator": "Network office",
    "representative": "Acts for you",
}


def kinds_words(kinds: Iterable[str], say: Callable[[str], str] = str) -> str:
    """ "your medicines, your visits and notes and letters"; the whole record when none is named. ``say`` translates."""
    found = list(dict.fromkeys(KIND_WORDS.get(kind, OTHER) for kind in kinds))
    if not found:
        return say(WHOLE)
    if "your name and birth date" in found and len(found) > 1:
        found.remove("your name and birth date")
    if len(found) > 6 or OTHER in found:
        found = [*[one for one in found if one != OTHER][:5], OTHER]
    told = [say(one) for one in found]
    return told[0] if len(told) == 1 else f"{', '.join(told[:-1])} {say('and')} {told[-1]}"
