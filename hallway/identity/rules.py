"""Rules of the door: how long a session lives, when too many tries are too many. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

IDLE_LIMIT = timedelta(minutes=15)
"""Signed out after this long without use."""
LIFETIME = timedelta(hours=12)
"""Signed out after this long, used or not."""
TRIES = 5
"""Wrong tries within ``TRY_WINDOW`` that lock a login name."""
TRY_WINDOW = timedelta(minutes=15)
LOCK = timedelta(minutes=15)
CHALLENGE_LIMIT = timedelta(minutes=5)
PROOF_LIMIT = timedelta(minutes=10)
"""How long a proof of who one is serves for changing how one comes in."""
PASSWORD_LENGTH = 12
"""Fewest characters of a password (NIST SP 800-63B-4 asks for length, not for kinds of characters)."""
ASK_LIMIT = timedelta(minutes=15)
"""How long a program's question waits for the person's word."""
LAUNCH_LIMIT = timedelta(minutes=5)
"""How long a launch from a chart may be taken up."""
CODE_LIFE = timedelta(seconds=60)
ACCESS_LIFE = timedelta(minutes=15)
"""Of an access token for a person; no longer than a login session may idle."""
SYSTEM_ACCESS_LIFE = timedelta(minutes=5)
"""Of an access token for a program by itself (SMART Backend Services: at most five minutes is recommended)."""
OFFLINE_LIFE = timedelta(days=90)
"""Of a grant that outlives the login session; then the person is asked again."""
ASSERTION_LIFE = timedelta(minutes=5)
"""How long a signed token may count (SMART Backend Services, CDS Hooks 2.0)."""
ASSERTION_KEPT = timedelta(seconds=30)
"""How long after its end the name of such a token is kept: it must not be forgotten while the token may yet count."""


@dataclass(frozen=True, slots=True)
class Tries:
    """Wrong tries so far: how many, since when, and until when the name is locked."""

    failures: int
    first_at: datetime
    locked_until_at: datetime | None


def after_wrong_try(before: Tries | None, at: datetime) -> Tries:
    """The tries after one more wrong one at ``at``; an old window starts anew."""
    if before is None or at - before.first_at > TRY_WINDOW:
        return Tries(1, at, None)
    failures = before.failures + 1
    return Tries(failures, before.first_at, at + LOCK if failures >= TRIES else None)


@dataclass(frozen=True, slots=True)
class Life:
    """What decides whether a session still lives."""

    seen_at: datetime
    ends_at: datetime
    ended_at: datetime | None
    role_until_on: date | None


def why_ended(life: Life, at: datetime) -> str:
    """Empty while the session lives; else ``ended``, ``idle``, ``lifetime`` or ``role``."""
    if life.ended_at is not None:
        return "ended"
    if at - life.seen_at > IDLE_LIMIT:
        return "idle"
    if at >= life.ends_at:
        return "lifetime"
    if life.role_until_on is not None and at.date() > life.role_until_on:
        return "role"
    return ""
