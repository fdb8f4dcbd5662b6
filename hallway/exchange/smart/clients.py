"""A registered program as Authlib asks about it."""

import hmac

from hallway.identity import granted, keys
from hallway.identity.app_models import App

_WAYS = {
    App.Kind.PUBLIC: frozenset({"none"}),
    App.Kind.SECRET: frozenset({"client_secret_basic", "client_secret_post"}),
    App.Kind.KEY: frozenset({"private_key_jwt"}),
}


class Known:
    """One program. What it may be answered with is decided elsewhere, from its row."""

    def __init__(self, app: App) -> None:
        """``app`` has not ended."""
        self.app = app

    @property
    def client_id(self) -> str:
        """Its public name."""
        return self.app.client_id

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        """Whether it proves itself in this way: each kind of program has its own and no other."""
        return method in _WAYS[App.Kind(self.app.kind)]

    def check_client_secret(self, shown: str) -> bool:
        """Whether this is its secret."""
        kept = self.app.secret_hash
        return kept is not None and len(shown) <= 200 and hmac.compare_digest(keys.token_hash(shown), bytes(kept))

    def check_grant_type(self, grant_type: str) -> bool:
        """A program acts for people, or by itself; never both."""
        alone = self.app.organization_id != 0
        return grant_type == "client_credentials" if alone else grant_type in {"authorization_code", "refresh_token"}


def known(client_id: str) -> Known | None:
    """The program of a client id, looked up anew every time; None for one that is unknown or has ended."""
    found = granted.app_called(client_id)
    return None if found is None else Known(found)
