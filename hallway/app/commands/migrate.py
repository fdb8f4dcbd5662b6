"""Bring the database to the schema of this version. Safe to run again; run by ``serve`` on start."""

import argparse

from hallway.errors import HallwayError, Kind

SUMMARY = "bring the database to this version's schema"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments: the database is the one in force."""


def run(arguments: argparse.Namespace) -> int:
    """Ensure the application's role, run every migration as the owner, index anew what an older way indexed."""
    import django

    django.setup()
    bring_up_to_date()
    return 0


def bring_up_to_date() -> None:
    """Migrate the database in force. Django must be set up.

    Raises HallwayError H-STO-050 when a newer Hallway has been here: its schema is left alone.
    """
    from django.core.management import call_command
    from django.db import connections
    from django.db.migrations.executor import MigrationExecutor

    from hallway.record import reindexing
    from hallway.storage import roles

    owner = connections["owner"]
    executor = MigrationExecutor(owner)
    unknown = [key for key in executor.loader.applied_migrations if key not in executor.loader.disk_migrations]
    if any(app.split(".")[0] in executor.loader.migrated_apps for app, _ in unknown):
        raise _newer()
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        roles.ensure_application_role()
        call_command("migrate", database="owner", interactive=False, verbosity=0)
    if reindexing.is_behind():
        for _ in reindexing.reindex():
            pass


def _newer() -> HallwayError:
    return HallwayError(
        Kind.CONFLICT,
        "H-STO-050",
        what="The database was last used by a newer Hallway: it holds migrations that this version does not know.",
        undone="Nothing was started and nothing was touched.",
        to_do="Start that newer version, or restore a backup made by this one into a new data folder.",
    )
