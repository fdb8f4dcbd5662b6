"""Reads what the new-referral page needs: one read of the chart, the directory, and the gate's two sentences."""

from collections.abc import Sequence
from dataclasses import replace

from django.urls import reverse

from hallway import clock
from hallway.consent import gate as gating
from hallway.consent import queries as consents
from hallway.consent.explaining.preview import Preview, preview
from hallway.errors import HallwayError, Kind
from hallway.identity.requester import BH_CLINICIANS, Requester
from hallway.ids import ChartId, ReferralId
from hallway.record.stored import PatientHeader
from hallway.referral import queries
from hallway.referral.states import State
from hallway.referral.tables.codes import RELUCTANCE_REASONS
from hallway.referral.views import ReferralDraft, ReferralRequest, ReferralView
from hallway.web.referrals import drafting, person, stepping, walking
from hallway.web.referrals import gates as sentences
from hallway.web.referrals.drafting import NewReferral, Written
from hallway.web.referrals.parts import Gate, Note, Option
from hallway.web.referrals.recipients import Recipient, grouped, recipients
from hallway.web.referrals.timeline import Under


def header_of(requester: Requester, chart: ChartId) -> PatientHeader:
    """Who the chart is about, or NOT_FOUND: one answer for unknown and not allowed."""
    found = consents.headers(requester, [chart]).get(chart)
    if found is None:
        raise gating.not_found()
    return found


def fill(requester: Requester, chart: ChartId, said: Written | None, view: ReferralView | None) -> NewReferral:
    """The page, from the chart and from what the person has said so far (posted, or kept in a draft)."""
    header = header_of(requester, chart)
    draft = queries.prefill(gating.release(requester, chart))
    if said is None:
        said = drafting.written_of(view, draft) if view else Written()
    found = recipients(requester)
    to = drafting.chosen(found, said.to)
    return _page(requester, header, draft, said=replace(said, to=to.value if to else ""), view=view, found=found)


def _page(
    requester: Requester,
    header: PatientHeader,
    draft: ReferralDraft,
    *,
    said: Written,
    view: ReferralView | None,
    found: list[Recipient],
) -> NewReferral:
    now, chart = clock.now(), header.chart_id
    they = person.pronouns(header)
    there, back = gates(requester, header, said.to)
    is_to_primary = requester.role in BH_CLINICIANS
    asks = drafting.ASKS_OF_PRIMARY if is_to_primary else drafting.ASKS
    return NewReferral(
        patient=person.crumb(header, now=now),
        board=drafting.board(header, draft, team=_team(requester), now=now),
        heading="Refer to primary care" if is_to_primary else "Refer to behavioral health",
        sentence="Filled in from the chart. Check three things, then send.",
        saved="" if view is None else "as a draft",
        url=reverse("referrals:draft", args=[view.id]) if view else reverse("referrals:new", args=[chart]),
        gate_url=reverse("referrals:gate", args=[chart]),
        chart=chart,
        draft=str(view.id) if view else "",
        version=view.version if view else 0,
        question=said.question,
        urgencies=drafting.options(drafting.URGENCIES, said.urgency),
        asks=drafting.options(asks, said.expected_role),
        recipients=grouped(found, chosen=said.to),
        parts=drafting.parts(draft, off=said.off),
        there=there,
        back=back,
        talk_question=f"Did you talk with {they.object} about working together?",
        talk=drafting.talk(header, said.talked),
        they=they.subject,
        reluctances=tuple(Option(code, label) for code, label in RELUCTANCE_REASONS.items()),
        reoffer_on=drafting.re_offer_day(now),
        words=drafting.WORDS,
        promise=drafting.PROMISE.format(They=they.starts),
        walk=_walk(requester, header, view),
        can_book=view is not None and view.handoff is not None and view.handoff.started_at is not None,
        phone_summary=f"{they.starts} phones the number on the plan card",
        phone_words="The patient arranges it. The loop opens all the same: you will see whether anybody answered.",
        offers_elsewhere=is_to_primary,
        notices=_notices(requester, header, found, is_new=view is None),
    )


def _notices(requester: Requester, header: PatientHeader, found: list[Recipient], *, is_new: bool) -> tuple[Note, ...]:
    if header.deceased:
        return (Note("late", "late", "This person has died. A referral cannot be sent."),)
    if not found:
        return (Note("soon", "clock", "No other practice is in the directory yet."),)
    return _already_open(requester, header.chart_id) if is_new else ()


