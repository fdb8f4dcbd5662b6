"""Prove that nothing leaks: pairs of worlds that differ only in what the caller may not know answer alike.

Makes scratch databases on the server in force, fills them with invented patients, puts other secrets into each world
of a pair, asks every page and every FHIR address in both, and compares status, headers and body byte for byte. The
last line sums up; a difference is printed with what was asked, and the exit code is 1.

  hallway prove                       2,000 pairs at every exit
  hallway prove --pairs 50 --only fhir
"""

import argparse
import json
import logging
import re
import sys
from typing import TYPE_CHECKING

from hallway.errors import HallwayError, Kind

if TYPE_CHECKING:
    from hallway.app.prove.exits import Exit
    from hallway.app.prove.proof import Tally

SUMMARY = "prove by pairs of worlds that nothing withheld can be told"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How much, where, and how to print."""
    parser.add_argument("--pairs", type=int, default=2000, help="pairs of databases (default 2000)")
    parser.add_argument("--seed", type=int, default=1, help="repeats a proof exactly (default 1)")
    parser.add_argument("--only", default="", metavar="REGEX", help="only exits whose name matches")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")


def run(arguments: argparse.Namespace) -> int:
    """0 when there is no difference and every exit has answered, else 1."""
    import django

    django.setup()
    logging.getLogger("django.request").setLevel(logging.CRITICAL)
    from django.db import connections

    from hallway.app.bench import scratch
    from hallway.app.prove import network, proof, worlds
    from hallway.fhirapi import door

    exits = [one for one in proof.all_exits() if re.search(arguments.only, one.name)]
    if not exits:
        raise HallwayError(
            Kind.INCORRECT,
            "H-APP-021",
            what="No exit has a name like that.",
            undone="Nothing was proven.",
            to_do="Leave --only away to see all of them.",
        )
    with scratch.database("prove") as url:
        template = url.split("?")[0].rpartition("/")[2]
        with worlds.injected("stage", worlds.BEFORE):
            cast = network.build()
        door.close()
        connections.close_all()
        tally = proof.prove(template, cast, exits, pairs=arguments.pairs, seed=arguments.seed)
    return _tell(arguments, tally, exits)


def _tell(arguments: argparse.Namespace, tally: "Tally", exits: "list[Exit]") -> int:
    from hallway.app.prove import proof

    missing = proof.uncovered(exits, tally)
    for one in tally.differences[:50]:
        sys.stderr.write(f"{one}\n")
    checked = "status, headers and body of both worlds compared byte for byte; clock and entropy injected"
    summary = {
        "name": "prove",
        "value": tally.asked,
        "unit": "answers compared",
        "baseline": None,
        "ratio": None,
        "dataset": f"invented network of 6 organizations, {tally.pairs} pairs of databases",
        "checked": checked,
        "pairs": tally.pairs,
        "exits": len(exits),
        "differences": len(tally.differences),
        "seed": arguments.seed,
        "faults": tally.faults,
        "uncovered": missing,
        "aggregate_exits": sorted(proof.AGGREGATES),
    }
    if arguments.json:
        print(json.dumps(summary))
    else:
        print(
            f"{tally.pairs} pairs, {len(exits)} exits, {tally.asked} answers compared, "
            f"{len(tally.differences)} differences, seed {arguments.seed}. {checked}."
        )
        if missing:
            print(f"Said nothing about: {', '.join(missing)}.")
        if tally.faults:
            print(f"Failed alike in both worlds: {tally.faults}.")
    return 1 if tally.differences or missing or tally.faults else 0
