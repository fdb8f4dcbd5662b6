"""Things owed as cards. Pure but for the ids it is given; a card holds no name of the patient, whom the EHR shows."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from hallway.exchange.cds_hooks.checks import Warned
from hallway.exchange.cds_hooks.tables.services import QUIET, REASON_SYSTEM, REASONS, Service
from hallway.exchange.decisions.resources import Json
from hallway.loops.views import LoopRow

MOST_SUMMARY = 140
"""Letters; CDS Hooks 2.0, "Card attributes"."""
MOST_CARDS = 5
"""Cards for single things owed; what is beyond is counted on one more."""
WAITING, MORE = "waiting", "more"
LOOP_SYSTEM = "urn:hallway:loop"
KIND_SYSTEM = "urn:hallway:loop-kind"
_DANGER, _PRESSING = 3, 2
_WHEN = {"today": "due today", "week": "due this week", "later": "not due yet"}


@dataclass(frozen=True, slots=True)
class Around:
    """What every card of one answer shares. ``patient_id`` is as the caller names the patient."""

    patient_id: str
    practice: str
    """The asker's own organization, by its name."""
    home: str
    link: Callable[[LoopRow], str]
    """The absolute address of the page where a loop's next step is taken."""
    new_id: Callable[[], UUID]
    launch: str = ""
    """Where the caller launches Hallway, if it does."""


@dataclass(slots=True)
class Made:
    """The cards of an answer, and each one's kind by its id, for the feedback."""

    cards: list[Json] = field(default_factory=list[Json])
    kind_by_id: dict[UUID, str] = field(default_factory=dict[UUID, str])

    def add(self, kind: str, around: Around, card: Json) -> None:
        """Give a card its id and put it behind the others."""
        made = around.new_id()
        self.cards.append({"uuid": str(made), **card, "overrideReasons": _reasons()})
        self.kind_by_id[made] = kind


def of_loops(rows: Sequence[LoopRow], service: Service, around: Around) -> Made:
    """Cards for what the asker's practice owes, most pressing first; one more for what others owe it."""
    rows = [row for row in rows if row.is_late or row.kind not in QUIET]
    wanted = [row for row in rows if service.kinds is None or row.kind in service.kinds]
    ours = [row for row in wanted if row.owner_org == around.practice]
    ours.sort(key=lambda row: (not row.is_mine, -row.harm, row.due_at, str(row.id)))
    made = Made()
    for row in ours[:MOST_CARDS]:
        made.add(row.kind, around, _owed(row, around))
    if len(ours) > MOST_CARDS:
        made.add(MORE, around, _listed(f"{len(ours) - MOST_CARDS} more are owed", ours[MOST_CARDS:], around))
    waiting = [row for row in rows if row.owner_org != around.practice] if service.is_waiting_told else []
    if waiting:
        count = f"{len(waiting)} thing" if len(waiting) == 1 else f"{len(waiting)} things"
        made.add(WAITING, around, _listed(f"Your practice waits for {count} about this patient", waiting, around))
    return made


def of_checks(warned: Sequence[Warned], around: Around) -> Made:
    """Cards for what the safety checks said."""
    made = Made()
    for one in warned:
        card: Json = {
            "summary": one.summary[:MOST_SUMMARY],
            "detail": one.detail,
            "indicator": one.indicator,
            "source": {"label": one.source, "url": around.home},
        }
        made.add(one.kind, around, card)
    return made


def _owed(row: LoopRow, around: Around) -> Json:
    return {
        "summary": f"{row.why}: {_when(row)}"[:MOST_SUMMARY],
        "detail": f"{plain(row.why_more)} Next step: {plain(row.next_label)}.",
        "indicator": _indicator(row),
        "source": {
            "label": "Hallway",
            "url": around.home,
            "topic": {"system": KIND_SYSTEM, "code": row.kind, "display": row.why},
        },
        "links": [_link(row, around)],
        "suggestions": [_suggestion(row, around)],
        "selectionBehavior": "any",
    }


def _listed(summary: str, rows: Sequence[LoopRow], around: Around) -> Json:
    lines = [f"- {plain(row.why)} ({plain(row.owner_name or row.owner_org)}): {_when(row)}" for row in rows]
    return {
        "summary": summary[:MOST_SUMMARY],
        "detail": "\n".join(lines),
        "indicator": "warning" if any(row.is_late for row in rows) else "info",
        "source": {"label": "Hallway", "url": around.home},
        "links": [_link(row, around) for row in rows[:MOST_CARDS]],
    }


def _when(row: LoopRow) -> str:
    if row.is_late:
        return "due now" if row.days_late == 0 else f"{row.days_late} day{'s' if row.days_late > 1 else ''} late"
    return _WHEN.get(row.group, "due now")


def _indicator(row: LoopRow) -> str:
    if row.harm >= _DANGER:
        return "critical"
    return "warning" if row.is_late or row.harm >= _PRESSING else "info"


def _link(row: LoopRow, around: Around) -> Json:
    label, page = f"{row.next_label} in Hallway", around.link(row)
    if not around.launch:
        return {"label": label, "url": page, "type": "absolute"}
    # CDS Hooks 2.0, "Link": the EHR opens it as a SMART app with the patient it has open, and hands the context back.
    return {"label": label, "url": around.launch, "type": "smart", "appContext": f"/{page.removeprefix(around.home)}"}


def _suggestion(row: LoopRow, around: Around) -> Json:
    """A task for the EHR's own list: R4 as it is taken by Hallway, too."""
    task: Json = {
        "resourceType": "Task",
        "identifier": [{"system": LOOP_SYSTEM, "value": str(row.id)}],
        "status": "requested",
        "intent": "order",
        "priority": "urgent" if row.is_late or row.harm >= _PRESSING else "routine",
        "code": {"coding": [{"system": KIND_SYSTEM, "code": row.kind}], "text": row.why},
        "description": f"{row.why}. Next step: {row.next_label}.",
        "for": {"reference": f"Patient/{around.patient_id}"},
        "authoredOn": _instant(row.opened_at.isoformat(timespec="seconds")),
        "restriction": {"period": {"end": _instant(row.due_at.isoformat(timespec="seconds"))}},
    }
    return {
        "label": "Put it on my task list",
        "uuid": str(around.new_id()),
        "actions": [{"type": "create", "description": f"A task: {row.why}", "resource": task}],
    }


def _instant(text: str) -> str:
    return text.replace("+00:00", "Z")


def _reasons() -> list[Json]:
    return [{"code": code, "system": REASON_SYSTEM, "display": words} for code, words in REASONS.items()]


_SIGNS = re.compile(r"([\\`*_{}\[\]<>#|~])")


def plain(text: str) -> str:
    """Text in which no sign of Markdown means anything: names are typed by people."""
    return _SIGNS.sub(r"\\\1", text)
