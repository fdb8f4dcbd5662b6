"""Show and replay the receipts of releases: who had which versions of what, why, under which rules, forms and notices.

hallway receipt show LINE              the receipt of one line of the ledger, as JSON
hallway receipt verify --all           replay every answer of the ledger; exit 1 with what differs
hallway receipt verify --sample 1000   replay a drawn sample
hallway receipt verify FILE ...        replay receipts from files, one JSON object a line
hallway receipt verify --drill 100000 --forge 1000
                                       in a scratch database: live through as many answers, replay all of them, forge
                                       some in every way there is, and catch each

The judge that replays reads the tables of law and the facts itself and shares no code with the gate.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import cast

SUMMARY = "show and replay receipts of releases"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do, and with which receipts."""
    parser.add_argument("what", choices=["show", "verify"], help="what to do")
    parser.add_argument("which", nargs="*", metavar="LINE|FILE", help="the line to show, or files to verify")
    parser.add_argument("--all", action="store_true", help="replay every answer of the ledger")
    parser.add_argument("--sample", type=int, default=0, metavar="N", help="replay N drawn answers")
    parser.add_argument("--drill", type=int, default=0, metavar="N", help="live through N answers and replay them")
    parser.add_argument("--forge", type=int, default=0, metavar="N", help="with --drill: forge N of them")
    parser.add_argument("--seed", type=int, default=1, help="repeats a drill exactly (default 1)")
    parser.add_argument("--json", action="store_true", help="one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """0 when all is well, 1 when something differs, 2 when the words are off."""
    import django

    django.setup()
    if arguments.what == "show":
        return _show(arguments)
    if arguments.drill:
        return _drill(arguments)
    if not (arguments.which or arguments.all or arguments.sample):
        sys.stderr.write("hallway: Say what to verify: files, --all, or --sample N.\n")
        return 2
    return _verify(arguments)


def _show(arguments: argparse.Namespace) -> int:
    from hallway.app.receipts import composing

    if len(arguments.which) != 1 or not arguments.which[0].isdigit():
        sys.stderr.write("hallway: Give the number of one line: hallway receipt show 12.\n")
        return 2
    read: object = json.loads(composing.receipt_of(int(arguments.which[0])).to_json())
    print(json.dumps(read, ensure_ascii=False, indent=None if arguments.json else 2))
    return 0


def _verify(arguments: argparse.Namespace) -> int:
    from hallway.app.witness.receipt import Read, Witness

    count, wrong = 0, list[tuple[str, list[str]]]()
    for receipt, faults in Witness().verify(cast("Iterator[Read]", _given(arguments))):
        count += 1
        if faults:
            line = receipt.get("line")
            name = str(cast("dict[str, object]", line).get("id")) if isinstance(line, dict) else "?"
            wrong.append((name, faults))
    if arguments.json:
        findings = [{"line": name, "faults": faults} for name, faults in wrong]
        print(json.dumps({"receipts": count, "wrong": len(wrong), "findings": findings[:100]}))
    else:
        for name, faults in wrong[:100]:
            print(f"line {name}: {' '.join(faults)}")
        print(f"{count} receipts replayed, {len(wrong)} differ.")
    return 1 if wrong else 0


def _given(arguments: argparse.Namespace) -> Iterator[object]:
    """The receipts asked for: out of files, or made of the ledger's own lines."""
    from hallway.app.receipts import composing

    for name in arguments.which:
        with Path(name).open(encoding="utf-8") as file:
            yield from (_read(text) for text in file if text.strip())
    if arguments.all or arguments.sample:
        composer = composing.Composer()
        lines = composing.lines_with_receipts(sample=arguments.sample)
        for start in range(0, len(lines), 1000):
            for one in composer.receipts_of(lines[start : start + 1000]):
                yield json.loads(one.to_json())


def _read(text: str) -> object:
    """A receipt from its text; whatever is none is told as one that does not replay."""
    try:
        read: object = json.loads(text)
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}


def _drill(arguments: argparse.Namespace) -> int:
    from hallway.app.bench import scratch
    from hallway.app.receipts import drill

    with scratch.database("receipts"):
        found = drill.run(arguments.drill, arguments.forge, seed=arguments.seed)
    if arguments.json:
        print(json.dumps(found.to_json()))
    else:
        print(found.text())
    return 0 if found.is_well else 1
