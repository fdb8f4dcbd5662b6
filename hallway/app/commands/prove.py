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
    from hallway.app.prove import revoking
    from hallway.app.prove.exits import Exit
    from hallway.app.prove.tally import Tally

SUMMARY = "prove by pairs of worlds that nothing withheld can be told"
NEEDS_DATABASE = False
_NO_END = 10**9
_SAY_EVERY = 15.0


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
        told = time.monotonic()

        def say(found: revoking.Found) -> None:
            nonlocal told
            if time.monotonic() - told > _SAY_EVERY:
                told = time.monotonic()
                sys.stderr.write(f"{json.dumps(_far(found))}\n")

        found = revoking.drill(revoking.stage(), number=arguments.readers, reads=arguments.reads, say=say)
    for one in found.stale()[:20]:
        sys.stderr.write(f"Stale: {found.paths[one.path]}\n")
    for figure in _figures(arguments, found):
        told_as = json.dumps(figure) if arguments.json else "\n".join(f"{name}: {figure[name]}" for name in figure)
        print(told_as)
    return 1 if found.stale() or found.failed() or found.told < len(found.shuts) or not found.judged() else 0


def _far(found: "revoking.Found") -> dict[str, object]:
    """How far the drill has come."""
    from hallway.app.prove.revoking import p95

    return {
        "name": "revocation_so_far",
        "reads": len(found.reads),
        "revocations": len(found.shuts),
        "stale": len(found.stale()),
        "failed": sum(found.failed().values()),
        "click_to_effect_p95_seconds": round(p95([one.effect() for one in found.shuts]), 4),
        "seconds": round(time.monotonic() - found.begun, 1),
    }


def _figures(arguments: argparse.Namespace, found: "revoking.Found") -> list[dict[str, object]]:
    """The drill's two figures: how soon, and how many answers were stale."""
    from hallway.app.prove.revoking import p95

    frame = {
        "baseline": None,
        "ratio": None,
        "dataset": f"{arguments.readers} readers over HTTP that never rest, {len(found.shuts)} revocations",
        "checked": "every answer begun after a revocation's commit, by the database's commit time, was searched",
    }
    effects = [one.effect() for one in found.shuts]
    seconds = time.monotonic() - found.begun
    soon: dict[str, object] = {
        "name": "click_to_effect",
        "value": round(p95(effects), 4),
        "unit": "seconds from the click to the end of the first answer that refuses, 95th percentile",
        **frame,
        "longest": round(max(effects), 4),
        "click_to_commit_p95_seconds": round(p95([one.committed - one.clicked for one in found.shuts]), 4),
        "click_to_answer_p95_seconds": round(p95([one.answered - one.clicked for one in found.shuts]), 4),
        "read_p95_seconds": round(p95([one.ended - one.begun for one in found.reads]), 4),
        "reads_per_second": round(len(found.reads) / seconds, 1),
    }
    stale: dict[str, object] = {
        "name": "revocation",
        "value": len(found.stale()),
        "unit": "stale answers",
        **frame,
        "reads": len(found.reads),
        "shown": sum(one.shown for one in found.reads),
        "begun_while_shut": found.judged(),
        "begun_within_a_commit": sum(len(one.within()) for one in found.shuts),
        "longest_commit_milliseconds": round(1000 * max(one.seen - one.committed for one in found.shuts), 1),
        "click_to_effect_p95_seconds": soon["value"],
        "cut_off_by_a_revocation": found.cut(),
        "told_to_the_patient": found.told,
        "failed": sum(found.failed().values()),
        "failed_by_status": found.failed(),
        "seconds": round(seconds, 1),
    }
    return [soon, stale]


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
    from hallway.app.prove.cast import ORGANIZATIONS

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
        "dataset": f"invented network of {len(ORGANIZATIONS)} organizations, {tally.pairs} pairs of databases",
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
