"""Views as the referral and consultation rooms would give them, for presenters: a referral on its way."""

import uuid
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hallway.consultation.views import Leaving, ReportLineView, ReportSection, ReportView
from hallway.ids import ChartId, OrganizationId, PractitionerId, ReferralId, ReportId
from hallway.record.stored import PatientHeader
from hallway.referral.states import Side, State, Step
from hallway.referral.views import (
    Attached,
    ClockView,
    NextStep,
    Party,
    ReferralDraft,
    ReferralView,
    StepView,
    TrackStop,
)

NOW = datetime(2026, 6, 9, 12, 41, tzinfo=UTC)
MARISOL = PatientHeader(ChartId(7), "Marisol Ejemplo", date(1955, 3, 14), "female", "she/her", "MB-10833", False)
REFERRAL = ReferralId(uuid.UUID("01900000-0000-7000-8000-000000000412"))
REPORT = ReportId(uuid.UUID("01900000-0000-7000-8000-000000000413"))


def party(side: str, name: str, short: str, practice: str, number: int) -> Party:
    return Party(
        OrganizationId(number),
        practice,
        side,
        PractitionerId(number),
        name,
        short,
        "social_worker" if side == "bh" else "physician",
        "555-0142",
        False,
        True,
        "America/New_York",
    )


CAREWELL = party("pc", "Dr. Priya Carewell", "Dr. Carewell", "Millbrook Family Medicine", 1)
HEARWELL = party("bh", "Tess Hearwell, LICSW", "Tess Hearwell", "Northgate Behavioral Health", 2)
QUESTION = "Is this depression, early memory loss, or both? Please assess and treat. Her A1c is rising."


def step(
    position: int, step_: Step, side: Side, at: datetime, state: State, *, reads: Side, reason: str = ""
) -> StepView:
    who = CAREWELL if side is Side.SENDER else HEARWELL
    return StepView(
        position, step_, "", side, at, who.name, who.organization_name, state, reason, 1, is_readers=side is reads
    )


def view(state: State = State.REPORTED, reads: Side = Side.SENDER, *, turn: Side | None = Side.SENDER) -> ReferralView:
    sent = datetime(2026, 5, 26, 14, 12, tzinfo=UTC)
    steps = (
        step(1, Step.SEND, Side.SENDER, sent, State.SENT, reads=reads),
        step(2, Step.ACCEPT, Side.RECEIVER, sent + timedelta(minutes=19), State.ACCEPTED, reads=reads),
        step(3, Step.BOOK, Side.RECEIVER, sent + timedelta(minutes=25), State.SCHEDULED, reads=reads),
        step(4, Step.VISIT_KEPT, Side.RECEIVER, datetime(2026, 6, 2, 19, 5, tzinfo=UTC), State.SEEN, reads=reads),
        step(5, Step.REPORT, Side.RECEIVER, datetime(2026, 6, 8, 20, 42, tzinfo=UTC), State.REPORTED, reads=reads),
    )
    return ReferralView(
        id=REFERRAL,
        number="R-2605-0412",
        version=5,
        header=MARISOL,
        direction="to_bh",
        recipient_type="therapist",
        sender=CAREWELL,
        receiver=HEARWELL,
        reader_side=reads,
        question=QUESTION,
        reason="",
        presenting_problem="Low mood, forgets the stove",
        chief_concern="",
        attached=tuple(
            attached(kind, str(n)) for n, kind in enumerate(("Condition", "MedicationRequest", "Observation"))
        ),
        expected_role="comanage",
        urgency="soon",
        state=state,
        business_status="7.0",
        turn=turn,
        turn_text="",
        custody="shared",
        consent_id=None,
        interval=1,
        previous_id=None,
        later_id=None,
        report_id=REPORT,
        next_steps=(
            NextStep(Step.ACKNOWLEDGE, "Read report", is_main=True),
            NextStep(Step.REQUEST_CANCELLATION, "Ask to cancel", is_main=False),
        ),
        track=(
            TrackStop("Sent", "May 26, 10:12 am", sent, True, False),
            TrackStop("Accepted", "19 minutes later", sent, True, False),
            TrackStop("First visit", "Jun 2, day 7 of 10", sent, True, False),
            TrackStop("Report sent", "Jun 8, day 6 of 7", sent, True, False),
            TrackStop("Acknowledged", "due Jun 10, then it closes", None, False, True),
        ),
        steps=steps,
        clocks=(
            ClockView(
                "Acknowledge report", "Dr. Carewell", True, NOW - timedelta(days=1), NOW + timedelta(days=1), False, 50
            ),
            ClockView("Close or re-route", "Dr. Carewell", True, sent, NOW + timedelta(days=16), False, 46),
        ),
        visits=(),
        handoff=None,
    )


