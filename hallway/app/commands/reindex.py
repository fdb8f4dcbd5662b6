"""Write the search index of every stored resource anew. Run by ``migrate`` when the way of indexing has changed."""

import argparse

SUMMARY = "write the search index of stored resources anew"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments: the database is the one in force."""


def run(arguments: argparse.Namespace) -> int:
    """Index chart by chart; safe beside a running server, and safe to run again."""
    import django

    django.setup()
    from hallway.record import reindexing

    charts = resources = 0
    for count in reindexing.reindex():
        charts, resources = charts + 1, resources + count
    print(f"{resources} resources of {charts} charts indexed.")
    return 0
