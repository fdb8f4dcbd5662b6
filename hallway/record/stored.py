"""What a read gives: rows whose bytes are served as they lie, and the short header of a patient."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import NamedTuple

from hallway.clock import microseconds
from hallway.errors import HallwayError, Kind
from hallway.ids import ChartId, OrganizationId, PractitionerId, ResourceId
from hallway.record.classes import DataClass
from hallway.standards.fhir import r4
from hallway.standards.fhir.r4.base import P


class StaleRelease(HallwayError):  # noqa: N818 - the name that pages and the hot path speak of
    """The right that this read stood on has changed or ended. Nothing was given out; ask the gate again."""

    def __init__(self) -> None:
        """The one message: it tells nothing about the chart."""
        super().__init__(
            Kind.GONE,
            "H-REC-001",
            what="The permission for this record has changed.",
            undone="Nothing was shown and nothing was saved.",
            to_do="Reload the page.",
        )


TOLD_BY_PATIENT = "PATAST"
"""HL7's code for what a patient asserts; the door tags with it whatever a patient sends."""
_TOLD = b'"%b"' % TOLD_BY_PATIENT.encode()


class Stored(NamedTuple):
    """One resource version as the store holds it, released. ``body`` is JSON without ``id`` and ``meta``.

    ``mask`` carries DataClass bits; ``meta`` is what the sender put into ``meta``, as JSON members without braces.
    """

    kind: str
    id: ResourceId
    version: int
    updated_at: datetime
    dated_at: datetime | None
    source_org: OrganizationId
    author: PractitionerId
    mask: int
    meta: bytes
    body: bytes

    def view(self, kind: type[P]) -> P:
        """The resource as a typed view, with its id. Raises msgspec.ValidationError when it is of another type."""
        return r4.decode(self.json_bytes(), kind)

    @property
    def is_told_by_patient(self) -> bool:
        """Whether it is the patient's own word, sent by themselves: nobody at a practice has measured or seen it."""
        return _TOLD in self.meta

    @property
    def version_id(self) -> str:
        """The version as readers name it; ``version`` is a count, and stays inside."""
        return version_id(self.updated_at)

    def json_bytes(self) -> bytes:
        """The resource as it is served: id, version, time and labels spliced in front of the stored body."""
        head = b'{"resourceType":"%b","id":"%b","meta":{"versionId":"%b","lastUpdated":"%b"' % (
            self.kind.encode(),
            self.id.encode(),
            version_id(self.updated_at).encode(),
            instant(self.updated_at),
        )
        return b"".join((head, meta_members(self.mask, self.meta), b"}", tail(self.kind, self.body)))


_HEAD = len(b'{"resourceType":""')


def tail(kind: str, body: bytes) -> bytes:
    """The members of a stored body that follow ``resourceType``, with their leading comma and the closing brace."""
    return body[_HEAD + len(kind) :]


@lru_cache(maxsize=4096)
def version_id(at: datetime) -> str:
    """The name of the version that was stored at ``at``: no number, which would count versions that are withheld.

    The store gives no two versions of a resource the same instant.
    """
    return f"{microseconds(at):x}"


@lru_cache(maxsize=4096)
def instant(at: datetime) -> bytes:
    """An aware instant as FHIR writes it, in UTC with milliseconds."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.").encode() + b"%03dZ" % (at.microsecond // 1000)


# HL7 codes of the classes that a receiver acts on; the others are ours alone and stay inside.
_SECURITY: tuple[tuple[DataClass, str, str], ...] = (
    (DataClass.MH, "http://terminology.hl7.org/CodeSystem/v3-ActCode", "PSY"),
    (DataClass.PSYTHER_NOTE, "http://terminology.hl7.org/CodeSystem/v3-ActCode", "PSYTHPN"),
    (DataClass.PART2, "http://terminology.hl7.org/CodeSystem/v3-ActCode", "42CFRPart2"),
    (DataClass.HIV, "http://terminology.hl7.org/CodeSystem/v3-ActCode", "HIV"),
    (DataClass.GENETIC, "http://terminology.hl7.org/CodeSystem/v3-ActCode", "GDIS"),
    (DataClass.SEX_ASSAULT, "http://terminology.hl7.org/CodeSystem/v3-ActCode", "SDV"),
)


PART2_NOTICE = "42 CFR part 2 prohibits unauthorized use or disclosure of these records."
"""42 CFR 2.32(a)(2), the statement for short channels: it travels in each label, alone or in a Bundle."""
_NOTICES: tuple[tuple[int, bytes], ...] = (
    (
        int(DataClass.PART2 | DataClass.SUD_COUNSEL_NOTE),
        b'{"system":"urn:hallway:notice","code":"P2-2024-S2","display":"%b"}' % PART2_NOTICE.encode(),
    ),
)


@lru_cache(maxsize=4096)
def security(mask: int) -> bytes:
    """The codings of ``meta.security`` for a mask, comma-separated; empty for general content."""
    codes = [b'{"system":"%b","code":"%b"}' % (s.encode(), c.encode()) for bit, s, c in _SECURITY if mask & bit]
    codes += [coding for bits, coding in _NOTICES if mask & bits]
    if mask & ~int(DataClass.GENERAL):
        codes.append(b'{"system":"http://terminology.hl7.org/CodeSystem/v3-Confidentiality","code":"R"}')
    return b",".join(codes)


def security_bits(words: Sequence[str]) -> int:
    """The classes behind a searched security label, ``[code]`` or ``[system, code]``; 0 for one that we do not give."""
    found = 0
    for bits, system, code in _LABELS:
        if [system, code][-len(words) :] == list(words):
            found |= bits
    return found


_EVERY_OTHER = ((1 << 63) - 1) & ~int(DataClass.GENERAL)
_LABELS = (
    *((int(bit), system, code) for bit, system, code in _SECURITY),
    (_NOTICES[0][0], "urn:hallway:notice", "P2-2024-S2"),
    (_EVERY_OTHER, "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "R"),
)
_SENT = b'"security":['


@lru_cache(maxsize=16384)
def meta_members(mask: int, sent: bytes) -> bytes:
    """What follows version and time in ``meta``, each member with its leading comma: our labels, then the sender's."""
    codes = security(mask)
    if sent.startswith(_SENT):
        rest = sent[len(_SENT) :]
        between = b"," if codes and not rest.startswith(b"]") else b""
        return b"," + _SENT + codes + between + rest
    ours = b"," + _SENT + codes + b"]" if codes else b""
    return ours + b"," + sent if sent else ours


@dataclass(frozen=True, slots=True)
class PatientHeader:
    """What lists and boards show of a patient. ``record_number`` is the practice's, or empty."""

    chart_id: ChartId
    name: str
    birth_date: date | None
    gender: str
    pronouns: str
    record_number: str
    deceased: bool


class Written(NamedTuple):
    """What a write did: ``created``, ``updated`` or ``unchanged``, and the version that stands now."""

    kind: str
    id: ResourceId
    chart_id: ChartId
    version: int
    outcome: str
    updated_at: datetime

    @property
    def version_id(self) -> str:
        """The version as readers name it."""
        return version_id(self.updated_at)
