"""Chart systems of the practices, that sign their calls: a registered one for each, and tokens made for each call."""

import json
import random

from joserfc import jwt
from joserfc.jwk import ECKey

from hallway.app.prove.cast import Cast
from hallway.app.prove.facts import new_id
from hallway.app.prove.worlds import NOON
from hallway.exchange.cds_hooks import actions, calls
from hallway.exchange.cds_hooks import systems as registered
from hallway.exchange.cds_hooks.tables.services import SERVICES
from hallway.exchange.ehr_launch.models import Ehr
from hallway.identity.requester import Requester, Role
from hallway.ids import NOBODY, AccountId

HERE = "http://127.0.0.1:8000"
PLACES = ("millbrook", "northgate")
_CALLING = (("pcp", "millbrook"), ("therapist", "northgate"))


def register_all(cast: Cast) -> None:
    """One for each practice; Millbrook's launches Hallway, too. Each has called before: its cards can be told about."""
    for place in PLACES:
        key = ECKey.generate_key("P-384", {"kid": "one", "use": "sig"})
        organization = cast.organizations[place]
        number = registered.register(
            f"System of {place}", _issuer(place), organization, keys={"keys": [key.as_dict(private=False)]}
        )
        cast.know(f"system_key_of_{place}", json.dumps(key.as_dict(private=True)))
        by = Requester(AccountId(0), NOBODY, organization, Role.SYSTEM, name=f"system/{number}")
        _call(cast, place, by)
        if place == "millbrook":
            Ehr.objects.filter(id__in=cast.known["ehr_id"]).update(system_id=number)


def _issuer(place: str) -> str:
    return f"https://{place}.example.org"


def _call(cast: Cast, place: str, by: Requester) -> None:
    """Cards about everybody whom the practice knows, kept so that what became of them may be told."""
    places = actions.Places(home=f"{HERE}/", link=lambda row: f"{HERE}/worklist/")
    for user in cast.known[f"user_of_{place}"]:
        for patient in cast.known["patient_id"]:
            context = {"userId": f"Practitioner/{user}", "patientId": patient}
            body = {"hook": "patient-view", "hookInstance": "1", "context": context}
            call = calls.parse(json.dumps(body).encode(), service="patient-view")
            told = actions.answer(SERVICES["patient-view"], call, by=by, places=places)
            for card in json.loads(json.dumps(told))["cards"]:
                cast.know(f"card_of_{place}", card["uuid"])


def token(cast: Cast, place: str, path: str, dice: random.Random) -> str:
    """A token for one call of an address, signed by a practice's system; now and then for another address."""
    key = ECKey.import_key(json.loads(cast.known[f"system_key_of_{place}"][0]))
    at = int(NOON.timestamp())
    audience = f"{HERE}{path}" if dice.random() < 0.95 else "https://elsewhere.example.org/"
    claims = {"iss": _issuer(place), "aud": audience, "iat": at, "exp": at + 300, "jti": new_id()}
    return jwt.encode({"alg": "ES384", "kid": "one"}, claims, key, algorithms=["ES384"])
