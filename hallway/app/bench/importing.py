"""Bench ``import``: FHIR Bundles to durable, labelled, indexed, ledgered rows; whole lives, and validated in 300s.

Every round loads into an empty database of its own on the server in force, whose fsync and synchronous commit are
looked at first and named in ``checked``. The last round reads every resource back and compares it with what was sent.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from statistics import median
from typing import Any

from django.db import connections

from hallway.app.bench import peers, scratch
from hallway.app.bench.figure import Figure
from hallway.errors import HallwayError, Kind
from hallway.exchange.intake import crew, files, taking
from hallway.record.stored import Stored
from hallway.standards.fhir import codec
from hallway.storage.connection import cursor

NAME = "import"


SIZE = 300
"""Entries of one transaction of ``import_validated``."""


def run(options: argparse.Namespace) -> Iterator[Figure]:
    """``import``: whole lives, not validated; ``import_validated``: transactions of 300, validated. Medians."""
    paths = files_of(options)
    rounds = 1 if options.quick else options.rounds
    lives = f"{len(paths)} synthetic lives"
    with tempfile.TemporaryDirectory() as folder:
        series = _transactions(paths, Path(folder))
        rates: dict[bool, list[float]] = {False: [], True: []}
        checked: dict[bool, str] = {}
        for number in range(rounds):
            for is_checked in (False, True):
                rate, said = _round(paths, series if is_checked else None, whole=number == rounds - 1)
                rates[is_checked].append(rate)
                checked[is_checked] = said
        yield Figure("import", median(rates[False]), "resources/s", None, None, lives, checked[False])
        value, peer = median(rates[True]), peers.medplum_rate([one for each in series for one in each])
        ratio = value / peer if peer else None
        cut = f"{lives} in {sum(map(len, series))} transactions of {SIZE}; baseline: {peers.MEDPLUM}, in memory"
        yield Figure("import_validated", value, "resources/s", peer, ratio, cut, checked[True])


def _round(paths: Sequence[Path], series: Sequence[Sequence[Path]] | None, *, whole: bool) -> tuple[float, str]:
    """One load into an empty database: resources a second, and what was verified. A series is validated."""
    with scratch.database("import"):
        feed = taking.feed_of("")
        begun = time.perf_counter()
        loading = crew.load(list(paths), feed, is_checked=False) if series is None else crew.load_series(series, feed)
        reports = list(loading)
        spent = time.perf_counter() - begun
        entries = sum(one.taken.entries for one in reports if one.taken)
        return entries / spent, _check(reports, paths, whole=whole)


def _transactions(paths: Sequence[Path], folder: Path) -> list[list[Path]]:
    """Each life cut into transactions, in its order; what another transaction holds is named by its sender's id."""
    series: list[list[Path]] = []
    for path in paths:
        entries = files.parcel(path).entries
        names = {one.full_url.encode(): one.origin.encode() for one in entries if one.full_url}
        series.append([])
        for start in range(0, len(entries), SIZE):
            part = entries[start : start + SIZE]
            within = {one.full_url.encode() for one in part}
            outside = {url: name for url, name in names.items() if url not in within}
            text = b",".join(_posted(one, outside) for one in part)
            target = folder / f"{path.name.partition('.')[0]}-{start:05d}.json"
            target.write_bytes(b'{"resourceType":"Bundle","type":"transaction","entry":[%b]}' % text)
            series[-1].append(target)
    return series


def _posted(entry: files.Entry, outside: dict[bytes, bytes]) -> bytes:
    raw = codec.rewrite_references(entry.raw, outside.get)
    url, kind = entry.full_url.encode(), entry.kind.encode()
    return b'{"fullUrl":"%b","resource":%b,"request":{"method":"POST","url":"%b"}}' % (url, raw, kind)


def files_of(options: argparse.Namespace) -> list[Path]:
    """The synthetic lives. Raises NOT_FOUND where the folder does not hold them."""
    found = sorted((options.data / "synthea-massachusetts").glob("*.json.gz"))
    if not found:
        raise HallwayError(
            Kind.NOT_FOUND,
            "H-APP-031",
            what="The synthetic lives are not in the data folder.",
            undone="Nothing was measured.",
            to_do="Give the folder with --data.",
        )
    return found[:3] if options.quick else found


def _check(reports: Sequence[crew.FileReport], paths: Sequence[Path], *, whole: bool) -> str:
    """What was verified, in words. Raises HallwayError when a file was refused or a value differs."""
    created = sum(one.taken.created for one in reports if one.taken)
    stored = int(str(_one("SELECT count(*) FROM record_id")))
    tokens = int(str(_one("SELECT count(*) FROM record_origin")))
    if any(one.taken is None for one in reports) or not created == stored == tokens:
        raise wrong("A file was refused, or the number of rows is not the number of resources.")
    settings = f"fsync {_one('SHOW fsync')}, synchronous_commit {_one('SHOW synchronous_commit')}"
    words = f"{created} distinct resources stored, {settings}"
    if not whole:
        return words
    return f"{words}, {_compare(paths)} entries read back and equal value by value"


def _one(statement: str) -> object:
    with cursor() as opened:
        row = opened.execute(statement).fetchone()  # type: ignore[arg-type]  # literals of this module
    return row[0] if row else None


def wrong(what: str) -> HallwayError:
    """A check that failed: the figure does not count."""
    return HallwayError(
        Kind.FAULT, "H-APP-032", what=what, undone="The figure was thrown away.", to_do="Run the tests of load."
    )


def _compare(paths: Sequence[Path]) -> int:
    """Entries compared, decimals by their digits, references aside."""
    with cursor() as opened:
        names = dict(opened.execute("SELECT origin, resource_id::text FROM record_origin").fetchall())
    held = _as_stored()
    compared = 0
    for path in paths:
        for entry in _exact(files.unpacked(path))["entry"]:
            sent = entry["resource"]
            stored = _exact(held[names[f"{sent['resourceType']}/{sent['id']}"]].json_bytes())
            if _comparable(sent) != _comparable(stored):
                raise wrong("A resource came back other than it was sent.")
            compared += 1
    return compared


def _as_stored() -> dict[str, Stored]:
    """Everything by id, read as the owner of the tables: this compares what lies there, not what a reader may have."""
    with connections["owner"].cursor() as opened:
        opened.execute(
            "SELECT kind, resource_id::text, version, updated_at, dated_at, source_org, author, mask, meta, body"
            " FROM record_resource"
        )
        rows = opened.fetchall()
    return {row[1]: Stored._make((*row[:8], bytes(row[8]), bytes(row[9]))) for row in rows}


def _exact(text: bytes) -> dict[str, Any]:
    return json.loads(text, parse_float=Decimal)


def _comparable(resource: dict[str, Any]) -> object:
    meta = {k: v for k, v in resource.get("meta", {}).items() if k not in {"versionId", "lastUpdated", "security"}}
    return _plain({k: v for k, v in resource.items() if k not in {"id", "meta"}} | ({"meta": meta} if meta else {}))


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return {k: "*" if k == "reference" else _plain(v) for k, v in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list) else value
