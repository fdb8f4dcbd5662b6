"""How long validation takes over the synthetic lives: microseconds a resource, by type.

Run: python -m tools.measure_validation [ROUNDS]. Decoding is not counted. Each round goes over every resource once;
the median round is printed, then the share of each type.
"""

import statistics
import sys
import time
from collections import defaultdict
from pathlib import Path

from hallway.standards.fhir.validation import validate
from tests.standards import real

DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"


def main() -> None:
    """Print the figures."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    lives = real.lives(DATA)
    began = time.process_time()
    for resource in lives:
        validate(resource)
    cold = time.process_time() - began
    taken: list[float] = []
    for _ in range(rounds):
        began = time.process_time()
        for resource in lives:
            validate(resource)
        taken.append(time.process_time() - began)
    each = statistics.median(taken) / len(lives) * 1e6
    print(f"{len(lives):,} resources, {each:.1f} us of CPU time each (median of {rounds} rounds)")
    print(f"first round, definitions and shapes included: {cold:.2f} s")
    by_kind: dict[str, list[float]] = defaultdict(list)
    for resource in lives:
        began = time.process_time()
        validate(resource)
        by_kind[resource["resourceType"]].append(time.process_time() - began)
    total = sum(sum(one) for one in by_kind.values())
    for kind, times in sorted(by_kind.items(), key=lambda one: -sum(one[1])):
        share = sum(times) / total
        print(f"{kind:28} {len(times):6,}  {statistics.median(times) * 1e6:8.1f} us median  {share:6.1%} of the time")


if __name__ == "__main__":
    main()
