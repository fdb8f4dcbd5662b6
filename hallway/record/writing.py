"""SQL of writing. Small writes go row by row; a Bundle's rows go by COPY into the chart's partition.

Part of the store: only ``record.actions`` imports it, and every caller holds the chart locks already.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from hallway.ids import ChartId, ResourceId
from hallway.record import copying
from hallway.record.evidence import Labelled
from hallway.record.resources import HeaderRow
from hallway.standards.fhir.ranges import Range
from hallway.storage.connection import Cursor

A_TICK = timedelta(microseconds=1)
"""The least by which a version comes after the one before: its instant is its name."""
COPY_FROM = 64
"""From this many new rows on, COPY pays for itself."""

_COLUMNS = copying.RESOURCE
_TYPES = (
    "int8",
    "text",
    "uuid",
    "int4",
    "timestamptz",
    "timestamptz",
    "int4",
    "int4",
    "int8",
    "bool",
    "text[]",
    "bytea",
    "bytea",
)


class Held(NamedTuple):
    """What the store holds of a resource now."""

    version: int
    source_org: int
    author: int
    mask: int
    several: bool
    meta: bytes
    body: bytes
    dated_at: datetime | None
    updated_at: datetime


def homes(opened: Cursor, ids: Sequence[ResourceId]) -> dict[tuple[str, str], ChartId]:
    """(kind, id) -> the chart where each known resource lives."""
    opened.execute(
        "SELECT kind, resource_id::text, chart_id FROM record_id WHERE resource_id = ANY (%s::uuid[])",
        ["{" + ",".join(ids) + "}"],
    )
    return {(row[0], row[1]): ChartId(row[2]) for row in opened.fetchall()}


def held(opened: Cursor, chart_id: ChartId, ids: Sequence[str]) -> dict[tuple[str, str], Held]:
    """(kind, id) -> current version, for those of ``ids`` that live in the chart."""
    opened.execute(
        "SELECT kind, resource_id::text, version, source_org, author, mask, several, meta, body, dated_at,"
        " updated_at FROM record_resource WHERE chart_id = %s::bigint AND resource_id = ANY (%s::uuid[])",
        [chart_id, "{" + ",".join(ids) + "}"],
    )
    return {(row[0], row[1]): Held(*row[2:]) for row in opened.fetchall()}


def last_version(opened: Cursor, one: Labelled) -> int:
    """The number of the last version in history, 0 when there is none: a deleted resource that comes back."""
    opened.execute(
        "SELECT coalesce(max(version), 0) FROM record_history"
        " WHERE chart_id = %s::bigint AND kind = %s::text AND resource_id = %s::uuid",
        [one.charts[0], one.resource_type, one.resource_id],
    )
    return int((opened.fetchone() or (0,))[0])


def _row(one: Labelled, version: int, at: datetime) -> tuple[object, ...]:
    return (
        one.charts[0], one.resource_type, one.resource_id, version, at, one.dated_at, one.source_org, one.author,
        int(one.mask), len(one.charts) > 1, list(one.basis), one.meta, one.body,
    )  # fmt: skip


def insert(opened: Cursor, fresh: Sequence[tuple[Labelled, int]], at: datetime) -> None:
    """Insert new current versions (with their version numbers), tokens, ids and memberships."""
    if len(fresh) >= COPY_FROM:
        _copy(opened, fresh, at)
    else:
        _insert_rows(opened, fresh, at)
    _insert_memberships(opened, [one for one, _ in fresh if len(one.charts) > 1])


def _insert_rows(opened: Cursor, fresh: Sequence[tuple[Labelled, int]], at: datetime) -> None:
    places = ", ".join(f"%s::{kind}" for kind in _TYPES)
    for one, version in fresh:
        opened.execute(f"INSERT INTO record_resource ({_COLUMNS}) VALUES ({places})", _row(one, version, at))  # noqa: S608
        _put_tokens(opened, one, at)
        if version == 1:
            opened.execute(
                "INSERT INTO record_id (resource_id, kind, chart_id) VALUES (%s::uuid, %s::text, %s::bigint)",
                [one.resource_id, one.resource_type, one.charts[0]],
            )


def _copy(opened: Cursor, fresh: Sequence[tuple[Labelled, int]], at: datetime) -> None:
    """COPY each chart's rows into its partition: the parent's policy forbids COPY, the partition takes INSERT only."""
    by_partition: dict[int, list[tuple[Labelled, int]]] = {}
    partitions = partition_of(opened, {one.charts[0] for one, _ in fresh})
    for pair in fresh:
        by_partition.setdefault(partitions[pair[0].charts[0]], []).append(pair)
    when = copying.packed(at)
    for number, pairs in by_partition.items():
        target = f"record_resource_{number} ({copying.RESOURCE})"
        copying.copy(opened, target, (copying.resource_row(one, version, when) for one, version in pairs))
        target = f"record_token_{number} ({copying.TOKENS})"
        copying.copy(opened, target, (copying.token_row(one, when) for one, _ in pairs))
    new = (copying.id_row(one) for one, version in fresh if version == 1)
    copying.copy(opened, "record_id (resource_id, kind, chart_id)", new)


def partition_of(opened: Cursor, chart_ids: Iterable[ChartId]) -> dict[ChartId, int]:
    """Hash partition of each chart; PostgreSQL's own function says, so the number can never drift from it."""
    opened.execute(
        "SELECT c, n FROM unnest(%s::bigint[]) c, generate_series(0, 7) n"
        " WHERE satisfies_hash_partition('record_resource'::regclass, 8, n, c)",
        ["{" + ",".join(str(c) for c in chart_ids) + "}"],
    )
    return {ChartId(row[0]): int(row[1]) for row in opened.fetchall()}


