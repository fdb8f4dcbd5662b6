"""The addresses of one Hallway as its callers know it. Everything hangs on the root: scheme, host and port."""

from dataclasses import dataclass

CONFIGURATION = "/.well-known/smart-configuration"
OPENID = "/.well-known/openid-configuration"
JWKS = "/.well-known/jwks.json"


@dataclass(frozen=True, slots=True)
class Place:
    """``root`` has no slash at its end; it is the issuer of id tokens."""

    root: str

    @property
    def fhir(self) -> str:
        """What a program knows as ``iss`` and names as ``aud``."""
        return f"{self.root}/fhir"

    def of(self, path: str) -> str:
        """An absolute address."""
        return f"{self.root}{path}"

    @property
    def token(self) -> str:
        """Where codes and assertions are shown; the audience of client assertions."""
        return self.of("/oauth/token")

    def is_ours(self, audience: str) -> bool:
        """Whether a program means this FHIR server; with or without the slash."""
        return audience.removesuffix("/") == self.fhir
