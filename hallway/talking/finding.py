"""How rows of the check list are found among what a reader may know. Pure: released resources in, found facts out."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from hallway.record.stored import Stored
from hallway.standards.fhir import r4

CONSULT_NOTE = "11488-4"
REFERRAL_NOTE = "57133-1"
KINDS = (
    "Communication", "ServiceRequest", "Task", "Encounter", "DocumentReference", "CarePlan", "Appointment"
)  # fmt: skip
"""FHIR types among which rows are found."""


@dataclass(frozen=True, slots=True)
class Found:
    """A fact that fills a row: its day, a few words, and the resource where one holds it."""

    on: date
    words: str
    resource: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """What the finders must know besides: the reader's own practice and the time of the list."""

    own: int
    from_on: date
    until_on: date

    def holds(self, on: date | None) -> bool:
        """Whether a day lies in the time of the list."""
        return on is not None and self.from_on <= on <= self.until_on


Finder = Callable[[Stored, Place], str]


def _codes(concepts: Iterable[r4.CodeableConcept | None]) -> set[str]:
    return {coding.code or "" for one in concepts if one for coding in one.coding}


def _sent(stored: Stored, place: Place) -> str:
    return "Message sent" if stored.kind == "Communication" and stored.source_org == place.own else ""


def _received(stored: Stored, place: Place) -> str:
    return "Message received" if stored.kind == "Communication" and stored.source_org != place.own else ""


def _referral_sent(stored: Stored, place: Place) -> str:
    if stored.kind != "ServiceRequest":
        return ""
    view = stored.view(r4.ServiceRequest)
    is_sent = REFERRAL_NOTE in _codes(view.category) and view.status != "draft"
    return "Referral" if is_sent else ""


def _referral_accepted(stored: Stored, place: Place) -> str:
    if stored.kind != "Task":
        return ""
    view = stored.view(r4.Task)
    is_taken = view.status in {"accepted", "in-progress", "completed"}
    return "Referral accepted" if is_taken and "fulfill" in _codes([view.code]) else ""


def _first_visit(stored: Stored, place: Place) -> str:
    if stored.kind != "Encounter":
        return ""
    view = stored.view(r4.Encounter)
    is_first = any(one.text == "First visit" for one in view.type)
    return "First visit kept" if is_first and view.status == "finished" else ""


def _report(stored: Stored, place: Place) -> str:
    if stored.kind != "DocumentReference" or stored.source_org == place.own:
        return ""
    return "Consultation report" if CONSULT_NOTE in _codes([stored.view(r4.DocumentReference).type]) else ""


def _plan(stored: Stored, place: Place) -> str:
    return "Treatment plan of the other side" if stored.kind == "CarePlan" and stored.source_org != place.own else ""


def _follow_up(stored: Stored, place: Place) -> str:
    if stored.kind != "Appointment":
        return ""
    return "Visit booked" if stored.view(r4.Appointment).status == "booked" else ""


FINDERS: Mapping[str, Finder] = {
    "sent": _sent,
    "received": _received,
    "referral_sent": _referral_sent,
    "referral_accepted": _referral_accepted,
    "first_visit": _first_visit,
    "report": _report,
    "plan": _plan,
    "follow_up": _follow_up,
}
"""By the word in ``finds`` of the table. The rest is found in rows of this practice's own (``checklists``)."""


def find(stored: Sequence[Stored], place: Place) -> dict[str, Found]:
    """The newest fact of each finder in the time of the list."""
    found: dict[str, Found] = {}
    for one in stored:
        on = (one.dated_at or one.updated_at).date()
        if not place.holds(on):
            continue
        for name, finder in FINDERS.items():
            words = finder(one, place)
            if words and (name not in found or found[name].on < on):
                found[name] = Found(on, words, (one.kind, str(one.id)))
    return found
