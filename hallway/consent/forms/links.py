"""Signing on the patient's own phone: a one-time link, a birth date before anything shows, five tries, no account.

The token has 130 bits and is never stored, only its SHA-256. Nothing is sent from here: there is no mail or text
gateway, so the desk shows the address as a picture and in letters, and the outbox carries that a link was made.
"""

import hashlib
import hmac
from base64 import b32encode
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from hallway import clock, ids
from hallway.consent import gate, queries, refusals
from hallway.consent.events import SigningLinkMade
from hallway.consent.forms import signing, steps
from hallway.consent.forms.composing import drafts_of
from hallway.consent.forms.ending import decline_consent
from hallway.consent.forms.signing import Signature
from hallway.consent.grants import plans
from hallway.consent.models import Consent, SigningLink
from hallway.identity.requester import Requester, Role, by_link
from hallway.ids import ChartId, ConsentId
from hallway.ledger import lines
from hallway.storage import outbox
from hallway.storage.connection import transaction

LASTS = timedelta(hours=72)
SITTING = timedelta(minutes=20)
"""How long the page stays open after the birth date was right."""
TRIES = 5
TOKEN_BYTES = 17
MOST_FORMS = 12
ANSWERS = ("signed", "declined")


@dataclass(frozen=True, slots=True)
class MadeLink:
    """A link as the desk sees it once: ``token`` is told here and nowhere again."""

    id: UUID
    token: str


@dataclass(frozen=True, slots=True)
class OpenLink:
    """A link that was opened by the right birth date: whose chart, which forms, whether they are under eighteen."""

    id: UUID
    by: Requester
    chart_id: ChartId
    forms: tuple[Consent, ...]
    is_minor: bool = False


def make_link(consent_ids: Sequence[ConsentId], *, by: Requester) -> MadeLink:
    """A link by which the patient answers these prepared forms. Raises NOT_FOUND for whoever is no party to one.

    An earlier link to one of them is shut: there is never more than one way in.
    """
    rows = drafts_of(consent_ids)[:MOST_FORMS]
    if not rows or by.role is Role.PATIENT or len({row.chart_id for row in rows}) != 1:
        raise gate.not_found()
    chart_id = ChartId(rows[0].chart_id)
    gate.release(by, chart_id)
    if not all(steps.is_party(row, by) for row in rows):
        raise gate.not_found()
    if any(row.state != "draft" for row in rows):
        raise refusals.not_now()
    now, token = clock.now(), _new_token()
    with transaction():
        plans.lock([chart_id])
        open_ones = SigningLink.objects.filter(chart_id=chart_id, closed_at=None)
        open_ones.filter(consent_ids__overlap=[row.id for row in rows]).update(closed_at=now, closed_as="replaced")
        link = SigningLink.objects.create(
            id=ids.new_uuid(now),
            chart_id=chart_id,
            consent_ids=[row.id for row in rows],
            token_hash=_hash(token),
            made_at=now,
            made_by=by.practitioner_id,
            made_org_id=by.organization_id,
            expires_at=now + LASTS,
        )
        lines.write(lines.step_line(by, "consent.link_made", charts=[chart_id], detail=f"link/{link.id}"))
        outbox.announce(SigningLinkMade(link.id))
    return MadeLink(link.id, token)


def shut_link(link_id: UUID, *, by: Requester) -> None:
    """The desk shuts a link. Raises NOT_FOUND for another desk's."""
    with transaction():
        link = SigningLink.objects.select_for_update().filter(id=link_id, made_org_id=by.organization_id).first()
        if link is None or by.role is Role.PATIENT:
            raise gate.not_found()
        if link.closed_at is None:
            _close(link, "desk")
            lines.write(lines.step_line(by, "consent.link_shut", charts=[link.chart_id], detail=f"link/{link.id}"))


def open_link(token: str, born_on: date | None) -> str:
    """Check the birth date; the sitting's own token. Raises one and the same error for everything that is wrong.

    Five wrong dates shut the link for good. What is wrong is counted before it is told.
    """
    sitting = _new_token()
    with transaction():
        link = SigningLink.objects.select_for_update().filter(token_hash=_hash(token)).first()
        if link is not None and _is_open(link):
            right = _is_born(link, born_on)
            link.tries += 0 if right else 1
            if right:
                link.opened_hash, link.opened_until = _hash(sitting), clock.now() + SITTING
                _line(link, "consent.link_opened")
            elif link.tries >= TRIES:
                _close(link, "tries")
                _line(link, "consent.link_shut")
            link.save()
            if right:
                return sitting
    raise refusals.link_shut()


