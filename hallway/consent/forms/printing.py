"""The form on paper: tagged PDF/UA in its own language, usual or large print, the signature block apart."""

from dataclasses import asdict
from pathlib import Path

from hallway import clock
from hallway.consent.forms import wording
from hallway.consent.forms.composing import LARGE_POINTS
from hallway.consent.models import Consent
from hallway.identity.requester import Requester
from hallway.standards import pdf

_TEMPLATE = Path(__file__).with_name("form.typ")


def printed(row: Consent, by: Requester, *, language: str = "", large: bool = False, zone: str) -> bytes:
    """The PDF of one form: the words kept at signing, or as they would be signed now."""
    words = wording.words_of(row, by, language=language)
    hand = wording.hand_of(row, words, zone=zone)
    now = clock.now()
    said = asdict(words) | {
        "points": max(LARGE_POINTS, words.points) if large else words.points,
        "initials": row.initials,
        "hand": list(hand.lines),
        "drawing": list(hand.drawing),
        "blank": row.signed_at is None and row.state == "draft",
        "members": row.members_needed,
        "author": words.giver[-1] if words.giver else "Hallway",
        "printed": wording.day(now.date(), words.language),
    }
    return pdf.printed(_TEMPLATE, said)
