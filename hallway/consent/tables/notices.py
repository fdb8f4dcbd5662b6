"""Texts that law makes travel with a disclosure, word for word. Byte-compared in tests; never edit, only add."""

from dataclasses import dataclass
from datetime import date

P2_2024_S1 = """\
This record which has been disclosed to you is protected by Federal confidentiality rules (42 CFR part 2). These rules \
prohibit you from using or disclosing this record, or testimony that describes the information contained in this \
record, in any civil, criminal, administrative, or legislative proceedings by any Federal, State, or local authority, \
against the patient, unless authorized by the consent of the patient, except as provided at 42 CFR 2.12(c)(5) or as \
authorized by a court in accordance with 42 CFR 2.64 or 2.65. In addition, the Federal rules prohibit you from making \
any other use or disclosure of this record unless at least one of the following applies:
(i) Further use or disclosure is expressly permitted by the written consent of the individual whose information is \
being disclosed in this record or as otherwise permitted by 42 CFR part 2.
(ii) You are a covered entity or business associate and have received the record for treatment, payment, or health \
care operations, or
(iii) You have received the record from a covered entity or business associate as permitted by 45 CFR part 164, \
subparts A and E.
A general authorization for the release of medical or other information is NOT sufficient to meet the required \
elements of written consent to further use or redisclose the record (see 42 CFR 2.31)."""

P2_2024_S2 = "42 CFR part 2 prohibits unauthorized use or disclosure of these records."

CT_19A_585 = """\
This information has been disclosed to you from records whose confidentiality is protected by state law. State law \
prohibits you from making any further disclosure of it without the specific written consent of the person to whom it \
pertains, or as otherwise permitted by said law. A general authorization for the release of medical or other \
information is NOT sufficient for this purpose."""


@dataclass(frozen=True, slots=True)
class Notice:
    """``short`` stands where the channel is short: a label, a banner, one resource alone."""

    id: str
    citation: str
    from_on: date
    text: str
    short: str


NOTICES = {
    row.id: row
    for row in (
        Notice("P2-2024-S1", "42 CFR 2.32(a)(1)", date(2024, 4, 16), P2_2024_S1, P2_2024_S2),
        Notice("P2-2024-S2", "42 CFR 2.32(a)(2)", date(2024, 4, 16), P2_2024_S2, P2_2024_S2),
        Notice("CT-19A-585", "Conn. Gen. Stat. 19a-585", date(1989, 10, 1), CT_19A_585, CT_19A_585),
    )
}
"""By the id that rules name in ``notice:`` obligations. Part 2: effective 16 April 2024 (89 FR 12472)."""


def named(obligations: tuple[str, ...]) -> tuple[Notice, ...]:
    """The notices among a gate's obligations, which read ``CLASS/notice:ID`` or ``notice:ID``."""
    ids = [duty.rpartition("notice:")[2] for duty in obligations if "notice:" in duty]
    return tuple(NOTICES[one] for one in dict.fromkeys(ids) if one in NOTICES)
