"""Do the background work: seal the ledger, raise what is overdue, end what expires, run queued jobs.

``serve`` starts it; start it by hand only beside a web server of your own. Two at once do no harm.
"""

import argparse

SUMMARY = "do the background work (serve starts it)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments: the work is the same everywhere."""


def run(arguments: argparse.Namespace) -> int:
    """Work until told to stop."""
    import django

    django.setup()
    from hallway.app import shapes, wiring
    from hallway.worker import running

    wiring.connect()
    shapes.build()
    running.work_until_stopped()
    return 0
