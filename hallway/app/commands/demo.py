"""Run Hallway with the demo network: invented practices, people and 300 patients, in a data folder of its own.

The network was generated once and comes with Hallway: a first start puts it in place, and its clock runs on from the
day it was generated. ``--again`` puts it back as it was; ``--fresh`` generates it anew up to today. The demo's data
folder is HALLWAY_HOME, else ~/.hallway-demo. One-click sign-in exists here and nowhere else.
"""

import argparse
import os
import sys
from pathlib import Path

from hallway.app import serving
from hallway.app.demo import keeping
from hallway.app.tables import check_tables
from hallway.errors import HallwayError, Kind

SUMMARY = "run Hallway with an invented network to walk through"
NEEDS_DATABASE = False


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to answer, and whether to begin again."""
    parser.add_argument("--host", default="127.0.0.1", help="a loopback address (default: %(default)s)")
    parser.add_argument("--port", type=int, default=8000, help="default: %(default)s")
    parser.add_argument("--again", action="store_true", help="put the network back as it was generated")
    parser.add_argument("--fresh", action="store_true", help="generate the network anew, up to today")
    parser.add_argument("--pack", action="store_true", help="generate anew, keep it with the program, and end")
    parser.add_argument("--fill", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--samples", default="", help=argparse.SUPPRESS)


def _tell(sentence: str) -> None:
    print(f"hallway: {sentence}", flush=True)


def run(arguments: argparse.Namespace) -> int:
    """Serve the demo until stopped; 0 after a clean stop."""
    if arguments.fill:
        return keeping.fill(_tell)
    if arguments.samples:
        return keeping.stand_samples(arguments.samples, _tell)
    if os.environ.get("HALLWAY_DATABASE_URL"):
        raise HallwayError(
            Kind.INCORRECT,
            "H-APP-010",
            what="The demo keeps its invented patients in a database of its own, and HALLWAY_DATABASE_URL names one.",
            undone="Nothing was started and nothing was written.",
            to_do="Unset HALLWAY_DATABASE_URL for the demo, or use 'hallway serve' with it.",
        )
    os.environ["HALLWAY_DEMO"] = "1"
    os.environ.setdefault("HALLWAY_HOME", str(Path("~/.hallway-demo").expanduser()))
    address = serving.checked_address(arguments.host, arguments.port)
    check_tables()
    base = serving.ready_base()
    with serving.database(base, _tell) as server:
        if arguments.pack:
            keeping.pack(base, _tell)
            return 0
        keeping.prepare(base, again=arguments.again, fresh=arguments.fresh, tell=_tell)
        serving.run_verb("demo", "--samples", address.url.rstrip("/"))
        serving.serve_until_stopped(base, server, address, lambda: _welcome(address.url))
    sys.stdout.write("hallway: Stopped. The demo is kept; 'make demo' goes on with it.\n")
    return 0


def _welcome(url: str) -> None:
    from hallway.app.demo import cast

    _tell(f"Ready at {url}")
    print(f"\n  Sign in there with one click, or with the password {cast.PASSWORD} as:")
    for login, who in cast.sign_ins():
        print(f"    {login:<12} {who}")
    print("\n  Every person and practice is invented. Stop with Ctrl-C.\n", flush=True)
