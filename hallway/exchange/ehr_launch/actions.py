"""A launch from the EHR's door to ours: sent on, come back, tied once, taken up. Each function is one transaction.

What is good once (a state, a ticket to tie a person) is used up by the one statement that finds it.
"""

import logging
from dataclasses import dataclass
from urllib.parse import urlencode

import msgspec
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from django.db import IntegrityError

from hallway import clock
from hallway.errors import HallwayError
from hallway.exchange.ehr_launch import asking, discovery, queries, refusals
from hallway.exchange.ehr_launch.asking import Exchange, Known
from hallway.exchange.ehr_launch.discovery import Configuration
from hallway.exchange.ehr_launch.id_tokens import Expected, Person
from hallway.exchange.ehr_launch.models import Ehr, EhrLaunch, EhrPerson
from hallway.exchange.ehr_launch.refusals import BrokenAnswerError
from hallway.identity import actions as identity
from hallway.identity import keys, rules
from hallway.identity.login import Login
from hallway.ids import AccountId
from hallway.ledger import lines
from hallway.storage import connection

LONGEST_WORD = 2000
"""Characters of ``launch``, ``code`` and ``state``."""
_log = logging.getLogger("hallway.launch")


@dataclass(frozen=True, slots=True)
class Begun:
    """Where the browser goes, and the word that binds the answer to it."""

    address: str
    browser: str


@dataclass(frozen=True, slots=True)
class Returned:
    """Who came back: the ticket of this launch, whose EHR it was, and the account it is tied to, if any."""

    ticket: str
    ehr: Ehr
    account_id: AccountId | None


def begin(iss: str, launch: str, *, root: str) -> Begun:
    """An EHR opened Hallway: send the browser to it, to say who and about whom.

    Raises H-XCH-070 for an address that nobody registered, before anything is called; 071 for a word that cannot be,
    072 where the EHR does not answer.
    """
    ehr = queries.ehr_at(iss)
    if ehr is None or not ehr.client_id:
        raise refusals.unknown()
    if not launch or len(launch) > LONGEST_WORD or not launch.isprintable():
        raise refusals.unreadable()
    try:
        known = discovery.configuration(ehr.iss)
    except BrokenAnswerError as broken:
        raise _said(broken, ehr, refusals.unreachable()) from None
    state, browser, verifier, nonce = (keys.new_token() for _ in range(4))
    redirect_uri = back_address(root, ehr.id)
    row = EhrLaunch(
        state_hash=keys.token_hash(state),
        browser_hash=keys.token_hash(browser),
        ehr=ehr,
        redirect_uri=redirect_uri,
        verifier=keys.seal(verifier),
        nonce=nonce,
    )
    _keep(row, known)
    told = {"redirect_uri": redirect_uri, "state": state, "launch": launch, "nonce": nonce}
    return Begun(_address(ehr, known, {**told, "code_challenge": create_s256_code_challenge(verifier)}), browser)


def _keep(row: EhrLaunch, known: Configuration) -> None:
    at = clock.now()
    row.issuer, row.token_endpoint, row.jwks_uri = known.issuer, known.token_endpoint, known.jwks_uri
    row.created_at = at
    with connection.transaction():
        EhrLaunch.objects.filter(created_at__lt=at - rules.ASK_LIMIT).delete()
        row.save(force_insert=True)


def _address(ehr: Ehr, known: Configuration, told: dict[str, str]) -> str:
    fixed = {
        "response_type": "code",
        "client_id": ehr.client_id,
        "scope": f"launch openid fhirUser profile patient/Patient.{'r' if known.speaks_v2 else 'read'}",
        "aud": ehr.iss,
        "code_challenge_method": "S256",
    }
    mark = "&" if "?" in known.authorization_endpoint else "?"
    return f"{known.authorization_endpoint}{mark}{urlencode({**fixed, **told})}"


def back_address(root: str, ehr_id: int) -> str:
    """Where an EHR's answers go: each has an address of its own, so that none passes for another (RFC 9700, 4.4)."""
    return f"{root}/launch/{ehr_id}/back"