def _insert_memberships(opened: Cursor, several: Sequence[Labelled]) -> None:
    for one in several:
        for chart in one.charts:
            opened.execute(
                "INSERT INTO record_membership (chart_id, kind, resource_id, home_chart_id)"
                " VALUES (%s::bigint, %s::text, %s::uuid, %s::bigint) ON CONFLICT DO NOTHING",
                [chart, one.resource_type, one.resource_id, one.charts[0]],
            )


_TOKEN_TYPES = (
    *("int8", "text", "uuid", "text[]", "timestamptz", "timestamptz", "int4", "int4", "int8", "bool"),
    *("text[]", "float8[]", "float8[]", "text[]"),
)
_PUT_TOKENS = (
    f"INSERT INTO record_token ({copying.TOKENS}) VALUES ({', '.join(f'%s::{kind}' for kind in _TOKEN_TYPES)})"  # noqa: S608
    " ON CONFLICT (chart_id, kind, resource_id) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in copying.TOKENS.split(", ")[3:])
).encode()


def _put_tokens(opened: Cursor, one: Labelled, at: datetime) -> None:
    """The index row, with the copies of what stands in the resource's own row; ``at`` is that row's instant."""
    opened.execute(
        _PUT_TOKENS,
        [
            one.charts[0], one.resource_type, one.resource_id, list(one.tokens), at, one.dated_at or "-infinity",
            one.source_org, one.author, int(one.mask), len(one.charts) > 1, *range_columns(one.ranges),
        ],
    )  # fmt: skip


def range_columns(held: Sequence[Range]) -> tuple[object, ...]:
    """Ranges as the four parallel arrays of ``record_token``."""
    if not held:
        return None, None, None, None
    codes, lows, highs, units = (list(column) for column in zip(*held, strict=True))
    # A date's ends are whole microseconds: the adapter takes a list of one type.
    return codes, list(map(float, lows)), list(map(float, highs)), units if any(units) else None


def _keep(opened: Cursor, key: Sequence[object]) -> None:
    """Copy the current version into history, as it stands."""
    opened.execute(
        f"INSERT INTO record_history ({_COLUMNS}, position) SELECT {_COLUMNS}, position FROM record_resource"  # noqa: S608
        " WHERE chart_id = %s::bigint AND kind = %s::text AND resource_id = %s::uuid",
        key,
    )


