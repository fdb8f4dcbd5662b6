"""Register, list and end the programs that may ask for decisions on what their organization holds.

hallway client register NAME --organization WHO   print the credential of a new client, once
hallway client list                               every client, never a credential
hallway client end NUMBER                         end one; its credential opens nothing from then on
"""

import argparse

SUMMARY = "register, list or end programs that ask for decisions"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do, with whom."""
    parser.add_argument("what", choices=["register", "list", "end"], help="what to do")
    parser.add_argument("who", nargs="?", default="", metavar="NAME|NUMBER", help="the client's name or number")
    parser.add_argument("--organization", default="", metavar="WHO", help="its organization: name, FHIR id or number")


def run(arguments: argparse.Namespace) -> int:
    """Do it. 0 when it was done, 1 when there is no such organization or client."""
    import django

    django.setup()
    return {"register": _register, "list": _list, "end": _end}[arguments.what](arguments)


def _register(arguments: argparse.Namespace) -> int:
    from hallway.directory.actions import organization_called
    from hallway.identity import clients

    organization = organization_called(arguments.organization)
    if organization is None:
        print("No one organization answers to that. Nothing was registered. Give its name, FHIR id or number.")
        return 1
    made = clients.register(arguments.who, organization)
    print(f"client {made.client_id}\ncredential {made.credential}\nKeep it now: it is not shown again.")
    return 0


def _list(_: argparse.Namespace) -> int:
    from hallway.identity import clients

    for one in clients.known():
        ended = f"ended {one.ended_at:%Y-%m-%d}" if one.ended_at else "running"
        print(f"{one.client_id}\t{one.name}\torganization {one.organization_id}\t{ended}")
    return 0


def _end(arguments: argparse.Namespace) -> int:
    from hallway.identity import clients

    done = arguments.who.isdecimal() and clients.end(int(arguments.who))
    print("Ended." if done else "No client of that number is running. Nothing was changed.")
    return 0 if done else 1
