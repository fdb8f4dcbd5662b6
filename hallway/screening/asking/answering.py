"""Keeping one answer: the latest by the client's count wins, and a critical one is announced in its transaction."""

from collections.abc import Mapping
from dataclasses import dataclass

from hallway import clock
from hallway.errors import HallwayError
from hallway.identity.requester import Requester, by_link
from hallway.ids import ChartId
from hallway.ledger import lines
from hallway.screening.asking import keys, queries, refusals, rules, states
from hallway.screening.asking.keys import Ways
from hallway.screening.events import CriticalAnswer
from hallway.screening.instruments import library
from hallway.screening.instruments.shapes import Critical, Instrument, Person
from hallway.screening.models import Sitting
from hallway.storage import outbox
from hallway.storage.connection import transaction

SITTING = "sitting"
"""What holds an answer that is not filed yet: the ``kind`` of a ``CriticalAnswer``."""


@dataclass(frozen=True, slots=True)
class Kept:
    """``is_kept`` is false where a later answer stands. ``must_stay``: the page stops before anything else."""

    is_kept: bool
    must_stay: bool = False


def answer(ways: Ways, instrument: str, question: str, code: str, *, number: int) -> Kept:
    """Keep one answer of an open sitting; an empty ``code`` passes the question over. One transaction, repeatable.

    Raises the one error of a key that opens nothing, and UNPROCESSABLE for a question or answer that is not asked. One
    that comes too late for a tablet is not kept, but a sign of danger in it is heeded all the same.
    """
    try:
        return _keep(ways, instrument, question, code, number=number)
    except HallwayError as refused:
        if refused.code == refusals.link_shut().code:
            _heed_late(ways, instrument, question, code)
        raise


def _keep(ways: Ways, instrument: str, question: str, code: str, *, number: int) -> Kept:
    with transaction():
        sitting = keys.sitting_by(ways, lock=True)
        asked = _asked(sitting, instrument, question, code)
        if not 0 <= number <= 2**31 - 1:
            raise refusals.unknown_code("number")
        before = _given(sitting, asked) if asked.critical else {}
        is_kept = queries.keep_answer(sitting.id, (asked.key, question), code, number=number)
        keys.stay_open(sitting, ways)
        _begin(sitting)
        if not is_kept or not code or not asked.critical:
            return Kept(is_kept)
        person = Person(None, rules.UNKNOWN, clock.today())
        found = rules.newly_critical(asked, before, {**before, question: code}, person)
        for one in found:
            _announce(sitting, one, by=by_link(ChartId(sitting.chart_id)), purpose="INDIVIDUAL")
        return Kept(is_kept, rules.is_about_life(found))


def _heed_late(ways: Ways, instrument: str, question: str, code: str) -> None:
    """Announce what is critical in an answer that a tablet brings after its questions have ended: nobody else would.

    Which answers it gave before is not known any more: the same sign heard again opens nothing twice.
    """
    sitting = keys.late_for(ways)
    if sitting is None or not code:
        return
    try:
        asked = _asked(sitting, instrument, question, code)
    except HallwayError:
        return
    person = Person(None, rules.UNKNOWN, clock.today())
    with transaction():
        for one in rules.newly_critical(asked, {}, {question: code}, person):
            _announce(sitting, one, by=by_link(ChartId(sitting.chart_id)), purpose="INDIVIDUAL")


def _asked(sitting: Sitting, key: str, question: str, code: str) -> Instrument:
    """The instrument, with a question of that key and an answer of that code."""
    if key not in sitting.instruments:
        raise refusals.unknown_code("instrument")
    found = library.instrument(key)
    if all(one.key != question for one in found.questions) or (code and found.choice(question, code) is None):
        raise refusals.unknown_code("answer")
    return found


def _given(sitting: Sitting, instrument: Instrument) -> dict[str, str]:
    """What counts for an instrument now, with what another of the sitting carries over to it."""
    asked = [library.instrument(key) for key in sitting.instruments]
    return rules.sheet(asked, queries.answers_of(sitting.id))[instrument.key]


def _begin(sitting: Sitting) -> None:
    if sitting.state == "asked":
        sitting.state = states.after(sitting.state, states.Step.BEGIN) or sitting.state
        sitting.begun_at = clock.now()
        sitting.version += 1
        sitting.save(update_fields=["state", "begun_at", "version"])


def announce_critical(
    sitting: Sitting, instrument: Instrument, answers: Mapping[str, str], person: Person, *, by: Requester
) -> None:
    """Announce what answers given aloud or on paper say at once: ``by`` took them down, none was heard by itself."""
    for one in rules.newly_critical(instrument, {}, answers, person):
        _announce(sitting, one, by=by, purpose="TREAT")


def _announce(sitting: Sitting, found: Critical, *, by: Requester, purpose: str) -> None:
    """The news, and its line; which answer it was the line does not say."""
    where = (sitting.chart_id, sitting.organization_id, SITTING, str(sitting.id))
    outbox.announce(CriticalAnswer(*where, found.code, found.level))
    detail = f"sitting/{sitting.id}"
    lines.write(lines.step_line(by, "screening.critical", charts=[sitting.chart_id], purpose=purpose, detail=detail))
