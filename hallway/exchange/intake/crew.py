"""Loads files with one process a core: Python decodes and labels in one while PostgreSQL stores for another."""

import gc
import multiprocessing
import os
import signal
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from hallway.errors import HallwayError
from hallway.exchange.intake import files, taking
from hallway.identity.requester import system
from hallway.labels import table
from hallway.labels.source import Source
from hallway.storage import processes


@dataclass(frozen=True, slots=True)
class FileReport:
    """What became of one file: ``taken``, or the sentence that says why nothing of it was stored."""

    name: str
    seconds: float
    taken: taking.Taken | None
    refused: str = ""

    def line(self) -> str:
        """One line for a person."""
        if self.taken is None:
            return f"NOT LOADED {self.refused}"
        t = self.taken
        counts = f"{t.entries} entries, {t.created} new, {t.updated} changed, {t.unchanged} known"
        return f"{self.name}: {counts}, {self.seconds:.1f} s"


def load(paths: list[Path], feed: Source, *, workers: int = 0, is_checked: bool = True) -> Iterator[FileReport]:
    """Load each file in a transaction of its own and report it as soon as it stands.

    ``workers`` 0 means one a core; ``is_checked``: what R4 forbids is refused.
    NDJSON files name one another, so they are loaded one after the other.
    """
    in_order = any("ndjson" in path.name or "jsonl" in path.name for path in paths)
    yield from load_series(
        [paths] if in_order else [[one] for one in paths], feed, workers=workers, is_checked=is_checked
    )


def load_series(
    series: Sequence[Sequence[Path]], feed: Source, *, workers: int = 0, is_checked: bool = True
) -> Iterator[FileReport]:
    """Load each series in its order, several series at once; each file is a transaction of its own."""
    wanted = min(workers or os.cpu_count() or 1, len(series))
    if wanted < 2:
        yield from (load_file(path, feed, is_checked=is_checked) for paths in series for path in paths)
        return
    _let_go_of_connections()
    table.load()
    fork = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(wanted, mp_context=fork, initializer=_begin, initargs=(os.getpid(),)) as pool:
        # The longest first, so that at the end nobody is left with much while the others have nothing.
        longest_first = sorted(series, key=_size, reverse=True)
        waiting = [pool.submit(_load_in_order, paths, feed, is_checked) for paths in longest_first]
        try:
            for done in as_completed(waiting):
                yield from done.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _size(paths: Sequence[Path]) -> int:
    return sum(path.stat().st_size for path in paths)


def _load_in_order(paths: Sequence[Path], feed: Source, is_checked: bool) -> list[FileReport]:
    return [load_file(path, feed, is_checked=is_checked) for path in paths]


def load_file(path: Path, feed: Source, *, is_checked: bool = True) -> FileReport:
    """Load one file; what it is refused for is in the report, with file and entry."""
    begun = time.perf_counter()
    try:
        check = taking.refuse_invalid if is_checked else None
        taken = taking.take(files.parcel(path), feed=feed, by=system("load"), check=check)
    except HallwayError as error:
        entry = f", entry {error.number}" if isinstance(error, files.EntryError) else ""
        return FileReport(path.name, time.perf_counter() - begun, None, f"{path.name}{entry}: {error}")
    return FileReport(path.name, time.perf_counter() - begun, taken)


def _let_go_of_connections() -> None:
    """A connection must not be shared by two processes."""
    from django.db import connections

    connections.close_all()


def _begin(parent: int) -> None:
    """End with a killed load: who waits for work from a dead parent waits for ever, and holds its output open.

    A parcel is 100,000 small objects without cycles; looking for cycles among them took half the time.
    """
    processes.die_with_parent(signal.SIGKILL, parent)
    gc.disable()
    _let_go_of_connections()
