"""What the fields of a step offer, from the tables of the referral room and the directory."""

from collections.abc import Mapping

from hallway import clock
from hallway.consultation.models import Report
from hallway.identity.requester import Requester
from hallway.referral.states import Step
from hallway.referral.tables import codes
from hallway.referral.views import ReferralView
from hallway.web.referrals.forms import Choices
from hallway.web.referrals.parts import Field, Option, StepForm
from hallway.web.referrals.recipients import recipients


def choices_for(view: ReferralView, requester: Requester) -> Choices:
    """The choices of one referral page; the directory is read only where another practice may be chosen."""
    legal = {step.step for step in view.next_steps}
    booked = next((visit.starts_at for visit in view.visits if visit.status == "booked"), None)
    return Choices(
        now=clock.now(),
        decline_reasons=_options(codes.DECLINE_REASONS),
        withdraw_reasons=_options(codes.ENDING_REASONS),
        patient_reasons=_options(codes.PATIENT_DECLINE_REASONS),
        reluctance_reasons=_options(codes.RELUCTANCE_REASONS),
        reopen_reasons=_options(codes.REOPENING_REASONS),
        recipients=_others(view, requester) if Step.REROUTE in legal else (),
        booked_at=booked,
    )


def _options(rows: Mapping[str, str]) -> tuple[Option, ...]:
    return tuple(Option(code, label) for code, label in rows.items())


def _others(view: ReferralView, requester: Requester) -> tuple[Option, ...]:
    asked = view.receiver
    found = [
        one
        for one in recipients(requester)
        if (one.organization, one.practitioner) != (asked.organization_id, asked.practitioner_id)
    ]
    found.sort(key=lambda one: one.kind != view.recipient_type)
    return tuple(Option(one.value, f"{one.label} ({one.practice})" if one.practitioner else one.label) for one in found)


def acknowledge_form(url: str, *, version: int, note_url: str = "") -> StepForm:
    """The coded acknowledgement, equal choices, with a line to add."""
    replies = tuple(Option(str(value), str(label)) for value, label in Report.Reply.choices if value)
    fields = (
        Field("reply", "Acknowledge as", "radio", options=replies, value=replies[0].value, id="reply"),
        Field("text", "Anything to add", id="reply-text"),
    )
    return StepForm(
        "acknowledge",
        url,
        "Acknowledge and close",
        version,
        fields=fields,
        key_hint="A",
        is_main=True,
        beside_url=note_url,
        beside="Put into my note",
    )
