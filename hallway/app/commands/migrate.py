"""Bring the database to the schema of this version. Safe to run again; run by ``serve`` on start."""

import argparse

SUMMARY = "bring the database to this version's schema"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments: the database is the one in force."""


def run(arguments: argparse.Namespace) -> int:
    """Ensure the application's role, then run every migration as the owner."""
    import django
    from django.core.management import call_command

    django.setup()
    from hallway.storage import roles

    roles.ensure_application_role()
    call_command("migrate", database="owner", interactive=False, verbosity=0)
    return 0
