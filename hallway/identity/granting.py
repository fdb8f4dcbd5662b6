"""Letting programs in: their questions, codes, tokens and ends. Each function is one transaction.

What is good once (a code, a refresh token, a launch, an assertion) is used up by the one statement that finds it.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError
from django.db.models import QuerySet

from hallway import clock
from hallway.identity import granted, keys, rules, scopes
from hallway.identity.app_models import App, AppAsk, AppCode, AppGrant, AppLaunch, AppToken, SeenAssertion
from hallway.identity.login import Login
from hallway.identity.models import LoginSession
from hallway.identity.scopes import Wanted
from hallway.ids import AccountId, ChartId
from hallway.storage import connection

_Kind = AppToken.Kind


@dataclass(frozen=True, slots=True)
class Asked:
    """A program's question, checked: where the answer goes, what it wants, and what binds the answer to it."""

    app: App
    redirect_uri: str
    wanted: Wanted
    state: str
    challenge: str
    nonce: str = ""
    launch: AppLaunch | None = None


@dataclass(frozen=True, slots=True)
class About:
    """The patient (and encounter) whom a grant is about."""

    chart_id: ChartId
    patient_id: str
    encounter_id: str = ""


@dataclass(frozen=True, slots=True)
class Issued:
    """Tokens just made, told once; ``refresh`` is empty where there is none."""

    access: str
    refresh: str
    scopes: str
    seconds: int


def keep_ask(asked: Asked) -> str:
    """Keep a question until its person answers; the token that stands for it in an address."""
    token, at = keys.new_token(), clock.now()
    with connection.transaction():
        AppAsk.objects.filter(created_at__lt=at - rules.ASK_LIMIT).delete()
        AppAsk.objects.create(
            token_hash=keys.token_hash(token),
            app=asked.app,
            redirect_uri=asked.redirect_uri,
            scopes=asked.wanted.text(),
            state=asked.state,
            nonce=asked.nonce,
            challenge=asked.challenge,
            launch=asked.launch,
            created_at=at,
        )
    return token


def open_launch(app: App, login: Login, about: About) -> str:
    """Open a program from a chart: the word that stands for that chart in the program's address."""
    token, at = keys.new_token(), clock.now()
    with connection.transaction():
        AppLaunch.objects.filter(created_at__lt=at - rules.LIFETIME).delete()
        AppLaunch.objects.create(
            token_hash=keys.token_hash(token),
            app=app,
            session_id=login.session_id,
            chart_id=about.chart_id,
            patient_id=about.patient_id,
            encounter_id=about.encounter_id,
            created_at=at,
        )
    return token


def answer_no(ask: AppAsk) -> bool:
    """The person says no. False when the question had been answered already."""
    return _answered(ask)


def _answered(ask: AppAsk) -> bool:
    waiting = AppAsk.objects.filter(token_hash=bytes(ask.token_hash), answered_at__isnull=True)
    return bool(waiting.update(answered_at=clock.now()))


def answer_yes(ask: AppAsk, login: Login, wanted: Wanted, *, about: About | None, fhir_user: str) -> str | None:
    """The person says yes to ``wanted``: a grant in the role they wear, and the code that stands for it.

    None when the question had been answered already. ``wanted`` is within what was asked: the caller sees to that.
    """
    code, at = keys.new_token(), clock.now()
    with connection.transaction():
        if not _answered(ask):
            return None
        grant = _grant(ask.app, login, wanted, about=about, fhir_user=fhir_user)
        AppCode.objects.filter(created_at__lt=at - rules.LIFETIME).delete()
        AppCode.objects.create(
            code_hash=keys.token_hash(code),
            grant=grant,
            redirect_uri=ask.redirect_uri,
            challenge=ask.challenge,
            nonce=ask.nonce,
            created_at=at,
        )
        if ask.launch_id is not None:
            AppLaunch.objects.filter(token_hash=bytes(ask.launch_id)).update(used_at=at)
    return code


def _grant(app: App, login: Login, wanted: Wanted, *, about: About | None, fhir_user: str) -> AppGrant:
    at, session = clock.now(), LoginSession.objects.get(id=login.session_id)
    is_offline = "offline_access" in wanted.plain
    own_chart = login.requester.chart_id if login.requester else None
    return AppGrant.objects.create(
        app=app,
        account_id=login.account_id,
        session=session,
        is_offline=is_offline,
        practitioner_role_id=session.practitioner_role_id,
        role=session.role,
        role_until_on=session.role_until_on,
        organization_id=session.organization_id,
        organization_name=session.organization_name,
        sud_duty=session.sud_duty,
        own_chart_id=own_chart,
        representative_id=session.representative_id,
        chart_id=about.chart_id if about else None,
        patient_id=about.patient_id if about else "",
        encounter_id=about.encounter_id if about else "",
        fhir_user=fhir_user,
        scopes=wanted.text(),
        created_at=at,
        ends_at=at + rules.OFFLINE_LIFE if is_offline else session.ends_at,
    )


