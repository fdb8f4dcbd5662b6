"""The beginning of a story, told through the actions at an earlier instant, where a journey starts in the middle."""

from datetime import timedelta

from hallway import clock
from hallway.consent import actions as consent
from hallway.consent.explaining.preview import preview
from hallway.consent.forms import ink
from hallway.directory.models import PractitionerRole
from hallway.identity.requester import Requester
from hallway.ids import ChartId, PractitionerId, ReferralId
from hallway.referral import actions
from hallway.referral.models import Referral
from hallway.referral.views import ReferralRequest
from hallway.web.referrals.at_the_desk import WAY_BACK
from tests.journeys.seed import World

STROKES = ink.a_stroke()


def sent(world: World, chart: ChartId, *, by: str, to: str, kind: str, signed: bool = True, ago: int = 0) -> Referral:
    """A referral that was sent ``ago`` days back, the way back signed at the desk where it must be."""
    sender, receiver = world.requester(by), world.requester(to)
    with clock.stopped_at(clock.now() - timedelta(days=ago)):
        if signed:
            sign_the_way_back(world, chart, by=by, to=to)
        drafted = actions.draft_referral(
            sender,
            ReferralRequest(
                chart_id=chart,
                receiver_org=receiver.organization_id,
                receiver_practitioner=receiver.practitioner_id,
                question="Is this depression, early memory loss, or both?",
                recipient_type=kind,
            ),
        )
        return actions.send_referral(sender, ReferralId(drafted.pk), expected_version=drafted.version)


def sign_the_way_back(world: World, chart: ChartId, *, by: str, to: str) -> None:
    """The patient signs, at the sender's desk, that the receiver may write back."""
    sender, receiver = world.requester(by), world.requester(to)
    needed = preview(
        chart_id=chart,
        discloser_practitioner=receiver.practitioner_id,
        discloser_org=receiver.organization_id,
        recipient_practitioner=sender.practitioner_id,
        recipient_org=sender.organization_id,
        kind="Composition",
        asker=sender,
    )
    if needed.verdict != "pen_before":
        return
    form = consent.compose_consent(
        consent.Composition(
            chart_id=chart,
            kind=needed.form_kind,
            discloser_org=receiver.organization_id,
            recipient_org=sender.organization_id,
            recipient_practitioner=sender.practitioner_id,
            classes=needed.classes,
            kinds=WAY_BACK,
        ),
        by=sender,
    )
    hand = consent.Signature("drawn", STROKES, witness=witness_beside(sender))
    consent.sign_consent(form, hand, by=sender, expected_version=1)


def witness_beside(sender: Requester) -> PractitionerId:
    """Somebody else who works at the same desk."""
    others = PractitionerRole.objects.filter(organization_id=sender.organization_id)
    row = others.exclude(practitioner_id=sender.practitioner_id).order_by("id").first()
    assert row is not None, "nobody else works there"
    return PractitionerId(row.practitioner_id)


def seen(world: World, referral: Referral, *, by: str, ago: int = 0) -> Referral:
    """The receiver accepted, booked, and the patient came, ``ago`` days back."""
    receiver, key = world.requester(by), ReferralId(referral.pk)
    with clock.stopped_at(clock.now() - timedelta(days=ago)):
        at = actions.accept_referral(receiver, key, expected_version=referral.version)
        at = actions.book_visit(
            receiver, key, expected_version=at.version, starts_at=clock.now() + timedelta(minutes=30)
        )
        return actions.record_visit_kept(receiver, key, expected_version=at.version)
