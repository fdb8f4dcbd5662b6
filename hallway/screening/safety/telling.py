"""Telling others what may be told: a practice in Hallway by the gate, somebody outside by the law's own question.

A Part 2 program has no permission to warn (42 CFR 2.12(c); ``law.md`` 2.8): there the gate says no, and the page says
what it may do and which form would open it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from django.db.models import QuerySet

from hallway import clock
from hallway.consent import actions as consent
from hallway.consent.disclosures import recording
from hallway.consent.disclosures.recording import Handover
from hallway.consent.explaining.preview import Preview, preview
from hallway.consent.grants import licences
from hallway.consent.law.asking import Verdict
from hallway.directory import queries as directory
from hallway.directory.models import CareTeamMember, Organization, OrganizationKind
from hallway.identity.requester import Requester
from hallway.ids import NOBODY, ChartId, OrganizationId, PractitionerId
from hallway.labels.actions import label
from hallway.labels.source import Source
from hallway.loops import actions as loops
from hallway.loops.actions import Owed
from hallway.loops.refusing import WithheldError, of_preview
from hallway.loops.tables.clocks import LoopKind
from hallway.record import queries as record
from hallway.record.evidence import Labelled
from hallway.screening.safety import refusals, resources
from hallway.screening.safety.rows import Recipient, book, of_id
from hallway.screening.safety.said import Said
from hallway.screening.safety.sight import Sight, writer
from hallway.standards.fhir import r4

_DAYS_WITH_THEM = timedelta(days=14)
"""How long a practice that was told counts as treating, where it did not before."""
DESCRIPTION = "What was needed to keep the patient safe"


@dataclass(frozen=True, slots=True)
class Told:
    """What was told, ready to keep, and the code by which the step remembers to whom."""

    code: str
    part: Labelled | r4.Part


def practices(by: Requester, sight: Sight) -> tuple[list[Organization], list[Organization]]:
    """Other practices whose facts about the patient this reader sees: those on Hallway, and those to be called.

    The care team itself would name a program.
    """
    seen = _practices(by).filter(id__in=record.sources(sight.release, route="safety/tell"))
    return list(seen.filter(on_hallway=True)), list(seen.filter(on_hallway=False))


def everybody(by: Requester) -> list[Organization]:
    """Every other practice on Hallway: one of them may be told, whether or not it treats the patient yet.

    In one that is not, nobody would read it.
    """
    return list(_practices(by).filter(on_hallway=True))


def _practices(by: Requester) -> QuerySet[Organization]:
    rows = Organization.objects.exclude(kind__in=[OrganizationKind.PAYER, OrganizationKind.NETWORK])
    return rows.exclude(id=by.organization_id).order_by("name")


def recipients() -> tuple[Recipient, ...]:
    """Whom one may have to tell outside Hallway."""
    return book().recipient


def asked_of_the_gate(by: Requester, sight: Sight, to: int, *, classes: int = 0) -> Preview:
    """What the gate says of telling that practice; ``classes`` of the word itself, where it is written already."""
    classes = classes or licences.usual_classes(by.practitioner_id, by.organization_id) | sight.safety.mask
    return preview(
        chart_id=ChartId(sight.safety.chart_id),
        discloser_practitioner=PractitionerId(by.practitioner_id),
        discloser_org=OrganizationId(by.organization_id),
        recipient_practitioner=NOBODY,
        recipient_org=OrganizationId(to),
        classes=classes,
        kind="Communication",
    )


def judged(by: Requester, sight: Sight, row: Recipient, *, has_stated: bool) -> Verdict:
    """What the law says of telling somebody outside, with or without what the clinician states."""
    return recording.judged(_handover(sight, by, row, has_stated=has_stated), by=by)


def composed(by: Requester, sight: Sight, said: Said, *, to: str = "", opening: str) -> r4.Communication:
    """The message: how it stands, in fixed words, and the clinician's own."""
    words = "\n".join(one for one in (opening, *summary(sight), said.words.strip()) if one)
    return resources.told(said.once, writer(by, sight), step="told", title="Safety: what was told", words=words, to=to)


def summary(sight: Sight) -> tuple[str, ...]:
    """How it stands, in fixed words: judgement, plan, next contact."""
    now = sight.standing
    risk = next((one.title.lower() for one in book().risk if one.id == now.risk), "")
    end = next((one.title for one in book().disposition if one.id == sight.safety.disposition), "")
    return tuple(
        line
        for line in (
            f"Risk as the clinician judges it: {risk}." if risk else "Risk is being judged now.",
            "A safety plan was made." if "plan" in now.done else "",
            f"It ended so: {end}." if end else "The safety steps are open.",
            "A contact after it is set." if now.follow_up_at else "",
        )
        if line
    )


