"""What others may hear about forms. Frozen, references only."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class SigningLinkMade:
    """A link to sign by was made. Whoever can reach the patient may tell them; no such gateway exists yet."""

    link_id: UUID
