"""Tells the stories in several processes at once. Light to import: a new process sets Django up before all else."""

import multiprocessing
import time
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from multiprocessing.process import BaseProcess

    from hallway.app.demo.walk import Told

PARTS = 2
"""The smallest machine we support has two cores."""
_PATIENCE_SECONDS = 600


def tell_all(until: datetime) -> "list[Told]":
    """Tell every part, each in its process; raises RuntimeError when one failed, after stopping the others."""
    context = multiprocessing.get_context("spawn")
    barrier, results = context.Barrier(PARTS), context.SimpleQueue()
    parts = [context.Process(target=_tell, args=(number, until, barrier, results)) for number in range(PARTS)]
    for part in parts:
        part.start()
    _wait_for(parts)
    told: list[Told] = []
    while not results.empty():
        told.append(results.get())
    if len(told) < PARTS:
        raise RuntimeError("A part of the demo could not be told; its reason stands above.")
    return told


def _wait_for(parts: "Sequence[BaseProcess]") -> None:
    while any(part.is_alive() for part in parts):
        if any(part.exitcode for part in parts):
            for part in parts:
                part.terminate()
        time.sleep(0.1)


def _tell(number: int, until: datetime, barrier: Any, results: Any) -> None:
    import django

    django.setup()
    from hallway.app.demo import build

    results.put(build.tell_part(number, until, lambda: barrier.wait(_PATIENCE_SECONDS)))
