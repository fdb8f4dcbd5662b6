"""Record what a patient answered when the other side's care was offered."""

from dataclasses import dataclass
from datetime import date

from hallway import clock, ids
from hallway.consent import gate
from hallway.consent.actions import store
from hallway.consent.grants import plans
from hallway.directory.models import Organization
from hallway.errors import HallwayError, Kind
from hallway.identity.requester import Requester
from hallway.ids import ChartId
from hallway.labels.source import Source
from hallway.ledger import lines
from hallway.record import queries as record
from hallway.referral.tables.codes import RELUCTANCE_REASONS
from hallway.storage.connection import transaction
from hallway.triggers.actions import close_answered
from hallway.triggers.models import Offer
from hallway.triggers.offering import resources, rules, wishes
from hallway.triggers.tables.reasons import OFFER_ANSWERS

LONGEST = 200
PROMPT = "T12"
"""The rule that prompts for the offer."""
ENDS = {
    "wants": ("done", ""),
    "has_one": ("not_needed", "cared_for_elsewhere"),
    "not_now": ("declined", "not_now"),
    "declined": ("declined", "prefers_not"),
}
"""How an answer ends that prompt."""


@dataclass(frozen=True, slots=True)
class OfferSaid:
    """The answer as given. ``name`` and ``phone`` of who treats elsewhere go into the record, never into a row."""

    answer: str
    reason: str = ""
    again_on: date | None = None
    name: str = ""
    phone: str = ""


def record_offer(chart_id: ChartId, said: OfferSaid, *, by: Requester) -> Offer:
    """Keep the answer to the offer of the other side's care, made by ``by`` now.

    Raises NOT_FOUND for a chart that is not theirs, UNPROCESSABLE H-TRG-101 to 105 for an answer that cannot be kept.
    """
    gate.release(by, chart_id)
    today = clock.today()
    side = _side_of(by)
    _check(said, today)
    with transaction():
        plans.lock([chart_id])
        if said.answer == "has_one":
            _keep_elsewhere(chart_id, said, side=side, by=by)
        row = Offer.objects.create(
            chart_id=chart_id,
            organization_id=by.organization_id,
            practitioner_id=by.practitioner_id,
            side=side,
            answer=said.answer,
            reason=said.reason if OFFER_ANSWERS[said.answer].asks_why else "",
            at=clock.now(),
            again_on=rules.again_on(said.answer, today, said.again_on if said.answer == "not_now" else None),
        )
        state, reason = ENDS[said.answer]
        close_answered(chart_id, PROMPT, by=by, state=state, reason=reason)
        if said.answer == "wants":
            wishes.owe(chart_id, by=by)
        else:
            wishes.end(chart_id, by=by, closed_as=said.answer)
        lines.write(lines.step_line(by, "offer.answered", charts=[chart_id], detail=f"{side} {said.answer}"))
    return row


def _side_of(by: Requester) -> str:
    own = Organization.objects.filter(pk=by.organization_id).values_list("side", flat=True).first()
    side = rules.side_to_offer(own or "")
    if not side:
        raise _refused("H-TRG-101", "Your practice stands on neither side.", "Ask a colleague of either side.", "")
    return side


def _check(said: OfferSaid, today: date) -> None:
    row = OFFER_ANSWERS.get(said.answer)
    if row is None:
        raise _refused("H-TRG-102", "No answer is chosen.", "Choose what the patient said.", "answer")
    if row.asks_why and said.reason not in RELUCTANCE_REASONS:
        raise _refused("H-TRG-103", "No reason is chosen.", "Choose the reason the patient gave.", "reason")
    if said.answer == "not_now" and rules.is_day_wrong(said.again_on, today):
        raise _refused("H-TRG-104", "That day has passed or is too far off.", "Choose a later day.", "again_on")
    if any(len(text) > LONGEST or not text.isprintable() for text in (said.name, said.phone)):
        raise _refused("H-TRG-105", "The name or number is too long.", "Write it shorter, on one line.", "name")


def _keep_elsewhere(chart_id: ChartId, said: OfferSaid, *, side: str, by: Requester) -> None:
    patient = record.patient_of(chart_id)
    if patient is None:
        raise gate.not_found()
    new_id = str(ids.new_uuid(clock.now()))
    name, phone = said.name.strip(), said.phone.strip()
    made = resources.elsewhere(new_id, patient, side=side, name=name, phone=phone, on=clock.today())
    store([made], by=by, source=Source(by.organization_id, by.practitioner_id))


def _refused(code: str, what: str, to_do: str, field: str) -> HallwayError:
    return HallwayError(
        Kind.UNPROCESSABLE, code, what=what, undone="The answer was not kept.", to_do=to_do, field=field
    )
