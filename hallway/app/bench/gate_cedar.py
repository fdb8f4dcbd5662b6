"""The same releases as Cedar policies, for comparison. A development tool: cedarpy is no part of the product."""

import json
from dataclasses import dataclass

import cedarpy

from hallway.app.bench.gate_world import Item, Record
from hallway.record.classes import DataClass
from hallway.record.evidence import Clause

ALLOW = cedarpy.Decision.Allow


@dataclass(frozen=True, slots=True)
class Parsed:
    """One record with everything parsed beforehand: policies, entities, requests."""

    policies: cedarpy.PolicySet
    entities: cedarpy.Entities
    requests: list[dict[str, str]]

    @classmethod
    def of(cls, record: Record) -> "Parsed":
        """Policies from the release's clauses, one entity an item."""
        text = "\n".join(_policy(clause) for clause in record.release.clauses)
        entities = [_entity(item) for item in record.items]
        return cls(
            cedarpy.PolicySet.from_str(text),
            cedarpy.Entities.from_json_str(json.dumps(entities)),
            [
                {"principal": 'Person::"7"', "action": 'Action::"TREAT"', "resource": f'Item::"{item.id}"'}
                for item in record.items
            ],
        )

    def decide_singly(self) -> None:
        """One call an item."""
        for request in self.requests:
            cedarpy.is_authorized(request, self.policies, self.entities)

    def decide_batch(self) -> list[bool]:
        """One call for the record."""
        answers = cedarpy.is_authorized_batch(self.requests, self.policies, self.entities)
        return [answer.decision is ALLOW for answer in answers]


def _policy(clause: Clause) -> str:
    labels = ", ".join(f'"{one.name}"' for one in DataClass if one & clause.allow)
    tests = [f"resource.source == {int(clause.source_org)}", f"[{labels}].containsAll(resource.labels)"]
    if clause.author:
        tests.append(f"resource.author == {int(clause.author)}")
    if clause.kinds:
        kinds = ", ".join(f'"{kind}"' for kind in clause.kinds)
        tests.append(f"[{kinds}].contains(resource.kind)")
    return f'permit(principal == Person::"7", action == Action::"TREAT", resource) when {{ {" && ".join(tests)} }};'


def _entity(item: Item) -> dict[str, object]:
    return {
        "uid": {"type": "Item", "id": str(item.id)},
        "attrs": {
            "source": item.source_org,
            "author": item.author,
            "kind": item.kind,
            "labels": [one.name for one in DataClass if one & item.mask],
        },
        "parents": [],
    }
