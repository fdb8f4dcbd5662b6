"""Must show 2: the fifteen lives load whole, read back value by value, and a second load changes nothing."""

import gzip
import json
from decimal import Decimal

import pytest

from hallway.exchange.intake import files, taking
from hallway.identity.requester import system
from hallway.ids import ChartId, OrganizationId
from hallway.record.evidence import Clause, Purpose, Release
from hallway.record.queries import epoch_of, read_chart, read_shared
from hallway.storage.connection import cursor

pytestmark = pytest.mark.slow


def one_value(statement, *parameters):
    with cursor() as opened:
        return opened.execute(statement, parameters).fetchone()[0]


def without_references(value):
    """The value with every reference, and the id, blanked: those are ours by design."""
    if isinstance(value, dict):
        return {k: "*" if k == "reference" else without_references(v) for k, v in value.items()}
    if isinstance(value, list):
        return [without_references(one) for one in value]
    return value


def exact(text):
    return json.loads(text, parse_float=Decimal)


def comparable(resource):
    """As sent, references aside; of meta, what the sender said."""
    meta = {k: v for k, v in resource.get("meta", {}).items() if k not in {"versionId", "lastUpdated", "security"}}
    rest = {k: v for k, v in resource.items() if k not in {"id", "meta"}}
    return without_references(rest | ({"meta": meta} if meta else {}))


def sent_resources(path):
    return [entry["resource"] for entry in exact(gzip.open(path).read())["entry"]]


@pytest.fixture(scope="module")
def synthea(shared_data):
    found = sorted((shared_data / "synthea-massachusetts").glob("*.json.gz"))
    assert len(found) == 15
    return found


def load(paths):
    feed = taking.feed_of("")
    return feed, [taking.take(files.parcel(path), feed=feed, by=system("test")) for path in paths]


def test_all_fifteen_lives_load_read_back_exactly_and_load_again_without_change(fresh_db, synthea):
    feed, taken = load(synthea)
    assert sum(one.entries for one in taken) == 34589
    assert sum(one.created for one in taken) == 34452
    assert sum(one.unchanged for one in taken) == 137
    with cursor() as opened:
        rows = opened.execute("SELECT origin, kind, resource_id::text, chart_id FROM record_origin").fetchall()
    assert len(rows) == 34452
    held = _everything_stored(feed.organization, rows)
    assert len(held) == 34452
    names = {origin: resource_id for origin, _, resource_id, _ in rows}
    compared = 0
    for path in synthea:
        for sent in sent_resources(path):
            stored = exact(held[names[f"{sent['resourceType']}/{sent['id']}"]])
            assert comparable(stored) == comparable(sent)
            compared += 1
    assert compared == 34589

    before = one_value("SELECT count(*) FROM record_history")
    _, again = load(synthea)
    assert sum(one.unchanged for one in again) == 34589
    assert sum(one.created + one.updated for one in again) == 0
    assert one_value("SELECT count(*) FROM record_history") == before == 0
    assert one_value("SELECT count(*) FROM record_origin") == 34452


def _everything_stored(organization, rows):
    """id -> served bytes of everything, through released reads with a plan that allows all of this source."""
    held = {}
    for chart in sorted({row[3] for row in rows if row[3]}):
        clause = Clause(OrganizationId(organization), (1 << 40) - 1)
        release = Release(system("t"), ChartId(chart), Purpose.SYSTEM, (clause,), epoch_of(chart), taking.clock.now())
        held |= {one.id: one.json_bytes() for one in read_chart(release)}
    for _, kind, resource_id, chart in rows:
        if not chart:
            held[resource_id] = read_shared(kind, resource_id).json_bytes()
    return held


def test_references_point_at_what_they_pointed_at(fresh_db, synthea):
    feed, _ = load(synthea[-1:])
    with cursor() as opened:
        rows = opened.execute("SELECT origin, kind, resource_id::text, chart_id FROM record_origin").fetchall()
    held = _everything_stored(feed.organization, rows)
    ours = {f"urn:uuid:{origin.split('/')[1]}": f"{kind}/{rid}" for origin, kind, rid, _ in rows}
    names = {origin: rid for origin, _, rid, _ in rows}

    def references(value):
        if isinstance(value, dict):
            for key, inner in value.items():
                yield from [inner] if key == "reference" else references(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from references(inner)

    for sent in sent_resources(synthea[-1]):
        stored = exact(held[names[f"{sent['resourceType']}/{sent['id']}"]])
        assert [ours[one] for one in references(sent)] == list(references(stored))
