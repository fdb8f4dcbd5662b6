"""A program proves itself by an assertion signed with its key (RFC 7523; SMART App Launch 2.2, section 5).

Authlib's checks are replaced where they are looser than ours: which algorithms, how long an assertion may live, how
late it may come, what it must name.
"""
# The type stubs of Authlib are of another version than the library.
# pyright: reportGeneralTypeIssues=false, reportCallIssue=false, reportAttributeAccessIssue=false

from datetime import UTC, datetime, timedelta
from typing import Any

from authlib.oauth2.rfc6749 import InvalidClientError
from authlib.oauth2.rfc7523 import JWTBearerClientAssertion
from authlib.oauth2.rfc7523.client import ASSERTION_TYPE
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from hallway import clock
from hallway.exchange.smart import key_sets
from hallway.exchange.smart.capabilities import ALGORITHMS
from hallway.exchange.smart.clients import Known
from hallway.identity import granting, rules
from hallway.identity.app_models import App
from hallway.identity.key_sets import parsed

LEEWAY = timedelta(seconds=5)
"""How far two clocks may be apart."""
LONGEST_JTI = 255
LONGEST = 8000
"""Characters of an assertion."""


class ClientAssertion(JWTBearerClientAssertion):
    """``private_key_jwt`` as SMART wants it. One for each request: ``audience`` is as the caller knows us."""

    CLIENT_AUTH_METHOD = "private_key_jwt"

    def __init__(self, audience: str) -> None:
        """``audience`` is our token endpoint."""
        super().__init__(leeway=int(LEEWAY.total_seconds()))
        self._audience = audience

    def __call__(self, query_client: Any, request: Any) -> Known | None:
        """The program that signed; None when no assertion was shown. Raises InvalidClientError where it fails."""
        shown = request.form.get("client_assertion")
        if request.form.get("client_assertion_type") != ASSERTION_TYPE or not shown:
            return None
        headers, claims = self._opened(shown)
        known = query_client(claims["sub"]) if isinstance(claims.get("sub"), str) else None
        if known is None or request.form.get("client_id", known.client_id) != known.client_id:
            raise refused("The client of the assertion is not registered, or is not the one named.")
        self.authenticate_client(known)
        self.process_assertion_claims(shown, _keys_of(known, headers))
        self._use_up(known.app, claims)
        return known

    def _opened(self, shown: str) -> tuple[Any, Any]:
        try:
            return self.extract_assertion(shown if len(shown) <= LONGEST else "")
        except (RecursionError, ValueError) as error:
            raise refused("The assertion cannot be read.") from error

    def get_audiences(self) -> list[str]:
        """Our token endpoint alone."""
        return [self._audience]

    def process_assertion_claims(self, assertion: str, resolve_key: Any) -> Any:
        """The claims of an assertion that one of the program's keys has signed, by one of two algorithms."""
        try:
            token = jwt.decode(assertion, resolve_key, algorithms=list(ALGORITHMS))
        except (JoseError, ValueError, TypeError) as error:
            raise refused("The signature of the assertion does not hold.") from error
        self.verify_claims(token.claims)
        return token.claims

    def verify_claims(self, claims: Any) -> None:
        """Who, for whom and until when."""
        if not isinstance(claims.get("iss"), str) or claims["iss"] != claims.get("sub"):
            raise refused("iss and sub of the assertion are not both the id of the client.")
        said = claims.get("aud")
        if said not in (self._audience, [self._audience]):
            raise refused("The assertion is for somebody else.")
        _ends_at(claims)

    def _use_up(self, app: App, claims: Any) -> None:
        """Note the assertion as shown. Raises InvalidClientError when it had been shown before."""
        jti = claims.get("jti")
        if not isinstance(jti, str) or not 0 < len(jti) <= LONGEST_JTI:
            raise refused("The assertion has no jti.")
        if not granting.take_assertion(app, jti, _ends_at(claims)):
            raise refused("The assertion has been shown before.")

    def authenticate_client(self, client: Known) -> Known:
        """The program, where it is registered to prove itself so."""
        if client.check_endpoint_auth_method(self.CLIENT_AUTH_METHOD, "token"):
            return client
        raise refused("The client does not prove itself by assertions.")


def _keys_of(known: Known, headers: Any) -> KeySet:
    kid = headers.get("kid")
    if headers.get("alg") not in ALGORITHMS or not isinstance(kid, str):
        raise refused("The assertion must be signed by RS384 or ES384 and name its key.")
    if "jku" in headers and headers["jku"] != known.app.jwks_url:
        raise refused("The assertion names another key set than the registered one.")
    keys = key_sets.keys_at(known.app.jwks_url, kid) if known.app.jwks_url else parsed(known.app.jwks)
    if keys is None or all(key.kid != kid for key in keys.keys):
        raise refused("The key of the assertion is not among the client's.")
    return keys


def _ends_at(claims: Any) -> datetime:
    """When an assertion ends. Raises InvalidClientError for one that has ended, or ends too far ahead."""
    said, now = claims.get("exp"), clock.now()
    if isinstance(said, bool) or not isinstance(said, int | float) or not 0 < said < 2**40:
        raise refused("The assertion says not when it ends.")
    ends_at = datetime.fromtimestamp(said, UTC)
    if ends_at <= now - LEEWAY:
        raise refused("The assertion has ended.")
    if ends_at > now + rules.ASSERTION_LIFE + LEEWAY:
        raise refused("The assertion ends more than five minutes ahead.")
    for name in ("iat", "nbf"):
        begins = claims.get(name)
        if begins is not None and (not isinstance(begins, int | float) or begins > (now + LEEWAY).timestamp()):
            raise refused("The assertion does not hold yet.")
    return ends_at


def refused(what: str) -> InvalidClientError:
    """The one error of a program that does not prove itself."""
    return InvalidClientError(description=what, status_code=401)
