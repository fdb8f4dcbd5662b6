"""Whether a second press asked for what its first one did: the same act, to the same practice, in the same words.

Anything else has not happened, and its sender must hear that.
"""

from collections.abc import Callable, Mapping
from uuid import UUID

from hallway.errors import HallwayError
from hallway.identity.requester import Requester
from hallway.talking import queries as talking
from hallway.talking import sight
from hallway.triggers import queries
from hallway.triggers.actions import REASONS
from hallway.triggers.views import FiringView
from hallway.web.due import telling

Post = Mapping[str, str]


def has_happened(by: Requester, now: FiringView, name: str, *, post: Post, wanted: tuple[str, ...]) -> bool:
    """Whether ``now`` was closed by this person with the very act ``name`` of this form."""
    same = _SAME.get(name)
    if same is None or now.is_open or now.closed_by != by.practitioner_id:
        return False
    try:
        return same(by, now, post, wanted)
    except HallwayError:
        return False


def _message(by: Requester, now: FiringView, post: Post, _wanted: tuple[str, ...]) -> bool:
    to = telling.party(now, post.get("to", ""))
    thread = sight.thread_id(now.chart_id, by.organization_id, to.organization, now.id) if to else None
    if now.outcome_kind != "thread" or now.outcome_id != str(thread):
        return False
    said = talking.thread_for(by, UUID(now.outcome_id)).messages
    is_said = any(one.is_own and _is_one(one.words, post.get("words", "")) for one in said)
    return is_said and _are_labs(by, now, post.get("labs", ""))


def _request(by: Requester, now: FiringView, post: Post, wanted: tuple[str, ...]) -> bool:
    to = telling.party(now, post.get("to", ""))
    if now.outcome_kind != "request" or to is None:
        return False
    asked = talking.request_for(by, UUID(now.outcome_id))
    is_there = asked.request.to_org_id == to.organization and set(asked.said.wanted) == set(wanted)
    return is_there and _is_one(asked.said.words, post.get("words", ""))


def _labs(by: Requester, now: FiringView, post: Post, _wanted: tuple[str, ...]) -> bool:
    return now.outcome_kind == "Task" and _are_labs(by, now, post.get("words", ""))


def _close(_by: Requester, now: FiringView, post: Post, _wanted: tuple[str, ...]) -> bool:
    state = post.get("state", "")
    reason = post.get("reason", "") if REASONS.get(state) else ""
    return not now.outcome_kind and (now.state, now.reason) == (state, reason)


def _are_labs(by: Requester, now: FiringView, text: str) -> bool:
    labs = queries.labs_of(by, now)
    return _is_one(labs.words if labs else "", text)


def _is_one(kept: str, posted: str) -> bool:
    """The same words, whatever a form does to the ends of their lines."""
    return kept.split() == posted.split()


_SAME: Mapping[str, Callable[[Requester, FiringView, Post, tuple[str, ...]], bool]] = {
    "message": _message,
    "request": _request,
    "labs": _labs,
    "close": _close,
}