def tell(by: Requester, sight: Sight, said: Said) -> Told:
    """Tell a practice in Hallway, or put on record that somebody outside is told.

    Raises CONFLICT where the gate or the law says no, UNPROCESSABLE for nobody.
    """
    if said.to_org:
        return _to_practice(by, sight, said)
    row = of_id(book().recipient, said.recipient)
    if row is None:
        raise refusals.unknown_code()
    return _outside(by, sight, said, row)


def _to_practice(by: Requester, sight: Sight, said: Said) -> Told:
    place = next((one for one in everybody(by) if one.id == said.to_org), None)
    if place is None:
        raise refusals.unknown_practice()
    words = composed(
        by,
        sight,
        said,
        to=f"Organization/{place.fhir_id}",
        opening="A patient of yours may be in danger. Please call us.",
    )
    made = label(r4.encode(words), source=source_of(by, sight))
    verdict = asked_of_the_gate(by, sight, place.id, classes=made.mask)
    if not verdict.flows:
        here, there = (by.organization_id, by.practitioner_id), (OrganizationId(place.id), NOBODY)
        no = of_preview(
            verdict, chart_id=ChartId(sight.safety.chart_id), route="safety", discloser=here, recipient=there
        )
        raise WithheldError(refusals.may_not_tell(verdict.reason, verdict.citation), no)
    _let_them_treat(by, sight, place.id)
    return Told(f"org:{place.id}", made)


def source_of(by: Requester, sight: Sight) -> Source:
    """Where what a step leaves comes from; it is never told more widely than what opened the protocol."""
    return Source(by.organization_id, by.practitioner_id, carries=sight.safety.mask)


def _let_them_treat(by: Requester, sight: Sight, organization: int) -> None:
    """Whoever is told of a danger treats from then on, or the word would lie where they cannot read it."""
    chart_id, now = ChartId(sight.safety.chart_id), clock.now()
    members = CareTeamMember.objects.filter(chart_id=chart_id, organization_id=organization)
    if not members.exclude(until_at__lte=now).exists():
        consent.join_team(
            chart_id,
            by=by,
            organization=OrganizationId(organization),
            basis="encounter",
            until_at=now + _DAYS_WITH_THEM,
        )


def _outside(by: Requester, sight: Sight, said: Said, row: Recipient) -> Told:
    """By telephone, to somebody without Hallway: judged, recorded for the accounting, and kept in the chart."""
    if row.words and not said.words.strip():
        raise refusals.bad_words()
    asked = _handover(sight, by, row, has_stated=said.has_stated)
    number, verdict = recording.record_disclosure(replace(asked, once=UUID(said.once)), by=by)
    if number is None:
        error = refusals.may_not_tell(verdict.sentence, ", ".join(verdict.citations))
        raise recording.RefusedError(error, asked, verdict)
    return Told(row.id, composed(by, sight, said, opening=f"Told by telephone: {row.title.lower()}."))


def _handover(sight: Sight, by: Requester, row: Recipient, *, has_stated: bool) -> Handover:
    return Handover(
        chart_id=ChartId(sight.safety.chart_id),
        at=clock.now(),
        recipient_kind=row.kind,
        recipient=row.title,
        address="",
        recipient_state="",
        aim=row.aim,
        classes=sight.safety.mask,
        description=DESCRIPTION,
        channel=row.channel,
        facts=frozenset(row.stated) if has_stated else frozenset(),
        author=PractitionerId(by.practitioner_id),
        treats=row.treats,
    )


def owe(by: Requester, sight: Sight, told: Told) -> None:
    """A practice that was told owes reading it, within minutes; nobody hears from a program that it has.

    Whoever told it hears when it was not read in time, again unless it is a program.
    """
    if not isinstance(told.part, Labelled):
        return
    to = int(told.code.removeprefix("org:"))
    is_program = to in directory.programs([to])
    loops.open_loop(
        Owed(
            chart_id=ChartId(sight.safety.chart_id),
            kind=LoopKind.SAFETY_TOLD,
            owner_org=OrganizationId(to),
            for_org=OrganizationId(to if is_program else by.organization_id),
            for_practitioner=NOBODY if is_program else PractitionerId(by.practitioner_id),
            source_org=OrganizationId(by.organization_id),
            mask=told.part.mask,
            subject_id=UUID(told.part.resource_id),
        )
    )


def programs_words(by: Requester) -> Sequence[str]:
    """What a Part 2 program may do instead; empty for any other practice."""
    is_program = int(by.organization_id) in directory.programs([int(by.organization_id)])
    return [one.words for one in book().program] if is_program else []
