"""Register, list and end the EHRs that sign their calls of the hooks.

hallway system register NAME --issuer URL --organization WHO (--keys-url URL | --keys FILE)
hallway system list                               every system
hallway system end NUMBER                         end one; its tokens open nothing from then on
"""

import argparse
import json
from pathlib import Path

from hallway.app.commands import _registry
from hallway.errors import HallwayError, Kind
from hallway.ids import OrganizationId

SUMMARY = "register, list or end EHRs that sign their calls"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do, with whom, and how its tokens are known."""
    _registry.add_arguments(parser, "system")
    parser.add_argument("--issuer", default="", metavar="URL", help="what its tokens say as iss")
    parser.add_argument("--keys-url", default="", metavar="URL", help="where its public keys (JWKS) lie")
    parser.add_argument("--keys", default="", metavar="FILE", help="its public keys (JWKS), instead of an address")


def run(arguments: argparse.Namespace) -> int:
    """Do it. 0 when it was done, 1 when there is no such organization, system or key."""
    return _registry.run(arguments, _systems)


def _systems() -> _registry.Registry:
    from hallway.exchange.cds_hooks import systems

    def register(arguments: argparse.Namespace, organization: OrganizationId) -> str:
        keys = _keys(arguments.keys)
        number = systems.register(arguments.who, arguments.issuer, organization, keys_url=arguments.keys_url, keys=keys)
        return f"system {number}"

    def rows() -> list[_registry.Row]:
        known = systems.known()
        return [
            _registry.Row(one.system_id, (one.name, one.issuer), one.organization_id, one.ended_at) for one in known
        ]

    return _registry.Registry("system", register, rows, systems.end)


def _keys(file: str) -> dict[str, object] | None:
    try:
        return json.loads(Path(file).read_text()) if file else None
    except (OSError, ValueError):
        raise HallwayError(
            Kind.UNPROCESSABLE,
            "H-APP-070",
            what="The keys could not be read.",
            undone="Nothing was registered.",
            to_do="Give a file of JSON.",
        ) from None
