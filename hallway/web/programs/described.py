"""What programs call by themselves under OAuth and SMART, for the OpenAPI document."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from hallway.standards.openapi import FORM, Answered, Example, Operation, Parameter, Shows

_GROUP = "SMART"
_Text = Annotated[str, Meta(max_length=2000)]
_Any = dict[str, object]


class TokenRequest(Struct, frozen=True):
    """The form for tokens: a code, a refresh token, or a signed assertion of the client. PKCE is S256 alone."""

    grant_type: Literal["authorization_code", "refresh_token", "client_credentials"]
    code: _Text = ""
    redirect_uri: _Text = ""
    code_verifier: _Text = ""
    refresh_token: _Text = ""
    scope: _Text = ""
    client_id: _Text = ""
    client_assertion_type: _Text = ""
    client_assertion: _Text = ""


class TokenForm(Struct, frozen=True):
    """A token, and the client that shows it."""

    token: _Text
    token_type_hint: _Text = ""
    client_id: _Text = ""


class OAuthError(Struct, frozen=True):
    """A refusal in OAuth's own form (RFC 6749, 5.2)."""

    error: str
    error_description: str = ""


class Tokens(Struct, frozen=True):
    """What a program is given. ``patient`` and ``encounter`` say whom it is about."""

    access_token: str
    token_type: str
    expires_in: int
    scope: str
    refresh_token: str = ""
    id_token: str = ""
    patient: str = ""
    encounter: str = ""


class Introspected(Struct, frozen=True):
    """Whether a token is good now; what for, if it is."""

    active: bool


class Configuration(Struct, frozen=True):
    """Where a program finds what, and what this server does."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str


class KeySet(Struct, frozen=True):
    """Public keys."""

    keys: list[_Any]


_NOT_TAKEN = Answered(400, "A parameter is missing, wrong, or not for this client.", OAuthError)
_NOBODY = Answered(401, "The client did not prove who it is.", OAuthError)
_SOON = Answered(429, "Too many requests; Retry-After says when.", OAuthError)
_AUTHORIZE = (
    Parameter("response_type", "Always code.", example="code"),
    Parameter("client_id", "As registered.", example="nobody"),
    Parameter("redirect_uri", "One of those registered, letter for letter.", example="https://app.example.org/back"),
    Parameter("scope", "SMART scopes, version 2 or 1.", example="launch/patient patient/Observation.rs"),
    Parameter("state", "Comes back as it was sent.", example="af0ifjsldkj"),
    Parameter("aud", "The address of /fhir here.", example="http://127.0.0.1:8000/fhir"),
    Parameter("code_challenge", "S256 of the verifier.", example="E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
    Parameter("code_challenge_method", "Always S256.", example="S256"),
    Parameter("launch", "What the EHR launch gave."),
)


def _told(name: str, path: str, summary: str, shape: object) -> Operation:
    """An address that tells the same to everybody."""
    return Operation(
        name=name,
        method="GET",
        path=path,
        group=_GROUP,
        summary=summary,
        told="The same for everybody; any origin may ask.",
        shows=Shows.NOTHING,
        answers=(Answered(200, "As asked.", shape),),
        examples=(Example("all", 200),),
    )


def _form(name: str, summary: str, told: str, *, takes: object, gives: Answered, example: Example) -> Operation:
    """An address that takes the form of a client that proves who it is."""
    return Operation(
        name=name,
        method="POST",
        path=f"/oauth/{name}",
        group=_GROUP,
        summary=summary,
        told=told,
        shows=Shows.SECRET,
        takes=takes,
        takes_kind=FORM,
        answers=(gives, _NOT_TAKEN, _NOBODY, _SOON),
        examples=(example,),
    )


OPERATIONS: tuple[Operation, ...] = (
    _told("smart-configuration", "/.well-known/smart-configuration", "What SMART offers here", Configuration),
    _told("openid-configuration", "/.well-known/openid-configuration", "What OpenID Connect offers", Configuration),
    _told("jwks", "/.well-known/jwks.json", "Our public keys", KeySet),
    _told("style", "/apps/style.json", "How our pages look", _Any),
    Operation(
        name="authorize",
        method="GET",
        path="/oauth/authorize",
        group=_GROUP,
        summary="Ask a person for a grant",
        told="A browser is sent here. The person is asked on our page; the answer goes to the registered address.",
        shows=Shows.NOTHING,
        parameters=_AUTHORIZE,
        answers=(
            Answered(303, "On to our page, or back to the client with an error.", kind="text/html"),
            Answered(400, "The client or its address is not known: nobody is sent anywhere.", kind="text/html"),
            Answered(404, "The client or its address is not known: nobody is sent anywhere.", kind="text/html"),
            Answered(422, "The client or its address is not known: nobody is sent anywhere.", kind="text/html"),
        ),
        examples=(Example("an unknown client", 400, values={"client_id": "nobody", "response_type": "code"}),),
    ),
    _form(
        "token",
        "Get tokens",
        "For a code with its verifier, a refresh token, or as an organization's own system by a signed assertion.",
        takes=TokenRequest,
        gives=Answered(200, "Tokens.", Tokens),
        example=Example("an unknown client", 401, {"grant_type": "authorization_code", "code": "x", "client_id": "n"}),
    ),
    _form(
        "revoke",
        "End a token",
        "Ends what hangs on it, too. An unknown token is taken without a word.",
        takes=TokenForm,
        gives=Answered(200, "It opens nothing any more.", _Any),
        example=Example("an unknown client", 401, {"token": "x", "client_id": "nobody"}),
    ),
    _form(
        "introspect",
        "What is a token good for now?",
        "One's own tokens; others' for a program that is registered to ask.",
        takes=TokenForm,
        gives=Answered(200, "Active or not.", Introspected),
        example=Example("an unknown client", 401, {"token": "x", "client_id": "nobody"}),
    ),
    Operation(
        name="userinfo",
        method="GET",
        path="/oauth/userinfo",
        group=_GROUP,
        summary="Who is the person behind the token?",
        told="As far as the program's scopes say.",
        shows=Shows.TOKEN,
        answers=(
            Answered(200, "Who it is.", _Any),
            Answered(401, "The token opens nothing.", OAuthError),
            Answered(429, "Too many requests; Retry-After says when.", OAuthError),
        ),
        examples=(Example("without a token", 401),),
    ),
)
