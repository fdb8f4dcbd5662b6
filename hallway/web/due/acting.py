"""From a posted form to its act: told, asked, taken on or closed, each with the firing in one transaction."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from uuid import UUID

from hallway import clock
from hallway.errors import HallwayError, Kind
from hallway.identity.requester import Requester
from hallway.loops.refusing import recording
from hallway.storage.connection import transaction
from hallway.talking import actions as talking
from hallway.triggers import actions
from hallway.triggers.models import Firing
from hallway.triggers.views import FiringView
from hallway.web import typed
from hallway.web.due import telling
from hallway.web.due.telling import Party
from hallway.web.referrals import stepping

Post = Mapping[str, str]
MOST_DAYS = 366


def act(by: Requester, view: FiringView, name: str, *, post: Post, wanted: tuple[str, ...]) -> None:
    """Do what was pressed: one of ``ACTS``. Raises what the act raises."""
    ACTS[name](by, view, post, wanted)


def _chosen(view: FiringView, post: Post) -> Party:
    to = telling.party(view, post.get("to", ""))
    if to is None:
        raise HallwayError(
            Kind.UNPROCESSABLE,
            "H-WEB-133",
            what="Nobody is chosen.",
            undone="Nothing was sent.",
            to_do="Choose whom you tell.",
            field="to",
        )
    return to


def _message(by: Requester, view: FiringView, post: Post, _wanted: tuple[str, ...]) -> None:
    to = _chosen(view, post)
    telling.check(by, view, to)
    with recording(by), transaction():
        thread = talking.send(
            view.chart_id,
            by=by,
            to_org=to.organization,
            to_practitioner=to.practitioner,
            words=post.get("words", ""),
            subject_kind="firing",
            subject_id=view.id,
            carries=telling.carried(view),
        )
        if post.get("labs", "").strip():
            actions.take_labs(view, by=by, text=post["labs"], days=days_of(post))
        _done(by, view, post, kind="thread", outcome=thread)


def _request(by: Requester, view: FiringView, post: Post, wanted: tuple[str, ...]) -> None:
    to = _chosen(view, post)
    telling.check(by, view, to)
    with recording(by), transaction():
        asked = talking.request(
            view.chart_id,
            by=by,
            to_org=to.organization,
            to_practitioner=to.practitioner,
            wanted=wanted,
            words=post.get("words", ""),
            due_at=clock.now() + timedelta(days=min(days_of(post), MOST_DAYS)),
            treatment=post.get("treatment", "") if "evaluation" in wanted else "",
            subject_kind="firing",
            subject_id=view.id,
            carries=telling.carried(view),
        )
        _done(by, view, post, kind="request", outcome=asked)


def days_of(post: Post) -> int:
    """In how many days, as posted; none where it is no number."""
    return typed.number(post.get("days", ""), digits=4) or 0


def _labs(by: Requester, view: FiringView, post: Post, _wanted: tuple[str, ...]) -> None:
    version = stepping.version_of(post)
    actions.assign_labs(view.id, by=by, text=post.get("words", ""), days=days_of(post), expected_version=version)


def _done(by: Requester, view: FiringView, post: Post, *, kind: str, outcome: UUID) -> Firing:
    return actions.close(
        view.id,
        by=by,
        state="done",
        outcome_kind=kind,
        outcome_id=str(outcome),
        expected_version=stepping.version_of(post),
    )


def _close(by: Requester, view: FiringView, post: Post, _wanted: tuple[str, ...]) -> None:
    actions.close(
        view.id,
        by=by,
        state=post.get("state", ""),
        reason=post.get("reason", ""),
        expected_version=stepping.version_of(post),
    )


ACTS: dict[str, Callable[[Requester, FiringView, Post, tuple[str, ...]], object]] = {
    "message": _message,
    "request": _request,
    "labs": _labs,
    "close": _close,
}
