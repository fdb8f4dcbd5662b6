"""Why something may or may not flow, for readers entitled to know: author, source organization, patient."""

from dataclasses import dataclass

from hallway.identity.requester import Requester
from hallway.ids import ChartId, OrganizationId, PractitionerId, ResourceId


@dataclass(frozen=True, slots=True)
class Reason:
    """One class of an item towards one recipient: flows or not, by which rule, and what would open it."""

    class_name: str
    flows: bool
    rule_id: str
    citation: str
    sentence: str
    needs: str
    verified: bool


@dataclass(frozen=True, slots=True)
class Flow:
    """What of one source reaches one recipient, with reasons."""

    recipient_org: OrganizationId
    recipient_practitioner: PractitionerId
    flows: bool
    reasons: tuple[Reason, ...]


def explain(requester: Requester, chart_id: ChartId, kind: str, resource_id: ResourceId) -> list[Flow]:
    """To whom an item flows and why, for its author, its source organization or its patient.

    Raises NOT_FOUND for everybody else, and for an item that is not there: the same bytes.
    """
    raise NotImplementedError
