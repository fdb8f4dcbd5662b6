"""Put the database of a backup in place. Hallway must not be running on the data folder.

A database that holds data is given up only with --replace, and only after the backup was read back whole beside it.
Then the schema is brought to this version.
"""

import argparse
from pathlib import Path

from hallway.storage import backup, database_url

SUMMARY = "put the database of a backup in place"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The backup, and whether data may be given up for it."""
    parser.add_argument("file", type=Path, metavar="FILE", help="a file that `hallway backup` has written")
    parser.add_argument("--replace", action="store_true", help="give up the data that is there now")
    parser.add_argument("--quiet", action="store_true", help="say nothing when all went well")


def run(arguments: argparse.Namespace) -> int:
    """Restore, then migrate."""
    import django

    backup.restore(database_url.current(), arguments.file.absolute(), replace=bool(arguments.replace))
    django.setup()
    from hallway.app.commands import migrate

    migrate.bring_up_to_date()
    if not arguments.quiet:
        print("hallway: Restored. If it is older than the ledger's published heads: hallway ledger heads --set-aside.")
    return 0
