"""The protocol as the page says it: the next step first, what stands, how it may end. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from hallway.loops.tables.clocks import CLOCKS, LoopKind
from hallway.screening.instruments.shapes import CriticalRow, Instrument
from hallway.screening.safety import rules
from hallway.screening.safety.actions import titles
from hallway.screening.safety.queries import Entry, Protocol
from hallway.screening.safety.rows import Disposition, book
from hallway.web.words import count

RISES_AFTER = count(CLOCKS[LoopKind.SAFETY].leader_after, "minute")
"""After how long the lead and every clinician of the practice hear of it: the clock's own row."""
STATES = {
    "waiting": "Nobody has said yet where the person is.",
    "here": "The person is here.",
    "apart": "The person is on the telephone or on video.",
    "left": "The person has left.",
    "closed": "",
}
_SAID_BY = {"here": "where", "apart": "where", "left": "where"}


@dataclass(frozen=True, slots=True)
class Line:
    """What was recorded for a step: what was chosen, in whose words, when."""

    chosen: str
    words: tuple[str, ...]
    parts: tuple[tuple[str, str], ...]
    due_at: datetime | None
    entry: Entry


@dataclass(frozen=True, slots=True)
class Shown:
    """One step on the page. ``state`` is ``now``, ``did`` or empty."""

    id: str
    title: str
    ask: str
    keep: str
    within: int
    state: str
    entries: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class End:
    """A way it may end; ``lacking`` says what is still to be done for it, empty when nothing is."""

    id: str
    title: str
    lacking: str
    asks_words: bool


def heading(found: Protocol) -> str:
    """What the page says first."""
    if found.disposition:
        return f"Ended: {end_title(found.disposition).lower()}"
    row = next((one for one in book().step if one.id == rules.next_step(found.standing, book())), None)
    return row.next if row else "Say how it ends"


def end_title(disposition: str) -> str:
    """A disposition's title."""
    return next((one.title for one in book().disposition if one.id == disposition), disposition)


def steps(found: Protocol) -> list[Shown]:
    """Every step of the table with what stands of it; the next one first, the others in order."""
    following = rules.next_step(found.standing, book())
    made: list[Shown] = []
    for row in book().step:
        lines = tuple(_line(one) for one in found.entries if _SAID_BY.get(one.step, str(one.step)) == row.id)
        state = "now" if row.id == following else "did" if row.id in found.standing.done else ""
        made.append(Shown(row.id, row.title, row.ask, row.keep, row.within, state, lines))
    return sorted(made, key=lambda one: one.state != "now")


def contacts(found: Protocol) -> list[Line]:
    """The follow-up contacts that were made or tried, and calls before."""
    return [_line(one) for one in found.entries if one.step in ("contact", "called")]


def _line(entry: Entry) -> Line:
    named = {one.id: one.title[entry.language or "en"] for one in book().part}
    parts = tuple((named.get(key, key), text) for key, text in entry.parts.items())
    due_at = datetime.fromisoformat(entry.code) if entry.step == "follow_up" else None
    return Line(_chosen(entry), tuple(entry.words.splitlines()), parts, due_at, entry)


def _chosen(entry: Entry) -> str:
    said = {
        "here": "Here",
        "apart": "On the telephone or on video",
        "left": "Left",
        "take": "Has it",
        "line": {"en": "In English", "es": "In Spanish"}.get(entry.code, ""),
        "called": "Called, not reached",
        "follow_up": "",
    }
    if entry.step in said:
        return said[entry.step]
    rows: Iterable[tuple[str, str]] = [
        *((one.id, one.title) for one in (*book().risk, *book().means)),
        *((one.id, one.title) for one in book().recipient),
        ("reached", "Reached"),
        ("not_reached", "Not reached"),
        ("in_danger", "In danger: the steps opened again"),
        ("died", "Has died"),
    ]
    return dict(rows).get(entry.code, "")


def ends(found: Protocol) -> list[End]:
    """Every way it may end, with what each still asks for; what only a program may choose is told to programs."""
    offered = [one for one in book().disposition if found.standing.is_program or not one.only_program]
    return [End(one.id, one.title, _lacking(found, one), one.words) for one in offered]


def _lacking(found: Protocol, end: Disposition) -> str:
    if lacking := rules.missing(found.standing, end):
        return f"Still to be done: {titles(lacking)}."
    return "Does not fit your judgement, or where they are." if rules.contradicts(found.standing, end) else ""


def cause(found: Protocol, instruments: Iterable[Instrument]) -> str:
    """After what it was opened, as the library says it; nothing of the answer itself."""
    if found.opened_by == "clinician":
        return "A clinician opened it."
    return _said_of(found.cause_code, found.cause_level, instruments)


def further(found: Protocol, instruments: Sequence[Instrument]) -> list[tuple[str, Entry]]:
    """What came in while it ran: the words of each, and its step; the last first."""
    also = [one for one in found.entries if one.step == "also"]
    return [(_said_of(*rules.parted(one.code), instruments), one) for one in reversed(also)]


def _said_of(code: str, level: str, instruments: Iterable[Instrument]) -> str:
    """A critical answer as the library says it."""
    if not code:
        return "A clinician saw a sign of danger."
    for instrument in instruments:
        for row in instrument.critical:
            is_it = row.about == "suicide" and _code_of(instrument, row) == code
            if is_it and level in ("", row.level):
                return f"{instrument.name}: {row.words}."
    return "An answer to a question about suicide."


def _code_of(instrument: Instrument, row: CriticalRow) -> str:
    if row.question:
        return instrument.question(row.question).code or row.question
    return (instrument.total_code or instrument.key) if row.band else row.scale


def org_names(found: Protocol, names: Mapping[int, str]) -> list[tuple[Entry, str]]:
    """Whom the practice told, by name."""
    told = [one for one in found.entries if one.step == "told"]
    return [
        (one, names.get(int(one.code.removeprefix("org:")), "") if one.code.startswith("org:") else _chosen(one))
        for one in told
    ]


def owner_words(found: Protocol) -> str:
    """Who has it, or for whom it waits."""
    if found.disposition:
        return ""
    if "take" in found.standing.done:
        return "You have it." if found.is_owner else f"{found.owner} has it."
    waits = "you" if found.is_owner else found.owner
    return f"It waits for {waits}." if waits else "Nobody has it yet."
