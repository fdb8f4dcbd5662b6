"""What a page offers for a rule's finding: the acts in order, and what is asked of the other side.

A rule without a row here offers a message, so a new rule needs none. The words are the same for every patient.
"""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["message", "request", "labs", "referral", "offer"]


@dataclass(frozen=True, slots=True)
class Acts:
    """``kinds``: the acts, the main one first. ``asks``: what the message asks. ``wanted``: what a request asks for.

    ``wanted`` are keys of ``talking/tables/wanted.toml``; ``days`` until its answer is due.
    """

    kinds: tuple[Kind, ...] = ("message",)
    asks: str = "Please tell us what speaks against it from your side."
    wanted: tuple[str, ...] = ("medical",)
    days: int = 10
    source: str = "design"
    verified: bool = False


DEFAULT = Acts()
_MEDICINE = "Please put it on your list of medicines and tell us what speaks against it."
_LABS = ("labs",)
_BOTH: tuple[Kind, ...] = ("message", "request")

ACTS: dict[str, Acts] = {
    "T1": Acts(("message", "labs", "request"), _MEDICINE, _LABS, source="R49"),
    "T2": Acts(("message", "labs", "request"), _MEDICINE, _LABS, source="R50"),
    "T3": Acts(_BOTH, "Please send us your problem list and what we should know.", ("medical", "medicines"), 10, "R51"),
    "T4": Acts(_BOTH, "Please tell us what you see, and whom to call.", ("medical", "medicines"), 10, "R52"),
    "T5": Acts(_BOTH, "Please tell us what you see, and whom to call.", ("medical", "medicines"), 10, "R53"),
    "T6": Acts(("message",), "Please look at your plan in this light and tell us of any change.", source="R54"),
    "T7": Acts(("request", "message"), "Treatment waits for this evaluation.", ("evaluation", "labs", "ecg"), 7, "R55"),
    "T9": Acts(("referral", "message"), source="R42, R57"),
    "T10": Acts(_BOTH, "Please look at this finding and tell us what you do.", ("exam",), 3, "R41, R43"),
    "T12": Acts(("offer",), source="R78-R83"),
    "T14": Acts(("message",), "The first visit was kept; a report follows.", source="R29"),
    "T17": Acts(_BOTH, "Please see the patient within the time and go through the medicines.", ("medicines",), 3),
    "T18": Acts(_BOTH, "Please see the patient within the time and go through the medicines.", ("medicines",), 3),
    "T19": Acts(_BOTH, "Please tell us which medicines are given now.", ("medicines",), 2),
    "T20": Acts(_BOTH, "We should agree on who changes what.", ("medicines",), 1, "R21"),
    "T21": Acts(("labs", "message", "request"), "Please say which of us orders what.", _LABS, source="R61"),
    "T22": Acts(("labs", "message", "request"), "Please say which of us orders what.", _LABS),
    "T26": Acts(("message",), "Please reach out if you see the patient, and tell us.", source="R3"),
    "T27": Acts(("message",), "Please say who goes on with the medicines.", source="design"),
    "T29": Acts(_BOTH, "You are named as primary care; please say whether that holds.", ("medical",), source="R24"),
    "T30": Acts(_BOTH, "We both treat; let us agree on a plan.", ("medical", "medicines"), source="R17"),
}


def acts_of(rule: str) -> Acts:
    """The acts of a rule."""
    return ACTS.get(rule, DEFAULT)
