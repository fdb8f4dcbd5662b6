"""The common part goes on: referrals in several states, reports, a form signed, a knock, an emergency access.

Everything here is known to the callers who took part; what they may not know comes later.
"""

from datetime import timedelta
from uuid import UUID

from hallway import clock
from hallway.app.prove import ehrs, programs, talks
from hallway.app.prove.cast import PLACE_OF, Cast
from hallway.app.prove.facts import new_id
from hallway.consent import actions as consent
from hallway.consent.denials.blocking import Refusal
from hallway.consent.forms import ink
from hallway.consent.rights import asks
from hallway.consultation import actions as consultation
from hallway.identity import clients
from hallway.ids import ReferralId, ReportId
from hallway.loops import refusing
from hallway.loops.actions import Owed, open_loop
from hallway.loops.models import Loop
from hallway.loops.tables.clocks import LoopKind
from hallway.record.classes import DataClass
from hallway.referral import actions as referrals
from hallway.referral.models import Referral
from hallway.referral.states import Step
from hallway.referral.views import ReferralRequest
from hallway.screening.safety import actions as safety
from hallway.screening.safety.rows import book
from hallway.screening.safety.said import Said
from hallway.screening.safety.states import Step as SafetyStep

STROKES = ink.a_stroke()
QUESTION = "Is this depression? Please assess and treat."


def take(cast: Cast) -> None:
    """Everything, then note what addresses may name."""
    _sign(cast)
    reported = _seen(cast, _sent(cast, "marisol", "psychiatrist", "psychiatrist"))
    _report(cast, reported, signs=True)
    begun = _seen(cast, _sent(cast, "otto", "psychiatrist", "psychiatrist"))
    _report(cast, begun, signs=False)
    waiting = _sent(cast, "otto", "cardiologist", "cardiology")
    _knock(cast)
    for patient in ("marisol", "otto"):
        sent = _sent(cast, patient, "counselor", "sud_program", by="stranger").pk
        cast.know("program_referral", sent)
        cast.know("hidden_referral", sent)
    opened = consent.open_emergency(
        cast.callers["pcp"], cast.charts["patient"], category="medicines", nature="acute_illness",
        reason="Found confused at the door, nobody to ask.",
    )  # fmt: skip
    cast.know("emergency_id", opened)
    _call(cast)
    asked = asks.ask(
        cast.callers["patient"],
        asks.Wish(organization=cast.callers["pcp"].organization_id, kind="question", words="Who looked at my record?"),
    )
    cast.know("ask_id", asked)
    for kind in ("restriction", "self_pay", "change", "question"):
        cast.know("kind", kind)
    cast.know("denial_id", _refused(cast))
    _danger(cast)
    for key in ("pcp", "therapist", "counselor"):
        credential = clients.register(key, cast.callers[key].organization_id).credential
        cast.know("credential", credential)
        cast.know(f"credential_of_{PLACE_OF[key]}", credential)
    programs.let_in(cast)
    ehrs.launch_all(cast)
    talks.take(cast)
    cast.know("rule_id", "US-TREAT")
    cast.know("rule_id", "US-P2-CONSENT")
    for one in (reported, begun, waiting):
        cast.know("referral_id", one.pk)
    for step in Step:
        cast.know("step", step.value)
    for loop_id in Loop.objects.values_list("id", flat=True):
        cast.know("loop_id", loop_id)


def _refused(cast: Cast) -> UUID:
    """A no that a form would cure: the therapist's practice holds it, the other practice asked."""
    therapist, asker = cast.callers["therapist"], cast.callers["pcp"]
    return refusing.refuse(
        Refusal(
            chart_id=cast.charts["marisol"],
            route="preview",
            discloser_org=therapist.organization_id,
            recipient_org=asker.organization_id,
            recipient_practitioner=asker.practitioner_id,
            purpose="TREAT",
            classes=int(DataClass.GENERAL | DataClass.MH),
            outcome="DENY_NEEDS",
            needs=("state_consent",),
            rule_ids=("MA-SW",),
            form_kind="release",
        ),
        by=asker,
    )


def draft(cast: Cast, patient: str, to: str, kind: str, *, by: str = "pcp") -> Referral:
    """A referral that nobody but its author knows."""
    receiver = cast.callers[to]
    return referrals.draft_referral(
        cast.callers[by],
        ReferralRequest(
            chart_id=cast.charts[patient],
            receiver_org=receiver.organization_id,
            receiver_practitioner=receiver.practitioner_id,
            question=QUESTION,
            recipient_type=kind,
        ),
    )


def _sent(cast: Cast, patient: str, to: str, kind: str, *, by: str = "pcp") -> Referral:
    drafted = draft(cast, patient, to, kind, by=by)
    return referrals.send_referral(cast.callers[by], ReferralId(drafted.pk), expected_version=drafted.version)


