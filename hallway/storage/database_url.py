"""Where the database is. ``HALLWAY_DATABASE_URL`` names a server; the embedded one sets it for its children."""

import os
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit


def current() -> str:
    """The URL in force, or an empty string when none is set yet."""
    return os.environ.get("HALLWAY_DATABASE_URL", "")


def django_settings(*, role: str | None) -> dict[str, Any]:
    """Django's database settings for the URL in force; ``role`` is taken with SET ROLE at connect.

    Raises ValueError when the URL is not PostgreSQL's.
    """
    parts = urlsplit(current() or "postgresql://hallway@127.0.0.1:1/hallway")
    if parts.scheme not in {"postgresql", "postgres"}:
        raise ValueError(
            "HALLWAY_DATABASE_URL is not a PostgreSQL address. Nothing was started. Use postgresql://user:password@host/name."
        )
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    if role:
        options["options"] = f"-c role={role}"
        options |= {"server_side_binding": True, "prepare_threshold": 0}
    else:
        # Migrations send several statements at once, which the extended protocol refuses.
        options |= {"prepare_threshold": None}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "127.0.0.1",
        "PORT": parts.port or 5432,
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }
