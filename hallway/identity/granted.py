"""Every read of what programs were granted: who stands behind an access token, what a person has let in."""

from dataclasses import dataclass
from datetime import datetime

from hallway import clock
from hallway.identity import keys, rules, scopes
from hallway.identity.app_models import App, AppAsk, AppGrant, AppLaunch, AppToken
from hallway.identity.requester import Requester, Role
from hallway.identity.scopes import Scopes
from hallway.ids import NOBODY, AccountId, ChartId, OrganizationId, PractitionerId
from hallway.storage import connection

LONGEST_TOKEN = 100
ACCESS_MARK = "hwa_"
"""Every access token begins so: the door knows one from a login session's, and a scanner of leaked secrets too."""
_LIVING = """
g.ended_at IS NULL AND g.ends_at > %(now)s::timestamptz AND p.ended_at IS NULL
AND (g.account_id IS NULL OR a.ended_at IS NULL)
AND (g.role_until_on IS NULL OR g.role_until_on >= %(today)s::date)
AND (g.is_offline OR (s.ended_at IS NULL AND s.ends_at > %(now)s::timestamptz AND s.stage = 'open'
    AND s.practitioner_role_id = g.practitioner_role_id AND s.role = g.role AND s.organization_id = g.organization_id
    AND s.representative_id = g.representative_id))
"""
"""What ends a grant at the next request: itself, its program, account, role, or session; or that session's new role."""
_FROM = """
FROM identity_apptoken t
JOIN identity_appgrant g ON g.id = t.grant_id
JOIN identity_app p ON p.id = g.program_id
LEFT JOIN identity_account a ON a.id = g.account_id
LEFT JOIN identity_loginsession s ON s.id = g.session_id
"""
_BEHIND = f"""
SELECT t.scopes, p.client_id, g.account_id, coalesce(a.practitioner_id, 0), g.organization_id, g.role, g.sud_duty,
       g.own_chart_id, a.name, g.representative_id, g.chart_id
{_FROM}
WHERE t.token_hash = %(hash)s AND t.kind = 'access' AND t.ends_at > %(now)s::timestamptz AND {_LIVING}
"""
_IS_LIVING = f"""
SELECT NOT g.is_offline AND s.seen_at < %(idle)s::timestamptz
FROM identity_appgrant g JOIN identity_app p ON p.id = g.program_id
LEFT JOIN identity_account a ON a.id = g.account_id LEFT JOIN identity_loginsession s ON s.id = g.session_id
WHERE g.id = %(grant)s AND {_LIVING}
"""  # noqa: S608 - constants


def requester_of(token: str) -> Requester | None:
    """Who stands behind an access token, with what was granted; None for one that opens nothing now.

    Looked up anew for every request, by one statement on the connection in force.
    """
    if not token.startswith(ACCESS_MARK) or len(token) > LONGEST_TOKEN or "\x00" in token:
        return None
    return behind(keys.token_hash(token))


def behind(shown: bytes) -> Requester | None:
    """The same by what is kept of an access token: for what goes on after it was shown."""
    now = clock.now()
    with connection.cursor() as cursor:
        row = cursor.execute(_BEHIND, {"hash": shown, "now": now, "today": now.date()}).fetchone()
    return None if row is None else _requester(row)


def ends_at(shown: bytes) -> datetime | None:
    """When an access token ends, by what is kept of it."""
    return AppToken.objects.filter(token_hash=shown).values_list("ends_at", flat=True).first()


def _requester(row: tuple) -> Requester:  # type: ignore[type-arg]
    granted, client_id, account, practitioner, organization, role, sud_duty, own_chart, name, acting, chart = row
    return Requester(
        AccountId(account or 0),
        PractitionerId(practitioner or NOBODY),
        OrganizationId(organization),
        Role(role),
        sud_duty=sud_duty,
        chart_id=None if own_chart is None else ChartId(own_chart),
        name=name or client_id,
        representative_id=acting,
        app=client_id,
        scopes=scopes_of(granted, chart),
    )


def scopes_of(text: str, chart_id: int | None) -> Scopes:
    """Granted scopes as the door takes them. A patient's scopes without a patient open nothing.

    With one of them the whole token is held to that patient, whatever it has besides: narrower than SMART asks, and
    never wider by an oversight.
    """
    clinical = scopes.parse(text).clinical
    if all(one.side != "patient" for one in clinical):
        return Scopes(clinical)
    if chart_id is None:
        return Scopes(tuple(one for one in clinical if one.side != "patient"))
    return Scopes(clinical, ChartId(chart_id))


