"""A program proves itself by an assertion signed with its key (RFC 7523; SMART App Launch 2.2, section 5).

How it must be signed, and when it counts: ``exchange.signed``. Authlib has a check of its own, which is looser: which
algorithms, how long an assertion may live, how late it may come, what it must name. It is not asked.
"""

from collections.abc import Callable, Mapping
from typing import Any

from authlib.oauth2.rfc6749 import InvalidClientError
from authlib.oauth2.rfc7523.client import ASSERTION_TYPE

from hallway.exchange import signed
from hallway.exchange.signed import Fault, SignedError
from hallway.exchange.smart.clients import Known

WAY = "private_key_jwt"


class ClientAssertion:
    """``private_key_jwt`` as SMART wants it, as Authlib asks for it. One for each request."""

    def __init__(self, audience: str) -> None:
        """``audience`` is our token endpoint, as the caller knows us."""
        self._audience = audience

    def __call__(self, query_client: Callable[[str], Known | None], request: Any) -> Known | None:
        """The program that signed; None when no assertion was shown. Raises InvalidClientError where it fails."""
        form: Mapping[str, str] = request.form
        shown = form.get("client_assertion")
        if form.get("client_assertion_type") != ASSERTION_TYPE or not shown:
            return None
        try:
            return self._signer(shown, form, query_client)
        except SignedError as error:
            raise _refused(f"The assertion does not count: {error.fault}.") from error

    def _signer(self, shown: str, form: Mapping[str, str], query_client: Callable[[str], Known | None]) -> Known:
        assertion = signed.read(shown)
        known = query_client(assertion.issuer)
        if known is None or assertion.subject != known.client_id:
            raise SignedError(Fault.ISSUER)
        if form.get("client_id", known.client_id) != known.client_id:
            raise _refused("The client of the assertion is not the one named.")
        if not known.check_endpoint_auth_method(WAY, "token"):
            raise _refused("The client does not prove itself by assertions.")
        signed.prove(assertion, keys_url=known.app.jwks_url, keys=known.app.jwks)
        if assertion.audience != (self._audience,):
            raise SignedError(Fault.AUDIENCE)
        signed.use_up(assertion, signer=f"app/{known.app.id}")
        return known


def _refused(what: str) -> InvalidClientError:
    return InvalidClientError(description=what, status_code=401)
