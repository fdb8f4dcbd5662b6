"""Asking, answering, finishing and typing in: one function a use case, each one transaction.

Whoever asks opened the chart at the gate. Whoever answers came by a key, and speaks as the patient.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError

from hallway import clock, ids
from hallway.consent import actions as consent
from hallway.consent import gate
from hallway.errors import HallwayError
from hallway.identity.requester import CLINICIANS, Requester, Role, by_link
from hallway.ids import NOBODY, ChartId, PractitionerId
from hallway.ledger import lines
from hallway.screening.asking import filing, keys, labelling, queries, refusals, standing, states
from hallway.screening.asking.answering import Kept, announce_critical, answer
from hallway.screening.asking.keys import Ways, open_with_birth_date
from hallway.screening.asking.standing import PATIENT_MODES, Standing
from hallway.screening.asking.states import Step
from hallway.screening.instruments.shapes import Instrument
from hallway.screening.models import Sitting
from hallway.storage.connection import transaction

__all__ = [
    "ANSWERED_BY", "LANGUAGES", "LASTS", "MAY_ASK", "RELATIONS", "Asked", "Kept", "Paper", "Ways", "Wish", "answer",
    "ask", "decline", "end_expired", "finish", "leave", "open_with_birth_date", "renew_key", "say_who", "stop",
    "type_in", "use_language", "withdraw",
]  # fmt: skip

Mode = Sitting.Mode
MAY_ASK = CLINICIANS | {Role.FRONT_DESK}
LANGUAGES = ("en", "es")
RELATIONS = ("parent", "guardian", "partner", "child", "other")
"""Who answers for the patient, where somebody does."""
ANSWERED_BY = ("patient", "proxy", "staff")
LASTS = {Mode.TABLET: timedelta(hours=2), Mode.LINK: timedelta(days=7)}
"""How long the questions wait. A tablet that is handed over is answered now or not at all."""
_AT_ONCE = timedelta(hours=12)
SPEAKS_FOR = timedelta(days=14)
"""How old a paper may be and still call for somebody at once: the questions ask about the last two weeks."""
_BATCH = 200
_log = logging.getLogger("hallway.screening")


@dataclass(frozen=True, slots=True)
class Asked:
    """A sitting as whoever asked sees it once: ``secret`` stands in its address, is told here and nowhere again."""

    sitting_id: UUID
    secret: str = ""


@dataclass(frozen=True, slots=True)
class Wish:
    """How questions are put, where that differs from the patient answering alone, in English, outside a visit.

    ``practitioner`` is for whom they are put, where somebody else hands them over; empty: whoever asks.
    """

    language: str = "en"
    answered_by: str = "patient"
    proxy_relation: str = ""
    encounter_id: str = ""
    practitioner: PractitionerId | None = None


@dataclass(frozen=True, slots=True)
class Paper(Wish):
    """What was answered on paper, on the phone or at the visit: instrument to question to answer, and when."""

    answers: Mapping[str, Mapping[str, str]] = field(default_factory=dict[str, Mapping[str, str]])
    answered_at: datetime | None = None
    """Empty: now."""
    once: UUID | None = None
    """What the page was given when it was opened: sent twice, it is one sitting."""


_USUAL = Wish()


def ask(chart_id: ChartId, instruments: Sequence[str], *, by: Requester, mode: str, wish: Wish = _USUAL) -> Asked:
    """Put these instruments to the patient. A tablet or a link gets a secret for its address; other modes need none.

    Raises NOT_FOUND unless the chart opens to ``by``, FORBIDDEN for another role, UNPROCESSABLE for what is not there.
    """
    with transaction():
        sitting = _new(chart_id, _wanted(instruments, mode), by=by, mode=mode, wish=wish)
        sitting.save(force_insert=True)
        secret = ""
        if mode in PATIENT_MODES:
            secret = keys.add_key(sitting, needs_birth_date=mode == Mode.LINK, until_at=sitting.until_at)
        lines.write(_line(by, "screening.asked", sitting))
    return Asked(sitting.id, secret)


def renew_key(sitting_id: UUID, *, by: Requester, mode: str = "") -> Asked:
    """A new address for an open sitting, on a tablet or by a link; the one before opens nothing any more."""
    with transaction():
        sitting = _own(sitting_id, by)
        if sitting.state not in states.OPEN:
            raise refusals.not_now()
        sitting.mode = mode or sitting.mode
        if sitting.mode not in PATIENT_MODES:
            raise refusals.unknown_code("mode")
        sitting.until_at = clock.now() + LASTS[Mode(sitting.mode)]
        _save(sitting)
        secret = keys.add_key(sitting, needs_birth_date=sitting.mode == Mode.LINK, until_at=sitting.until_at)
        lines.write(_line(by, "screening.asked", sitting))
    return Asked(sitting.id, secret)


def withdraw(sitting_id: UUID, *, by: Requester) -> None:
    """Take questions back: their address opens nothing any more. What was answered is kept, and filed as stopped.

    Raises NOT_FOUND where the sitting may not flow to ``by``, CONFLICT where it is over.
    """
    with transaction():
        sitting = _own(sitting_id, by)
        if sitting.state not in states.OPEN:
            raise refusals.not_now()
        _close(standing.standing_of(sitting, by=by), by=by, is_whole=False, step=Step.WITHDRAW)


def use_language(ways: Ways, language: str) -> None:
    """Go on in another language."""
    if language not in LANGUAGES:
        raise refusals.unknown_code("language")
    with transaction():
        sitting = keys.sitting_by(ways, lock=True)
        sitting.language = language
        sitting.save(update_fields=["language"])


def say_who(ways: Ways, *, answered_by: str, relation: str = "") -> None:
    """Who answers: the patient, or somebody for them and in which relation."""
    if answered_by not in ("patient", "proxy") or (answered_by == "proxy" and relation not in RELATIONS):
        raise refusals.unknown_code("who")
    with transaction():
        sitting = keys.sitting_by(ways, lock=True)
        sitting.answered_by = answered_by
        sitting.proxy_relation = relation if answered_by == "proxy" else ""
        sitting.save(update_fields=["answered_by", "proxy_relation"])


def finish(ways: Ways) -> bool:
    """File the answers. False where questions wait: those not put yet, and the instruments that follow from answers.

    Sent twice by the browser that sent it first, it is true again and nothing is filed twice.
    """
    with transaction():
        sitting = _unless_sent(ways)
        if sitting is None:
            return True
        now = standing.standing_of(sitting)
        if further := now.further:
            sitting.instruments = [*sitting.instruments, *(one.key for one in further)]
            _save(sitting)
            return False
        if now.waiting:
            return False
        _close(now, by=by_link(ChartId(sitting.chart_id)))
    return True


def stop(ways: Ways) -> None:
    """The person stops: what they have answered is filed as stopped; where they answered nothing, it is declined."""
    with transaction():
        sitting = _unless_sent(ways)
        if sitting is not None:
            _close(standing.standing_of(sitting), by=by_link(ChartId(sitting.chart_id)), is_whole=False)


def leave(ways: Ways) -> None:
    """The tablet is put down before the end: its page opens no more. What was answered waits for a new key."""
    with transaction():
        sitting = keys.sitting_by(ways, lock=True)
        if sitting.mode == Mode.TABLET:
            keys.shut_all(sitting.id)
            lines.write(_line(by_link(ChartId(sitting.chart_id)), "screening.left", sitting))


def decline(ways: Ways) -> None:
    """The person does not want to answer. Raises CONFLICT once something was answered: then they ``stop``."""
    with transaction():
        sitting = keys.sitting_by(ways, lock=True)
        if any(code for given in queries.answers_of(sitting.id).values() for code in given.values()):
            raise refusals.not_now()
        _end(sitting, Step.DECLINE, by=by_link(ChartId(sitting.chart_id)))


def type_in(chart_id: ChartId, *, by: Requester, mode: str, paper: Paper) -> UUID:
    """File what was answered to staff or on paper, as a sitting that is finished at once. Its id.

    An instrument may be incomplete: it is filed as it is, and shows no total. Raises as ``ask``, and UNPROCESSABLE for
    an answer that the instrument does not have or where nothing was answered at all.
    """
    instruments = _wanted(list(paper.answers), mode)
    for one in instruments:
        known = {question.key for question in one.questions}
        for question, code in paper.answers[one.key].items():
            if question not in known or (code and one.choice(question, code) is None):
                raise refusals.unknown_code("answer")
    if not any(code for given in paper.answers.values() for code in given.values()):
        raise refusals.no_answers()
    try:
        return _type_in(chart_id, instruments, by=by, mode=mode, paper=paper)
    except IntegrityError:
        # The other press was kept while this one was under way, or the number is somebody else's.
        return _type_in(chart_id, instruments, by=by, mode=mode, paper=paper)


def _type_in(chart_id: ChartId, instruments: Sequence[Instrument], *, by: Requester, mode: str, paper: Paper) -> UUID:
    with transaction():
        sitting = _new(chart_id, instruments, by=by, mode=mode, wish=paper)
        held = Sitting.objects.filter(id=paper.once).first() if paper.once else None
        if held is not None and (held.chart_id, held.organization_id) == (chart_id, by.organization_id):
            return held.id
        sitting.id = paper.once if paper.once and held is None else sitting.id
        sitting.state, sitting.begun_at = "begun", sitting.asked_at
        sitting.save(force_insert=True)
        person = standing.person_of(chart_id, by=by)
        now = Standing(sitting, tuple(instruments), paper.answers, person)
        _close(now, by=by, at=paper.answered_at)
        if paper.answered_at is None or sitting.asked_at - paper.answered_at <= SPEAKS_FOR:
            for one in now.instruments:
                announce_critical(sitting, one, now.sheet[one.key], person, by=by)
    return sitting.id


def end_expired(now: datetime) -> int:
    """End the sittings whose time is over; what was answered is filed as stopped. How many. A tick runs it.

    One that cannot be ended now is tried again by the next tick, and keeps none of the others back.
    """
    rows = Sitting.objects.filter(state__in=states.OPEN, until_at__lte=now).order_by("until_at")
    ended = 0
    for sitting_id in list(rows.values_list("id", flat=True)[:_BATCH]):
        try:
            ended += _end_expired(sitting_id)
        except Exception as error:
            _log.exception("a sitting was not ended", extra={"fields": {"kind": type(error).__name__}})
    return ended


def _end_expired(sitting_id: UUID) -> int:
    with transaction():
        sitting = Sitting.objects.select_for_update(skip_locked=True).filter(id=sitting_id).first()
        if sitting is None or sitting.state not in states.OPEN:
            return 0
        _close(standing.standing_of(sitting), by=by_link(ChartId(sitting.chart_id)), is_whole=False, step=Step.EXPIRE)
    return 1


def _wanted(instruments: Sequence[str], mode: str) -> list[Instrument]:
    if not instruments:
        raise refusals.nothing_to_ask()
    if mode not in Mode.values:
        raise refusals.unknown_code("mode")
    found: list[Instrument] = []
    for key in dict.fromkeys(instruments):
        if not standing.is_known(key):
            raise refusals.unknown_instrument()
        one = standing.puttable(key, mode=mode)
        if one is None:
            raise refusals.no_text()
        found.append(one)
    return found


def _new(chart_id: ChartId, instruments: Sequence[Instrument], *, by: Requester, mode: str, wish: Wish) -> Sitting:
    if by.role not in MAY_ASK or not by.organization_id:
        raise refusals.not_yours()
    gate.release(by, chart_id)
    if wish.language not in LANGUAGES or wish.answered_by not in ANSWERED_BY:
        raise refusals.unknown_code("language" if wish.language not in LANGUAGES else "who")
    if wish.answered_by == "proxy" and wish.proxy_relation not in RELATIONS:
        raise refusals.unknown_code("relation")
    now = clock.now()
    own = by.practitioner_id if by.role in CLINICIANS else NOBODY
    sitting = Sitting(
        id=ids.new_uuid(now),
        chart_id=chart_id,
        organization_id=by.organization_id,
        practitioner_id=own if wish.practitioner is None else wish.practitioner,
        mode=mode,
        instruments=[one.key for one in instruments],
        language=wish.language,
        answered_by=wish.answered_by,
        proxy_relation=wish.proxy_relation if wish.answered_by == "proxy" else "",
        encounter_id=wish.encounter_id,
        asked_at=now,
        until_at=now + LASTS.get(Mode(mode), _AT_ONCE),
    )
    sitting.mask = labelling.mask_of(sitting, instruments)
    consent.foresee_source(chart_id, by.organization_id)
    return sitting


def _own(sitting_id: UUID, by: Requester) -> Sitting:
    """A sitting of the requester's practice, locked. One answer for "not there" and "not for you"."""
    if by.role not in MAY_ASK:
        raise refusals.not_yours()
    if queries.sitting(by, sitting_id) is None:
        raise gate.not_found()
    return Sitting.objects.select_for_update().get(id=sitting_id)


