"""Run Hallway: database, web pages and background work, on this machine, until it is told to stop.

Without HALLWAY_DATABASE_URL the database is the embedded one, in the data folder (HALLWAY_HOME, else ~/.hallway).
Ctrl-C or SIGTERM stops everything cleanly. What was committed survives any other end. Logs, without patient data, are
in hallway.log in the data folder; GET /healthz answers 200 once Hallway is ready.
"""

import argparse
import os
import sys

from hallway.app import serving
from hallway.app.tables import check_tables

SUMMARY = "run database, pages and background work"
NEEDS_DATABASE = False


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to answer."""
    parser.add_argument("--host", default="127.0.0.1", help="a loopback address (default: %(default)s)")
    parser.add_argument("--port", type=int, default=8000, help="default: %(default)s")


def _tell(sentence: str) -> None:
    print(f"hallway: {sentence}", flush=True)


def run(arguments: argparse.Namespace) -> int:
    """Serve until stopped; 0 after a clean stop."""
    # One-click sign-in belongs to the demo command alone.
    os.environ.pop("HALLWAY_DEMO", None)
    address = serving.checked_address(arguments.host, arguments.port)
    check_tables()
    base = serving.ready_base()
    with serving.database(base, _tell) as server:
        serving.bring_up_to_date(base)
        serving.serve_until_stopped(base, server, address, lambda: _tell(f"Ready at {address.url}"))
    sys.stdout.write("hallway: Stopped.\n")
    return 0
