"""What this server says of itself: SMART configuration, OpenID discovery, security in the capability statement.

Nothing is claimed that a test does not show.
"""

from hallway.exchange import signed
from hallway.exchange.smart.places import JWKS, Place
from hallway.identity import signing_keys
from hallway.identity.scopes import LASTING, LAUNCH, PERSON

Json = dict[str, object]
CAPABILITIES = (
    "launch-ehr", "launch-standalone", "authorize-post", "client-public", "client-confidential-symmetric",
    "client-confidential-asymmetric", "sso-openid-connect", "context-banner", "context-style", "context-ehr-patient",
    "context-ehr-encounter", "context-standalone-patient", "permission-offline", "permission-online",
    "permission-patient", "permission-user", "permission-v1", "permission-v2",
)  # fmt: skip
WAYS = ("client_secret_basic", "client_secret_post", "private_key_jwt")
GRANTS = ("authorization_code", "refresh_token", "client_credentials")
SCOPES = (*PERSON, *LAUNCH, *LASTING, "patient/*.cruds", "user/*.cruds", "system/*.cruds")
_SECURITY = "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris"
_SERVICE = "http://terminology.hl7.org/CodeSystem/restful-security-service"


def configuration(place: Place) -> Json:
    """``.well-known/smart-configuration``."""
    return {
        "issuer": place.root,
        "jwks_uri": place.of(JWKS),
        "authorization_endpoint": place.of("/oauth/authorize"),
        "token_endpoint": place.token,
        "revocation_endpoint": place.of("/oauth/revoke"),
        "introspection_endpoint": place.of("/oauth/introspect"),
        "management_endpoint": place.of("/apps/mine"),
        "grant_types_supported": list(GRANTS),
        "response_types_supported": ["code"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": list(WAYS),
        "token_endpoint_auth_signing_alg_values_supported": list(signed.ALGORITHMS),
        "scopes_supported": list(SCOPES),
        "capabilities": list(CAPABILITIES),
    }


def openid(place: Place) -> Json:
    """``.well-known/openid-configuration``."""
    return {
        **{name: value for name, value in configuration(place).items() if name != "capabilities"},
        "userinfo_endpoint": place.of("/oauth/userinfo"),
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "claims_supported": ["iss", "sub", "aud", "exp", "iat", "nonce", "fhirUser", "profile", "name"],
        "response_modes_supported": ["query"],
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
    }


def key_set() -> Json:
    """The public keys that id tokens and our own assertions are checked with."""
    return {"keys": signing_keys.published()}


def security(base: str) -> Json:
    """The element ``rest.security`` of the capability statement at ``base``, the address of the FHIR server."""
    place = Place(base.removesuffix("/fhir"))
    uris = (("authorize", "/oauth/authorize"), ("token", "/oauth/token"), ("revoke", "/oauth/revoke"),
            ("introspect", "/oauth/introspect"), ("manage", "/apps/mine"))  # fmt: skip
    return {
        "cors": True,
        "service": [
            {"coding": [{"system": _SERVICE, "code": "SMART-on-FHIR"}], "text": "OAuth2, SMART App Launch 2.2"}
        ],
        "extension": [
            {"url": _SECURITY, "extension": [{"url": name, "valueUri": place.of(path)} for name, path in uris]}
        ],
    }
