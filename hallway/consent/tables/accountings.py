"""The accountings that a patient may ask for: how far back, and what stands in which. Rows, each with its source."""

from dataclasses import dataclass
from enum import StrEnum

from hallway.consent.law.asking import Aim


class AccountingKind(StrEnum):
    """Which accounting; the full log is the superset that the others are drawn from."""

    HIPAA = "hipaa"
    PART2 = "part2"
    INTERMEDIARY = "intermediary"
    EVERYTHING = "everything"


@dataclass(frozen=True, slots=True)
class Accounting:
    """``years`` back at most. ``answer_days`` to give it; ``longer_days`` once more, with a reason in writing."""

    kind: AccountingKind
    title: str
    years: int
    answer_days: int
    longer_days: int
    citation: str
    says: str


ACCOUNTINGS = {
    row.kind: row
    for row in (
        Accounting(
            AccountingKind.HIPAA, "Accounting of disclosures", 6, 60, 30, "45 CFR 164.528",
            "What left without an authorization and not for treatment, payment or operations.",
        ),
        Accounting(
            AccountingKind.PART2, "Substance use records that left with consent", 3, 60, 30, "42 CFR 2.25",
            "What left under a written consent; for treatment, payment and operations what left through this record.",
        ),
        Accounting(
            AccountingKind.INTERMEDIARY, "Who received substance use records through the network", 3, 30, 0,
            "42 CFR 2.24", "Every practice that received something under a consent for all who treat.",
        ),
        Accounting(
            AccountingKind.EVERYTHING, "Everything that left", 6, 60, 30, "45 CFR 164.528; 42 CFR 2.25",
            "Every disclosure that is on record, whatever the law asks to be listed.",
        ),
    )
}  # fmt: skip

LEFT_OUT = frozenset({Aim.TREAT, Aim.PAY, Aim.OPS, Aim.EMERG, Aim.CONSULT, Aim.TRAINING, Aim.QSO, Aim.BA})
"""Treatment, payment and operations (164.528(a)(1)(i)); a business associate works for one of them."""
TO_THE_PATIENT_OR_FAMILY = frozenset({Aim.INDIVIDUAL, Aim.FAMILY})
"""164.528(a)(1)(ii) and (v): to the individual, and all of 164.510."""
UNDER_A_FORM_ONLY = frozenset({Aim.MARKETING, Aim.SALE, Aim.OTHER})
"""They leave only under an authorization, which 164.528(a)(1)(iv) leaves out."""
LEFT_OUT_FACTS = frozenset({"national_security", "custody", "limited_data_set"})
"""164.528(a)(1)(vi)-(viii)."""
PERMITTED_BY_LAW = frozenset(
    {
        Aim.THREAT, Aim.LEGAL, Aim.POLICE, Aim.PH, Aim.OVERSIGHT, Aim.HHS, Aim.RESEARCH, Aim.CORONER, Aim.ORGAN,
        Aim.REQUIRED_BY_LAW, Aim.ABUSE_REPORT, Aim.GOVERNMENT, Aim.WORKERS_COMP, Aim.FDA,
    }
)  # fmt: skip
"""164.502(a)(2)(ii) and 164.512: repeated ones to one recipient may be summed (164.528(b)(3))."""
ORAL_DAYS = 30
"""An oral statement of an agency holds its disclosures back for at most so long (164.528(a)(2)(ii))."""
