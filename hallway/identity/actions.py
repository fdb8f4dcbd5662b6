"""Opening, moving and ending login sessions, and keeping accounts. Each function is one transaction."""

from datetime import datetime, timedelta

from django.db.models import QuerySet
from pyotp.totp import TOTP

from hallway import clock, ids
from hallway.errors import HallwayError, Kind
from hallway.identity import granting, keys, queries, rules
from hallway.identity.login import Hat, Login, Opened
from hallway.identity.models import Account, LoginSession, Passkey, WrongTries
from hallway.ids import AccountId, ChartId, PractitionerId
from hallway.storage import connection

TOUCH_AFTER = timedelta(seconds=30)
_Stage = LoginSession.Stage


def create_account(
    login_name: str,
    name: str,
    *,
    password: str = "",
    practitioner_id: PractitionerId = ids.NOBODY,
    chart_id: ChartId | None = None,
    demo: bool = False,
) -> Account:
    """Make an account. An empty ``password`` leaves it to a passkey or to the demo's one click.

    Raises H-IDN-001 for a password that is too short, H-IDN-002 where demo and real accounts would mix.
    """
    if password and len(password) < rules.PASSWORD_LENGTH:
        raise HallwayError(
            Kind.UNPROCESSABLE,
            "H-IDN-001",
            what=f"A password needs at least {rules.PASSWORD_LENGTH} characters.",
            undone="No account was made.",
            to_do="Use a longer one; a sentence is easiest.",
            field="password",
        )
    with connection.transaction():
        _refuse_to_mix(demo)
        return Account.objects.create(
            login_name=queries.normal(login_name),
            name=name,
            password_hash=keys.hash_password(password) if password else "",
            practitioner_id=practitioner_id,
            chart_id=chart_id,
            is_demo=demo,
            created_at=clock.now(),
        )


def _refuse_to_mix(demo: bool) -> None:
    if Account.objects.filter(is_demo=not demo).exists():
        raise HallwayError(
            Kind.CONFLICT,
            "H-IDN-002",
            what="Demo accounts and real accounts may not share a database.",
            undone="No account was made.",
            to_do="Keep the demo in a data folder of its own.",
        )


def sign_in(login_name: str, password: str, *, demo: bool = False) -> Opened:
    """Open a session by password. Says the same for unknown and wrong (H-IDN-003), and for locked (H-IDN-004).

    ``demo`` spares demo accounts the second factor; it spares no other account anything.
    """
    name = queries.normal(login_name)
    _refuse_locked(name)
    found = Account.objects.filter(login_name=name, ended_at__isnull=True).first()
    if not keys.password_matches(found.password_hash if found else "", password) or found is None:
        _count_wrong_try(name)
        raise HallwayError(
            Kind.UNAUTHENTICATED,
            "H-IDN-003",
            what="That name and password do not go together.",
            undone="You are not signed in.",
            to_do="Check both and try again, or use a passkey.",
            field="password",
        )
    stage = _stage_after_password(found, demo)
    with connection.transaction():
        if stage != _Stage.FACTOR:
            # Whoever knows the password alone must not get fresh tries at the code by typing it again.
            _forget_wrong_tries(name)
        return _open(found, stage)


def _stage_after_password(account: Account, demo: bool) -> str:
    if account.totp_secret:
        return _Stage.FACTOR
    if demo and account.is_demo:
        return _Stage.ROLE
    return _Stage.FACTOR if has_second_factor(account.id) else _Stage.ENROL


def has_second_factor(account_id: int) -> bool:
    """Whether an account has codes by app or a passkey. With either, a password alone may not set up another."""
    has_codes = Account.objects.filter(id=account_id).exclude(totp_secret="").exists()
    return has_codes or Passkey.objects.filter(account_id=account_id).exists()


def _forget_wrong_tries(name: str) -> None:
    WrongTries.objects.filter(name_hash=keys.name_hash(name)).delete()


def _refuse_locked(name: str) -> None:
    until = queries.locked_until(name)
    if until is not None:
        raise LockedError(until)


class LockedError(HallwayError):
    """Too many wrong tries; ``until`` is when the name opens again (H-IDN-004)."""

    def __init__(self, until: datetime) -> None:
        """Say that the name is locked; the page adds the time in the reader's own zone."""
        super().__init__(
            Kind.UNAUTHENTICATED,
            "H-IDN-004",
            what="There were too many wrong tries for this name.",
            undone="You are not signed in.",
            to_do="Wait until the time shown, or use a passkey.",
        )
        self.until = until


def _count_wrong_try(name: str) -> None:
    key, at = keys.name_hash(name), clock.now()
    with connection.transaction():
        WrongTries.objects.get_or_create(name_hash=key, defaults={"failures": 0, "first_at": at})
        row = WrongTries.objects.select_for_update().get(name_hash=key)
        before = rules.Tries(row.failures, row.first_at, row.locked_until_at) if row.failures else None
        after = rules.after_wrong_try(before, at)
        row.failures, row.first_at, row.locked_until_at = after.failures, after.first_at, after.locked_until_at
        row.save()


