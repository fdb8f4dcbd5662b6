"""Programs that the cast has let in, and what they ask: with tokens of one patient, of all, and with codes and secrets.

A token stands for its person, so every address of the FHIR door is asked by tokens too.
"""

import random
from datetime import timedelta
from urllib.parse import urlencode

from hallway import clock
from hallway.app.prove.cast import Cast
from hallway.app.prove.shaped import Shaped
from hallway.identity import granted, granting, queries, registering, scopes, signing_keys
from hallway.identity.app_models import App, AppGrant, AppToken
from hallway.identity.granting import About, Asked, Issued
from hallway.identity.registering import Registration
from hallway.ids import AccountId
from hallway.record import queries as record

BACK = "https://pocket.example.org/done"
VERIFIER, CHALLENGE = "v" * 43, "7w_YNF9DSfIdPf_pRjSq646_kPr-2-o9NAl16JGghdM"
MOST = "launch launch/patient openid fhirUser offline_access patient/*.cruds user/*.cruds"
NARROW = "patient/Condition.rs patient/Observation.rs?category=survey"
OF_SYSTEM = "system/*.cruds"
HOLDERS = (
    ("pcp", "marisol", "launch/patient openid offline_access patient/*.rs"),
    ("pcp", "marisol", f"launch/patient {NARROW}"),
    ("pcp", "", "openid user/*.rs"),
    ("therapist", "otto", "launch/patient patient/*.rs"),
    ("patient", "patient", "launch/patient openid patient/*.rs"),
)
"""Who let a program in, about which patient, and what it may read."""


def let_in(cast: Cast) -> None:
    """Register two programs and let them in, as the pages would."""
    signing_keys.rotate()
    said = Registration("Pocket", "Pocket People", "public", MOST, redirect_uris=(BACK,), launch_url="/apps/mine")
    app = registering.register(said, by=AccountId(0), client_id="pocket").app
    keeper = registering.register(
        Registration("Keeper", "Keepers", "secret", "openid", redirect_uris=(BACK,), may_introspect=True),
        by=AccountId(0),
        client_id="keeper",
    )
    cast.know("app_id", app.id)
    cast.know("app_secret", keeper.secret)
    _feed(cast)
    for person, patient, text in (*HOLDERS, *HOLDERS[:1] * 12):
        given = issued(cast, app, person, about=_about(cast, patient), text=text)
        cast.know(f"access_token_of_{person}", given.access)
        if given.refresh:
            cast.know("refresh_token", given.refresh)
    for _ in range(3):
        cast.know("ask", granting.keep_ask(_asked(app, "launch/patient openid patient/*.rs user/Patient.rs")))
    for grant in granted.let_in_by(cast.accounts["pcp"]):
        cast.know("grant_id", grant.grant.id)


def _feed(cast: Cast) -> None:
    """A program that acts by itself for the primary care practice; its token lives until the proof is over."""
    app = App.objects.create(
        client_id="feeder", name="Feeder", maker="Feeders", kind="key", jwks="{}", scopes=OF_SYSTEM,
        organization_id=cast.callers["pcp"].organization_id, created_at=clock.now(),
    )  # fmt: skip
    wanted = scopes.parse(OF_SYSTEM)
    grant = granting.system_grant(app, wanted)
    cast.know("access_token_of_system", granting.issue(grant, wanted).access)
    ends_at = clock.now() + timedelta(days=1)
    AppGrant.objects.filter(id=grant.id).update(ends_at=ends_at)
    AppToken.objects.filter(grant=grant).update(ends_at=ends_at)


def _about(cast: Cast, patient: str) -> About | None:
    if not patient:
        return None
    chart = cast.charts[patient]
    return About(chart, str(record.patient_of(chart)))


def _asked(app: App, text: str) -> Asked:
    return Asked(app, BACK, scopes.parse(text), "state", CHALLENGE)


def issued(cast: Cast, app: App, person: str, *, about: About | None, text: str) -> Issued:
    """What a program is given when this person, who is signed in, lets it in."""
    ask, login = granted.ask_of(granting.keep_ask(_asked(app, text))), queries.login_of(cast.tokens[person])
    assert ask is not None and login is not None  # noqa: PT018
    code = granting.answer_yes(ask, login, scopes.parse(text), about=about, fhir_user="")
    row = granting.use_code(code or "", app)
    assert row is not None
    return granting.issue(row.grant, scopes.parse(text), refresh_scopes=text if "offline" in text else "")


def bearer_of(cast: Cast, caller: str, dice: random.Random) -> str:
    """Now and then an access token in place of a person's session; empty for the session."""
    tokens = cast.known.get(f"access_token_of_{caller}", [])
    return dice.choice(tokens) if tokens and dice.random() < 0.3 else ""


def authorize(cast: Cast, dice: random.Random) -> Shaped:
    """A program's question, now and then a wrong one."""
    asked = {
        "response_type": "code",
        "client_id": dice.choice(("pocket", "pocket", "keeper", "nobody")),
        "redirect_uri": dice.choice((BACK, BACK, BACK, "https://evil.example.org/")),
        "scope": dice.choice(("launch/patient patient/*.rs openid", "user/*.cruds", "nonsense")),
        "state": "state",
        "aud": "http://127.0.0.1:8000/fhir",
        "code_challenge": CHALLENGE,
        "code_challenge_method": dice.choice(("S256", "S256", "S256", "plain")),
    }
    return Shaped({}, query=urlencode(asked))


def token(cast: Cast, dice: random.Random) -> Shaped:
    """A refresh token for new ones, or something that is none."""
    shown = dice.choice(cast.known["refresh_token"]) if dice.random() < 0.9 else "none"
    told = (("grant_type", "refresh_token"), ("client_id", "pocket"), ("refresh_token", shown))
    return Shaped({}, method="POST", form=told)


def introspect(cast: Cast, dice: random.Random) -> Shaped:
    """What a token is good for."""
    held = [one for name, values in cast.known.items() if name.startswith("access_token_of_") for one in values]
    told = (("client_id", "keeper"), ("client_secret", cast.known["app_secret"][0]), ("token", dice.choice(held)))
    return Shaped({}, method="POST", form=told)


def revoke(cast: Cast, dice: random.Random) -> Shaped:
    """A token that is taken back, or one that is none: the answer is the same."""
    shown = dice.choice((cast.known["refresh_token"][-1], "none"))
    return Shaped({}, method="POST", form=(("client_id", "pocket"), ("token", shown)))


def userinfo(cast: Cast, dice: random.Random) -> Shaped:
    """Who is behind a token."""
    return Shaped({}, ("pcp",), bearer=dice.choice((*cast.known["access_token_of_pcp"], "none")))


def end_grant(cast: Cast, dice: random.Random) -> Shaped:
    """A program is ended: one's own, or somebody else's."""
    values = {"grant_id": dice.choice(cast.known["grant_id"])}
    return Shaped(values, ("pcp", "pcp", "therapist"), method="POST")


SHAPED = {
    "programs:authorize": authorize,
    "programs:end-grant": end_grant,
    "programs:introspect": introspect,
    "programs:revoke": revoke,
    "programs:token": token,
    "programs:userinfo": userinfo,
}
"""Exits whose questions are made here."""
