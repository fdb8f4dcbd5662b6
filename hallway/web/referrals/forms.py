"""The legal next steps as forms. Pure: a step, the version the reader saw, and the choices it offers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from hallway.referral.states import Step
from hallway.web.referrals.parts import Field, Option, StepForm
from hallway.web.referrals.when import local

MODES = (Option("in_person", "In person", is_on=True), Option("video", "By video"), Option("phone", "By phone"))


@dataclass(frozen=True, slots=True)
class Choices:
    """What the fields of a step may offer, read from the tables of the referral room by the caller."""

    now: datetime
    decline_reasons: Sequence[Option] = ()
    withdraw_reasons: Sequence[Option] = ()
    reopen_reasons: Sequence[Option] = ()
    patient_reasons: Sequence[Option] = ()
    reluctance_reasons: Sequence[Option] = ()
    recipients: Sequence[Option] = ()
    booked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Shape:
    """A step's button, its line under "More steps", and its sentence."""

    label: str
    summary: str
    says: str = ""
    icon: str = ""
    key_hint: str = ""


SHAPES: dict[Step, Shape] = {
    Step.ACCEPT: Shape("Accept", "Accept", "The sender is told at once. You offer a first visit next.", key_hint="A"),
    Step.DECLINE: Shape("Decline", "Decline, with a reason", "The sender hears the reason and chooses again."),
    Step.WAITLIST: Shape(
        "Put on the waiting list", "Put on the waiting list", "Yes, but not yet: the sender sees that it waits."
    ),
    Step.BOOK: Shape("Book the visit", "Book a visit", icon="clock"),
    Step.RESCHEDULE: Shape("Move the visit", "Move the visit", "The old time is kept in the history."),
    Step.CANCEL_VISIT: Shape("Cancel the visit", "Cancel the visit"),
    Step.NO_SHOW: Shape("Did not come", "Did not come", "A call within a day is the next thing owed."),
    Step.VISIT_KEPT: Shape("Came: visit kept", "Came: visit kept", "The report is due 7 days after the first visit."),
    Step.UNREACHABLE: Shape("Record that nobody was reached", "Nobody was reached"),
    Step.PATIENT_DECLINED: Shape("Record the no", "The patient says no for now"),
    Step.INTERIM_NOTE: Shape("Send the note", "Send an interim note", "For what cannot wait for the report."),
    Step.REQUEST_CANCELLATION: Shape(
        "Ask to cancel", "Ask to cancel", "The other side confirms, so nothing is cut off."
    ),
    Step.CONFIRM_CANCELLATION: Shape("Confirm the cancellation", "Confirm the cancellation"),
    Step.REROUTE: Shape(
        "Send to this practice", "Choose another practice", "Your question goes along as you wrote it."
    ),
    Step.WITHDRAW: Shape("End the referral", "End it, with a reason", "Nobody is asked any more. The history stays."),
    Step.REOPEN: Shape("Open it again", "Open it again", "It goes back to the same practice as a new interval."),
    Step.PCP_ELSEWHERE: Shape(
        "Record it", "Already has a PCP elsewhere", "Nobody is poached: coordination goes to that practice."
    ),
    Step.RECORD_RELUCTANCE: Shape("Keep for later", "Keep for later, send nothing"),
}
"""Steps a person may take by a form on the referral page. Reports and acknowledgements have pages of their own."""


def may_show(step: Step) -> bool:
    """True when the referral page has a form for ``step``."""
    return step in SHAPES


def step_form(
    step: Step, *, url: str, version: int, choices: Choices, is_main: bool = False, is_open: bool = False
) -> StepForm:
    """The form of one step. ``is_main`` marks the one legal next step of the reader's turn."""
    shape = SHAPES[step]
    return StepForm(
        key=step.value,
        url=url,
        label=shape.label,
        version=version,
        summary=shape.summary,
        says=shape.says,
        fields=_fields(step, choices),
        icon=shape.icon,
        key_hint=shape.key_hint if is_main else "",
        is_main=is_main,
        is_open=is_open,
    )


def _fields(step: Step, choices: Choices) -> tuple[Field, ...]:
    reason = _REASONS.get(step)
    if reason is not None:
        name, label = reason
        options: Sequence[Option] = getattr(choices, name)
        return (_select(step, "reason", label, options),) if options else ()
    if step in (Step.BOOK, Step.RESCHEDULE):
        return _visit_fields(step, choices)
    if step is Step.REROUTE:
        return (_select(step, "to", "To", choices.recipients),)
    if step is Step.INTERIM_NOTE:
        return (_words(step, "What they should know now", is_required=True),)
    if step is Step.PCP_ELSEWHERE:
        return (
            Field("name", "Practice or clinician", id="elsewhere-name"),
            Field("phone", "Phone", "tel", id="elsewhere-phone"),
        )
    if step is Step.RECORD_RELUCTANCE:
        return (_select(step, "reason", "Why", choices.reluctance_reasons), _date(step, "re_offer_on", "Ask again on"))
    return ()


_REASONS: dict[Step, tuple[str, str]] = {
    Step.DECLINE: ("decline_reasons", "Why not"),
    Step.WITHDRAW: ("withdraw_reasons", "Why"),
    Step.PATIENT_DECLINED: ("patient_reasons", "Why"),
    Step.REOPEN: ("reopen_reasons", "Why"),
    Step.REQUEST_CANCELLATION: ("withdraw_reasons", "Why"),
}


def _select(step: Step, name: str, label: str, options: Sequence[Option]) -> Field:
    return Field(name, label, "select", options=tuple(options), id=f"{step.value}-{name}", is_required=True)


def _words(step: Step, label: str = "In your words", *, is_required: bool = False) -> Field:
    hint = "" if is_required else "If it helps them. They see it."
    return Field("words", label, "textarea", hint=hint, id=f"{step.value}-words", is_required=is_required)


def _date(step: Step, name: str, label: str) -> Field:
    return Field(name, label, "date", id=f"{step.value}-{name}", is_required=True)


def _visit_fields(step: Step, choices: Choices) -> tuple[Field, ...]:
    offered = local(choices.booked_at or choices.now + timedelta(days=7)).replace(minute=0, second=0, microsecond=0)
    value = f"{offered:%Y-%m-%dT%H:%M}"
    return (
        Field("starts_at", "Day and time", "datetime-local", value=value, id=f"{step.value}-at", is_required=True),
        Field("mode", "How", "radio", options=MODES, value="in_person", id=f"{step.value}-mode", is_row=True),
    )
