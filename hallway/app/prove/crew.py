"""Several processes that share a proof, batch by batch, until all is done, time is up or a difference is found."""

import gc
import multiprocessing
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import wait
from typing import Any

from django.db import connections

from hallway.app.prove import proof, worlds
from hallway.app.prove.proof import Scope
from hallway.app.prove.tally import Tally
from hallway.fhirapi import door

_TELL_EVERY = 60.0
Say = Callable[[Tally, float], None]


def work(scope: Scope, *, jobs: int, seconds: float = 0.0, say: Say | None = None) -> Tally:
    """The whole scope by ``jobs`` processes; no new batch is begun after ``seconds``, when there is a limit.

    Nothing may be connected to the template. Raises ChildProcessError when a process ends without its answer.
    """
    door.close()
    connections.close_all()
    worlds.forget_administrator()
    context = multiprocessing.get_context("fork")
    pipes: list[Any] = []
    crew: list[Any] = []
    for _ in range(max(1, min(jobs, scope.batches))):
        ours, theirs = context.Pipe()
        member = context.Process(target=_member, args=(scope, theirs), daemon=True)
        member.start()
        theirs.close()
        pipes.append(ours)
        crew.append(member)
    try:
        return _hand_out(scope, pipes, seconds, say)
    finally:
        for pipe in pipes:
            # Said, not only closed: those begun later hold copies of this end, so closing it ends nobody's waiting.
            with suppress(OSError):
                pipe.send(None)
            pipe.close()
        for member in crew:
            member.join(30)
            if member.is_alive():
                member.terminate()


def _hand_out(scope: Scope, pipes: list[Any], seconds: float, say: Say | None) -> Tally:
    """Give a batch to whoever is free; the sum of what they found."""
    tally, following, begun = Tally(), 0, time.monotonic()
    told = begun
    busy: list[Any] = list(pipes)
    for pipe in pipes:
        pipe.send(following)
        following += 1
    while busy:
        ready: list[Any] = wait(busy)
        for pipe in ready:
            tally.add(_received(pipe))
            now = time.monotonic()
            is_over = (seconds and now - begun > seconds) or (scope.stops and tally.differences)
            if following < scope.batches and not is_over:
                pipe.send(following)
                following += 1
            else:
                busy.remove(pipe)
            if say is not None and now - told > _TELL_EVERY:
                told = now
                say(tally, now - begun)
    return tally


def _received(pipe: Any) -> Tally:
    try:
        return pipe.recv()
    except EOFError as error:
        raise ChildProcessError(
            "A process of the proof ended early. What it found is lost. Run again with one job to see why."
        ) from error


def _member(scope: Scope, pipe: Any) -> None:
    """One process of the crew: batches in, tallies out, until None comes or the pipe is closed."""
    # What was loaded stays loaded: looking through it for garbage, again and again, costs a tenth of a proof.
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    while True:
        try:
            batch = pipe.recv()
        except EOFError:
            return
        if batch is None:
            return
        try:
            found = proof.prove_batch(scope, batch)
        except Exception:
            traceback.print_exc()
            return
        pipe.send(found)