def _open(account: Account, stage: str) -> Opened:
    token, at = keys.new_token(), clock.now()
    session = LoginSession.objects.create(
        token_hash=keys.token_hash(token),
        account=account,
        stage=stage,
        proved_at=at,
        created_at=at,
        seen_at=at,
        ends_at=at + rules.LIFETIME,
    )
    return Opened(token, session.id, stage)


def open_demo(account_id: AccountId) -> Opened:
    """One click into a demo account. Raises NOT_FOUND (H-IDN-005) for any account that is not the demo's."""
    found = Account.objects.filter(id=account_id, is_demo=True, ended_at__isnull=True).first()
    if found is None:
        raise HallwayError(
            Kind.NOT_FOUND,
            "H-IDN-005",
            what="There is nothing here.",
            undone="You are not signed in.",
            to_do="Sign in with your name and password.",
        )
    return _open(found, _Stage.ROLE)


def open_verified(account: Account) -> Opened:
    """A session for somebody a passkey has just vouched for: no second factor is asked."""
    return _open(account, _Stage.ROLE)


def open_vouched(account: Account, *, ehr_id: int, held_to: int, demo: bool = False) -> Opened:
    """A session for somebody whom an EHR vouches for, in place of a password and of nothing more.

    The second factor is asked as after a password; it proves nothing for changing how one comes in; it wears roles of
    the organization ``held_to`` alone. Raises H-IDN-012 for an account without a second factor to ask.
    """
    stage = _stage_after_password(account, demo)
    if stage == _Stage.ENROL:
        raise HallwayError(
            Kind.UNPROCESSABLE,
            "H-IDN-012",
            what="Your account has no second factor yet.",
            undone="You are not signed in.",
            to_do="Sign in once with your name and password and set one up.",
        )
    with connection.transaction():
        opened = _open(account, stage)
        LoginSession.objects.filter(id=opened.session_id).update(proved_at=None, ehr_id=ehr_id, held_to=held_to)
    return opened


def end_sessions_from(ehr_id: int, *, of: AccountId | None = None) -> None:
    """End every session that an EHR vouched for, and what programs were granted in one, offline or not.

    ``of`` narrows to one account's. Joins a transaction.
    """
    sessions = LoginSession.objects.filter(ehr_id=ehr_id)
    sessions = sessions if of is None else sessions.filter(account_id=of)
    granting.end_grants_in(sessions)
    _end(sessions, "no longer vouched for")


def confirm_code(login: Login, code: str) -> None:
    """The second factor: a TOTP code, each usable once. Wrong ones count as wrong tries (H-IDN-006)."""
    account = queries.account(login.account_id)
    _refuse_locked(account.login_name)
    step = _matching_step(keys.unseal(account.totp_secret), code)
    if step is None or not _use_step(account.id, step):
        _count_wrong_try(account.login_name)
        raise _wrong_code()
    with connection.transaction():
        _forget_wrong_tries(account.login_name)
        LoginSession.objects.filter(id=login.session_id, stage=_Stage.FACTOR).update(stage=_Stage.ROLE)


def _wrong_code() -> HallwayError:
    return HallwayError(
        Kind.UNPROCESSABLE,
        "H-IDN-006",
        what="That code is not the one your app shows now.",
        undone="You are not signed in yet.",
        to_do="Type the six figures your app shows, then try again.",
        field="code",
    )


