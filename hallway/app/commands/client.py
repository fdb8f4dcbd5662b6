"""Register, list and end the programs that may ask for decisions on what their organization holds.

hallway client register NAME --organization WHO   print the credential of a new client, once
hallway client list                               every client, never a credential
hallway client end NUMBER                         end one; its credential opens nothing from then on
"""

import argparse

from hallway.app.commands import _registry
from hallway.ids import OrganizationId

SUMMARY = "register, list or end programs that ask for decisions"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do, with whom."""
    _registry.add_arguments(parser, "client")


def run(arguments: argparse.Namespace) -> int:
    """Do it. 0 when it was done, 1 when there is no such organization or client."""
    return _registry.run(arguments, _clients)


def _clients() -> _registry.Registry:
    from hallway.identity import clients

    def register(arguments: argparse.Namespace, organization: OrganizationId) -> str:
        made = clients.register(arguments.who, organization)
        return f"client {made.client_id}\ncredential {made.credential}\nKeep it now: it is not shown again."

    def rows() -> list[_registry.Row]:
        return [_registry.Row(one.client_id, (one.name,), one.organization_id, one.ended_at) for one in clients.known()]

    return _registry.Registry("client", register, rows, clients.end)
