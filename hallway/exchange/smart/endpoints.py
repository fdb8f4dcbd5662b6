"""The token endpoint and its neighbours: Authlib speaks the protocol, our tables say what is true.

One server for each request, because what a caller calls us is part of what is checked.
"""
# The type stubs of Authlib are of another version than the library, and say other types than its own code has.
# pyright: reportIncompatibleMethodOverride=false, reportReturnType=false, reportAttributeAccessIssue=false
# pyright: reportOptionalMemberAccess=false, reportAssignmentType=false, reportArgumentType=false

import base64
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from authlib.oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import InvalidClientError, InvalidGrantError, InvalidRequestError, InvalidScopeError
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant, ClientCredentialsGrant, RefreshTokenGrant
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload, OAuth2Request
from authlib.oauth2.rfc7009 import RevocationEndpoint
from authlib.oauth2.rfc7636 import CodeChallenge

from hallway.exchange.smart import answering, capabilities
from hallway.exchange.smart.assertions import WAY, ClientAssertion
from hallway.exchange.smart.clients import Known, known
from hallway.exchange.smart.places import Place
from hallway.identity import granted, granting, scopes
from hallway.identity.app_models import AppCode, AppToken

WAYS = ["none", *capabilities.WAYS]
LONGEST = 20_000
"""Bytes of a request to these endpoints."""
Told = tuple[int, dict[str, Any], list[tuple[str, str]]]


class Sent(OAuth2Request):
    """A form that a program sent. Authlib's own check of the address is left out: TLS is the door's business."""

    def __init__(self, uri: str, form: Mapping[str, str], authorization: str) -> None:
        """``form`` has each name once; ``authorization`` is the header, empty where there is none."""
        self.method, self.uri, self._form = "POST", uri, dict(form)
        self.headers = {"Authorization": authorization} if authorization else {}
        self.payload = BasicOAuth2Payload(self._form)
        self.client = self.user = self.authorization_code = self.refresh_token = self.credential = None
        self.auth_method = self._scope = self._body = None

    @property
    def form(self) -> dict[str, str]:
        """What was sent."""
        return self._form


class S256(CodeChallenge):
    """PKCE by S256 and by nothing else, for every program."""

    DEFAULT_CODE_CHALLENGE_METHOD = "S256"
    SUPPORTED_CODE_CHALLENGE_METHOD = ["S256"]

    def validate_code_verifier(self, grant: Any, result: Any) -> None:
        """A code without a challenge does not exist here, so a verifier is always needed."""
        if not grant.request.form.get("code_verifier"):
            raise InvalidRequestError("Missing 'code_verifier'")
        super().validate_code_verifier(grant, result)

    def get_authorization_code_challenge(self, authorization_code: AppCode) -> str:
        """As it was asked for."""
        return authorization_code.challenge

    def get_authorization_code_challenge_method(self, authorization_code: AppCode) -> str:
        """There is but one."""
        return "S256"


class CodeGrant(AuthorizationCodeGrant):
    """A code for tokens. The code is used up as it is found; shown twice it ends what came of it."""

    TOKEN_ENDPOINT_AUTH_METHODS = WAYS

    def query_authorization_code(self, code: str, client: Known) -> "Code | None":
        """The code of this program."""
        row = granting.use_code(code, client.app)
        return None if row is None else Code(row)

    def create_token_response(self) -> Told:
        """Tokens for a code."""
        row: AppCode = self.request.authorization_code.row
        wanted = granting.wanted_of(row.grant)
        return 200, answering.tokens(row.grant, wanted, self.server.place, nonce=row.nonce), self.TOKEN_RESPONSE_HEADER


class Code:
    """A code as Authlib asks about it."""

    def __init__(self, row: AppCode) -> None:
        """``row`` was just used up."""
        self.row, self.challenge = row, row.challenge

    def get_redirect_uri(self) -> str:
        """Where it was sent."""
        return self.row.redirect_uri


class RefreshGrant(RefreshTokenGrant):
    """A refresh token for a new pair. It may narrow what was granted and never widens it."""

    TOKEN_ENDPOINT_AUTH_METHODS = WAYS

    def _validate_request_token(self, client: Known) -> AppToken:
        shown, asked = self.request.form.get("refresh_token", ""), self.request.form.get("scope", "")
        row = granted.token_row(shown, client.app)
        if (
            row is not None
            and row.used_at is None
            and not scopes.is_within(scopes.parse(asked), scopes.parse(row.scopes))
        ):
            raise InvalidScopeError()
        used = granting.use_refresh(shown, client.app)
        if used is None:
            raise InvalidGrantError("The refresh token is not good, or not good any more.")
        return used

    def _validate_token_scope(self, token: AppToken) -> None:
        """Asked before the token was used up."""

    def create_token_response(self) -> Told:
        """New tokens; the old refresh token is used up."""
        row: AppToken = self.request.refresh_token
        wanted = scopes.parse(self.request.form.get("scope") or row.scopes)
        return 200, answering.tokens(row.grant, wanted, self.server.place, kept=row.scopes), self.TOKEN_RESPONSE_HEADER


