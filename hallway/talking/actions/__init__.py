"""Use cases of talking, one function each; each is one transaction.

Every action raises HallwayError NOT_FOUND for a chart, thread or request that is not theirs to know, CONFLICT H-TLK-006
for what may not leave (with the consent to ask for on record), and UNPROCESSABLE for a value that breaks a rule.
"""

from hallway.talking.actions.answering import answer_request, decline_request
from hallway.talking.actions.asking import request
from hallway.talking.actions.contacting import log_contact, set_way_to_reach
from hallway.talking.actions.ending import (
    Instead,
    file_answer,
    file_from_elsewhere,
    release_treatment,
    withdraw_request,
)
from hallway.talking.actions.listing import open_checklist, plan_next, tick, untick
from hallway.talking.actions.sending import NOTHING_SEEN, close_thread, mark_read, send

__all__ = [
    "NOTHING_SEEN",
    "Instead",
    "answer_request",
    "close_thread",
    "decline_request",
    "file_answer",
    "file_from_elsewhere",
    "log_contact",
    "mark_read",
    "open_checklist",
    "plan_next",
    "release_treatment",
    "request",
    "send",
    "set_way_to_reach",
    "tick",
    "untick",
    "withdraw_request",
]