def _matching_step(secret: str, code: str) -> int | None:
    digits = "".join(code.split())
    if not secret or not (digits.isascii() and digits.isdigit()) or len(digits) != 6:
        return None
    totp, now = TOTP(secret), int(clock.now().timestamp())
    for step in (now // 30, now // 30 - 1):
        if totp.verify(digits, for_time=step * 30):
            return step
    return None


def _use_step(account_id: int, step: int) -> bool:
    """Whether ``step`` is newer than the last one used; marks it as used in the same statement."""
    return bool(Account.objects.filter(id=account_id, totp_last_step__lt=step).update(totp_last_step=step))


def enrol_totp(login: Login, secret: str, code: str) -> None:
    """Keep a second factor once its first code is right; a session waiting for that goes on to its role.

    A session that knows the password alone sets up the first one only (H-IDN-008).
    """
    step = _matching_step(secret, code)
    if step is None:
        raise _wrong_code()
    with connection.transaction():
        refuse_second_door(login)
        Account.objects.filter(id=login.account_id).update(totp_secret=keys.seal(secret), totp_last_step=step)
        LoginSession.objects.filter(id=login.session_id, stage=_Stage.ENROL).update(stage=_Stage.ROLE)


def refuse_second_door(login: Login) -> None:
    """Refuse to set up a second factor from a session that has shown a password alone, where there is one by now.

    Inside a transaction: it locks the account, so that two such sessions do not both set up the first one.
    """
    Account.objects.select_for_update().get(id=login.account_id)
    refuse_stale_proof(login)
    if login.stage == _Stage.ENROL and has_second_factor(login.account_id):
        raise HallwayError(
            Kind.UNPROCESSABLE,
            "H-IDN-008",
            what="This account has a second factor already.",
            undone="Nothing was set up.",
            to_do="Sign out, sign in again and use the one you have.",
            field="code",
        )


def refuse_stale_proof(login: Login) -> None:
    """Refuse to change how somebody comes in from a session left open: raises H-IDN-009 without a fresh proof."""
    if login.stage != _Stage.OPEN:
        return
    fresh = LoginSession.objects.filter(id=login.session_id, proved_at__gt=clock.now() - rules.PROOF_LIMIT)
    if not fresh.exists():
        raise HallwayError(
            Kind.UNPROCESSABLE,
            "H-IDN-009",
            what="It is a while since you showed who you are.",
            undone="Nothing was changed.",
            to_do="Show it again under Your settings, or sign out and in, and come back.",
            field="code",
        )


def prove_again(login: Login, password: str, code: str = "") -> None:
    """Show again who one is: password, and a code where the account has codes. Wrong ones count as wrong tries.

    An account without a password proves it by signing in anew.
    """
    account = queries.account(login.account_id)
    _refuse_locked(account.login_name)
    step = _matching_step(keys.unseal(account.totp_secret), code) if account.totp_secret else 0
    if not keys.password_matches(account.password_hash, password):
        _count_wrong_try(account.login_name)
        raise _wrong_password()
    if step is None or (account.totp_secret and not _use_step(account.id, step)):
        _count_wrong_try(account.login_name)
        raise _wrong_code()
    LoginSession.objects.filter(id=login.session_id).update(proved_at=clock.now())


def _wrong_password() -> HallwayError:
    return HallwayError(
        Kind.UNPROCESSABLE,
        "H-IDN-010",
        what="That is not your password.",
        undone="Nothing was changed.",
        to_do="Type it again, or sign out and in with your passkey.",
        field="password",
    )


def change_password(login: Login, new: str, *, password: str, code: str = "") -> None:
    """Set a new password after a fresh proof, and end every other session of the account in the same transaction.

    What programs were granted ends too: whoever knew the old password may have let one in.

    Raises H-IDN-011 for a new password that is too short, and whatever ``prove_again`` raises.
    """
    if len(new) < rules.PASSWORD_LENGTH:
        raise HallwayError(
            Kind.UNPROCESSABLE,
            "H-IDN-011",
            what=f"A password needs at least {rules.PASSWORD_LENGTH} characters.",
            undone="Your password stays as it was.",
            to_do="Use a longer one; a sentence is easiest.",
            field="new",
        )
    prove_again(login, password, code)
    with connection.transaction():
        Account.objects.filter(id=login.account_id).update(password_hash=keys.hash_password(new))
        others = LoginSession.objects.filter(account_id=login.account_id).exclude(id=login.session_id)
        _end(others, "password changed")
        granting.end_grants_of(login.account_id)


def wear(session_id: int, hat: Hat) -> None:
    """Put on a role. The caller has taken ``hat`` from the directory for this very account."""
    sessions = LoginSession.objects.filter(held_to__in=[0, hat.organization_id])
    sessions.filter(id=session_id, stage__in=[_Stage.ROLE, _Stage.OPEN], ended_at__isnull=True).update(
        stage=_Stage.OPEN,
        practitioner_role_id=hat.practitioner_role_id,
        role=hat.role.value,
        role_until_on=hat.until_on,
        organization_id=hat.organization_id,
        organization_name=hat.organization_name,
        side=hat.side,
        timezone=hat.timezone,
        sud_duty=hat.sud_duty,
        is_part2=hat.is_part2,
        chart_id=hat.chart_id,
        representative_id=hat.representative_id,
    )


def touch(login: Login) -> None:
    """Mark a session as used now, at most every half minute."""
    at = clock.now()
    if at - login.seen_at > TOUCH_AFTER:
        LoginSession.objects.filter(id=login.session_id, ended_at__isnull=True).update(seen_at=at)


def sign_out(session_id: int) -> None:
    """End one session by the person's own wish."""
    _end(LoginSession.objects.filter(id=session_id), "signed out")


def end_sessions_for(representative_id: int) -> None:
    """End every session in which somebody acts under this entry: the right to act has ended. Joins a transaction."""
    _end(LoginSession.objects.filter(representative_id=representative_id), "no longer acting")
    granting.end_grants_for(representative_id)


def _end(sessions: QuerySet[LoginSession], how: str) -> None:
    sessions.filter(ended_at__isnull=True).update(ended_at=clock.now(), ended_as=how)


def keep_preferences(account_id: AccountId, *, theme: str, density: str, single_keys: bool) -> None:
    """Keep how a person wants pages to look; an unknown word counts as "as usual"."""
    Account.objects.filter(id=account_id).update(
        theme=theme if theme in Account.Theme.values else "",
        density=density if density in Account.Density.values else "",
        single_keys=single_keys,
    )
