"""What others may hear about things owed. Frozen, references only."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class LoopEscalated:
    """A loop is past due and rose to ``level`` (owner, practice lead, both sides)."""

    loop_id: UUID
    level: int
