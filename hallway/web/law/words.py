"""Codes of the rules in plain words. Pure."""

from collections.abc import Iterable

from hallway.consent.explaining.what_if import Golden
from hallway.consent.law.asking import Aim, RecipientKind
from hallway.consent.tables import disclosures
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
    Aim.CONSULT: "Advice from a colleague",
    Aim.OTHER: "Anything else",
    Aim.ABUSE_REPORT: "Report of abuse",
    Aim.DEFENSE: "Defense against the patient's own suit",
    Aim.WORKERS_COMP: "Workers' compensation",
    Aim.ORGAN: "Organ donation",
    Aim.GOVERNMENT: "Special government functions",
    Aim.AUDIT: "Audit and evaluation",
    Aim.REGISTRY: "Registry of withdrawal management or maintenance",
    Aim.CRIMINAL_JUSTICE: "Criminal justice, where treatment was a condition",
    Aim.PRESENCE: "Whether somebody is a patient at all",
    Aim.SALE: "Sale of records",
    Aim.CORONER: "Coroner or medical examiner",
}
TIE_WORDS = {
    "own": "staff of the practice that holds it",
    "own_medical": "medical staff of the place that holds it",
    "author": "the one who wrote it",
    "treating": "another practice that treats the patient",
    "former": "a practice that treated the patient before",
    "named": "whom a form names, and nothing else",
    "individual": "the patient",
    "representative": "who acts for the patient",
    "parent": "a parent of a minor",
    "emergency": "who opened an emergency access",
    "anybody": "anybody",
}
"""Relations of the table of standing access."""
NEED_WORDS = {
    "hiv_consent": "a form for HIV test results alone",
    "minor_agrees": "the minor's own agreement",
    "representative_authority": "proof that the person may act for the patient",
}
"""Needs of the table of standing access that no disclosure uses."""
HOLDER_WORDS = {"program": "from a substance use program", "holder": "held by a recipient"}


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


KIND_WORDS = {
    "Patient": "who the patient is",
    "Coverage": "the health plan",
    "Appointment": "appointments",
    "ServiceRequest": "what was asked",
    "Task": "where it stands",
}
"""Kinds of facts that a row of standing access is limited to."""


def kind_words(kinds: Iterable[str]) -> str:
    """ "who the patient is, the health plan"."""
    return ", ".join(KIND_WORDS.get(one, one) for one in kinds)


def purpose_words(code: str) -> str:
    """A purpose of a row in plain words."""
    return "Any purpose" if code == "any" else aim_words(Aim(code))


def together(said: Iterable[str]) -> str:
    """ "Treatment, payment, the Secretary of HHS": one phrase, its first letter large."""
    return first_up(", ".join(one if one[1:2].isupper() else one[:1].lower() + one[1:] for one in said))


def party_words(code: str) -> str:
    """Who receives, in plain words, whichever table names them."""
    return TIE_WORDS.get(code) or recipient_words(RecipientKind(code))


def rule_words(kind: str, code: str) -> str:
    """A need or a duty of a row in plain words."""
    return NEED_WORDS[code] if kind == "need" and code in NEED_WORDS else disclosures.plain(kind, code)


def form_words(kind: str) -> str:
    """A kind of form in plain words."""
    return disclosures.plain("form", kind)


def golden_words(cell: Golden) -> str:
    """One golden cell as a sentence of parts: whose law, who holds it, who asks for what, what is signed."""
    said = [
        "law of " + (place_words(cell.state) if cell.state else "a state without rules here"),
        HOLDER_WORDS.get(cell.holder, cell.holder),
        "asked by " + TIE_WORDS.get(cell.relation, cell.relation),
        "for " + purpose_words(cell.purpose).lower(),
        class_word(DataClass[cell.data_class]),
        f"signed: {form_words(cell.signed)}" if cell.signed else "nothing signed",
    ]
    said += ["the one who asks has duties in substance use care"] if cell.duty else []
    said += ["the one who asks is in another state"] if cell.abroad else []
    return first_up("; ".join(said))
