"""The signature that a referral needs, prepared at the desk before the patient leaves: exactly that form, no wider."""

from datetime import timedelta

from django.urls import reverse
from django.utils.http import urlencode

from hallway import clock
from hallway.consent import actions as consent
from hallway.consent.explaining.preview import Preview
from hallway.errors import HallwayError, Kind
from hallway.identity.requester import Requester
from hallway.ids import ConsentId, ReferralId
from hallway.referral import queries
from hallway.referral.views import ReferralView
from hallway.web.referrals import filling

LASTS = timedelta(days=365)
WAY_BACK = (
    "Patient",
    "Encounter",
    "Appointment",
    "Task",
    "ServiceRequest",
    "Communication",
    "Composition",
    "Condition",
    "MedicationRequest",
    "AllergyIntolerance",
    "Observation",
    "QuestionnaireResponse",
    "CarePlan",
)
"""What a report stands on: that the person came, what was found, what is done. Visit notes are not asked for."""


def prepare(by: Requester, referral: ReferralId) -> str:
    """Compose the missing form of this draft and give the address where it is signed, and from where one comes back.

    Raises CONFLICT H-WEB-105 when no signature is missing any more.
    """
    view = queries.referral_for(by, referral)
    receiver = view.receiver
    to = f"{receiver.organization_id}-{receiver.practitioner_id}"
    there, back = filling.previews(by, view.header.chart_id, to)
    if there is not None and there.verdict == "pen_before":
        form = _there(by, view, there)
    elif back is not None and back.verdict == "pen_before":
        form = _back(by, view, back)
    else:
        raise _nothing_missing()
    after = reverse("referrals:draft", args=[referral])
    return f"{reverse('consents:sign')}?{urlencode({'form': str(form), 'after': after})}"


def _back(by: Requester, view: ReferralView, needed: Preview) -> ConsentId:
    """The practice gives, not one person in it: its desk notes that the patient came, and a colleague may report."""
    composition = consent.Composition(
        chart_id=view.header.chart_id,
        kind=needed.form_kind,
        discloser_org=view.receiver.organization_id,
        recipient_org=by.organization_id,
        recipient_practitioner=by.practitioner_id,
        classes=needed.classes,
        kinds=WAY_BACK,
        expires_at=clock.now() + LASTS,
        referral_id=view.id,
    )
    return consent.compose_consent(composition, by=by)


def _there(by: Requester, view: ReferralView, needed: Preview) -> ConsentId:
    composition = consent.Composition(
        chart_id=view.header.chart_id,
        kind=needed.form_kind,
        discloser_org=by.organization_id,
        recipient_org=view.receiver.organization_id,
        recipient_practitioner=view.receiver.practitioner_id,
        classes=needed.classes,
        expires_at=clock.now() + LASTS,
        referral_id=view.id,
    )
    return consent.compose_consent(composition, by=by)


def _nothing_missing() -> HallwayError:
    return HallwayError(
        Kind.CONFLICT,
        "H-WEB-105",
        what="No signature is missing for this referral now.",
        undone="No form was prepared.",
        to_do="Go back to the referral and send it.",
    )
