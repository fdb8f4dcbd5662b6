"""The application's role: it owns nothing, so row-level security and missing grants bind it.

Rooms may REVOKE in their migrations what the application must not do (UPDATE on the ledger, say).
"""

from typing import Final

from django.db import connections

APPLICATION_ROLE = "hallway_app"

ROLE_STATEMENTS: Final = (
    "DO $$ BEGIN CREATE ROLE hallway_app NOLOGIN NOSUPERUSER NOBYPASSRLS;"
    " EXCEPTION WHEN duplicate_object THEN NULL; END $$",
    "GRANT hallway_app TO CURRENT_USER",
    "GRANT USAGE ON SCHEMA public TO hallway_app",
)
DEFAULT_STATEMENTS: Final = (
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO hallway_app",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO hallway_app",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT EXECUTE ON FUNCTIONS TO hallway_app",
)


def ensure_application_role() -> None:
    """Create the role where it is missing and let it use whatever the owner will create from now on."""
    with connections["owner"].cursor() as cursor:
        for statement in ROLE_STATEMENTS + DEFAULT_STATEMENTS:
            cursor.execute(statement)