def _already_open(requester: Requester, chart: ChartId) -> tuple[Note, ...]:
    """Referrals of this chart that are still open: to write a second one by mistake helps nobody."""
    rows = [row for row in queries.referrals_of_chart(requester, chart) if row.turn is not None]
    return tuple(
        Note("act", "clock", f"{row.from_name} asked {row.to_name}, and it is open.", _show(row.id), "Open it")
        for row in rows[:3]
    )


def _show(referral: ReferralId) -> str:
    return reverse("referrals:show", args=[referral])


def _team(requester: Requester) -> tuple[str, ...]:
    return (f"{requester.name}, you",) if requester.name else ("You",)


def _walk(requester: Requester, header: PatientHeader, view: ReferralView | None) -> walking.Walk:
    them = person.pronouns(header).object
    poll = reverse("referrals:hand_off", args=[view.id]) if view else ""
    next_door = queries.free_next_door(requester)
    free = [one for one in next_door if one.organization_id != requester.organization_id]
    return walking.walk(view.handoff if view else None, free, them=them, now=clock.now(), poll_url=poll)


def walk_of(requester: Requester, view: ReferralView) -> walking.Walk:
    """The panel of a walk, alone."""
    walk = _walk(requester, view.header, view)
    in_draft = view.state in (State.DRAFT, State.RELUCTANT)
    return walk if in_draft else replace(walk, act_url=reverse("referrals:hand_off", args=[view.id]))


def gates(requester: Requester, header: PatientHeader, to: str) -> tuple[Gate | None, Gate | None]:
    """What the law says of sending this there, and of their writing back."""
    there, back = previews(requester, header.chart_id, to)
    ahead = sentences.gate(there) if there else None
    who = person.pronouns(header)
    home = sentences.way_back(back, starts=who.starts, possessive=who.possessive) if back else None
    if home and back and back.verdict == "pen_before":
        home = replace(home, link="Prepare exactly that form", url="sign")
    if ahead and there and there.verdict == "pen_before":
        ahead = replace(ahead, link="Prepare exactly that form", url="sign")
    return ahead, home


def previews(requester: Requester, chart: ChartId, to: str) -> tuple[Preview | None, Preview | None]:
    """What the gate says of sending there and of the way back; nothing while nobody is chosen."""
    try:
        organization, practitioner = stepping.recipient_of({"to": to})
    except HallwayError:
        return None, None
    there = preview(
        chart_id=chart,
        discloser_practitioner=requester.practitioner_id,
        discloser_org=requester.organization_id,
        recipient_practitioner=practitioner,
        recipient_org=organization,
        asker=requester,
    )
    back = preview(
        chart_id=chart,
        discloser_practitioner=practitioner,
        discloser_org=organization,
        recipient_practitioner=requester.practitioner_id,
        recipient_org=requester.organization_id,
        kind="Composition",
        asker=requester,
    )
    return there, back


def under_what(requester: Requester, view: ReferralView) -> Under:
    """Under what the request left and the report leaves, as the gate says it for these two sides."""
    sender, receiver, chart = view.sender, view.receiver, view.header.chart_id
    there = preview(
        chart_id=chart,
        discloser_practitioner=sender.practitioner_id,
        discloser_org=sender.organization_id,
        recipient_practitioner=receiver.practitioner_id,
        recipient_org=receiver.organization_id,
        asker=requester,
    )
    back = preview(
        chart_id=chart,
        discloser_practitioner=receiver.practitioner_id,
        discloser_org=receiver.organization_id,
        recipient_practitioner=sender.practitioner_id,
        recipient_org=sender.organization_id,
        kind="Composition",
        asker=requester,
    )
    return Under(sentences.under(there), sentences.under(back))


def request_of(requester: Requester, chart: ChartId, said: Written, ticked: Sequence[str]) -> ReferralRequest:
    """What is asked, with the consent for the way back when one holds. Raises UNPROCESSABLE for no recipient."""
    organization, practitioner = stepping.recipient_of({"to": said.to})
    to = drafting.chosen(recipients(requester), said.to)
    if to is None:
        to = Recipient(organization, practitioner, "", "other_specialty", "", "other")
    draft = queries.prefill(gating.release(requester, chart))
    there, back = previews(requester, chart, said.to)
    consent = next((one.consent_id for one in (there, back) if one and one.consent_id), None)
    return replace(drafting.request_of(said, chart=chart, to=to, draft=draft, ticked=ticked), consent_id=consent)


def with_mistake(found: NewReferral, error: HallwayError) -> NewReferral:
    """The page with what must be mended, beside its field and at the top."""
    wrong = drafting.mistakes(error)
    if error.kind is Kind.CONFLICT:
        return replace(found, notices=(Note("soon", "clock", f"{error.what} {error.undone} {error.to_do}"),))
    return replace(found, errors=wrong, wrong={one.field: one.text for one in wrong})