def _seen(cast: Cast, referral: Referral) -> Referral:
    """Accepted, booked, and the patient came."""
    by, key = cast.callers["psychiatrist"], ReferralId(referral.pk)
    at = referrals.accept_referral(by, key, expected_version=referral.version)
    starts_at = clock.now() + timedelta(minutes=1)
    at = referrals.book_visit(by, key, expected_version=at.version, starts_at=starts_at)
    return referrals.record_visit_kept(by, key, expected_version=at.version)


def _report(cast: Cast, referral: Referral, *, signs: bool) -> None:
    by = cast.callers["psychiatrist"]
    drafted = consultation.draft_report(by, ReferralId(referral.pk))
    cast.know("report_id", drafted.pk)
    if signs:
        key = ReportId(drafted.pk)
        drafted = consultation.edit_report(by, key, expected_version=drafted.version, answer="Yes, moderate.")
        consultation.sign_and_send_report(by, key, expected_version=drafted.version)


def _knock(cast: Cast) -> None:
    """A knock at a door that stands open."""
    referrals.offer_presence(cast.callers["psychiatrist"], is_free=True)
    drafted = draft(cast, "patient", "psychiatrist", "psychiatrist")
    asked = referrals.ask_handoff(
        cast.callers["pcp"], ReferralId(drafted.pk), asked=[cast.callers["psychiatrist"].practitioner_id]
    )
    cast.know("handoff_id", asked.pk)
    cast.know("referral_id", drafted.pk)


def _danger(cast: Cast) -> None:
    """The safety steps of the PCP's practice are open for Otto, and the therapist's practice was told."""
    by, chart = cast.callers["pcp"], cast.charts["otto"]
    opened = safety.press(by, chart)
    judged = Said(once=str(new_id()), code="moderate", words="Thoughts, no plan.")
    told = Said(once=str(new_id()), to_org=cast.callers["therapist"].organization_id, words="Please call us.")
    plan = Said(once=str(new_id()), parts={one.id: f"Words of {one.id}" for one in book().part})
    here = Said(once=str(new_id()))
    steps = (SafetyStep.HERE, SafetyStep.JUDGEMENT, SafetyStep.PLAN, SafetyStep.TOLD)
    for step, said in zip(steps, (here, judged, plan, told), strict=True):
        safety.take_step(by, opened, step, said)
    cast.know("safety_id", opened)
    cast.know("told_id", told.once)


def _call(cast: Cast) -> None:
    """An emergency about Marisol, and a call that the therapist owes for it; a form that the patient may take back."""
    opened = consent.open_emergency(
        cast.callers["cardiologist"], cast.charts["marisol"], category="medicines", nature="acute_illness",
        reason="Chest pain, confused, nobody to ask.",
    )  # fmt: skip
    cast.know("emergency_id", opened)
    therapist = cast.callers["therapist"]
    open_loop(
        Owed(
            chart_id=cast.charts["marisol"],
            kind=LoopKind.CALL_IN_EMERGENCY,
            owner_org=therapist.organization_id,
            owner_practitioner=therapist.practitioner_id,
            for_org=therapist.organization_id,
            source_org=therapist.organization_id,
            mask=int(DataClass.GENERAL),
            subject_id=opened,
        )
    )
    form = consent.compose_consent(
        consent.Composition(
            chart_id=cast.charts["patient"],
            kind="release",
            discloser_org=cast.callers["pcp"].organization_id,
            recipient_org=cast.organizations["northgate"],
            classes=int(DataClass.GENERAL),
        ),
        by=cast.callers["pcp"],
    )
    consent.sign_consent(form, consent.Signature("drawn", STROKES), by=cast.callers["pcp"], expected_version=1)
    cast.know("consent_id", form)


def _sign(cast: Cast) -> None:
    """The patient lets the social worker write to primary care."""
    by = cast.callers["pcp"]
    form = consent.compose_consent(
        consent.Composition(
            chart_id=cast.charts["marisol"],
            kind="release",
            discloser_org=cast.organizations["northgate"],
            recipient_org=by.organization_id,
            classes=int(DataClass.GENERAL | DataClass.MH | DataClass.MA_SOCIAL_WORKER),
        ),
        by=by,
    )
    hand = consent.Signature("drawn", STROKES, witness=cast.practitioners["desk"])
    consent.sign_consent(form, hand, by=by, expected_version=1)
    cast.know("consent_id", form)
    _asked(cast)


def _asked(cast: Cast) -> None:
    """A form that waits at the therapist's desk: by a link, with a page kept beside it."""
    by = cast.callers["therapist"]
    form = consent.compose_consent(
        consent.Composition(
            chart_id=cast.charts["otto"],
            kind="release",
            discloser_org=by.organization_id,
            recipient_org=cast.organizations["valley"],
            classes=int(DataClass.GENERAL | DataClass.MH | DataClass.MA_SOCIAL_WORKER),
        ),
        by=by,
    )
    cast.know("consent_id", form)
    made = consent.make_link([form], by=by)
    cast.know("link_id", made.id)
    cast.know("token", made.token)
    cast.know("paper_id", consent.keep_paper(cast.charts["otto"], b"%PDF-1.7", purpose="form", by=by))
