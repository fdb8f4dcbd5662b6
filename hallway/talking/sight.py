"""What one person may know of a thread or a request: each word under its own label, so that nothing hidden is felt.

A thread is there for a reader as soon as one of its messages is, and is as old as the first of them. A request stands
for its asker as far as the answer may reach them: one that they may not know of has not come.
"""

import uuid
from dataclasses import dataclass
from uuid import UUID

from hallway.consent import gate
from hallway.directory.models import Organization
from hallway.identity.requester import Requester
from hallway.ids import ChartId
from hallway.loops.models import Loop
from hallway.loops.tables.clocks import LoopKind
from hallway.record.evidence import Release
from hallway.talking.models import InformationRequest

State = InformationRequest.State
_SPACE = uuid.UUID("6f1b6d0e-3c55-5b0a-9d6c-7b2f0a4c9e11")
_TOLD_BY_ANSWERER = (State.ANSWERED, State.DECLINED)
_UNANSWERED = (State.ASKED, State.DECLINED)
_VERSIONS = {State.ASKED: 0, State.ANSWERED: 1, State.DECLINED: 1, State.FILED: 2, State.WITHDRAWN: 2}


def thread_id(chart_id: ChartId, one: int, other: int, subject_id: UUID | None) -> UUID:
    """The thread of two practices about a patient and a subject.

    It follows from them alone: a thread that the reader may not know of has the address that a new one would have.
    """
    first, second = sorted((int(one), int(other)))
    return uuid.uuid5(_SPACE, f"{chart_id}:{first}:{second}:{subject_id or ''}")


def seen(state: State, *, is_told: bool) -> State:
    """A state as its reader knows it; ``is_told`` when what the answerer did may reach them."""
    return state if is_told or state not in _TOLD_BY_ANSWERER else State.ASKED


@dataclass(frozen=True, slots=True)
class Sight:
    """A request under one reader's release. ``asks`` when the reader's practice asked."""

    request: InformationRequest
    release: Release
    asks: bool

    @property
    def state(self) -> State:
        """Where it stands as far as this reader may know."""
        return seen(State(self.request.state), is_told=not self.asks or self._knows_answer())

    @property
    def version(self) -> int:
        """How far this reader knows it to be; a form sends it back."""
        return _VERSIONS[self.state]

    @property
    def may_be_taken_back(self) -> bool:
        """Whether its asker, as far as they know, has nothing to file: they may do without, or ask elsewhere."""
        return self.asks and self.state in _UNANSWERED

    def may_come_another_way(self) -> bool:
        """Whether its asker may file what did not come through Hallway.

        So ends a request to a practice that is not on Hallway, where nobody can answer it, and one that was declined,
        as by whoever would rather telephone.
        """
        if not self.asks or self.state is not State.ASKED:
            return self.asks and self.state is State.DECLINED
        return Organization.objects.filter(id=self.request.to_org_id, on_hallway=False).exists()

    def _knows_answer(self) -> bool:
        one = self.request
        return gate.may_know(self.release, source_org=one.to_org_id, mask=one.answer_mask)


def owed_in(thread_id: UUID, release: Release) -> list[UUID]:
    """The clocks of an answer that the reader's practice owes in a thread, as far as this reader may know of them."""
    running = Loop.objects.filter(
        subject_id=thread_id,
        kind=LoopKind.ANSWER_MESSAGE.value,
        owner_org_id=release.requester.organization_id,
        closed_at=None,
    )
    return [one.id for one in running if gate.may_know(release, source_org=one.source_org_id, mask=one.mask)]


def look(by: Requester, request_id: UUID, *, lock: bool = False) -> Sight:
    """The request as this person may know it; with ``lock`` nobody else moves it until the transaction ends.

    Raises HallwayError NOT_FOUND for an unknown one and for one that is not theirs to know: one answer.
    """
    rows = InformationRequest.objects.select_for_update() if lock else InformationRequest.objects
    found = rows.filter(id=request_id).first()
    if found is None or by.organization_id not in (found.from_org_id, found.to_org_id):
        raise gate.not_found()
    release = gate.release(by, ChartId(found.chart_id))
    if not gate.may_know(release, source_org=found.source_org_id, mask=found.mask):
        raise gate.not_found()
    return Sight(found, release, by.organization_id == found.from_org_id)
