"""Use cases of the safety protocol: take a step, end it, make the follow-up contact. Each is one transaction."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from hallway import clock, ids
from hallway.consent.actions import store
from hallway.consent.disclosures.recording import keeping_refusals
from hallway.identity.requester import CLINICIANS, Requester
from hallway.ids import ChartId, OrganizationId, PractitionerId, ResourceId
from hallway.ledger import lines
from hallway.loops import actions as loops
from hallway.loops.actions import Owed
from hallway.loops.refusing import recording
from hallway.loops.tables.clocks import LoopKind
from hallway.record.evidence import Labelled
from hallway.screening.events import SafetyClosed
from hallway.screening.safety import asked, opening, queries, refusals, resources, rules, telling
from hallway.screening.safety.opening import open_safety as open_safety  # told from here too
from hallway.screening.safety.opening import press as press
from hallway.screening.safety.rows import LANGUAGES, book, crisis_line, of_id
from hallway.screening.safety.said import Said
from hallway.screening.safety.sight import Sight, look, writer
from hallway.screening.safety.states import Actor, State, Step, transition
from hallway.standards.fhir import r4
from hallway.storage import outbox
from hallway.storage.connection import transaction

NEXT_DAY = timedelta(days=1)
WHERE = "Where the person is"
CONTACTS = ("reached", "not_reached", "in_danger", "died")


@dataclass(slots=True)
class _Made:
    """What a step leaves: resources to keep, the one it is remembered by, its code."""

    code: str = ""
    parts: list[Labelled | r4.Part | bytes] = field(default_factory=list["Labelled | r4.Part | bytes"])
    kind: str = ""
    key: str = ""
    told: telling.Told | None = None


def take_step(by: Requester, safety_id: UUID, step: Step, said: Said) -> int:
    """Take one step; the protocol's new version. The same press sent twice is one step.

    Raises NOT_FOUND as the gate does, CONFLICT where the table has no such move or the gate lets nothing be told,
    UNPROCESSABLE for a code or words that cannot be, FORBIDDEN for a role that may not.
    """
    with recording(by), keeping_refusals(by), transaction():
        sight = look(by, safety_id, lock=True)
        if said.once and any(one.resource_id == said.once for one in sight.steps):
            return sight.safety.version
        legal = transition(sight.state, step, _actor(by, step))
        if legal is None:
            raise refusals.not_now() if by.role in CLINICIANS else refusals.not_your_step()
        if rules.text_fault(said.words):
            raise refusals.bad_words()
        made = _MAKERS[step](by, sight, said)
        _keep(by, sight, made)
        opening.note(sight.safety, step, by=by, code=made.code, kind=made.kind, key=made.key or said.once)
        sight.safety.state = legal.to.value
        sight.safety.save(update_fields=["version", "state", "owner_practitioner_id"])
        _write_line(by, sight, f"{step} {sight.safety.id}")
        for after in _AFTER.get(step, ()):
            after(by, sight, made)
    return sight.safety.version


def close(
    by: Requester, safety_id: UUID, *, disposition: str, words: str, expected_version: int, once: str = ""
) -> None:
    """End it with a clinician's disposition; what was set as follow-up is owed from now on.

    Raises what ``take_step`` raises, and CONFLICT while a step that this end asks for is not done, where the end
    contradicts the judgement, or where somebody acted since ``expected_version``.
    """
    with transaction():
        sight = look(by, safety_id, lock=True)
        legal = transition(sight.state, Step.CLOSE, _actor(by, Step.CLOSE))
        if legal is None:
            raise refusals.not_now() if by.role in CLINICIANS else refusals.not_your_step()
        end = of_id(book().disposition, disposition)
        if end is None:
            raise refusals.unknown_code()
        if sight.safety.version != expected_version:
            raise refusals.changed_meanwhile()
        standing = sight.standing
        if lacking := rules.missing(standing, end):
            raise refusals.not_yet(titles(lacking))
        if rules.contradicts(standing, end):
            raise refusals.does_not_fit()
        if rules.text_fault(words) or (end.words and not words.strip()):
            raise refusals.bad_words()
        key = once or str(ids.new_uuid(clock.now()))
        found = resources.impression(
            key, writer(by, sight), step="close", title="How it ended", choice=end.title, words=words.strip()
        )
        _keep(by, sight, _Made(parts=[found]))
        opening.note(sight.safety, Step.CLOSE, by=by, code=end.id, kind="ClinicalImpression", key=key)
        _end(by, sight, end.id)
        if standing.follow_up_at is not None and end.contact:
            loops.open_loop(_call(sight, owner=by.practitioner_id, due_at=standing.follow_up_at))


def _end(by: Requester, sight: Sight, disposition: str) -> None:
    safety = sight.safety
    safety.state, safety.disposition = State.CLOSED.value, disposition
    safety.closed_at, safety.closed_by = clock.now(), by.practitioner_id
    safety.save()
    loops.close_subject(safety.id, closed_as=disposition, kinds=(LoopKind.SAFETY,))
    _write_line(by, sight, f"closed {disposition} {safety.id}")
    outbox.announce(SafetyClosed(safety.chart_id, safety.id, safety.organization_id))


def titles(steps: tuple[str, ...]) -> str:
    """Steps by their titles, in a row."""
    by_id = {one.id: one.title.lower() for one in book().step} | {"called": "a call to them"}
    return ", ".join(by_id[one] for one in steps)


def _actor(by: Requester, step: Step) -> Actor:
    if by.role in CLINICIANS:
        return Actor.CLINICIAN
    return Actor.DESK if step in (Step.HERE, Step.LEFT) else Actor.HALLWAY


def _write_line(by: Requester, sight: Sight, detail: str) -> None:
    lines.write(lines.step_line(by, "safety.step", charts=[sight.safety.chart_id], detail=detail))


def _keep(by: Requester, sight: Sight, made: _Made) -> None:
    """What a step leaves is never told more widely than what opened the protocol."""
    if not made.parts:
        return
    store(made.parts, by=by, source=telling.source_of(by, sight))


# What each step makes ------------------------------------------------------------------------------------------------


def _take(by: Requester, sight: Sight, said: Said) -> _Made:
    sight.safety.owner_practitioner_id = by.practitioner_id
    loops.hand_over(sight.safety.id, kind=LoopKind.SAFETY, to=PractitionerId(by.practitioner_id))
    return _Made()


def _here(by: Requester, sight: Sight, said: Said) -> _Made:
    return _known(by, sight, said, step=Step.HERE, choice="Here")


def _left(by: Requester, sight: Sight, said: Said) -> _Made:
    return _known(by, sight, said, step=Step.LEFT, choice="Left")


def _known(by: Requester, sight: Sight, said: Said, *, step: Step, choice: str) -> _Made:
    """What is known of where they are, or went, is kept where somebody said it."""
    if not said.words.strip():
        return _Made()
    return _impression(by, sight, said, step=str(step), title=WHERE, choice=choice)


def _where(by: Requester, sight: Sight, said: Said) -> _Made:
    """By telephone or video the place is asked for first: without it nobody can be sent to help."""
    return _impression(by, sight, said, step="apart", title=WHERE, needs_words=True)


def _called(by: Requester, sight: Sight, said: Said) -> _Made:
    key = ResourceId(said.once)
    made = resources.told(key, writer(by, sight), step="called", title="Called, not reached", words=said.words.strip())
    return _Made("not_reached", [made], "Communication", key)


def _judgement(by: Requester, sight: Sight, said: Said) -> _Made:
    risk = of_id(book().risk, said.code)
    if risk is None:
        raise refusals.unknown_code()
    if not said.words.strip():
        raise refusals.bad_words()
    made = resources.judgement(said.once, writer(by, sight), risk=risk.id, title=risk.title, words=said.words.strip())
    return _Made(risk.id, [made], "RiskAssessment", said.once)


def _plan(by: Requester, sight: Sight, said: Said) -> _Made:
    """All six parts: where there is nothing to write, that is written."""
    parts = {one.id: said.parts.get(one.id, "").strip() for one in book().part}
    if said.language not in LANGUAGES:
        raise refusals.unknown_code()
    if any(not text or rules.text_fault(text) for text in parts.values()):
        raise refusals.bad_words()
    named = {one.id: one.title[said.language] for one in book().part}
    made = resources.plan(said.once, writer(by, sight), parts=parts, titles=named, language=said.language)
    return _Made(said.language, [made], "CarePlan", said.once)


def _means(by: Requester, sight: Sight, said: Said) -> _Made:
    found = of_id(book().means, said.code)
    if found is None:
        raise refusals.unknown_code()
    return _impression(by, sight, said, step="means", title="Means", choice=found.title)


def _impression(
    by: Requester, sight: Sight, said: Said, *, step: str, title: str, choice: str = "", needs_words: bool = False
) -> _Made:
    if needs_words and not said.words.strip():
        raise refusals.bad_words()
    made = resources.impression(
        said.once, writer(by, sight), step=step, title=title, choice=choice or title, words=said.words.strip()
    )
    return _Made(said.code, [made], "ClinicalImpression", said.once)


def _line(by: Requester, sight: Sight, said: Said) -> _Made:
    if said.language not in LANGUAGES:
        raise refusals.unknown_code()
    line = crisis_line()
    made = resources.told(
        said.once,
        writer(by, sight),
        step="line",
        title="Crisis line shown to the patient",
        words=f"{line.name[said.language]}: {line.how[said.language]}",
        language=said.language,
    )
    return _Made(said.language, [made], "Communication", said.once)


def _told(by: Requester, sight: Sight, said: Said) -> _Made:
    found = telling.tell(by, sight, said)
    return _Made(found.code, [found.part], "Communication", said.once, found)


def _questions(by: Requester, sight: Sight, said: Said) -> _Made:
    person = asked.person_of(sight.release, on=clock.today())
    found = asked.answered(writer(by, sight), said, person=person)
    return _Made(found.code, list(found.parts), "QuestionnaireResponse", said.once)


def _follow_up(by: Requester, sight: Sight, said: Said) -> _Made:
    hours = next((one.hours for one in book().contact if str(one.hours) == said.code), None)
    if hours is None:
        raise refusals.unknown_code()
    return _Made((clock.now() + timedelta(hours=hours)).isoformat(timespec="seconds"))


def _contact(by: Requester, sight: Sight, said: Said) -> _Made:
    if said.code not in CONTACTS:
        raise refusals.unknown_code()
    made = resources.told(
        said.once, writer(by, sight), step="contact", title="Follow-up contact", words=said.words.strip()
    )
    return _Made(said.code, [made], "Communication", said.once)


_MAKERS: dict[Step, Callable[[Requester, Sight, Said], _Made]] = {
    Step.TAKE: _take,
    Step.HERE: _here,
    Step.APART: _where,
    Step.LEFT: _left,
    Step.CALLED: _called,
    Step.QUESTIONS: _questions,
    Step.JUDGEMENT: _judgement,
    Step.PLAN: _plan,
    Step.MEANS: _means,
    Step.LINE: _line,
    Step.TOLD: _told,
    Step.FOLLOW_UP: _follow_up,
    Step.CONTACT: _contact,
}


# What follows from it ------------------------------------------------------------------------------------------------


def _call(sight: Sight, *, owner: int, due_at: datetime) -> Owed:
    safety = sight.safety
    return Owed(
        chart_id=ChartId(safety.chart_id),
        kind=LoopKind.SAFETY_CALL,
        owner_org=OrganizationId(safety.organization_id),
        owner_practitioner=PractitionerId(owner),
        for_org=OrganizationId(safety.organization_id),
        source_org=OrganizationId(safety.source_org_id),
        mask=safety.mask,
        subject_id=safety.id,
        due_at=due_at,
    )


def _after_contact(by: Requester, sight: Sight, made: _Made) -> None:
    """Reached: nothing more is owed. Not reached: once more in a day. In danger: the protocol opens anew."""
    safety = sight.safety
    loops.close_subject(safety.id, closed_as=made.code, kinds=(LoopKind.SAFETY_CALL,))
    if made.code == "not_reached":
        loops.open_loop(_call(sight, owner=by.practitioner_id, due_at=clock.now() + NEXT_DAY))
    if made.code == "in_danger":
        opening.open_safety(
            ChartId(safety.chart_id),
            organization=OrganizationId(safety.organization_id),
            opened_by="clinician",
            cause_kind=made.kind,
            cause_id=made.key,
            cause_code="",
            source_org=OrganizationId(safety.source_org_id),
            mask=safety.mask,
            owner=PractitionerId(by.practitioner_id),
            by=by,
        )


def _after_told(by: Requester, sight: Sight, made: _Made) -> None:
    if made.told is not None:
        telling.owe(by, sight, made.told)


_AFTER: dict[Step, tuple[Callable[[Requester, Sight, _Made], None], ...]] = {
    Step.CONTACT: (_after_contact,),
    Step.TOLD: (_after_told,),
}


def read_word(by: Requester, told_id: UUID) -> None:
    """The practice that was told has read it; its clock stops. Raises NOT_FOUND as ``queries.word`` does."""
    with transaction():
        found = queries.word(by, told_id)
        loops.close_subject(told_id, closed_as="read", kinds=(LoopKind.SAFETY_TOLD,), owner_org=int(by.organization_id))
        lines.write(lines.step_line(by, "safety.word_read", charts=[found.chart_id], detail=str(told_id)))
