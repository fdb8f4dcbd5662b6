"""What the verbs share that register, list and end the callers of an organization."""

import argparse
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from hallway.ids import OrganizationId


@dataclass(frozen=True, slots=True)
class Row:
    """One caller as a list shows it."""

    number: int
    names: tuple[str, ...]
    organization_id: OrganizationId
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Registry:
    """One kind of caller. ``register`` gives what is printed; ``end`` is false when there was none running."""

    noun: str
    register: Callable[[argparse.Namespace, OrganizationId], str]
    rows: Callable[[], Iterable[Row]]
    end: Callable[[int], bool]


def add_arguments(parser: argparse.ArgumentParser, noun: str) -> None:
    """What to do, with whom."""
    parser.add_argument("what", choices=["register", "list", "end"], help="what to do")
    parser.add_argument("who", nargs="?", default="", metavar="NAME|NUMBER", help=f"the {noun}'s name or number")
    parser.add_argument("--organization", default="", metavar="WHO", help="its organization: name, FHIR id or number")


def run(arguments: argparse.Namespace, registry: Callable[[], Registry]) -> int:
    """Do it. 0 when it was done, 1 when there is no such organization or caller."""
    import django

    django.setup()
    return {"register": _register, "list": _list, "end": _end}[arguments.what](arguments, registry())


def _register(arguments: argparse.Namespace, registry: Registry) -> int:
    from hallway.directory.actions import organization_called

    organization = organization_called(arguments.organization)
    if organization is None:
        print("No one organization answers to that. Nothing was registered. Give its name, FHIR id or number.")
        return 1
    print(registry.register(arguments, organization))
    return 0


def _list(_: argparse.Namespace, registry: Registry) -> int:
    for one in registry.rows():
        ended = f"ended {one.ended_at:%Y-%m-%d}" if one.ended_at else "running"
        print("\t".join((str(one.number), *one.names, f"organization {one.organization_id}", ended)))
    return 0


def _end(arguments: argparse.Namespace, registry: Registry) -> int:
    done = arguments.who.isdecimal() and registry.end(int(arguments.who))
    print("Ended." if done else f"No {registry.noun} of that number is running. Nothing was changed.")
    return 0 if done else 1