def _unless_sent(ways: Ways) -> Sitting | None:
    """The open sitting, locked; None where this browser has sent it, be it by a press that this one had to wait for."""
    try:
        return keys.sitting_by(ways, lock=True)
    except HallwayError:
        if keys.was_sent(ways) is None:
            raise
        return None


def _close(
    now: Standing, *, by: Requester, is_whole: bool = True, at: datetime | None = None, step: Step = Step.DECLINE
) -> None:
    """File what was answered, or end the sitting by ``step`` where nothing was."""
    sitting = now.sitting
    if any(now.sheet.values()):
        filing.file(now, by=by, is_whole=is_whole, at=at)
        if step is not Step.DECLINE:
            sitting.ended_as = states.ENDED_AS[step]
        sitting.state = states.after(sitting.state, Step.FINISH) or sitting.state
        sitting.finished_at = clock.now()
        queries.forget_answers(sitting.id)
        keys.shut_all(sitting.id)
        _save(sitting)
        lines.write(_line(by, f"screening.{sitting.ended_as or 'finished'}", sitting))
        filing.tell(now)
    else:
        _end(sitting, step, by=by)


def _end(sitting: Sitting, step: Step, *, by: Requester) -> None:
    after = states.after(sitting.state, step)
    if after is None:
        raise refusals.not_now()
    sitting.state, sitting.ended_as = after, states.ENDED_AS[step]
    queries.forget_answers(sitting.id)
    keys.shut_all(sitting.id)
    _save(sitting)
    lines.write(_line(by, f"screening.{sitting.ended_as}", sitting))


def _save(sitting: Sitting) -> None:
    sitting.version += 1
    sitting.save()


def _line(by: Requester, act: str, sitting: Sitting) -> lines.Line:
    purpose = "INDIVIDUAL" if by.role is Role.PATIENT else "TREAT"
    detail = f"sitting/{sitting.id}/{sitting.version}"
    return lines.step_line(by, act, charts=[sitting.chart_id], purpose=purpose, detail=detail)
