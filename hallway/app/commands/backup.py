"""Write the whole database to one file, while Hallway runs or not.

The file holds everything in the record and is readable by its owner alone: keep it as you keep the record itself. It is
PostgreSQL's custom format. An existing file is never overwritten.
"""

import argparse
from pathlib import Path

from hallway.storage import backup, database_url

SUMMARY = "write the whole database to one file"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The file to write."""
    parser.add_argument("file", type=Path, metavar="FILE", help="a file that does not exist yet")


def run(arguments: argparse.Namespace) -> int:
    """Write it and say how large it is."""
    size = backup.dump(database_url.current(), arguments.file.absolute())
    print(f"hallway: Backup written, {size / 1_000_000:.1f} MB.")
    return 0
