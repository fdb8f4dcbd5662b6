"""Passkeys: one challenge, one answer, checked by the WebAuthn library; the counter of a key never goes back.

The library is imported where it is used: it takes half a second, which no start should pay.
"""

from dataclasses import dataclass

from hallway import clock, ids
from hallway.errors import HallwayError, Kind
from hallway.identity import actions, keys, rules
from hallway.identity.login import Login, Opened
from hallway.identity.models import Account, Challenge, LoginSession, Passkey
from hallway.ids import AccountId
from hallway.storage import connection


@dataclass(frozen=True, slots=True)
class Site:
    """Who we are to a browser: the relying party's id, and the origin it must have seen."""

    rp_id: str
    origin: str


@dataclass(frozen=True, slots=True)
class Given:
    """A challenge given out: the token that goes into a cookie, and the options as JSON for the browser."""

    token: str
    options: str


def give_challenge(site: Site, *, account: Account | None = None) -> Given:
    """A challenge to sign in, or, with ``account``, to add a passkey to it."""
    token, challenge = keys.new_token(), ids.random_bytes(32)
    Challenge.objects.create(
        token_hash=keys.token_hash(token), challenge=challenge, account=account, created_at=clock.now()
    )
    Challenge.objects.filter(created_at__lt=clock.now() - rules.CHALLENGE_LIMIT).delete()
    options = _adding(site, account, challenge) if account else _signing_in(site, challenge)
    return Given(token, options)


def _signing_in(site: Site, challenge: bytes) -> str:
    from webauthn import generate_authentication_options, options_to_json
    from webauthn.helpers.structs import UserVerificationRequirement

    return options_to_json(
        generate_authentication_options(
            rp_id=site.rp_id, challenge=challenge, user_verification=UserVerificationRequirement.REQUIRED
        )
    )


def _adding(site: Site, account: Account, challenge: bytes) -> str:
    from webauthn import generate_registration_options, options_to_json
    from webauthn.helpers.structs import (
        AuthenticatorSelectionCriteria,
        PublicKeyCredentialDescriptor,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    known = [bytes(key.credential_id) for key in Passkey.objects.filter(account=account)]
    return options_to_json(
        generate_registration_options(
            rp_id=site.rp_id,
            rp_name="Hallway",
            user_id=account.id.to_bytes(8, "big"),
            user_name=account.login_name,
            user_display_name=account.name,
            challenge=challenge,
            exclude_credentials=[PublicKeyCredentialDescriptor(id=credential) for credential in known],
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
        )
    )


def _take(token: str, account_id: AccountId | None) -> bytes:
    """The challenge of a token, taken away so that it is answered once."""
    row = Challenge.objects.filter(token_hash=keys.token_hash(token), account_id=account_id).first()
    fresh = row is not None and clock.now() - row.created_at <= rules.CHALLENGE_LIMIT
    if row is None or not fresh or not Challenge.objects.filter(id=row.id).delete()[0]:
        raise _refused()
    return bytes(row.challenge)


def _refused() -> HallwayError:
    return HallwayError(
        Kind.UNPROCESSABLE,
        "H-IDN-007",
        what="That passkey did not open the door.",
        undone="You are not signed in.",
        to_do="Try again, or use your password.",
    )


def sign_in(site: Site, token: str, answer: str) -> Opened:
    """Open a session for the account whose passkey answers. Raises H-IDN-007 for every reason alike."""
    from webauthn import verify_authentication_response
    from webauthn.helpers import parse_authentication_credential_json
    from webauthn.helpers.exceptions import WebAuthnException

    challenge = _take(token, None)
    try:
        credential = parse_authentication_credential_json(answer)
        key = Passkey.objects.select_related("account").get(credential_id=credential.raw_id, account__ended_at=None)
        checked = verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=site.rp_id,
            expected_origin=site.origin,
            credential_public_key=bytes(key.public_key),
            credential_current_sign_count=key.sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, Passkey.DoesNotExist, ValueError) as error:
        raise _refused() from error
    with connection.transaction():
        Passkey.objects.filter(id=key.id).update(sign_count=checked.new_sign_count, used_at=clock.now())
        return actions.open_verified(key.account)


def keep(site: Site, login: Login, token: str, answer: str) -> None:
    """Add a passkey to the account of ``login``; a session that waited for a second factor has one now.

    Raises H-IDN-007 when the answer does not fit the challenge, H-IDN-008 when a password alone would add a second one.
    """
    from webauthn import verify_registration_response
    from webauthn.helpers.exceptions import WebAuthnException

    challenge = _take(token, login.account_id)
    try:
        checked = verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site.rp_id,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError) as error:
        raise _refused() from error
    with connection.transaction():
        actions.refuse_second_door(login)
        Passkey.objects.create(
            account_id=login.account_id,
            credential_id=checked.credential_id,
            public_key=checked.credential_public_key,
            sign_count=checked.sign_count,
            label=f"Passkey added {clock.today().isoformat()}",
            created_at=clock.now(),
        )
        counts_as_second_factor(login.session_id)


def remove(login: Login, passkey_id: int) -> None:
    """Take a passkey away from its own account; somebody else's, or none, is left alone without a word.

    Raises H-IDN-009 without a fresh proof.
    """
    actions.refuse_stale_proof(login)
    Passkey.objects.filter(id=passkey_id, account_id=login.account_id).delete()


def counts_as_second_factor(session_id: int) -> None:
    """A session that waited for a second factor has one now."""
    LoginSession.objects.filter(id=session_id, stage=LoginSession.Stage.ENROL).update(stage=LoginSession.Stage.ROLE)
