"""Every read of ``identity``. Nothing here decides what a person may see."""

from datetime import datetime

from hallway import clock
from hallway.identity import keys, rules
from hallway.identity.login import Login
from hallway.identity.models import Account, LoginSession, Passkey
from hallway.identity.requester import Requester, Role
from hallway.ids import AccountId, ChartId, OrganizationId, PractitionerId
from hallway.storage import connection

_LOGIN = """
SELECT s.id, s.stage, s.practitioner_role_id, s.role, s.role_until_on, s.organization_id, s.organization_name, s.side,
       s.timezone, s.sud_duty, s.is_part2, s.seen_at, s.ends_at, s.ended_at,
       a.id, a.name, a.practitioner_id, a.chart_id, a.theme, a.density, a.single_keys, a.is_demo,
       s.chart_id, s.representative_id, s.ehr_id, s.held_to
FROM identity_loginsession s JOIN identity_account a ON a.id = s.account_id
WHERE s.token_hash = %s AND a.ended_at IS NULL
"""


def login_of(token: str) -> Login | None:
    """The living session of a token, or None when there is none, it ended, idled out or lost its role.

    Reads on the connection in force, so the plain reading path may use it too. Does not mark the session as seen:
    that is ``actions.touch``.
    """
    if not token or len(token) > 100 or "\x00" in token:
        return None
    return login_behind(keys.token_hash(token))


def login_behind(shown: bytes) -> Login | None:
    """The same by what is kept of a token: for what goes on after it was shown."""
    with connection.cursor() as cursor:
        row = cursor.execute(_LOGIN, (shown,)).fetchone()
    if row is None:
        return None
    life = rules.Life(seen_at=row[11], ends_at=row[12], ended_at=row[13], role_until_on=row[4])
    return None if rules.why_ended(life, clock.now()) else _login(row)


def _login(row: tuple) -> Login:  # type: ignore[type-arg]
    (session, stage, role_id, role, _, organization, organization_name, side, zone, sud_duty, is_part2) = row[:11]
    account, name, practitioner, own_chart, theme, density, single_keys, is_demo = row[14:22]
    chart, representative = row[22] if row[22] is not None else own_chart, row[23]
    requester = None
    if stage == LoginSession.Stage.OPEN:
        requester = Requester(
            AccountId(account),
            PractitionerId(practitioner),
            OrganizationId(organization),
            Role(role),
            sud_duty=sud_duty,
            chart_id=ChartId(chart) if chart is not None else None,
            name=name,
            representative_id=representative,
        )
    return Login(
        session_id=session,
        account_id=AccountId(account),
        name=name,
        stage=stage,
        requester=requester,
        practitioner_id=practitioner,
        practitioner_role_id=role_id,
        organization_name=organization_name,
        side=side,
        is_part2=is_part2,
        timezone=zone,
        theme=theme,
        density=density,
        single_keys=single_keys,
        is_demo=is_demo,
        seen_at=row[11],
        ends_at=row[12],
        representative_id=representative,
        ehr_id=row[24],
        held_to=row[25],
    )


def account(account_id: AccountId) -> Account:
    """One account that has not ended. Raises ``Account.DoesNotExist``."""
    return Account.objects.get(id=account_id, ended_at__isnull=True)


def demo_accounts() -> list[Account]:
    """The accounts that one click may open; empty on any network that is not the demo's."""
    return list(Account.objects.filter(is_demo=True, ended_at__isnull=True).order_by("id"))


def passkeys_of(account_id: AccountId) -> list[Passkey]:
    """An account's passkeys, oldest first."""
    return list(Passkey.objects.filter(account_id=account_id).order_by("id"))


def locked_until(login_name: str) -> datetime | None:
    """Until when a login name is locked, known or not; None when it is not."""
    from hallway.identity.models import WrongTries

    row = WrongTries.objects.filter(name_hash=keys.name_hash(normal(login_name))).first()
    if row is None or row.locked_until_at is None or row.locked_until_at <= clock.now():
        return None
    return row.locked_until_at


def normal(login_name: str) -> str:
    """A login name as it is kept: without blanks around it, in lower case."""
    return login_name.strip().lower()