def attached(kind: str, number: str, text: str = "Diabetes type 2") -> Attached:
    return Attached(kind, number, 1, text, date(2026, 5, 1))


def draft() -> ReferralDraft:
    return ReferralDraft(
        presenting_problem="Low mood, forgets the stove",
        diagnoses=(),
        conditions=(attached("Condition", "c1"), attached("Condition", "c2", "High blood pressure")),
        medicines=(attached("MedicationRequest", "m1", "Metformin 1,000 mg, twice a day"),),
        allergies=(attached("AllergyIntolerance", "a1", "Penicillin: hives"),),
        scores=(attached("Observation", "s1", "PHQ-9 16, May 26"), attached("Observation", "s2", "GAD-7 11, May 26")),
        labs=(attached("Observation", "l1", "A1c 7.6%, Feb 3"),),
    )


def line(
    number: int, section: str, text: str, source: str, *, lead: str = "", is_authors: bool = False
) -> ReportLineView:
    return ReportLineView(
        number, section, text, lead, source, "Condition", "x", 1, date(2026, 6, 2), is_authors, False, True
    )


def report(*, state: str = "sent", is_author: bool = False) -> ReportView:
    return ReportView(
        id=REPORT,
        referral_id=REFERRAL,
        number="R-2605-0412",
        header=MARISOL,
        state=state,
        version=3,
        edition=0 if state == "draft" else 1,
        author=HEARWELL,
        recipient=CAREWELL,
        is_author=is_author,
        question=QUESTION,
        answer="This is depression, not early memory loss. Her memory screen is normal once mood is allowed for.",
        summary=(
            "Depression, moderate. Not early memory loss. First goal: cooking again.",
            "Weekly therapy. Sertraline 25 mg, to 50 mg June 11.",
            "Check sodium by June 18. Say if naproxen can stop.",
        ),
        asks=("Sodium by June 18 (she takes hydrochlorothiazide)", "Say if naproxen can stop"),
        sections=(
            ReportSection("seen", "Seen", (line(1, "seen", "June 2, 60 minutes, in person.", "Visit, Jun 2"),)),
            ReportSection(
                "diagnosis",
                "Diagnosis",
                (
                    line(
                        2,
                        "diagnosis",
                        "Major depression, single episode, moderate.",
                        "Problem list, Jun 2",
                        lead="F32.1",
                    ),
                ),
            ),
            ReportSection("scores", "Scores", (line(3, "scores", "PHQ-9 16, 14, 11. GAD-7 11, 10, 8.", "3 results"),)),
            ReportSection(
                "plan",
                "Plan",
                (
                    line(4, "plan", "Weekly therapy, behavioral activation, 12 visits.", "Note, Jun 2"),
                    line(5, "plan", "Goals: cook 4 days a week.", "Added by you", is_authors=True),
                ),
            ),
            ReportSection("asks", "You", (line(6, "asks", "Sodium by June 18.", "Added by you", is_authors=True),)),
        ),
        missing=("Risk", "Next visit") if state == "draft" else (),
        due_at=NOW + timedelta(days=1),
        is_late=False,
        leaving=Leaving(
            "pen_signed",
            "Leaves under her consent of May 26.",
            "In Massachusetts a social worker needs one",
            "258 CMR 22.03",
            False,
            None,
        ),
        notices=(),
        changed_since=(),
        drafted_at=NOW - timedelta(minutes=10),
        sent_at=None if state == "draft" else NOW - timedelta(days=1),
        acknowledged_at=None,
        acknowledged_by="",
        reply="",
    )


def as_receiver(state: State, *steps: NextStep, turn: Side | None = Side.RECEIVER) -> ReferralView:
    return replace(view(state, Side.RECEIVER, turn=turn), next_steps=tuple(steps), report_id=None)
