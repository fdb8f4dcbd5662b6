"""Codes of the rules in plain words. Pure."""

from hallway.consent.asking import Aim, RecipientKind
from hallway.record.classes import DataClass

CLASS_WORDS = {
    DataClass.GENERAL: "ordinary content",
    DataClass.MH: "mental health content",
    DataClass.PSYTHER_NOTE: "psychotherapy notes",
    DataClass.PART2: "records of a substance use program",
    DataClass.SUD_COUNSEL_NOTE: "substance use counseling notes",
    DataClass.HIV: "HIV test results",
    DataClass.GENETIC: "genetic test results",
    DataClass.REPRO: "reproductive care",
    DataClass.GENDER: "gender-affirming care",
    DataClass.SEX_ASSAULT: "care after sexual assault",
    DataClass.DV: "domestic violence",
    DataClass.MINOR_CONSENTED: "care a minor consented to alone",
    DataClass.SELF_PAY_RESTRICTED: "paid by the patient and restricted",
    DataClass.PATIENT_RESTRICTED: "restricted at the patient's wish",
    DataClass.UNCLASSIFIED: "content nobody has judged yet",
}
LICENCE_WORDS = {
    DataClass.MA_SOCIAL_WORKER: "a Massachusetts social worker's communications",
    DataClass.MA_COUNSELOR: "a Massachusetts counselor's communications",
    DataClass.MA_PSYCHOLOGIST: "a Massachusetts psychologist's communications",
    DataClass.CT_PSYCHIATRIC: "a Connecticut psychiatric provider's communications",
    DataClass.CT_SOCIAL_WORKER: "a Connecticut social worker's communications",
    DataClass.CT_FAMILY_THERAPIST: "a Connecticut family therapist's communications",
    DataClass.CT_COUNSELOR: "a Connecticut counselor's communications",
    DataClass.CA_LPS: "records of a California facility under the LPS Act",
    DataClass.CA_PSYCHOTHERAPY: "outpatient psychotherapy in California",
}
RECIPIENT_WORDS = {
    RecipientKind.PROVIDER: "A practice or clinician",
    RecipientKind.PLAN: "A health plan",
    RecipientKind.QSO: "A qualified service organization",
    RecipientKind.BA: "A business associate",
    RecipientKind.HHS: "The Secretary of HHS",
    RecipientKind.PDMP: "A prescription drug monitoring program",
    RecipientKind.FDA: "FDA",
    RecipientKind.INDIVIDUAL: "The patient",
    RecipientKind.WORKFORCE: "Staff of the same practice",
}
JURISDICTION_WORDS = {"US": "Federal", "MA": "Massachusetts", "CT": "Connecticut", "CA": "California"}
AIM_WORDS = {
    Aim.TREAT: "Treatment",
    Aim.PAY: "Payment",
    Aim.OPS: "Health care operations",
    Aim.EMERG: "Emergency",
    Aim.INDIVIDUAL: "The patient's own access",
    Aim.FAMILY: "Family or friends involved in care",
    Aim.THREAT: "Serious and imminent threat",
    Aim.LEGAL: "Court, subpoena or proceeding",
    Aim.POLICE: "Police",
    Aim.PH: "Public health",
    Aim.HHS: "The Secretary of HHS",
    Aim.QSO: "Qualified service organization",
    Aim.BA: "Business associate",
    Aim.PDMP: "Prescription drug monitoring program",
    Aim.FDA: "FDA",
}


def class_word(one: DataClass) -> str:
    """One class in plain words."""
    return (CLASS_WORDS | LICENCE_WORDS).get(one) or (one.name or "").replace("_", " ").lower()


def first_up(text: str) -> str:
    """With its first letter large, the others as they are."""
    return text[:1].upper() + text[1:]


def recipient_words(kind: RecipientKind) -> str:
    """A kind of recipient in plain words."""
    return RECIPIENT_WORDS.get(kind) or first_up(kind.value.replace("_", " "))


def class_words(mask: DataClass) -> str:
    """ "ordinary content, mental health content"."""
    return ", ".join(class_word(one) for one in DataClass if one & mask) or "nothing"


def aim_words(aim: Aim) -> str:
    """An aim in plain words."""
    return AIM_WORDS.get(aim) or aim.value.replace("_", " ").capitalize()


def place_words(jurisdiction: str) -> str:
    """A jurisdiction's name."""
    return JURISDICTION_WORDS.get(jurisdiction, jurisdiction)