def is_living(grant_id: int, *, awake: bool = False) -> bool:
    """Whether a grant may still be used; ``awake``: and the session it hangs on has not idled out."""
    now = clock.now()
    asked = {"grant": grant_id, "now": now, "today": now.date(), "idle": now - rules.IDLE_LIMIT}
    with connection.cursor() as cursor:
        row = cursor.execute(_IS_LIVING, asked).fetchone()
    return row is not None and not (awake and row[0])


def still_holds(asker: Requester) -> bool:
    """Whether the program through which somebody asked may still do all that it could then: for what goes on without
    a token, long after it.

    A person's needs a grant of theirs that lives, in the same role and about the same patient; a system its
    registration.
    """
    program = app_called(asker.app)
    if program is None or asker.scopes is None:
        return False
    if asker.role is Role.SYSTEM:
        same = program.organization_id == asker.organization_id
        return same and scopes_of(program.scopes, None).holds(asker.scopes)
    rows = AppGrant.objects.filter(
        app=program,
        account_id=asker.account_id,
        organization_id=asker.organization_id,
        role=asker.role,
        representative_id=asker.representative_id,
        ended_at__isnull=True,
    )
    return any(scopes_of(row.scopes, row.chart_id).holds(asker.scopes) and is_living(row.id) for row in rows)


def app_called(client_id: str) -> App | None:
    """The program of a client id, or None for one that is unknown or has ended."""
    if not client_id or len(client_id) > LONGEST_TOKEN or "\x00" in client_id:
        return None
    return App.objects.filter(client_id=client_id, ended_at__isnull=True).first()


def app(app_id: int) -> App | None:
    """A program by its number, ended or not."""
    return App.objects.filter(id=app_id).first()


def apps() -> list[App]:
    """Every program that has not ended, by name."""
    return list(App.objects.filter(ended_at__isnull=True).order_by("name", "id"))


def launchable(organization_id: OrganizationId) -> list[App]:
    """The programs that people of an organization may open from a chart."""
    return [one for one in apps() if one.launch_url and may_use(one, organization_id)]


def may_use(app: App, organization_id: int) -> bool:
    """Whether people of an organization may use a program."""
    return not app.organizations or organization_id in app.organizations


def ask_of(token: str) -> AppAsk | None:
    """What a program asked and nobody has answered yet; None once it is old or answered."""
    if not token or len(token) > LONGEST_TOKEN or "\x00" in token:
        return None
    found = AppAsk.objects.select_related("app", "launch").filter(token_hash=keys.token_hash(token))
    found = found.filter(answered_at__isnull=True, created_at__gt=clock.now() - rules.ASK_LIMIT)
    return found.filter(app__ended_at__isnull=True).first()


def launch_of(token: str, app: App) -> AppLaunch | None:
    """The chart from which a program was opened; None once it is old, taken up, or another program's."""
    if not token or len(token) > LONGEST_TOKEN or "\x00" in token:
        return None
    found = AppLaunch.objects.filter(token_hash=keys.token_hash(token), app=app, used_at__isnull=True)
    return found.filter(created_at__gt=clock.now() - rules.LAUNCH_LIMIT).first()


@dataclass(frozen=True, slots=True)
class LetIn:
    """A program that a person let in, as their list shows it."""

    grant: AppGrant
    name: str
    maker: str
    last_used_at: datetime | None


def let_in_by(account_id: AccountId) -> list[LetIn]:
    """What a person's programs may do now, newest first; those that no longer live are left out."""
    rows = AppGrant.objects.filter(account_id=account_id, ended_at__isnull=True, ends_at__gt=clock.now())
    rows = rows.filter(app__ended_at__isnull=True).select_related("app").order_by("-id")
    return [LetIn(row, row.app.name, row.app.maker, row.used_at) for row in rows if is_living(row.id)]


def token_row(token: str, app: App) -> AppToken | None:
    """A token of a program, whatever its state; None for an unknown one and for another program's."""
    if not token or len(token) > LONGEST_TOKEN or "\x00" in token:
        return None
    return (
        AppToken.objects.select_related("grant__app").filter(token_hash=keys.token_hash(token), grant__app=app).first()
    )


def any_row(token: str) -> AppToken | None:
    """A token of whichever program, whatever its state. For those that are registered to ask about others' tokens."""
    if not token or len(token) > LONGEST_TOKEN or "\x00" in token:
        return None
    return AppToken.objects.select_related("grant__app").filter(token_hash=keys.token_hash(token)).first()


def access_row(token: str) -> AppToken | None:
    """An access token's row, whatever its state."""
    row = any_row(token)
    return row if row is not None and row.kind == AppToken.Kind.ACCESS else None
