"""What others may hear about sittings and safety protocols. Frozen, references and codes only: no score, no words.

The code of a critical question says that it was answered so.
"""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class SittingFinished:
    """What a sitting asked was answered and stands in the record. Announced in the transaction that filed it."""

    chart_id: int
    sitting_id: UUID
    organization_id: int


@dataclass(frozen=True, slots=True)
class CriticalAnswer:
    """An answer after which nobody waits. Announced in the transaction that keeps it, be the rest answered or not.

    ``kind`` and ``id`` are what holds it: ``sitting``, or the type of a resource. ``code`` is the question's and
    ``level`` one of ``urgent``, ``high``, ``look``.
    """

    chart_id: int
    organization_id: int
    kind: str
    id: str
    code: str
    level: str


@dataclass(frozen=True, slots=True)
class SafetyOpened:
    """A same-visit safety protocol was opened by a practice."""

    chart_id: int
    safety_id: UUID
    organization_id: int


@dataclass(frozen=True, slots=True)
class SafetyClosed:
    """Somebody said how a safety protocol ended."""

    chart_id: int
    safety_id: UUID
    organization_id: int
