"""The smallest counterexample: which hidden facts are needed for two answers to differ, found by leaving others out."""

import copy
import os
from collections.abc import Sequence
from dataclasses import dataclass

from hallway.app.prove import asking, proof, worlds
from hallway.app.prove.proof import Scope, Secret
from hallway.app.prove.tally import Difference

MOST_TRIES = 60


@dataclass(frozen=True, slots=True)
class Counterexample:
    """The question, and the fewest hidden facts found that make the answers differ; none when forms are needed too."""

    difference: Difference
    secrets: tuple[Secret, ...]

    def __str__(self) -> str:
        """Seed and steps, for the person who mends it."""
        if not self.secrets:
            return f"{self.difference}\n  needs what was sent before it as well: repeat the whole batch"
        steps = [f"  hide {one} from seed {one.seed}" for one in self.secrets]
        return "\n".join([f"{self.difference}", *steps, f"  ask {self.difference.ask} in both"])


def shrink(scope: Scope, difference: Difference) -> Counterexample:
    """Leave out hidden facts, one after another, as long as the difference stays."""
    first = difference.round // scope.a_batch * scope.a_batch
    secrets = [
        secret
        for number in range(first, difference.round + 1)
        for secret in proof.secrets_of(scope, number, step=number - first)
    ]
    if not _differs(scope, difference, secrets):
        return Counterexample(difference, ())
    tries, size = 0, max(1, len(secrets) // 2)
    while tries < MOST_TRIES:
        kept = secrets
        for start in range(0, len(secrets), size):
            fewer = [one for one in kept if one not in secrets[start : start + size]]
            tries += 1
            if fewer and _differs(scope, difference, fewer):
                kept = fewer
        if size == 1 and len(kept) == len(secrets):
            break
        secrets, size = kept, max(1, size // 2)
    return Counterexample(difference, tuple(secrets))


def _differs(scope: Scope, difference: Difference, secrets: Sequence[Secret]) -> bool:
    """Whether fresh worlds that hide only these still answer differently."""
    cast = copy.deepcopy(scope.cast)
    with worlds.copies(scope.template, f"hallway_shrink_{os.getpid()}", scope.worlds) as some:
        try:
            for secret in secrets:
                proof.hide(some, cast, secret)
            proof.look(some, cast, difference.round, step=0)
        except Exception:  # a fact that rests on one that was left out
            return False
        first, *others = proof.ask_all(asking.root(), some, difference.ask, str(difference.round))
    return any(other != first for other in others)