def use_code(code: str, app: App) -> AppCode | None:
    """The code of a program, used up by this. None for one that is unknown, old, used, or another program's.

    A code shown twice ends what came of it: somebody else has seen it.
    """
    if not code or len(code) > granted.LONGEST_TOKEN or "\x00" in code:
        return None
    found = AppCode.objects.filter(code_hash=keys.token_hash(code), grant__app=app)
    now = clock.now()
    if found.filter(used_at__isnull=True).update(used_at=now):
        row = found.select_related("grant").get()
        return row if now - row.created_at <= rules.CODE_LIFE and granted.is_living(row.grant_id) else None
    row = found.first()
    if row is not None:
        end_grant(row.grant_id, "code shown twice")
    return None


def issue(grant: AppGrant, wanted: Wanted, *, refresh_scopes: str = "") -> Issued:
    """A new access token, and a refresh token of ``refresh_scopes`` where there are any. Old tokens are swept."""
    at, access = clock.now(), granted.ACCESS_MARK + keys.new_token()
    refresh = keys.new_token() if refresh_scopes else ""
    life = rules.ACCESS_LIFE if grant.account_id is not None else rules.SYSTEM_ACCESS_LIFE
    with connection.transaction():
        AppToken.objects.filter(grant=grant, kind=_Kind.ACCESS, ends_at__lt=at).delete()
        _keep(grant, _Kind.ACCESS, access, text=wanted.text(), at=at, ends_at=min(at + life, grant.ends_at))
        if refresh:
            _keep(grant, _Kind.REFRESH, refresh, text=refresh_scopes, at=at, ends_at=grant.ends_at)
        AppGrant.objects.filter(id=grant.id).update(used_at=at)
    return Issued(access, refresh, wanted.text(), int((min(at + life, grant.ends_at) - at).total_seconds()))


def _keep(grant: AppGrant, kind: str, token: str, *, text: str, at: datetime, ends_at: datetime) -> None:
    AppToken.objects.create(
        token_hash=keys.token_hash(token), grant=grant, kind=kind, scopes=text, created_at=at, ends_at=ends_at
    )


def use_refresh(token: str, app: App) -> AppToken | None:
    """The refresh token of a program, used up by this. None for one that is unknown, old, used or another program's.

    One shown twice ends the grant with all its tokens: one of the two who had it is a thief.
    """
    row = granted.token_row(token, app)
    if row is None or row.kind != _Kind.REFRESH:
        return None
    if not AppToken.objects.filter(id=row.id, used_at__isnull=True).update(used_at=clock.now()):
        end_grant(row.grant_id, "refresh token shown twice")
        return None
    return row if row.ends_at > clock.now() and granted.is_living(row.grant_id, awake=True) else None


def system_grant(app: App, wanted: Wanted) -> AppGrant:
    """What a program may do by itself: one grant for as long as one access token, always anew."""
    at = clock.now()
    with connection.transaction():
        old = AppGrant.objects.filter(app=app, account__isnull=True, ends_at__lt=at - rules.LIFETIME)
        old.delete()
        return AppGrant.objects.create(
            app=app,
            is_offline=True,
            role="system",
            organization_id=app.organization_id,
            scopes=wanted.text(),
            created_at=at,
            # A little longer than its one token, which is made a moment later.
            ends_at=at + rules.SYSTEM_ACCESS_LIFE + rules.CODE_LIFE,
        )


def take_assertion(signer: str, jti: str, ends_at: datetime) -> bool:
    """Note that ``signer`` has shown this token; False when it had shown it before. Of two at once one is taken."""
    with connection.transaction():
        SeenAssertion.objects.filter(ends_at__lt=clock.now() - rules.ASSERTION_KEPT).delete()
    try:
        with connection.transaction():
            SeenAssertion.objects.create(signer=signer, jti_hash=keys.token_hash(jti), ends_at=ends_at)
    except IntegrityError:
        return False
    return True


def revoke(token: str, app: App) -> bool:
    """Take a token back: an access token by itself, a refresh token with its whole grant. False when there is none."""
    row = granted.token_row(token, app)
    if row is None:
        return False
    if row.kind == _Kind.REFRESH:
        return end_grant(row.grant_id, "taken back by the program")
    return bool(AppToken.objects.filter(id=row.id, ends_at__gt=clock.now()).update(ends_at=clock.now()))


def end_grant(grant_id: int, how: str, *, of: AccountId | None = None) -> bool:
    """End a grant with all its tokens; ``of`` narrows to that person's own. False when there was none running."""
    rows = AppGrant.objects.filter(id=grant_id)
    return bool(_end(rows if of is None else rows.filter(account_id=of), how))


def end_grants_of(account_id: AccountId) -> int:
    """End everything that a person has granted: their password changed. Joins a transaction."""
    return _end(AppGrant.objects.filter(account_id=account_id), "password changed")


def end_grants_for(representative_id: int) -> int:
    """End every grant given by somebody who acted under this entry. Joins a transaction."""
    return _end(AppGrant.objects.filter(representative_id=representative_id), "no longer acting")


def end_grants_in(sessions: QuerySet[LoginSession]) -> int:
    """End every grant given in one of these sessions: nobody stands by who was in them. Joins a transaction."""
    return _end(AppGrant.objects.filter(session__in=sessions), "no longer vouched for")


def _end(grants: QuerySet[AppGrant], how: str) -> int:
    return grants.filter(ended_at__isnull=True).update(ended_at=clock.now(), ended_as=how)


def wanted_of(grant: AppGrant) -> Wanted:
    """What was granted, parsed."""
    return scopes.parse(grant.scopes)
