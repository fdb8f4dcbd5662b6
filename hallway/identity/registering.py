"""Registering programs: who may ask at all, where answers go, how a program proves itself, what it may ask at most."""

from dataclasses import dataclass

from hallway import clock
from hallway.errors import HallwayError, Kind
from hallway.identity import addresses, key_sets, keys, scopes
from hallway.identity.app_models import App, AppGrant
from hallway.ids import AccountId
from hallway.storage import connection

LONGEST_NAME = 120
MOST_ADDRESSES = 10


@dataclass(frozen=True, slots=True)
class Registration:
    """A program as its registration says. ``organization_id`` other than 0: it acts by itself for that one."""

    name: str
    maker: str
    kind: str
    scopes: str
    about: str = ""
    redirect_uris: tuple[str, ...] = ()
    launch_url: str = ""
    jwks_url: str = ""
    jwks: str = ""
    organization_id: int = 0
    organizations: tuple[int, ...] = ()
    may_introspect: bool = False


@dataclass(frozen=True, slots=True)
class Registered:
    """A program just registered; ``secret`` is told once and empty for kinds without one."""

    app: App
    secret: str


def register(said: Registration, *, by: AccountId, client_id: str = "") -> Registered:
    """Register a program. Raises H-IDN-040 for whatever cannot stand, with the field at fault."""
    refuse_faults(said)
    secret = keys.new_token() if said.kind == App.Kind.SECRET else ""
    app = App(
        client_id=client_id or keys.new_token()[:24],
        secret_hash=keys.token_hash(secret) if secret else None,
        kind=said.kind,
        organization_id=said.organization_id,
        created_at=clock.now(),
        created_by=by,
    )
    _fill(app, said)
    with connection.transaction():
        app.save(force_insert=True)
    return Registered(app, secret)


def change(app_id: int, said: Registration, *, expected_version: int) -> App:
    """Change a program, but for its kind and for whom it acts.

    Where it may ask for less than before, what was granted ends; where people of fewer organizations may use it, what
    the others granted.

    Raises H-IDN-041 when somebody else changed it first, or it has ended.
    """
    with connection.transaction():
        app = App.objects.select_for_update().filter(id=app_id, ended_at__isnull=True, version=expected_version).first()
        if app is None or (app.kind, app.organization_id) != (said.kind, said.organization_id):
            raise HallwayError(
                Kind.CONFLICT,
                "H-IDN-041",
                what="Somebody else changed this program, or ended it, while you were writing.",
                undone="Your change was not kept.",
                to_do="Open it again and look at what it says now.",
            )
        refuse_faults(said)
        if not scopes.is_within(scopes.parse(app.scopes), scopes.parse(said.scopes)):
            _end_grants(app, "program may ask for less")
        if said.organizations:
            _end_grants(app, "no longer for these people", but=said.organizations)
        _fill(app, said)
        app.version += 1
        app.save()
    return app


def end(app_id: int, *, by: AccountId) -> bool:
    """End a program and everything that anybody granted it. False when there was none running."""
    with connection.transaction():
        app = App.objects.select_for_update().filter(id=app_id, ended_at__isnull=True).first()
        if app is None:
            return False
        app.ended_at, app.ended_by = clock.now(), by
        app.save()
        _end_grants(app, "program ended")
    return True


def _end_grants(app: App, how: str, *, but: tuple[int, ...] = ()) -> None:
    """End what was granted; ``but`` spares what people of these organizations granted."""
    rows = AppGrant.objects.filter(app=app, ended_at__isnull=True)
    if but:
        rows = rows.filter(account__isnull=False).exclude(organization_id__in=but)
    rows.update(ended_at=clock.now(), ended_as=how)


def _fill(app: App, said: Registration) -> None:
    app.name, app.maker, app.about = said.name.strip(), said.maker.strip(), said.about.strip()
    app.redirect_uris, app.launch_url = list(said.redirect_uris), said.launch_url
    app.jwks_url, app.jwks = said.jwks_url, said.jwks.strip()
    app.scopes = scopes.parse(said.scopes).text()
    app.organizations, app.may_introspect = list(said.organizations), said.may_introspect


def refuse_faults(said: Registration) -> None:
    """Raise H-IDN-040 for the first thing that cannot stand."""
    alone = said.organization_id != 0
    wanted = scopes.parse(said.scopes)
    checks = (
        (_is_name(said.name), "name", "A program needs a name of at most 120 printable characters."),
        (_is_name(said.maker), "maker", "Say who made it, in at most 120 printable characters."),
        (len(said.about) <= 300, "about", "Say what it does in at most 300 characters."),
        (said.kind in App.Kind.values, "kind", "Choose how it proves itself."),
        (not alone or said.kind == App.Kind.KEY, "kind", "A program that acts by itself signs with a key of its own."),
        (alone or 0 < len(said.redirect_uris) <= MOST_ADDRESSES, "redirect_uris", "Name one to ten addresses."),
        (not alone or not (said.redirect_uris or said.launch_url), "redirect_uris", "It acts by itself: no address."),
        (
            all(addresses.may_be_answered(one) for one in said.redirect_uris),
            "redirect_uris",
            "Each address is https, http://127.0.0.1, or a private scheme like com.example.app:/done; no * and no #.",
        ),
        (
            not said.launch_url or said.launch_url.startswith("/apps/") or addresses.may_be_opened(said.launch_url),
            "launch_url",
            "The address to open it at is https, or http://127.0.0.1.",
        ),
        (not wanted.unknown and bool(wanted.clinical or wanted.plain), "scopes", "These are not all scopes we know."),
        (not wanted.is_too_long, "scopes", "These are too many scopes for one program."),
        (_sides_fit(wanted, alone), "scopes", "system/ is for programs that act by themselves, and nothing else is."),
        *_key_checks(said),
    )
    fault = next(((field, text) for holds, field, text in checks if not holds), None)
    if fault is not None:
        raise HallwayError(
            Kind.UNPROCESSABLE,
            "H-IDN-040",
            what=fault[1],
            undone="Nothing was registered.",
            to_do="Change it and send it again.",
            field=fault[0],
        )


def _key_checks(said: Registration) -> tuple[tuple[bool, str, str], ...]:
    signs = said.kind == App.Kind.KEY
    return (
        (signs == bool(said.jwks_url or said.jwks), "jwks_url", "A program that signs, and no other, has keys."),
        (not (said.jwks_url and said.jwks), "jwks", "Give the keys, or the address of the keys; not both."),
        (
            not said.jwks_url or addresses.may_be_opened(said.jwks_url),
            "jwks_url",
            "The address of the keys is https, or http://127.0.0.1.",
        ),
        (not said.jwks or key_set_holds(said.jwks), "jwks", "This is no set of public keys, each with its kid."),
    )


def key_set_holds(text: str) -> bool:
    """Whether a text is a set of public keys that assertions can be checked with."""
    return len(text) <= key_sets.LARGEST and key_sets.parsed(text) is not None


def _sides_fit(wanted: scopes.Wanted, alone: bool) -> bool:
    sides = wanted.sides()
    return sides == {"system"} and not wanted.plain if alone else "system" not in sides


def _is_name(text: str) -> bool:
    return 0 < len(text.strip()) <= LONGEST_NAME and text.strip().isprintable()
