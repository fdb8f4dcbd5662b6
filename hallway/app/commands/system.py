"""Register, list and end the EHRs that sign their calls of the hooks.

hallway system register NAME --issuer URL --organization WHO (--keys-url URL | --keys FILE)
hallway system list                               every system
hallway system end NUMBER                         end one; its tokens open nothing from then on
"""

import argparse
import json
from pathlib import Path

SUMMARY = "register, list or end EHRs that sign their calls"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do, with whom."""
    parser.add_argument("what", choices=["register", "list", "end"], help="what to do")
    parser.add_argument("who", nargs="?", default="", metavar="NAME|NUMBER", help="the system's name or number")
    parser.add_argument("--issuer", default="", metavar="URL", help="what its tokens say as iss")
    parser.add_argument("--organization", default="", metavar="WHO", help="its organization: name, FHIR id or number")
    parser.add_argument("--keys-url", default="", metavar="URL", help="where its public keys (JWKS) lie")
    parser.add_argument("--keys", default="", metavar="FILE", help="its public keys (JWKS), instead of an address")


def run(arguments: argparse.Namespace) -> int:
    """Do it. 0 when it was done, 1 when there is no such organization, system or key."""
    import django

    django.setup()
    return {"register": _register, "list": _list, "end": _end}[arguments.what](arguments)


def _register(arguments: argparse.Namespace) -> int:
    from hallway.directory.actions import organization_called
    from hallway.errors import HallwayError
    from hallway.exchange.cds_hooks import systems

    organization = organization_called(arguments.organization)
    if organization is None:
        print("No one organization answers to that. Nothing was registered. Give its name, FHIR id or number.")
        return 1
    try:
        keys = json.loads(Path(arguments.keys).read_text()) if arguments.keys else None
        number = systems.register(arguments.who, arguments.issuer, organization, keys_url=arguments.keys_url, keys=keys)
    except (OSError, ValueError):
        print("The keys could not be read. Nothing was registered. Give a file of JSON.")
        return 1
    except HallwayError as error:
        print(error)
        return 1
    print(f"system {number}")
    return 0


def _list(_: argparse.Namespace) -> int:
    from hallway.exchange.cds_hooks import systems

    for one in systems.known():
        ended = f"ended {one.ended_at:%Y-%m-%d}" if one.ended_at else "running"
        print(f"{one.system_id}\t{one.name}\t{one.issuer}\torganization {one.organization_id}\t{ended}")
    return 0


def _end(arguments: argparse.Namespace) -> int:
    from hallway.exchange.cds_hooks import systems

    done = arguments.who.isdecimal() and systems.end(int(arguments.who))
    print("Ended." if done else "No system of that number is running. Nothing was changed.")
    return 0 if done else 1
