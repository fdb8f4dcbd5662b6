"""Whatever JSON comes, validation answers: it never fails, never takes long, never repeats a value."""

import copy
import random
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

from hallway.standards.fhir.validation import claimed_profiles, validate
from tests.standards import mutations, real

MARKER = "Zebedee-0815"
ODD: list[Any] = [
    None, True, 0, -1, 2**70,
    Decimal("1E+300"), Decimal("0.10"), "", " ", MARKER, "#", f"#{MARKER}", "2020-13", [], [[]],
    [None], {}, {"id": MARKER}, {MARKER: MARKER}, [{}], {"reference": MARKER}, {"resourceType": MARKER},
    {"resourceType": "Patient", "id": [MARKER]}, [MARKER, 1, None], {"value": {}}, {"coding": {}}, {"coding": [None]},
    {"extension": [{"url": 1}]}, {"item": [{"linkId": {}}]}, "\u0000", "😀" * 50, {"start": 1, "end": []},
]  # fmt: skip


def spots(held: Any) -> list[tuple[Any, Any]]:
    """Every container and key in a value."""
    found: list[tuple[Any, Any]] = []
    pairs = held.items() if isinstance(held, dict) else enumerate(held) if isinstance(held, list) else ()
    for key, value in pairs:
        found.append((held, key))
        found += spots(value)
    return found


def disturb(resource: dict[str, Any], chance: random.Random) -> None:
    for _ in range(chance.randint(1, 6)):
        container, key = chance.choice(spots(resource))
        way = chance.random()
        if way < 0.7:
            container[key] = copy.deepcopy(chance.choice(ODD))
        elif way < 0.85 and isinstance(container, dict):
            container[chance.choice(["_" + str(key), "extension", "id", "contained", "value", MARKER])] = copy.deepcopy(
                chance.choice(ODD)
            )
        else:
            del container[key]
        if not resource:
            return


def test_no_json_makes_validation_fail(shared_data: Path) -> None:
    examples = list(real.us_core_examples(shared_data).values())
    by_url = {one["url"]: one for one in examples if "url" in one}
    small = [one for one in examples if len(str(one)) < 6000]
    chance = random.Random(20261122)
    began = time.process_time()
    for _ in range(3000):
        resource = copy.deepcopy(chance.choice(small))
        disturb(resource, chance)
        found = validate(resource, profiles=claimed_profiles(resource), resolve=by_url.get)
        assert all(MARKER not in str(one) for one in found)
        assert all(one.severity in {"error", "warning"} and one.text and one.key for one in found)
    assert time.process_time() - began < 60


def test_no_questionnaire_makes_validation_fail(shared_data: Path) -> None:
    examples = list(real.us_core_examples(shared_data).values())
    by_url = {one["url"]: one for one in examples if one["resourceType"] == "Questionnaire"}
    responses = [one for one in examples if one.get("questionnaire") in by_url]
    chance = random.Random(815)
    for _ in range(400):
        response = copy.deepcopy(chance.choice(responses))
        questionnaire = copy.deepcopy(by_url[response["questionnaire"]])
        disturb(questionnaire, chance)
        if chance.random() < 0.5:
            disturb(response, chance)
        found = validate(response, resolve=lambda _, held=questionnaire: held)
        assert all(MARKER not in str(one) for one in found)


def test_an_odd_value_is_not_accepted_in_place_of_an_object(shared_data: Path) -> None:
    chance = random.Random(7)
    sound = [one for one in real.us_core_examples(shared_data).values() if not errors(one)]
    for _ in range(300):
        resource = copy.deepcopy(chance.choice(sound))
        place = mutations.pick(resource, chance, lambda one: isinstance(one.value(), dict))
        if place is not None:
            place.put(chance.choice([True, 0, "x", [], [[]]]))
            assert errors(resource), place.expression


def errors(resource: dict[str, Any]) -> list[Any]:
    return [one for one in validate(resource) if one.severity == "error"]