def sitting_of(token: str, sitting: str) -> OpenLink:
    """The forms of an opened link. Raises the same error as ``open_link`` for a sitting that is over or another's."""
    link = SigningLink.objects.filter(token_hash=_hash(token)).first()
    if link is None or not _is_open(link) or not sitting or not _sits(link, sitting):
        raise refusals.link_shut()
    chart_id = ChartId(link.chart_id)
    header = queries.headers(by_link(chart_id), [chart_id]).get(chart_id)
    is_minor = header is not None and signing.is_under_age(header)
    return OpenLink(link.id, by_link(chart_id), chart_id, tuple(drafts_of(link.consent_ids)), is_minor)


def answer_link(token: str, sitting: str, *, signature: Signature | None, reason: str = "does_not_want") -> None:
    """Sign all forms of the link with one hand, or decline them all; the link is used up either way.

    Whoever is not of age signs for care that is their own: the page says so, and a parent signs at the desk.
    """
    with transaction():
        # The chart before the link, as ``make_link`` locks them, which may be replacing this one.
        plans.lock([sitting_of(token, sitting).chart_id])
        opened = sitting_of(token, sitting)
        if signature is not None and opened.is_minor:
            signature = replace(signature, signer="minor")
        link = SigningLink.objects.select_for_update().get(id=opened.id)
        if not _is_open(link):
            raise refusals.link_shut()
        if signature is not None and not signature.initials.strip() and any(map(_unsigned_apart, opened.forms)):
            raise refusals.no_initials()
        for row in opened.forms:
            if row.state != "draft":
                continue
            if signature is not None:
                signing.sign_consent(ConsentId(row.id), signature, by=opened.by, expected_version=row.version)
            else:
                decline_consent(ConsentId(row.id), reason, by=opened.by, expected_version=row.version)
        _close(link, "signed" if signature is not None else "declined", answered=True)
        _line(link, "consent.link_used")


def how_answered(token: str, sitting: str) -> str:
    """ "signed" or "declined", for the phone that answered and while its sitting lasts; empty for anybody else.

    A page that is sent twice is told what became of it, and not that nothing was signed.
    """
    link = SigningLink.objects.filter(token_hash=_hash(token), closed_as__in=ANSWERS).first()
    return link.closed_as if link is not None and sitting and _sits(link, sitting) else ""


def _unsigned_apart(row: Consent) -> bool:
    return row.state == "draft" and signing.wants_initials(row)


def _close(link: SigningLink, how: str, *, answered: bool = False) -> None:
    link.closed_at, link.closed_as = clock.now(), how
    if not answered:
        link.opened_hash, link.opened_until = "", None
    link.save()


def _is_open(link: SigningLink) -> bool:
    """Whether it still leads to a form: one that the desk heard an answer to meanwhile is nothing to sign."""
    lasts = link.closed_at is None and link.expires_at > clock.now() and link.tries < TRIES
    return lasts and Consent.objects.filter(id__in=link.consent_ids, state="draft").exists()


def _sits(link: SigningLink, sitting: str) -> bool:
    fresh = link.opened_until is not None and link.opened_until > clock.now()
    return fresh and hmac.compare_digest(link.opened_hash, _hash(sitting))


def _is_born(link: SigningLink, born_on: date | None) -> bool:
    chart_id = ChartId(link.chart_id)
    header = queries.headers(by_link(chart_id), [chart_id]).get(chart_id)
    return header is not None and header.birth_date is not None and header.birth_date == born_on


def _line(link: SigningLink, act: str) -> None:
    by = by_link(ChartId(link.chart_id))
    lines.write(lines.step_line(by, act, charts=[link.chart_id], purpose="INDIVIDUAL", detail=f"link/{link.id}"))


def _new_token() -> str:
    return b32encode(ids.random_bytes(TOKEN_BYTES)).decode().rstrip("=").lower()[:26]


def _hash(token: str) -> str:
    return hashlib.sha256(token.replace("-", "").strip().lower().encode()).hexdigest()
