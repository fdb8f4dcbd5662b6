"""Load FHIR R4 files: transaction, batch or collection Bundles, single resources and NDJSON, plain or gzip.

Each file is stored in one transaction, wholly or not at all. What was loaded before from the same source is recognised:
an identical resource changes nothing, a changed one becomes its next version. References between entries are rewritten
to the ids that Hallway gives. What FHIR R4 forbids is refused, by place and rule. Folders are walked. The exit code is
1 when a file could not be loaded; the others are.

  hallway load export/                    records from outside, of nobody in particular
  hallway load --source "Elm Street" a.json.gz   records of an organization in the directory
"""

import argparse
import sys
import time
from pathlib import Path

SUMMARY = "load FHIR Bundles and NDJSON"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Files and folders, and whose records they are."""
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="files or folders")
    parser.add_argument("--source", default="", help="organization the records come from: its exact name or id")
    parser.add_argument("--workers", type=int, default=0, help="processes (default: one a core)")
    parser.add_argument("--no-validate", action="store_true", help="take also what FHIR R4 forbids")
    parser.add_argument("--quiet", action="store_true", help="no progress, only the report")


def run(arguments: argparse.Namespace) -> int:
    """Load every file; 1 when one or more could not be."""
    import django

    django.setup()
    from hallway.exchange.intake import crew, files, taking

    found = files.find(arguments.paths)
    tally = _Tally(len(found), quiet=arguments.quiet)
    feed = taking.feed_of(arguments.source)
    for report in crew.load(found, feed, workers=arguments.workers, is_checked=not arguments.no_validate):
        tally.add(report.line(), report.taken.entries if report.taken else None)
    return tally.end()


class _Tally:
    """Progress on standard error while it runs, the report on standard output."""

    def __init__(self, files: int, *, quiet: bool) -> None:
        self.files = files
        self.quiet = quiet
        self.done = 0
        self.broken = 0
        self.entries = 0
        self.begun = time.perf_counter()

    def add(self, line: str, entries: int | None) -> None:
        self.done += 1
        self.broken += entries is None
        self.entries += entries or 0
        print(line)
        sys.stdout.flush()
        if not self.quiet:
            sys.stderr.write(f"  {self.done} of {self.files} files, {self._rate():,.0f} resources/s\n")

    def _rate(self) -> float:
        return self.entries / max(time.perf_counter() - self.begun, 1e-9)

    def end(self) -> int:
        broken = f", {self.broken} could not be loaded and left nothing behind" if self.broken else ""
        print(f"{self.done} files, {self.entries:,} resources, {self._rate():,.0f} resources/s{broken}.")
        return 1 if self.broken else 0
