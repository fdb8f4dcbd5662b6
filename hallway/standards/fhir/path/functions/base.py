"""How functions are made: from the trees of their arguments to a step."""

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager

from hallway.standards.fhir.path.running import Env, Run, Step
from hallway.standards.fhir.path.syntax import Tree
from hallway.standards.fhir.path.values import Items


class Compiled:
    """What a function may ask of the compiler."""

    trusted: bool = False

    def run(self, tree: Tree) -> Run:
        """An argument as an expression."""
        raise NotImplementedError

    def type_name(self, tree: Tree) -> str:
        """An argument as the name of a type."""
        raise NotImplementedError


Make = Callable[[Compiled, tuple[Tree, ...]], Step]
Function = tuple[int, int, Make]
"""Fewest and most arguments, and the maker."""


@contextmanager
def standing_at(env: Env, this: Items) -> Generator[None]:
    """$this and $index put back afterwards."""
    before = env.this, env.index
    env.this = this
    try:
        yield
    finally:
        env.this, env.index = before


def each(found: Items, inner: Run, env: Env) -> Iterator[tuple[object, Items]]:
    """Each value with what ``inner`` says of it."""
    before = env.this, env.index
    env.spend(len(found))
    try:
        for index, one in enumerate(found):
            env.this, env.index = [one], index
            yield one, inner(env)
    finally:
        env.this, env.index = before


def plain(work: Callable[[Items, Env], Items]) -> Function:
    """A function without arguments."""
    return 0, 0, lambda _, __: work


def with_one(work: Callable[[Items, Items, Env], Items]) -> Function:
    """A function with one argument, which is looked at where the whole call stands."""

    def make(made: Compiled, parts: tuple[Tree, ...]) -> Step:
        argument = made.run(parts[0])
        return lambda found, env: work(found, argument(env), env)

    return 1, 1, make
