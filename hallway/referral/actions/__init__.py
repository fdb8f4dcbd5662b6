"""Use cases of a referral, one function each; each is one transaction.

Every action takes who acts first, then the referral and the version that person saw. It raises HallwayError NOT_FOUND
for a referral that is not theirs to know, CONFLICT when somebody acted first or the state does not allow the step, and
UNPROCESSABLE for a value that breaks a rule of its field. Nothing is ever half-done.
"""

from hallway.referral.actions.answering import (
    accept_referral,
    confirm_cancellation,
    decline_referral,
    read_interim_note,
    record_patient_declined,
    record_pcp_elsewhere,
    record_unreachable,
    send_interim_note,
    waitlist_referral,
)
from hallway.referral.actions.asking import (
    draft_referral,
    open_self_referral,
    record_reluctance,
    reopen_referral,
    request_cancellation,
    reroute_referral,
    revise_draft,
    send_referral,
    withdraw_referral,
)
from hallway.referral.actions.clocks import run_clocks
from hallway.referral.actions.handing_off import (
    answer_handoff,
    ask_handoff,
    expire_handoffs,
    meet_handoff,
    offer_presence,
    start_meeting,
)
from hallway.referral.actions.visiting import (
    book_visit,
    cancel_visit,
    record_no_show,
    record_visit_kept,
    reschedule_visit,
)

__all__ = [
    "accept_referral",
    "answer_handoff",
    "ask_handoff",
    "book_visit",
    "cancel_visit",
    "confirm_cancellation",
    "decline_referral",
    "draft_referral",
    "expire_handoffs",
    "meet_handoff",
    "offer_presence",
    "open_self_referral",
    "read_interim_note",
    "record_no_show",
    "record_patient_declined",
    "record_pcp_elsewhere",
    "record_reluctance",
    "record_unreachable",
    "record_visit_kept",
    "reopen_referral",
    "request_cancellation",
    "reroute_referral",
    "reschedule_visit",
    "revise_draft",
    "run_clocks",
    "send_interim_note",
    "send_referral",
    "start_meeting",
    "waitlist_referral",
    "withdraw_referral",
]
