"""Data classes of a resource, as bits of one mask (``law.md`` 2.0 and 2.11).

A resource may flow under a clause only if every bit it carries is allowed: ``mask & ~allow == 0``. So a new class is
withheld from everybody until a rule allows it. A mask of zero is not "free": ``labels`` sets ``GENERAL`` on what it has
judged, and ``UNCLASSIFIED`` on what it could not judge.
"""

from enum import IntFlag


class DataClass(IntFlag):
    """One bit a class. Values are stored: never renumber, only append."""

    GENERAL = 1 << 0
    MH = 1 << 1
    PSYTHER_NOTE = 1 << 2
    PART2 = 1 << 3
    SUD_COUNSEL_NOTE = 1 << 4
    HIV = 1 << 5
    GENETIC = 1 << 6
    REPRO = 1 << 7
    GENDER = 1 << 8
    SEX_ASSAULT = 1 << 9
    DV = 1 << 10
    MINOR_CONSENTED = 1 << 11
    SELF_PAY_RESTRICTED = 1 << 12
    PATIENT_RESTRICTED = 1 << 13
    UNCLASSIFIED = 1 << 14
    # Discloser's licence, where a state's rule turns on it: the content is that professional's communication.
    MA_SOCIAL_WORKER = 1 << 20
    MA_COUNSELOR = 1 << 21
    MA_PSYCHOLOGIST = 1 << 22
    CT_PSYCHIATRIC = 1 << 23
    CT_SOCIAL_WORKER = 1 << 24
    CT_FAMILY_THERAPIST = 1 << 25
    CT_COUNSELOR = 1 << 26
    CA_LPS = 1 << 27
    """A record of services under Division 4 to 7 (Cal. Welf. & Inst. Code 5328): the facility's, not a licence's."""
    CA_PSYCHOTHERAPY = 1 << 28
    """Participation in outpatient treatment with a psychotherapist (Cal. Civ. Code 56.104)."""


AUTHOR_ONLY = DataClass.PSYTHER_NOTE | DataClass.SUD_COUNSEL_NOTE
"""Classes that open for their author, and else only under an authorization of their own."""

OF_A_VISIT = DataClass.MINOR_CONSENTED | DataClass.SELF_PAY_RESTRICTED
"""Classes of a service: whatever is charted in that visit is of it (45 CFR 164.502(g)(3), 164.522(a)(1)(vi))."""

LICENCE_CLASSES = (
    DataClass.MA_SOCIAL_WORKER
    | DataClass.MA_COUNSELOR
    | DataClass.MA_PSYCHOLOGIST
    | DataClass.CT_PSYCHIATRIC
    | DataClass.CT_SOCIAL_WORKER
    | DataClass.CT_FAMILY_THERAPIST
    | DataClass.CT_COUNSELOR
    | DataClass.CA_LPS
    | DataClass.CA_PSYCHOTHERAPY
)