class SystemGrant(ClientCredentialsGrant):
    """A token for a program by itself, for its own organization (SMART Backend Services)."""

    TOKEN_ENDPOINT_AUTH_METHODS = ["private_key_jwt"]

    def create_token_response(self) -> Told:
        """One access token, no refresh token."""
        app = self.request.client.app
        wanted = scopes.within(scopes.parse(self.request.form.get("scope", "")), scopes.parse(app.scopes))
        if wanted.is_too_long or wanted.sides() != {"system"}:
            raise InvalidScopeError()
        grant = granting.system_grant(app, wanted)
        return 200, answering.tokens(grant, wanted, self.server.place), self.TOKEN_RESPONSE_HEADER


class Revocation(RevocationEndpoint):
    """RFC 7009. What is not this program's token is no token, and the answer is the same."""

    CLIENT_AUTH_METHODS = WAYS

    def authenticate_token(self, request: Sent, client: Known) -> str:
        """The token as it was sent."""
        self.check_params(request, client)
        return request.form["token"]

    def revoke_token(self, token: str, request: Sent) -> None:
        """Take it back, and with a refresh token everything that hangs on it."""
        granting.revoke(token, request.client.app)


class Introspection(RevocationEndpoint):
    """RFC 7662, for the program itself and for those that are registered to ask about others' tokens."""

    ENDPOINT_NAME = "introspection"
    CLIENT_AUTH_METHODS = ["client_secret_basic", "client_secret_post", "private_key_jwt"]

    def create_endpoint_response(self, request: Sent) -> Told:
        """What the token is good for now, or that it is good for nothing."""
        client: Known = self.authenticate_endpoint_client(request)
        self.check_params(request, client)
        told = answering.introspected(request.form["token"], client.app, self.server.place)
        return 200, told, AuthorizationCodeGrant.TOKEN_RESPONSE_HEADER


class Server(AuthorizationServer):
    """Authlib's server over our tables."""

    def __init__(self, place: Place) -> None:
        """``place`` is us as the caller knows us."""
        super().__init__()
        self.place = place
        self.register_client_auth_method(WAY, ClientAssertion(place.token))
        self.register_grant(CodeGrant, [S256(required=True)])
        self.register_grant(RefreshGrant)
        self.register_grant(SystemGrant)
        self.register_endpoint(Revocation)
        self.register_endpoint(Introspection)

    def query_client(self, client_id: str) -> Known | None:
        """The program, looked up anew."""
        return known(client_id)

    def create_oauth2_request(self, request: Sent) -> Sent:
        """It is one already."""
        return request

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        """Nobody listens: what happened stands in the tables."""

    def handle_response(self, status: int, body: Any, headers: list[tuple[str, str]]) -> Told:
        """Handed on."""
        return status, body if isinstance(body, dict) else {}, headers

    def handle_error_response(self, request: Any, error: Any) -> Told:
        """The error, with a challenge where a program did not prove itself."""
        status, body, headers = error(self.get_error_uri(request, error))
        if isinstance(error, InvalidClientError):
            return 401, body, [*headers, ("WWW-Authenticate", 'Basic realm="Hallway"')]
        return status, body, headers


ENDPOINTS = {"token": "", "revoke": "revocation", "introspect": "introspection"}


def answered(name: str, place: Place, pairs: list[tuple[str, str]], authorization: str) -> Told:
    """The answer of one of ``ENDPOINTS`` to a form."""
    server = Server(place)
    sent = Sent(place.of(f"/oauth/{name}"), dict(pairs), authorization.strip())
    fault = _fault(pairs, authorization.strip())
    if fault is not None:
        return server.handle_error_response(sent, fault)
    if name == "token":
        return server.create_token_response(sent)
    return server.create_endpoint_response(ENDPOINTS[name], sent)


def _fault(pairs: list[tuple[str, str]], authorization: str) -> Exception | None:
    """What is wrong with a form whatever it asks for: a name twice, or a program that proves itself in two ways."""
    told = dict(pairs)
    if len(told) != len(pairs) or any("\x00" in value for value in told.values()):
        return InvalidRequestError("A parameter was sent twice, or cannot be read.")
    if not _is_readable(authorization):
        return InvalidClientError("The Authorization header cannot be read.")
    ways = [bool(authorization), "client_secret" in told, "client_assertion" in told or "client_assertion_type" in told]
    return InvalidClientError("A client proves itself in one way at a time.") if sum(ways) > 1 else None


def _is_readable(authorization: str) -> bool:
    """Whether a Basic header holds base64 of UTF-8 without NUL: Authlib takes that for granted."""
    scheme, _, shown = authorization.partition(" ")
    if scheme.lower() != "basic":
        return True
    try:
        return "\x00" not in unquote(base64.b64decode(shown).decode())
    except ValueError:
        return False
