"""What was asked at the FHIR door, parsed at the edge."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from hallway.errors import HallwayError, Kind
from hallway.fhirapi.budget import Budget
from hallway.identity.requester import Requester
from hallway.identity.scopes import Scopes
from hallway.ids import ResourceId, is_ours

HEADERS = (
    "accept", "content-type", "if-match", "if-none-match", "if-none-exist", "if-modified-since", "prefer",
)  # fmt: skip
"""Header fields that an interaction may look at."""


@dataclass(frozen=True, slots=True)
class Asked:
    """``parts`` of the address, ``query`` parameters in order, and ``base`` for absolute addresses in Bundles.

    ``headers`` are those of ``HEADERS``, by their lower-case names. ``scopes`` narrow what a program may do; None for a
    person's own login session. ``body`` is what was sent, within the bounds of the door. ``budget`` is shared by all
    requests of one Bundle. ``shown`` is the hash of the token by which the caller came.
    """

    requester: Requester
    parts: Mapping[str, str]
    query: Sequence[tuple[str, str]]
    base: str
    route: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body: bytes = b""
    scopes: Scopes | None = None
    shown: bytes = field(default=b"", repr=False, compare=False)
    budget: Budget = field(default_factory=Budget, compare=False)

    @property
    def kind(self) -> str:
        """The resource type in the address."""
        return self.parts.get("type", "Patient")

    def resource_id(self) -> ResourceId:
        """The id in the address. Raises NOT_FOUND for what cannot be one of ours: it is simply not there."""
        return resource_id(self.parts["id"])

    def only(self, *names: str) -> dict[str, list[str]]:
        """The query by name. Raises INCORRECT for a parameter beyond ``names``: what is not understood is refused.

        FHIR would let a server pass it over; but a filter passed over shows more than was asked for.
        """
        found: dict[str, list[str]] = {}
        for name, value in self.query:
            if name not in names:
                raise refused("A search parameter is not one that Hallway takes here.")
            found.setdefault(name, []).append(value)
        return found


def resource_id(text: str) -> ResourceId:
    """A canonical id of ours. Raises NOT_FOUND for anything else."""
    if is_ours(text):
        return ResourceId(text)
    raise HallwayError(Kind.NOT_FOUND, "H-API-005", what="Nothing is here.", undone="", to_do="")


def refused(what: str, to_do: str = "Read the capability statement at /fhir/metadata.") -> HallwayError:
    """A request that cannot be understood, whatever it asks for; ``what`` never repeats what was sent."""
    return HallwayError(
        Kind.INCORRECT,
        "H-API-006",
        what=what,
        undone="Nothing was answered, and nothing was changed.",
        to_do=to_do,
    )
