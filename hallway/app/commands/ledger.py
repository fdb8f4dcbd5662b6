"""Verify, show and export the ledger of releases and steps.

hallway ledger verify                 verify the database against the published heads; exit 1 on any finding
hallway ledger verify --file FILE     verify an export offline; give --heads to check it against published heads
hallway ledger heads                  print the published heads, newest last
hallway ledger heads --set-aside      after restoring an older backup: keep the old heads and begin a new file
hallway ledger export FILE            write every sealed line under its head; - writes to standard output
hallway ledger export --format fhir F every line as a FHIR R4 AuditEvent, one a line (NDJSON), without content
hallway ledger seal                   seal and publish now, as the running server does once a second
"""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hallway.ledger import standalone

SUMMARY = "verify, show or export the ledger"
NEEDS_DATABASE = False


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do, and with which files."""
    parser.add_argument("what", choices=["verify", "heads", "export", "seal"], help="what to do")
    parser.add_argument("to", nargs="?", metavar="FILE", help="where to export to")
    parser.add_argument("--file", metavar="FILE", help="verify this export instead of the database")
    parser.add_argument("--heads", metavar="FILE", type=Path, help="published heads; default: those in HALLWAY_HOME")
    parser.add_argument("--set-aside", action="store_true", help="keep the published heads under another name")
    parser.add_argument("--format", choices=["ledger", "fhir"], default="ledger", help="of an export; default: ledger")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Do it. 0 when all is well, 1 when verification found something, 2 when the words are off."""
    import django

    from hallway.storage import embedded

    act = {"verify": _verify, "heads": _heads, "export": _export, "seal": _seal}[arguments.what]
    if arguments.what == "heads" or arguments.file:
        # An export is checked, and heads are read, on a machine that has no database.
        django.setup()
        return act(arguments)
    with embedded.session():
        django.setup()
        return act(arguments)


def _verify(arguments: argparse.Namespace) -> int:
    from hallway.ledger import heads, queries, standalone

    verified = standalone.Verified()
    published: Path = arguments.heads or heads.default_path()
    if arguments.file:
        found = _offline(Path(arguments.file), arguments.heads, verified)
    else:
        found = [str(one) for one in queries.verify_database(verified, published=published)]
    last = verified.last
    if arguments.json:
        answer = {
            "findings": found,
            "lines": verified.lines,
            "heads": verified.heads,
            "last_head": last.hash if last else "",
        }
        print(json.dumps(answer))
    else:
        for one in found[:100]:
            print(one)
        print(
            f"{verified.lines} lines under {verified.heads} heads, {len(verified.tips)} chains: {len(found)} findings."
            + (f" Last head {last.number}, {last.published_at}." if last else "")
        )
        if not arguments.file and not published.exists():
            print("No published heads were found, so only the inner agreement of the database was checked.")
    return 1 if found else 0


def _offline(export: Path, published: Path | None, verified: "standalone.Verified") -> list[str]:
    """What is wrong with an export, as the stand-alone verifier says it."""
    from hallway.ledger import standalone

    found: list[str] = []
    with export.open("rb") as file, (published or export).open("rb") as heads:
        try:
            for one in standalone.verify(file, heads if published else None, verified):
                found.append(str(one))
        except standalone.UnreadableError as error:
            found.append(str(error))
    return found


def _heads(arguments: argparse.Namespace) -> int:
    from hallway.ledger import heads

    path: Path = arguments.heads or heads.default_path()
    if arguments.set_aside:
        print(f"Kept as {heads.set_aside(path).name}.")
        return 0
    for head in heads.read(path):
        print(heads.to_json(head) if arguments.json else f"{head.number}\t{head.published_at:%F %T}\t{head.hash.hex()}")
    return 0


def _export(arguments: argparse.Namespace) -> int:
    from hallway.ledger import export

    if not arguments.to:
        sys.stderr.write("hallway: Say where to export to: hallway ledger export FILE.\n")
        return 2
    write = export.write_fhir if arguments.format == "fhir" else export.write
    if arguments.to == "-":
        write(sys.stdout)
        return 0
    with Path(arguments.to).open("w", encoding="utf-8") as file:
        count = write(file)
    print(f"{count} lines written.")
    return 0


def _seal(arguments: argparse.Namespace) -> int:
    from hallway.ledger import heads

    print(f"{heads.seal_and_publish(arguments.heads)} heads made.")
    return 0
