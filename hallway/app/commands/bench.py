"""Measure Hallway on this machine. ``hallway bench NAME`` runs one bench, without a name all of them.

With ``--json`` each figure is one JSON object on one line: name, value, unit, baseline, ratio, dataset, checked.
"""

import argparse
import importlib
import pkgutil
import sys
from pathlib import Path

from hallway.app import bench as benches
from hallway.app.bench.figure import Bench
from hallway.errors import HallwayError, Kind

SUMMARY = "measure speed, with a check of correctness in the same run"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The name of the bench, the form of output, and the size."""
    parser.add_argument("name", nargs="?", default="", help="gate, record, import, fhir, worklist ... (default: all)")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--quick", action="store_true", help="a small run that shows the bench works")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder of real input")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of which the median counts (default 3)")
    parser.add_argument(
        "--lines", type=int, default=20_000, help="reads in the ledger before its line is measured (default 20,000)"
    )
    parser.add_argument(
        "--patients", type=int, default=1_000, help="patients that searches begin with; a hundred times as many follow"
    )


def found() -> dict[str, Bench]:
    """Bench name -> its function. A name of two words is a part of a bench, or its server, and none by itself."""
    names = [m.name for m in pkgutil.iter_modules(benches.__path__) if "_" not in m.name]
    modules = [importlib.import_module(f"hallway.app.bench.{name}") for name in sorted(names)]
    return {module.NAME: module.run for module in modules if hasattr(module, "NAME")}


def run(arguments: argparse.Namespace) -> int:
    """Run the benches asked for and print each figure as soon as it is there."""
    import django

    django.setup()
    known = found()
    if arguments.name and arguments.name not in known:
        raise HallwayError(
            Kind.INCORRECT,
            "H-APP-030",
            what="There is no bench of that name.",
            undone="Nothing was measured.",
            to_do=f"Choose one of: {', '.join(sorted(known))}.",
        )
    for name in [arguments.name] if arguments.name else sorted(known):
        for figure in known[name](arguments):
            print(figure.json_line() if arguments.json else figure.text_line())
            sys.stdout.flush()
    return 0
