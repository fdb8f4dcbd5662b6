"""Every way we know of forging a receipt, each on a copy. A forger may also mend the digest: that must not help."""

import copy
import hashlib
import random
from collections.abc import Callable, Sequence
from typing import Any, cast

from hallway.ledger.chain import FIELDS

Receipt = dict[str, Any]
Forge = Callable[[Receipt, random.Random, Sequence[Receipt]], bool]
"""Changes the receipt; False when there is nothing in it to change so."""


def forged(receipt: Receipt, how: str, dice: random.Random, others: Sequence[Receipt]) -> Receipt | None:
    """A changed copy, or None when this receipt cannot be forged that way."""
    changed = copy.deepcopy(receipt)
    if not WAYS[how](changed, dice, others) or changed == receipt:
        return None
    if dice.random() < 0.5:
        text = "\x1f".join(str(changed["line"][name]) for name in FIELDS)
        changed["digest"] = hashlib.sha256(text.encode()).hexdigest()
        return changed if changed != receipt else None
    return changed


def _line(name: str, to: Callable[[str, random.Random], str]) -> Forge:
    def forge(receipt: Receipt, dice: random.Random, others: Sequence[Receipt]) -> bool:
        receipt["line"][name] = to(receipt["line"][name], dice)
        return True

    return forge


def _more(text: str, dice: random.Random) -> str:
    return str(int(text) + dice.randrange(1, 9))


def _add_item(receipt: Receipt, dice: random.Random, others: Sequence[Receipt]) -> bool:
    """An item of another answer about the same chart, or else of any."""
    own = {(one["id"], one["version"]) for one in receipt["items"]}
    near = [one for one in others if one["line"]["charts"] == receipt["line"]["charts"]] or list(others)
    found = [item for one in near for item in one["items"] if (item["id"], item["version"]) not in own]
    if found:
        receipt["items"].append(dice.choice(found))
    return bool(found)


def _drop_item(receipt: Receipt, dice: random.Random, others: Sequence[Receipt]) -> bool:
    if receipt["items"]:
        receipt["items"].pop(dice.randrange(len(receipt["items"])))
        return True
    return False


def _item(name: str, to: Callable[[Any, random.Random], Any]) -> Forge:
    def forge(receipt: Receipt, dice: random.Random, others: Sequence[Receipt]) -> bool:
        if not receipt["items"]:
            return False
        one = dice.choice(receipt["items"])
        one[name] = to(one[name], dice)
        return True

    return forge


def _drop(name: str) -> Forge:
    def forge(receipt: Receipt, dice: random.Random, others: Sequence[Receipt]) -> bool:
        if receipt[name]:
            receipt[name].pop(dice.randrange(len(receipt[name])))
            return True
        return False

    return forge


def _add(name: str, what: object) -> Forge:
    def forge(receipt: Receipt, dice: random.Random, others: Sequence[Receipt]) -> bool:
        receipt[name].append(what)
        return True

    return forge


def _form(place: int, to: Callable[[Any], Any]) -> Forge:
    def forge(receipt: Receipt, dice: random.Random, others: Sequence[Receipt]) -> bool:
        if not receipt["forms"]:
            return False
        one = dice.choice(receipt["forms"])
        one[place] = to(one[place])
        return True

    return forge


def _head(name: str, to: Callable[[Any], Any]) -> Forge:
    def forge(receipt: Receipt, dice: random.Random, others: Sequence[Receipt]) -> bool:
        receipt["head"][name] = to(receipt["head"][name])
        return True

    return forge


def _widen(text: str, dice: random.Random) -> str:
    """The plan with one more class in its first way out."""
    import json

    plan = cast("list[list[list[Any]]]", json.loads(text))
    plan[0][0][1] ^= 1 << dice.choice((1, 3, 5, 10))
    return json.dumps(plan, separators=(",", ":"))


def _replaced(receipt: Receipt, dice: random.Random, others: Sequence[Receipt]) -> bool:
    """The whole line of another answer, with this one's items."""
    found = [one for one in others if one["line"]["id"] != receipt["line"]["id"] and one["items"] != receipt["items"]]
    if found:
        receipt["line"] = dict(dice.choice(found)["line"])
    return bool(found)


def _flip(text: str) -> str:
    return ("1" if text[:1] == "0" else "0") + text[1:]


WAYS: dict[str, Forge] = {
    "item_added": _add_item,
    "item_dropped": _drop_item,
    "item_version": _item("version", lambda number, dice: number + 1),
    "item_id": _item("id", lambda name, dice: _flip(name)),
    "item_kind": _item("kind", lambda kind, dice: "Basic"),
    "item_source": _item("source", lambda source, dice: source + 1),
    "item_author": _item("author", lambda author, dice: author + 1),
    "item_labels": _item("labels", lambda labels, dice: labels[1:]),
    "item_label_added": _item("labels", lambda labels, dice: [*labels, "SEX_ASSAULT"]),
    "recipient_practice": _line("organization_id", _more),
    "recipient_person": _line("practitioner_id", _more),
    "recipient_account": _line("account_id", _more),
    "recipient_role": _line("role", lambda role, dice: "pcp" if role != "pcp" else "biller"),
    "purpose": _line("purpose", lambda purpose, dice: "OPS" if purpose != "OPS" else "TREAT"),
    "act": _line("act", lambda act, dice: "search" if act != "search" else "read"),
    "time": _line("at", lambda at, dice: str(int(at) + dice.choice((-1, 1)) * dice.randrange(1, 10**13))),
    "chart": _line("charts", _more),
    "position": _line("position", _more),
    "epoch": _line("epoch", _more),
    "route": _line("route", lambda route, dice: f"{route}x"),
    "detail": _line("detail", lambda detail, dice: "Patient" if detail != "Patient" else "Condition"),
    "mask": _line("plan", _widen),
    "another_line": _replaced,
    "rule_dropped": _drop("rules"),
    "rule_added": _add("rules", "US-OWN-ALWAYS"),
    "form_dropped": _drop("forms"),
    "form_added": _add("forms", ["019a0000-0000-7000-8000-000000000000", 2]),
    "form_id": _form(0, _flip),
    "form_version": _form(1, lambda number: number + 1),
    "notice_dropped": _drop("notices"),
    "notice_added": _add("notices", "notice:P2-2024-S2"),
    "head_number": _head("number", lambda number: number + 1),
    "head_hash": _head("hash", _flip),
    "digest": lambda receipt, dice, others: bool(receipt.update(digest=_flip(receipt["digest"])) or True),
}
