"""Fuzz the FHIR door: ``python -m tools.fuzz_fhir --requests 100000 --seed 1``.

Starts a throw-away database with the network of the proof and every kind of secret in it, and the product's server.
Prints one JSON object: how many requests, which statuses, findings, seconds, and the server's memory as it went.
Findings stand on standard error; the exit status is 1 when there are any.
"""

import argparse
import json
import os
import sys
import time


def main() -> int:
    """Parse, run, tell."""
    parser = argparse.ArgumentParser(prog="python -m tools.fuzz_fhir", description=__doc__)
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-bombs", action="store_true", help="leave out the requests made to hurt")
    parser.add_argument("--only", type=int, default=-1, help="show the request of this number and its answer")
    arguments = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hallway.app.settings")
    os.environ.setdefault("HALLWAY_SECRET_KEY", "only-for-proofs")
    import django

    django.setup()
    from hallway.app.bench import scratch
    from hallway.app.prove import server
    from tools.fuzz_fhir import running

    with server.running(), scratch.database("fuzz"):
        begun = time.monotonic()
        found = running.run(
            requests=arguments.requests,
            seed=arguments.seed,
            bombs=not arguments.no_bombs,
            only=arguments.only,
            say=_say,
        )
        seconds = time.monotonic() - begun
    for finding in found.findings[:200]:
        sys.stderr.write(f"{finding}\n")
    print(json.dumps({**found.told(), "seed": arguments.seed, "seconds": round(seconds)}))
    return 1 if found.findings else 0


def _say(words: str) -> None:
    sys.stderr.write(f"{words}\n")


if __name__ == "__main__":
    sys.exit(main())
