"""The command line. Each verb is a module in ``hallway.app.commands``: ``SUMMARY``, ``add_arguments``, ``run``.

A verb runs with the database in force (the embedded one is started, or joined, for it) unless its module says
``NEEDS_DATABASE = False``.
"""

import argparse
import importlib
import os
import pkgutil
import sys
from types import ModuleType

from hallway import __version__
from hallway.errors import HallwayError


def _verbs() -> dict[str, ModuleType]:
    """Verb -> module, in alphabetical order."""
    from hallway.app import commands

    found = sorted(module.name for module in pkgutil.iter_modules(commands.__path__))
    return {name: importlib.import_module(f"hallway.app.commands.{name}") for name in found if not name.startswith("_")}


def build_parser() -> argparse.ArgumentParser:
    """The whole command line, as ``--help`` shows it."""
    parser = argparse.ArgumentParser(prog="hallway", description=__doc__)
    parser.add_argument("--version", action="version", version=f"hallway {__version__}")
    subparsers = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    for name, module in _verbs().items():
        sub = subparsers.add_parser(
            name,
            help=module.SUMMARY,
            description=module.__doc__,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        module.add_arguments(sub)
        sub.set_defaults(run=module.run)
    return parser


def main(argv: list[str] | None = None) -> int:
    """Run one verb; 0 on success, 1 when Hallway could not do it, 2 when the words are off."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hallway.app.settings")
    arguments = build_parser().parse_args(argv)
    try:
        return _run_verb(arguments)
    except HallwayError as error:
        sys.stderr.write(f"hallway: {error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("hallway: Stopped by you. What was committed stays.\n")
        return 130


def _run_verb(arguments: argparse.Namespace) -> int:
    """Run the verb, inside a session of the database when it needs one."""
    module = sys.modules[arguments.run.__module__]
    if not getattr(module, "NEEDS_DATABASE", True):
        return int(arguments.run(arguments) or 0)
    from hallway.storage import embedded

    with embedded.session():
        return int(arguments.run(arguments) or 0)


if __name__ == "__main__":
    sys.exit(main())