def replace(opened: Cursor, one: Labelled, *, version: int, at: datetime) -> None:
    """Put the next version in place of the current one, which goes into history."""
    key = [one.charts[0], one.resource_type, one.resource_id]
    _keep(opened, key)
    opened.execute(
        "UPDATE record_resource SET version = %s::int4,"
        # Two versions of one resource never have one instant: it is their name.
        " updated_at = greatest(%s::timestamptz, updated_at + interval '1 microsecond'), dated_at = %s::timestamptz,"
        " source_org = %s::int4, author = %s::int4, mask = %s::int8, several = %s::bool, basis = %s::text[],"
        " meta = %s::bytea, body = %s::bytea, position = currval('record_position')"
        " WHERE chart_id = %s::bigint AND kind = %s::text AND resource_id = %s::uuid RETURNING updated_at",
        [*_row(one, version, at)[3:], *key],
    )
    stood = opened.fetchone()
    _put_tokens(opened, one, stood[0] if stood else at)
    if len(one.charts) > 1:
        _insert_memberships(opened, [one])


def bury(opened: Cursor, key: Sequence[object], at: datetime) -> tuple[int, datetime] | None:
    """Move the current version into history, set a tombstone on top; its version number and instant, or None."""
    _keep(opened, key)
    opened.execute(
        "DELETE FROM record_resource WHERE chart_id = %s::bigint AND kind = %s::text AND resource_id = %s::uuid"
        " RETURNING version, source_org, author, mask, several, updated_at",
        key,
    )
    gone = opened.fetchone()
    if gone is None:
        return None
    at = max(at, gone[5] + A_TICK)
    opened.execute(
        "DELETE FROM record_token WHERE chart_id = %s::bigint AND kind = %s::text AND resource_id = %s::uuid",
        key,
    )
    opened.execute(
        f"INSERT INTO record_history ({_COLUMNS}, deleted)"  # noqa: S608
        " VALUES (%s::bigint, %s::text, %s::uuid, %s::int4, %s::timestamptz, NULL, %s::int4,"
        " %s::int4, %s::int8, %s::bool, '{}', '', '', true)",
        [*key, gone[0] + 1, at, *gone[1:5]],
    )
    return int(gone[0]) + 1, at


def add_sources(opened: Cursor, pairs: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Note which organization has written into which chart; the pairs that are new."""
    new: list[tuple[int, int]] = []
    for pair in sorted(pairs):
        opened.execute(
            "INSERT INTO record_chart_source (chart_id, source_org) VALUES (%s::bigint, %s::int4)"
            " ON CONFLICT DO NOTHING RETURNING 1",
            pair,
        )
        new += [pair] if opened.fetchone() else []
    return new


def put_header(opened: Cursor, patient: Labelled, header: HeaderRow) -> None:
    """Write the projection of a Patient resource."""
    opened.execute(
        "INSERT INTO record_header (chart_id, source_org, mask, family, given, family_key, given_key, birth_on, gender,"
        " pronouns, record_number, deceased) VALUES (%s::bigint, %s::int4, %s::int8, %s::text, %s::text, %s::text,"
        " %s::text, %s::date, %s::text, %s::text, %s::text, %s::bool) ON CONFLICT (chart_id) DO UPDATE SET"
        " source_org = excluded.source_org, mask = excluded.mask, family = excluded.family, given = excluded.given,"
        " family_key = excluded.family_key, given_key = excluded.given_key, birth_on = excluded.birth_on,"
        " gender = excluded.gender, pronouns = excluded.pronouns, record_number = excluded.record_number,"
        " deceased = excluded.deceased",
        [
            patient.charts[0], patient.source_org, int(patient.mask), header.family, header.given, header.family_key,
            header.given_key, header.birth_on, header.gender, header.pronouns, header.record_number, header.deceased,
        ],
    )  # fmt: skip
