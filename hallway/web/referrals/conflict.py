"""The page was older than what stands: who did what when, nothing of yours sent, your words kept. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from hallway.errors import HallwayError
from hallway.referral.states import Step
from hallway.referral.views import ReferralView

_WRITTEN = {
    "words": "In your words",
    "question": "Your question",
    "answer": "Your answer",
    "text": "What you wrote",
    "labs": "The tests you named",
    "starts_at": "The time you chose",
}


@dataclass(frozen=True, slots=True)
class Kept:
    """Words a person wrote that were not sent."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """Everything the conflict page prints."""

    what: str
    undone: str
    to_do: str
    code: str
    url: str
    link: str
    kept: tuple[Kept, ...]


def conflict(
    error: HallwayError, *, post: Mapping[str, str], url: str, link: str = "See where it stands now"
) -> Conflict:
    """The page for a CONFLICT; what was typed comes back in the answer and goes nowhere else."""
    kept = tuple(Kept(label, post[name]) for name, label in _WRITTEN.items() if post.get(name, "").strip())
    return Conflict(error.what, error.undone, error.to_do, error.code, url, link, kept)


def was_same_step(view: ReferralView, step: Step) -> bool:
    """True when the reader's own second press met the first: what they wanted has happened, once."""
    if not view.steps:
        return False
    last = max(view.steps, key=lambda one: one.position)
    return last.is_readers and last.step is step
