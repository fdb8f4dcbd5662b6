"""What a program is told with its tokens: whom they are about, who the person is, what a token is good for."""

from datetime import timedelta
from typing import Any

from hallway import clock
from hallway.exchange.smart.places import Place
from hallway.identity import granted, granting, scopes, signing_keys
from hallway.identity.app_models import App, AppGrant, AppToken
from hallway.identity.models import Account
from hallway.identity.scopes import Wanted

ID_TOKEN_LIFE = timedelta(minutes=5)
STYLE = "/apps/style.json"
Json = dict[str, Any]


def tokens(grant: AppGrant, wanted: Wanted, place: Place, *, nonce: str = "", kept: str = "") -> Json:
    """The token response: new tokens for ``wanted`` under a grant, with its context.

    ``kept`` are the scopes of the refresh token just used: the next one has the same, whatever was asked for now.
    """
    lasting = kept or wanted.text()
    is_refreshed = grant.account_id is not None and bool({"offline_access", "online_access"} & set(lasting.split()))
    issued = granting.issue(grant, wanted, refresh_scopes=lasting if is_refreshed else "")
    told: Json = {
        "access_token": issued.access,
        "token_type": "Bearer",
        "expires_in": issued.seconds,
        "scope": issued.scopes,
    }
    if issued.refresh:
        told["refresh_token"] = issued.refresh
    if grant.patient_id:
        told |= {"patient": grant.patient_id, "need_patient_banner": True, "smart_style_url": place.of(STYLE)}
    if grant.encounter_id:
        told["encounter"] = grant.encounter_id
    if "openid" in wanted.plain and grant.account_id is not None:
        told["id_token"] = _id_token(grant, wanted, place, nonce)
    return told


def _id_token(grant: AppGrant, wanted: Wanted, place: Place, nonce: str) -> str:
    at = clock.now()
    claims: Json = {
        **who(grant, wanted, place),
        "iss": place.root,
        "aud": grant.app.client_id,
        "iat": int(at.timestamp()),
        "exp": int((at + ID_TOKEN_LIFE).timestamp()),
    }
    return signing_keys.sign({**claims, "nonce": nonce} if nonce else claims)


def who(grant: AppGrant, wanted: Wanted, place: Place) -> Json:
    """Who the person is, as far as the program was told: ``sub`` always, the rest by scope."""
    told: Json = {"sub": f"account-{grant.account_id}"}
    if grant.fhir_user and wanted.plain & {"fhirUser", "profile"}:
        address = f"{place.fhir}/{grant.fhir_user}"
        told |= {name: address for name in ("fhirUser", "profile") if name in wanted.plain}
    if "profile" in wanted.plain:
        told["name"] = Account.objects.values_list("name", flat=True).get(id=grant.account_id)
    return told


def told_of(token: str, place: Place) -> Json | None:
    """Who stands behind an access token, for ``userinfo``; None where the token opens nothing, or has no openid."""
    if granted.requester_of(token) is None:
        return None
    row = granted.access_row(token)
    # The token's own scopes: it may have been narrowed at a refresh.
    wanted = None if row is None else scopes.parse(row.scopes)
    if row is None or wanted is None or "openid" not in wanted.plain or row.grant.account_id is None:
        return None
    return who(row.grant, wanted, place)


def introspected(token: str, asker: App, place: Place) -> Json:
    """What a token is good for now. Another program's is told only to one that is registered to ask."""
    row = granted.any_row(token) if asker.may_introspect else granted.token_row(token, asker)
    if row is None or not _is_good(row):
        return {"active": False}
    grant = row.grant
    told: Json = {
        "active": True,
        "client_id": grant.app.client_id,
        "scope": row.scopes,
        "token_type": "Bearer" if row.kind == AppToken.Kind.ACCESS else "refresh_token",
        "iss": place.root,
        "iat": int(row.created_at.timestamp()),
        "exp": int(row.ends_at.timestamp()),
    }
    if grant.account_id is not None:
        told |= who(grant, scopes.parse(row.scopes), place)
    for name, value in (("patient", grant.patient_id), ("encounter", grant.encounter_id)):
        if value:
            told[name] = value
    return told


def _is_good(row: AppToken) -> bool:
    return row.used_at is None and row.ends_at > clock.now() and granted.is_living(row.grant_id)
