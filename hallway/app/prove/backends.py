"""Programs that act by themselves for a practice: with tokens of everything, of a few types, of criteria; exports."""

import json
import random
from collections.abc import Callable
from datetime import timedelta

from joserfc.jwk import ECKey

from hallway import clock
from hallway.app.prove.cast import Cast
from hallway.app.prove.shaped import Shaped, aside
from hallway.app.prove.worlds import NOON
from hallway.exchange.bulk import actions as exports
from hallway.exchange.bulk.models import Level
from hallway.identity import granted, granting, registering, scopes
from hallway.identity.app_models import App
from hallway.identity.registering import Registration
from hallway.ids import AccountId

WIDE = "system/*.cruds"
NARROW = "system/Condition.rs system/Observation.rs?category=survey system/Patient.rs"
HOLDERS = (
    ("millbrook", WIDE),
    ("millbrook", NARROW),
    ("northgate", WIDE),
    ("northgate", "system/*.rs"),
)
"""For which practice a program acts, and what it may do there."""
SHARE = 0.15
"""How much of what is asked at the FHIR door is asked by such a program."""
WAREHOUSES = 10
"""Programs that take exports: each may have two under way at once."""
_ASYNC = (("Prefer", "respond-async"),)
_JUST_BEFORE = NOON - timedelta(seconds=30)
"""Tokens of such programs live for five minutes, and everything is asked at noon."""


def let_in(cast: Cast) -> None:
    """Register the programs, give them their tokens, and begin an export for each of those that take such."""
    key = ECKey.generate_key("P-384").as_dict(private=False)
    key_set = json.dumps({"keys": [{**key, "kid": "one", "use": "sig"}]})
    for number, (place, text) in enumerate(HOLDERS):
        cast.know(
            "system_token", _token(_registered(cast, place, text, key_set=key_set, name=f"backend-{number}"), text)
        )
    for number in range(WAREHOUSES):
        place = ("millbrook", "northgate")[number % 2]
        app = _registered(cast, place, "system/*.rs", key_set=key_set, name=f"warehouse-{number}")
        token = _token(app, "system/*.rs")
        cast.know(f"export_token_of_{place}", token)
        with clock.stopped_at(_JUST_BEFORE):
            by = granted.requester_of(token)
        assert by is not None
        export_id = exports.ask(exports.Wanted(Level.PATIENT), by=by, scopes=by.scopes)
        cast.know("export", f"{token}/{export_id}")
    for place, practice in zip(cast.organizations, cast.known["practice"], strict=True):
        cast.know(f"group_of_{place}", practice)


def _registered(cast: Cast, place: str, text: str, *, key_set: str, name: str) -> App:
    said = Registration(name, "Makers", "key", text, jwks=key_set, organization_id=int(cast.organizations[place]))
    return registering.register(said, by=AccountId(0), client_id=name).app


def _token(app: App, text: str) -> str:
    """As the token endpoint gives one for a signed assertion."""
    wanted = scopes.parse(text)
    with clock.stopped_at(_JUST_BEFORE):
        return granting.issue(granting.system_grant(app, wanted), wanted).access


def bearer(cast: Cast, dice: random.Random) -> str:
    """Now and then the token of such a program; empty for whoever would have asked."""
    own = aside(dice, "backend")
    return own.choice(cast.known["system_token"]) if own.random() < SHARE else ""


# Exports ------------------------------------------------------------------------------------------------------------


def begin(cast: Cast, dice: random.Random) -> Shaped:
    """An export of what a practice's program may read, whole or of some types; of its own Group, or of another's."""
    place, other = dice.sample(("millbrook", "northgate"), 2)
    group = cast.known[f"group_of_{place if dice.random() < 0.8 else other}"][0]
    query = dice.choice(("", "", "_type=Condition,Patient", "_since=2026-01-01T00:00:00Z"))
    query = query or dice.choice(("", "_typeFilter=Condition%3Fcode%3DF11.20"))
    return Shaped(
        {"id": group}, query=query, bearer=dice.choice(cast.known[f"export_token_of_{place}"]), headers=_ASYNC
    )


def begin_by_post(cast: Cast, dice: random.Random) -> Shaped:
    """The same by a body of Parameters."""
    asked = begin(cast, dice)
    named = [{"name": "_type", "valueString": dice.choice(("Condition", "Patient,Observation"))}]
    sent = json.dumps({"resourceType": "Parameters", "parameter": named}).encode()
    return Shaped(asked.values, method="POST", sent=sent, bearer=asked.bearer, headers=_ASYNC)


def standing(cast: Cast, dice: random.Random) -> Shaped:
    """How far an export is: of the program that asks, or of another."""
    (token, export_id), (other, _) = (one.split("/") for one in dice.sample(cast.known["export"], 2))
    return Shaped({"id": export_id}, bearer=token if dice.random() < 0.8 else other)


def cancel(cast: Cast, dice: random.Random) -> Shaped:
    """An export is ended by its program, or by another."""
    asked = standing(cast, dice)
    return Shaped(asked.values, method="DELETE", bearer=asked.bearer)


SHAPED: dict[str, Callable[[Cast, random.Random], Shaped]] = {
    "fhir:/fhir/$export": begin,
    "fhir:/fhir/Patient/$export": begin,
    "fhir:/fhir/Group/{id}/$export": begin,
    "fhir:POST /fhir/$export": begin_by_post,
    "fhir:POST /fhir/Patient/$export": begin_by_post,
    "fhir:POST /fhir/Group/{id}/$export": begin_by_post,
    "fhir:/fhir/exports/{id}": standing,
    "fhir:DELETE /fhir/exports/{id}": cancel,
}
"""Exits whose questions are made here."""