def come_back(ehr_id: int, told: dict[str, str], browser: str) -> Returned:
    """The EHR's answer, for the browser that waits for it. It is taken once, whatever becomes of it.

    Raises H-XCH-073 for an answer that nobody waits for, 074 for a no, 075 where what was shown does not count.
    """
    row = _taken(ehr_id, told.get("state", ""), browser)
    if told.get("iss", row.issuer) != row.issuer:
        raise refusals.stray()
    if "error" in told:
        raise refusals.declined()
    code = told.get("code", "")
    if not 0 < len(code) <= LONGEST_WORD:
        raise refusals.unreadable()
    exchange = Exchange(
        ehr=row.ehr,
        code=code,
        verifier=keys.unseal(row.verifier),
        redirect_uri=row.redirect_uri,
        token_endpoint=row.token_endpoint,
        jwks_uri=row.jwks_uri,
        expected=Expected(row.issuer, row.ehr.client_id, row.nonce),
    )
    try:
        person, known = asking.asked(exchange)
    except BrokenAnswerError as broken:
        raise _said(broken, row.ehr, refusals.not_believed()) from None
    return _named(row, person, known)


def _taken(ehr_id: int, state: str, browser: str) -> EhrLaunch:
    """The launch that waits, used up by this."""
    if not queries.is_token(state) or not queries.is_token(browser):
        raise refusals.stray()
    now = clock.now()
    waiting = EhrLaunch.objects.filter(
        state_hash=keys.token_hash(state),
        browser_hash=keys.token_hash(browser),
        ehr_id=ehr_id,
        ehr__ended_at__isnull=True,
        returned_at__isnull=True,
        created_at__gt=now - rules.ASK_LIMIT,
    )
    if not waiting.update(returned_at=now):
        raise refusals.stray()
    return EhrLaunch.objects.select_related("ehr").get(state_hash=keys.token_hash(state))


def _named(row: EhrLaunch, person: Person, known: Known) -> Returned:
    ticket, now = keys.new_token(), clock.now()
    with connection.transaction():
        tied = EhrPerson.objects.filter(
            ehr=row.ehr, subject=person.subject, ended_at__isnull=True, account__ended_at__isnull=True
        ).first()
        if tied is not None:
            EhrPerson.objects.filter(id=tied.id).update(used_at=now)
        row.ticket_hash, row.subject, row.shown_as = keys.token_hash(ticket), person.subject, person.shown_as
        row.about = keys.seal(msgspec.json.encode(known).decode())
        row.account_id = None if tied is None else tied.account_id
        row.save()
    return Returned(ticket, row.ehr, None if tied is None else AccountId(tied.account_id))


def _said(broken: BrokenAnswerError, ehr: Ehr, error: HallwayError) -> HallwayError:
    _log.warning("a launch did not count", extra={"fields": {"kind": broken.how.value, "ehr": ehr.id}})
    return error


def tie(ticket: str, browser: str, login: Login) -> None:
    """The person of a launch says: this is me. From now on the EHR signs them in here.

    Joins a fresh proof of who they are (H-IDN-009) to the browser that came from the EHR. A session that itself came
    from an EHR ties nobody. Raises H-XCH-073 without such a launch, 077 where the name is somebody's already.
    """
    identity.refuse_stale_proof(login)
    with connection.transaction():
        row = queries.waiting(ticket, browser)
        if row is None or login.requester is None or login.ehr_id:
            raise refusals.stray()
        if not EhrLaunch.objects.filter(ticket_hash=keys.token_hash(ticket), account__isnull=True).update(
            account_id=login.account_id
        ):
            raise refusals.stray()
        _tie(row, login)
        lines.write(lines.step_line(login.requester, "ehr.connected", charts=(), purpose="", detail=str(row.ehr_id)))


def _tie(row: EhrLaunch, login: Login) -> None:
    try:
        with connection.transaction():
            EhrPerson.objects.create(
                ehr_id=row.ehr_id,
                subject=row.subject,
                shown_as=row.shown_as,
                account_id=login.account_id,
                created_at=clock.now(),
            )
    except IntegrityError:
        raise refusals.tied_elsewhere() from None


def untie(person_id: int, login: Login) -> bool:
    """One's own tie ends, with every session that came by it. False when there was none."""
    with connection.transaction():
        own = EhrPerson.objects.filter(id=person_id, account_id=login.account_id, ended_at__isnull=True)
        row = own.first()
        if row is None or not own.update(ended_at=clock.now()):
            return False
        identity.end_sessions_from(row.ehr_id, of=login.account_id)
        if login.requester is not None:
            lines.write(
                lines.step_line(login.requester, "ehr.disconnected", charts=(), purpose="", detail=str(row.ehr_id))
            )
    return True
