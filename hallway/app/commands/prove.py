"""Prove that nothing leaks: pairs of worlds that differ only in what the caller may not know answer alike.

Starts a throw-away database server (or uses the one that HALLWAY_DATABASE_URL names), fills it with invented patients,
puts other secrets into each world of a pair, asks pages and FHIR addresses in both, and compares status, headers and
body byte for byte. The last line sums up; a difference is printed with what was asked and the smallest set of hidden
facts that shows it, and the exit code is 1.

  hallway prove                            2,000 pairs, each at every exit
  hallway prove --pairs 100000 --exits 20  each pair at twenty exits, drawn so that all are met alike
  hallway prove --minutes 30 --exits 20    as many pairs as half an hour allows
  hallway prove --pairs 50 --only fhir
  hallway prove --revocation               50 readers over HTTP while a consent is signed and taken back
"""

import argparse
import json
import logging
import os
import re
import sys
import time
from contextlib import nullcontext
from typing import TYPE_CHECKING

from hallway.errors import HallwayError, Kind

if TYPE_CHECKING:
    from hallway.app.prove.exits import Exit
    from hallway.app.prove.tally import Tally

SUMMARY = "prove by pairs of worlds that nothing withheld can be told"
NEEDS_DATABASE = False
_NO_END = 10**9


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How much, where, and how to print."""
    parser.add_argument("--pairs", type=int, help="pairs of worlds (default 2000; no end when --minutes is given)")
    parser.add_argument("--exits", default="all", metavar="N", help="how many exits a pair meets, or all (default)")
    parser.add_argument(
        "--worlds", type=int, default=5, choices=range(2, 11), metavar="N",
        help="worlds that are asked the same; the first makes a pair with every other (default 5)",
    )  # fmt: skip
    parser.add_argument("--minutes", type=float, default=0.0, help="begin nothing new after so many minutes")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes (default: one for each core)")
    parser.add_argument("--seed", type=int, default=1, help="repeats a proof exactly (default 1)")
    parser.add_argument("--only", default="", metavar="REGEX", help="only exits whose name matches")
    parser.add_argument("--revocation", action="store_true", help="run the drill of a revocation instead")
    parser.add_argument("--readers", type=int, default=50, help="readers of that drill (default 50)")
    parser.add_argument("--reads", type=int, default=100_000, help="answers of that drill (default 100000)")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")


def run(arguments: argparse.Namespace) -> int:
    """0 when there is no difference and every exit has answered, else 1."""
    import django

    os.environ.setdefault("HALLWAY_SECRET_KEY", "only-for-proofs")
    django.setup()
    logging.getLogger("django.request").setLevel(logging.CRITICAL)
    from hallway.app.prove import proof, server

    if arguments.revocation:
        return _drill(arguments)
    exits = [one for one in proof.all_exits() if re.search(arguments.only, one.name)]
    if not exits or not re.fullmatch(r"all|[1-9][0-9]{0,5}", arguments.exits):
        raise HallwayError(
            Kind.INCORRECT,
            "H-APP-021",
            what="No exit has a name like that, or --exits is neither a number nor all.",
            undone="Nothing was proven.",
            to_do="Leave --only and --exits away to meet all of them.",
        )
    with nullcontext() if os.environ.get("HALLWAY_DATABASE_URL") else server.running():
        begun = time.monotonic()
        tally = _prove(arguments, exits)
        seconds = time.monotonic() - begun
    return _tell(arguments, tally, exits, seconds)


def _drill(arguments: argparse.Namespace) -> int:
    """0 when no answer was stale and every form's list names who was served."""
    from hallway.app.bench import scratch
    from hallway.app.prove import revoking, server

    with server.running(), scratch.database("revocation"):
        begun = time.monotonic()
        found = revoking.drill(revoking.stage(), readers=arguments.readers, reads=arguments.reads)
        seconds = time.monotonic() - begun
    stale = len(found.stale())
    summary = {
        "name": "revocation",
        "value": stale,
        "unit": "stale answers",
        "baseline": None,
        "ratio": None,
        "dataset": f"{arguments.readers} readers over HTTP, {len(found.shuts)} revocations",
        "checked": "every answer begun after a revocation's commit, by the database's commit time, was searched",
        "reads": len(found.reads),
        "shown": sum(one.shown for one in found.reads),
        "begun_while_shut": found.judged(),
        "click_to_effect_p95_seconds": round(found.p95(), 4),
        "told_to_the_patient": found.told,
        "failed": found.failed,
        "seconds": round(seconds, 1),
    }
    print(json.dumps(summary) if arguments.json else "\n".join(f"{name}: {value}" for name, value in summary.items()))
    return 1 if stale or found.told < len(found.shuts) or not found.judged() else 0


def _prove(arguments: argparse.Namespace, exits: "list[Exit]") -> "Tally":
    from hallway.app.bench import scratch
    from hallway.app.prove import crew, network, proof, shrinking, worlds
    from hallway.fhirapi import door

    with scratch.database("prove") as url:
        with worlds.injected("stage", worlds.BEFORE):
            cast = network.build()
        door.close()
        scope = proof.Scope(
            template=url.split("?")[0].rpartition("/")[2],
            cast=cast,
            exits=tuple(exits),
            pairs=arguments.pairs or (_NO_END if arguments.minutes else 2000),
            seed=arguments.seed,
            worlds=arguments.worlds,
            each=0 if arguments.exits == "all" else int(arguments.exits),
        )
        try:
            tally = crew.work(scope, jobs=arguments.jobs, seconds=arguments.minutes * 60, say=_say)
            for one in tally.differences[:3]:
                sys.stderr.write(f"Smallest counterexample, seed {scope.seed}: {shrinking.shrink(scope, one)}\n")
            return tally
        finally:
            worlds.forget_administrator()


def _say(tally: "Tally", seconds: float) -> None:
    """How far it has come, on the side, once a minute."""
    sys.stderr.write(
        f"{tally.pairs:,} pairs, {tally.asked:,} answers compared, {len(tally.differences)} differences, "
        f"{tally.pairs / seconds:.1f} pairs a second\n"
    )


def _tell(arguments: argparse.Namespace, tally: "Tally", exits: "list[Exit]", seconds: float) -> int:
    from hallway.app.prove import proof

    missing = proof.uncovered(exits, tally)
    for one in tally.differences[:50]:
        sys.stderr.write(f"{one}\n")
    checked = "status, headers and body of both worlds compared byte for byte; clock and entropy injected"
    compared = [one for one in exits if one.name not in proof.AGGREGATES | proof.DEMO_ONLY]
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
        "pairs_per_exit_minimum": tally.fewest(compared),
        "differences": len(tally.differences),
        "seed": arguments.seed,
        "worlds_together": arguments.worlds,
        "seconds": round(seconds, 1),
        "pairs_per_second": round(tally.pairs / seconds, 2),
        "faults": tally.faults,
        "uncovered": missing,
        "aggregate_exits": sorted(proof.AGGREGATES),
    }
    if arguments.json:
        print(json.dumps(summary))
    else:
        print(
            f"{tally.pairs} pairs, {len(exits)} exits, each met by at least {summary['pairs_per_exit_minimum']} pairs, "
            f"{tally.asked} answers compared, {len(tally.differences)} differences, seed {arguments.seed}. {checked}."
        )
        if missing:
            print(f"Said nothing about: {', '.join(missing)}.")
        if tally.faults:
            print(f"Failed alike in both worlds: {dict(tally.faults)}.")
    return 1 if tally.differences or missing or tally.faults else 0
