"""What is owed after an emergency access or a patient's ask: tell, call where counseling notes are kept, answer.

News is heard at least once, and may be heard again when what it asked for is long done: each row is asked whether it
is, and no clock is opened that was open before.
"""

from collections.abc import Mapping
from uuid import UUID

from django.db.models import QuerySet

from hallway import clock
from hallway.consent.grants import plans
from hallway.consent.models import EmergencyAccess
from hallway.consent.rights.models import PatientAsk
from hallway.identity.requester import Requester
from hallway.ids import ChartId, OrganizationId, PractitionerId
from hallway.loops.actions import Owed, close_subject, open_loop
from hallway.loops.models import Loop
from hallway.loops.tables.clocks import LoopKind
from hallway.record import queries as record
from hallway.record.classes import DataClass
from hallway.storage.connection import transaction


def emergency_opened(references: Mapping[str, str | int]) -> None:
    """Open the clocks: whoever opened tells the patient; each author of counseling notes calls back.

    A substance use counseling note opens for nobody in an emergency (42 CFR 2.31(b)), so its author is asked to call.
    """
    chart_id = ChartId(int(references["chart_id"]))
    organization = OrganizationId(int(references["organization_id"]))
    sources = record.sources_of(chart_id)
    with transaction():
        # Whoever tells the patient meanwhile waits for this, or is seen here.
        row = EmergencyAccess.objects.select_for_update().get(id=references["emergency_id"])
        if sources and row.patient_told_at is None:
            _open_once(
                Owed(
                    chart_id=chart_id,
                    kind=LoopKind.TELL_PATIENT,
                    owner_org=organization,
                    owner_practitioner=PractitionerId(int(references["practitioner_id"])),
                    for_org=organization,
                    source_org=organization if organization in sources else sources[0],
                    mask=int(DataClass.GENERAL),
                    subject_id=row.id,
                )
            )
        for source, author in _keepers(chart_id):
            _open_once(
                Owed(
                    chart_id=chart_id,
                    kind=LoopKind.CALL_IN_EMERGENCY,
                    owner_org=source,
                    owner_practitioner=author,
                    # Not for the practice that opened: that somebody owes a call would tell that such notes are there.
                    for_org=source,
                    source_org=source,
                    mask=int(DataClass.GENERAL | DataClass.PART2),
                    subject_id=row.id,
                )
            )


def _open_once(owed: Owed) -> None:
    """Start a clock, unless the same news has started it before: it runs, or it was stopped for good.

    A call is owed by each author; anything else by the practice, whoever of it was handed the row since.
    """
    before = Loop.objects.filter(kind=owed.kind.value, subject_id=owed.subject_id, owner_org_id=owed.owner_org)
    if owed.kind is LoopKind.CALL_IN_EMERGENCY:
        before = before.filter(owner_practitioner_id=owed.owner_practitioner)
    if not before.exists():
        open_loop(owed)


def _keepers(chart_id: ChartId) -> list[tuple[OrganizationId, PractitionerId]]:
    """Who keeps counseling notes on this patient, and where."""
    kept = int(DataClass.SUD_COUNSEL_NOTE)
    found = {(one.source_org, one.author) for one in plans.labels_of(chart_id) if one.mask & kept and one.author}
    return [(OrganizationId(source), PractitionerId(author)) for source, author in sorted(found)]


def patient_told(references: Mapping[str, str | int]) -> None:
    """Stop the clock of whoever owed the patient the word."""
    with transaction():
        close_subject(UUID(str(references["emergency_id"])), closed_as="told", kinds=(LoopKind.TELL_PATIENT,))


def patient_asked(references: Mapping[str, str | int]) -> None:
    """The practice owes the patient an answer; anybody there may give it."""
    organization = OrganizationId(int(references["organization_id"]))
    with transaction():
        row = PatientAsk.objects.select_for_update().get(id=references["ask_id"])
        if row.state != PatientAsk.State.ASKED:
            return
        _open_once(
            Owed(
                chart_id=ChartId(int(references["chart_id"])),
                kind=LoopKind.PATIENT_ASK,
                owner_org=organization,
                for_org=organization,
                source_org=organization,
                mask=int(DataClass.GENERAL),
                subject_id=row.id,
            )
        )


def ask_answered(references: Mapping[str, str | int]) -> None:
    """The answer was given, or is not wanted any more."""
    with transaction():
        close_subject(UUID(str(references["ask_id"])), closed_as="answered")


def is_owed_a_call(by: Requester, emergency_id: UUID) -> bool:
    """Whether this person was asked to call about that emergency, and it is not over."""
    return _call(by, emergency_id).exists()


def called(by: Requester, emergency_id: UUID) -> None:
    """They called."""
    with transaction():
        _call(by, emergency_id).update(closed_at=clock.now(), closed_as="called")


def _call(by: Requester, emergency_id: UUID) -> QuerySet[Loop]:
    return Loop.objects.filter(
        kind=LoopKind.CALL_IN_EMERGENCY.value,
        subject_id=emergency_id,
        owner_practitioner_id=by.practitioner_id or -1,
        owner_org_id=by.organization_id or -1,
        closed_at__isnull=True,
    )
