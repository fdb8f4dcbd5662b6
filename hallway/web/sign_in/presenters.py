"""The demo's people on the door, each with one click."""

from dataclasses import dataclass

from hallway.identity import queries
from hallway.identity.requester import Role
from hallway.web.context import ROLE_LABELS
from hallway.web.sign_in.hats import hats_of

SHOWN = 8
"""How many people the door shows: one of each kind, not the whole network."""


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody of the demo, as their button shows them."""

    account_id: int
    name: str
    kind: str
    side: str
    place: str


def demo_people() -> list[DemoPerson]:
    """At most eight people, the first of every kind of role and side, then a patient and somebody who acts for one."""
    seen: set[tuple[str, str]] = set()
    people: list[DemoPerson] = []
    patients: list[DemoPerson] = []
    for account in queries.demo_accounts():
        if not account.practitioner_id:
            kind = "Patient" if account.chart_id is not None else "Acting for a patient"
            if (kind, "") not in seen:
                seen.add((kind, ""))
                patients.append(DemoPerson(account.id, account.name, kind, "", "Their own side"))
            continue
        hats = hats_of(account)
        if not hats:
            continue
        kind = "Recovery program" if hats[0].is_part2 else ROLE_LABELS[hats[0].role]
        if (kind, hats[0].side) in seen:
            continue
        seen.add((kind, hats[0].side))
        side = hats[0].side if hats[0].role is not Role.NETWORK_ADMINISTRATOR else ""
        people.append(DemoPerson(account.id, account.name, kind, side, hats[0].organization_name))
    return [*people[:SHOWN], *patients]
