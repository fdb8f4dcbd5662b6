"""The keys that Hallway signs with: list them, or replace them.

hallway keys list     every published key: its id and its algorithm
hallway keys rotate   new keys sign from now on; the old ones stay published for a day, then they are gone
"""

import argparse

SUMMARY = "list or rotate the keys that sign id tokens"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do."""
    parser.add_argument("what", choices=["list", "rotate"], help="what to do")


def run(arguments: argparse.Namespace) -> int:
    """Do it. Always 0."""
    import django

    django.setup()
    from hallway.identity import signing_keys

    if arguments.what == "rotate":
        signing_keys.rotate()
    for one in signing_keys.published():
        print(f"{one['kid']}\t{one['alg']}")
    return 0
