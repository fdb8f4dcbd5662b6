"""Verify a release receipt offline. Receipts are not in this release: nothing Hallway hands out carries one yet.

What left, to whom and under which rules stands in the ledger: see ``hallway ledger export`` and ``verify --file``.
"""

import argparse
import sys

SUMMARY = "verify a release receipt (not in this release)"
NEEDS_DATABASE = False


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The words the command will take."""
    parser.add_argument("what", choices=["verify"], help="what to do")
    parser.add_argument("file", nargs="?", metavar="FILE", help="the receipt")


def run(arguments: argparse.Namespace) -> int:
    """Say that there are none yet. Always 2: a verification that did not happen must not look like one that did."""
    sys.stderr.write(
        "hallway: Release receipts are not in this release. Nothing was verified. "
        "Use hallway ledger export and hallway ledger verify --file instead.\n"
    )
    return 2
