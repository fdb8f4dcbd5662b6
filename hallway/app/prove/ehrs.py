"""An EHR of Millbrook's that launches Hallway: launches that came back, about people known, hidden and never there."""

import random
from urllib.parse import urlencode

import msgspec

from hallway import clock
from hallway.app.prove.cast import Cast
from hallway.app.prove.facts import NUMBERS
from hallway.app.prove.shaped import Shaped
from hallway.app.prove.worlds import NOON
from hallway.exchange.ehr_launch import actions, discovery, registering
from hallway.exchange.ehr_launch.asking import Known
from hallway.exchange.ehr_launch.discovery import Configuration
from hallway.exchange.ehr_launch.models import Ehr, EhrLaunch, EhrPerson
from hallway.exchange.ehr_launch.registering import Registration
from hallway.identity import keys
from hallway.ids import AccountId

ISS = "https://ehr.example.org/fhir"
ROOT = "https://ehr.example.org"
BROWSER = "b" * 43
MANY = 12
"""Of what a question uses up: the copies of a world are asked for many rounds."""
BORN = ("1985-04-12", "1979-11-02", "1902-02-02")
"""What patients are known by in a proof: shared with hidden ones, or nobody's."""
_SAYS = Configuration(f"{ROOT}/authorize", f"{ROOT}/token", ROOT, f"{ROOT}/jwks", speaks_v2=True)


def launch_all(cast: Cast) -> None:
    """Register it, tie the PCP to it, and let launches of theirs, and of somebody new, come back."""
    row = _registered(cast, ISS)
    cast.know("ehr_id", row.id)
    for number in range(MANY):
        cast.know("ending_ehr", _registered(cast, f"https://ehr-{number}.example.org/fhir").id)
        _tied(cast, row, f"tied-{number}", cast.accounts["pcp"])
        _returned(cast, row.id, 100 + number, about=Known((BORN[0],), is_named=True), account=None)
    _tied(cast, row, "tied", cast.accounts["manager"])
    abouts = [Known((born,), birth, is_named=True) for born in BORN for birth in ("", "1985-04-12")]
    for number, about in enumerate([*abouts, Known(), Known(go="/worklist/")]):
        _returned(cast, row.id, number, about=about, account=cast.accounts["pcp"])


def _registered(cast: Cast, iss: str) -> Ehr:
    said = Registration("Their EHR", iss, NUMBERS, client_id="hallway")
    return registering.register(said, cast.callers["leader"].organization_id, by=AccountId(0))


def _tied(cast: Cast, row: Ehr, subject: str, account: AccountId) -> None:
    tie = EhrPerson.objects.create(
        ehr=row, subject=subject, shown_as="Dr P", account_id=account, created_at=clock.now()
    )
    cast.know("tie_id", tie.id)


def _returned(cast: Cast, ehr_id: int, number: int, *, about: Known, account: AccountId | None) -> None:
    ticket, at = keys.new_token(), clock.now()
    EhrLaunch.objects.create(
        state_hash=keys.token_hash(f"state-{number}"),
        browser_hash=keys.token_hash(BROWSER),
        ehr_id=ehr_id,
        redirect_uri=actions.back_address("http://127.0.0.1:8000", ehr_id),
        verifier=keys.seal("v"),
        nonce="n",
        issuer=ROOT,
        token_endpoint=f"{ROOT}/token",
        jwks_uri=f"{ROOT}/jwks",
        created_at=at,
        returned_at=at,
        ticket_hash=keys.token_hash(ticket),
        subject=f"subject-{number}",
        shown_as="Dr Somebody",
        about=keys.seal(msgspec.json.encode(about).decode()),
        account_id=account,
    )
    cast.know("ticket" if account else "untied_ticket", ticket)


def launch(cast: Cast, dice: random.Random) -> Shaped:
    """An EHR opens Hallway: the registered one, or one that nobody knows."""
    discovery.keep(ISS, _SAYS, at=NOON)
    return Shaped({}, query=urlencode({"iss": dice.choice((ISS, ISS, f"{ISS}/")), "launch": "word"}))


def back(cast: Cast, dice: random.Random) -> Shaped:
    """An answer that no browser waits for."""
    asked = urlencode({"code": "c", "state": f"state-{dice.randrange(9)}"})
    return Shaped({"ehr_id": cast.known["ehr_id"][0]}, query=asked, cookie=f"hallway_launch={BROWSER}")


def connect(cast: Cast, dice: random.Random) -> Shaped:
    """Somebody whom the EHR named and nobody has tied: the page that asks, and its answers."""
    ticket = dice.choice(cast.known["untied_ticket"] * 3 + cast.known["ticket"][:1])
    form = (("do", dice.choice(("yes", "no", "no"))),)
    method = "POST" if dice.random() < 0.4 else "GET"
    callers = ("pcp", "desk", "therapist") if dice.random() < 0.8 else ()
    return Shaped(
        {"ticket": ticket}, callers, method, form=form * (method == "POST"), cookie=f"hallway_launch={BROWSER}"
    )


def chart(cast: Cast, dice: random.Random) -> Shaped:
    """The chart that a launch of one's own, or of somebody else's, is about."""
    return Shaped({"ticket": dice.choice(cast.known["ticket"])}, ("pcp", "pcp", "pcp", "manager"))


def end(cast: Cast, dice: random.Random) -> Shaped:
    """The registration ends, or one that was never there."""
    return Shaped({"ehr_id": dice.choice((*cast.known["ending_ehr"], "7999999"))}, ("leader",), "POST")


def untie(cast: Cast, dice: random.Random) -> Shaped:
    """One's own tie ends, or somebody else's."""
    return Shaped({"tie_id": dice.choice(cast.known["tie_id"])}, ("pcp", "pcp", "manager", "therapist"), "POST")


SHAPED = {
    "ehr:back": back, "ehr:chart": chart, "ehr:connect": connect, "ehr:end": end, "ehr:launch": launch,
    "ehr:untie": untie,
}  # fmt: skip
"""Exits whose questions are made here."""
