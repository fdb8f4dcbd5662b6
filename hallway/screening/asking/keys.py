"""What opens a sitting without an account: a secret in the address, and for a link the birth date besides.

A secret has 130 bits and its SHA-256 alone is stored. Unknown, shut, too old and finished are one answer. The right
birth date gives the browser a second secret as a cookie, which opens nothing without the first.
"""

import hashlib
from base64 import b32encode
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from hallway import clock, ids
from hallway.consent import queries
from hallway.identity.requester import by_link
from hallway.ids import ChartId
from hallway.ledger import lines
from hallway.screening.asking import refusals, states
from hallway.screening.models import Sitting, SittingKey
from hallway.storage.connection import transaction

TRIES = 5
OPEN_FOR = timedelta(hours=1)
"""How long a page stays open after the birth date or the last answer; then the birth date is asked for again."""
TOLD_FOR = timedelta(minutes=20)
"""How long the browser that sent the answers is told that they have come."""
LATE_FOR = timedelta(days=7)
"""How long after a handing over was to end that tablet may still bring an answer that could not be sent."""
SECRET_BYTES = 17


@dataclass(frozen=True, slots=True)
class Ways:
    """What a browser shows: the secret of the address, and that of its cookie."""

    secret: str
    session: str = ""


def new_secret() -> str:
    """A secret to be told once: 26 letters and digits."""
    return b32encode(ids.random_bytes(SECRET_BYTES)).decode().rstrip("=").lower()[:26]


def add_key(sitting: Sitting, *, needs_birth_date: bool, until_at: datetime) -> str:
    """Another way in, in the caller's transaction; the ways there were are shut: there is never more than one."""
    shut_all(sitting.id)
    secret = new_secret()
    SittingKey.objects.create(
        sitting=sitting, digest=_digest(secret), needs_birth_date=needs_birth_date, until_at=until_at
    )
    return secret


def open_with_birth_date(secret: str, born_on: date | None) -> str:
    """The browser's own secret. Raises one and the same error for everything that is wrong.

    Five wrong dates shut the key for good. What is wrong is counted before it is told.
    """
    session = new_secret()
    with transaction():
        key = _locked(secret)
        if key is not None and key.needs_birth_date and _lives(key):
            sitting = key.sitting
            if _is_born(sitting, born_on):
                SittingKey.objects.create(
                    sitting=sitting, digest=_session_digest(session), until_at=clock.now() + OPEN_FOR
                )
                _line(sitting, "screening.link_opened")
                return session
            key.wrong_tries += 1
            if key.wrong_tries >= TRIES:
                key.shut_at = clock.now()
                _line(sitting, "screening.link_shut")
            key.save(update_fields=["wrong_tries", "shut_at"])
    raise refusals.link_shut()


def sitting_by(ways: Ways, *, lock: bool = False) -> Sitting:
    """The open sitting that these secrets open. Raises the one error where they open none.

    ``lock`` lets others wait until the present transaction ends.
    """
    found = {bytes(key.digest): key for key in _keys(ways, lock=lock)}
    key = found.get(_digest(ways.secret))
    if key is None or not _lives(key) or (key.needs_birth_date and not _sits(found, ways, key)):
        raise refusals.link_shut()
    return key.sitting


def stay_open(sitting: Sitting, ways: Ways) -> None:
    """Whoever answers is still there: their hour begins anew, in the caller's transaction."""
    if ways.session:
        own = SittingKey.objects.filter(sitting=sitting, digest=_session_digest(ways.session), shut_at=None)
        own.update(until_at=clock.now() + OPEN_FOR)


def was_sent(ways: Ways) -> Sitting | None:
    """The sitting whose answers this very browser has sent a moment ago: a page sent twice is told the same."""
    found = {bytes(key.digest): key for key in _keys(ways)}
    key = found.get(_digest(ways.secret))
    if key is None or key.sitting.finished_at is None or key.sitting.finished_at + TOLD_FOR < clock.now():
        return None
    session = found.get(_session_digest(ways.session))
    is_known = not key.needs_birth_date or (session is not None and session.sitting.id == key.sitting.id)
    return key.sitting if is_known else None


def late_for(ways: Ways) -> Sitting | None:
    """The sitting that a tablet was handed over for by this secret, though it opens nothing any more; None for a link.

    It says whom an answer was about that comes too late to be kept, and opens no page.
    """
    key = SittingKey.objects.select_related("sitting").filter(digest=_digest(ways.secret), needs_birth_date=False)
    found = key.first()
    return found.sitting if found and clock.now() < found.until_at + LATE_FOR else None


def shut_all(sitting_id: UUID) -> None:
    """Shut every way in, in the caller's transaction."""
    SittingKey.objects.filter(sitting_id=sitting_id, shut_at=None).update(shut_at=clock.now())


def _keys(ways: Ways, *, lock: bool = False) -> list[SittingKey]:
    wanted = [_digest(ways.secret), *([_session_digest(ways.session)] if ways.session else [])]
    found = SittingKey.objects.select_related("sitting").filter(digest__in=wanted)
    return list(found.select_for_update(of=("sitting",)) if lock else found)


def _locked(secret: str) -> SittingKey | None:
    """The key of an address, locked after its sitting: in that order everybody takes both, and none waits for ever."""
    found = SittingKey.objects.filter(digest=_digest(secret))
    for sitting_id in found.values_list("sitting_id", flat=True):
        Sitting.objects.select_for_update().get(id=sitting_id)
    return found.select_related("sitting").select_for_update(of=("self",)).first()


def _lives(key: SittingKey) -> bool:
    now, sitting = clock.now(), key.sitting
    is_open = sitting.state in states.OPEN and sitting.until_at > now
    return is_open and key.shut_at is None and key.until_at > now


def _sits(found: dict[bytes, SittingKey], ways: Ways, key: SittingKey) -> bool:
    session = found.get(_session_digest(ways.session)) if ways.session else None
    return session is not None and session.sitting.id == key.sitting.id and _lives(session)


def _is_born(sitting: Sitting, born_on: date | None) -> bool:
    chart_id = ChartId(sitting.chart_id)
    header = queries.headers(by_link(chart_id), [chart_id]).get(chart_id)
    return header is not None and header.birth_date is not None and header.birth_date == born_on


def _line(sitting: Sitting, act: str) -> None:
    by = by_link(ChartId(sitting.chart_id))
    lines.write(
        lines.step_line(by, act, charts=[sitting.chart_id], purpose="INDIVIDUAL", detail=f"sitting/{sitting.id}")
    )


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.replace("-", "").strip().lower().encode()).digest()


def _session_digest(session: str) -> bytes:
    """Another digest than that of an address, so that the one never opens as the other."""
    return hashlib.sha256(f"session:{session}".encode()).digest()
