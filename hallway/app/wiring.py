"""The one wiring table: every event that a room defines, and who above it hears it after the commit.

A room announces through ``storage.outbox`` and knows no listener; a listener gets references, never content, and reads
through a release of its own. Most of it is heard by nobody: pages, clocks and measures read what stands in the tables.
"""

from collections.abc import Mapping

from hallway.consent.events import (
    AdmissionRecorded,
    AnswersStored,
    AskAnswered,
    ChartsChanged,
    ConsentStepped,
    EmergencyOpened,
    PatientAsked,
    PatientTold,
    SigningLinkMade,
)
from hallway.exchange.subscriptions import hearing as subscriptions
from hallway.loops import hearing
from hallway.loops.events import LoopEscalated
from hallway.referral import tasks
from hallway.referral.events import HandOffChanged, ReferralStepped
from hallway.referral.tasks import Listener
from hallway.screening.events import CriticalAnswer, SafetyClosed, SafetyOpened, SittingFinished
from hallway.screening.safety import hearing as safety
from hallway.triggers import hearing as triggers

LISTENERS_BY_EVENT: dict[type, tuple[Listener, ...]] = {
    SigningLinkMade: (),
    EmergencyOpened: (hearing.emergency_opened,),
    PatientTold: (hearing.patient_told,),
    PatientAsked: (hearing.patient_asked,),
    AskAnswered: (hearing.ask_answered,),
    ConsentStepped: (subscriptions.consent_stepped,),
    AnswersStored: (safety.charts_changed,),
    ChartsChanged: (safety.charts_changed, triggers.charts_changed),
    AdmissionRecorded: (subscriptions.admission_recorded,),
    LoopEscalated: (subscriptions.loop_escalated,),
    ReferralStepped: (subscriptions.referral_stepped,),
    HandOffChanged: (),
    SittingFinished: (),
    CriticalAnswer: (safety.critical_answer,),
    SafetyOpened: (triggers.safety_opened,),
    SafetyClosed: (),
}


def connect() -> None:
    """Let the worker of this process tell events to those who stand in the table."""
    tasks.LISTENERS[:] = [tell]


def tell(references: Mapping[str, str | int]) -> None:
    """Tell one event to its listeners. An event that is not in the table fails its job, so it is seen and kept.

    A listener that fails keeps none after it from hearing; then its job fails, and all of them bear hearing it twice.
    """
    listeners = {event.__name__: heard_by for event, heard_by in LISTENERS_BY_EVENT.items()}
    failed: Exception | None = None
    for listener in listeners[str(references["event_type"])]:
        try:
            listener(references)
        except Exception as error:
            failed = failed or error
    if failed is not None:
        raise failed
