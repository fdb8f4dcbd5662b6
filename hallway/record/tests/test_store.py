from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from hallway import clock, ids
from hallway.errors import HallwayError
from hallway.identity.requester import Requester, Role
from hallway.record import actions, queries
from hallway.record.classes import DataClass
from hallway.record.criteria import Query, Tokens
from hallway.record.evidence import Clause, Labelled, Purpose, Release
from hallway.record.stored import StaleRelease
from hallway.standards.fhir import r4
from hallway.storage.connection import cursor, transaction

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
ANNA = Requester(ids.AccountId(7), ids.PractitionerId(3), ids.OrganizationId(10), Role.PCP)
GENERAL = int(DataClass.GENERAL)
MH = int(DataClass.MH)


def new_id():
    return ids.ResourceId(str(ids.new_uuid(clock.now())))


def labelled(kind, chart, body, *, mask=GENERAL, org=10, author=0, rid=None, charts=None, tokens=(), dated_at=NOW):
    full = b'{"resourceType":"%b",%b}' % (kind.encode(), body)
    return Labelled(
        kind, rid or new_id(), charts or (chart,), ids.OrganizationId(org), ids.PractitionerId(author), mask, full,
        b"", tuple(tokens), dated_at, ("test",),
    )  # fmt: skip


def release(chart, *clauses, epoch=1, until=None):
    return Release(
        ANNA, chart, Purpose.TREATMENT, clauses or (Clause(ids.OrganizationId(10), GENERAL),), epoch, NOW, until
    )


def lines():
    with cursor() as opened:
        return opened.execute("SELECT act, charts, detail FROM ledger_answer ORDER BY id").fetchall()


@pytest.fixture
def chart(fresh_db):
    return actions.new_chart(new_id())


def test_what_is_written_is_read_back_with_id_version_and_label(chart):
    one = labelled("Condition", chart, b'"code":{"text":"a"},"onsetAge":{"value":1.50}', mask=GENERAL | MH)
    [written] = actions.write([one], by=ANNA)
    assert (written.version, written.outcome) == (1, "created")
    [stored] = queries.read_chart(release(chart, Clause(ids.OrganizationId(10), GENERAL | MH)))
    text = stored.json_bytes()
    assert text.startswith(b'{"resourceType":"Condition","id":"%b","meta":{"versionId":"' % one.resource_id.encode())
    assert b'"code":"PSY"' in text
    assert b'"value":1.50' in text
    assert stored.view(r4.Condition).id == one.resource_id


def test_a_class_that_no_clause_allows_does_not_flow(chart):
    actions.write(
        [labelled("Condition", chart, b'"id1":1'), labelled("Condition", chart, b'"x":1', mask=GENERAL | MH)], by=ANNA
    )
    assert len(queries.read_chart(release(chart))) == 1
    assert queries.count(release(chart)) == 1
    assert queries.count(release(chart, Clause(ids.OrganizationId(10), GENERAL | MH))) == 2


def test_author_kind_and_source_narrow_a_clause(chart):
    actions.write(
        [
            labelled("Condition", chart, b'"a":1', author=3),
            labelled("Observation", chart, b'"a":2', author=4),
            labelled("Observation", chart, b'"a":3', org=11),
        ],
        by=ANNA,
    )
    org = ids.OrganizationId(10)
    assert queries.count(release(chart, Clause(org, GENERAL, author=ids.PractitionerId(3)))) == 1
    assert queries.count(release(chart, Clause(org, GENERAL, kinds=("Observation", "Goal")))) == 1
    assert queries.count(release(chart, Clause(ids.OrganizationId(11), GENERAL))) == 1
    assert queries.count(release(chart, Clause(ids.OrganizationId(12), GENERAL))) == 0


def by_token(kind, token, *, limit=50):
    return Query(kind, (Tokens((token,)),), limit=limit)


def test_a_stale_epoch_or_an_ended_release_gives_nothing_and_leaves_no_line(chart):
    actions.write([labelled("Condition", chart, b'"a":1')], by=ANNA)
    before = lines()
    actions.bump_epoch([chart])
    with pytest.raises(StaleRelease):
        queries.read_chart(release(chart))
    with clock.stopped_at(NOW), pytest.raises(StaleRelease):
        queries.read_chart(release(chart, epoch=2, until=NOW - timedelta(seconds=1)))
    assert lines() == before
    assert len(queries.read_chart(release(chart, epoch=2))) == 1


def test_every_read_leaves_one_line_with_its_chart(chart):
    one = labelled("Condition", chart, b'"a":1', tokens=("code=x",))
    actions.write([one], by=ANNA)
    queries.read_chart(release(chart), kinds=["Condition"])
    queries.read_one(release(chart), "Condition", one.resource_id)
    queries.find(release(chart), by_token("Condition", "code=x"))
    queries.history(release(chart), "Condition", one.resource_id)
    queries.count(release(chart))
    assert [line[0] for line in lines()] == ["record.write", "read", "read", "search", "history", "count"]
    assert all(line[1] == [chart] for line in lines())


def test_an_update_keeps_the_old_version_and_an_identical_write_changes_nothing(chart):
    one = labelled("Condition", chart, b'"a":1')
    changed = labelled("Condition", chart, b'"a":2', rid=one.resource_id)
    actions.write([one], by=ANNA)
    assert actions.write([changed], by=ANNA)[0].version == 2
    assert actions.write([changed], by=ANNA)[0].outcome == "unchanged"
    assert [row.version for row in queries.history(release(chart), "Condition", one.resource_id)] == [2, 1]
    old = queries.read_one(release(chart), "Condition", one.resource_id, version=1)
    assert old is not None
    assert old.body == one.body


def test_a_deleted_resource_is_gone_from_reading_and_stays_in_history(chart):
    one = labelled("Condition", chart, b'"a":1', tokens=("t=x",))
    actions.write([one], by=ANNA)
    gone = actions.delete("Condition", one.resource_id, chart_id=chart, by=ANNA)
    assert gone is not None
    assert queries.read_one(release(chart), "Condition", one.resource_id) is None
    assert queries.read_one(release(chart), "Condition", one.resource_id, version=2) is None
    assert queries.find(release(chart), by_token("Condition", "t=x")) == []
    assert [row.version for row in queries.history(release(chart), "Condition", one.resource_id)] == [2, 1]
    assert actions.delete("Condition", one.resource_id, chart_id=chart, by=ANNA) is None
    assert actions.write([one], by=ANNA)[0].version == 3


def test_a_resource_of_several_charts_flows_only_when_every_plan_allows(chart):
    other = actions.new_chart(new_id())
    one = labelled("Encounter", chart, b'"a":1', charts=(chart, other))
    actions.write([one], by=ANNA)
    closed = release(other, Clause(ids.OrganizationId(99), GENERAL))
    assert queries.read_chart(release(chart)) == []
    assert queries.read_chart(release(chart), also=[closed]) == []
    assert len(queries.read_chart(release(chart), also=[release(other)])) == 1
    assert len(queries.read_chart(release(other), also=[release(chart)])) == 1
    assert queries.read_chart(release(other)) == []
    assert queries.read_one(release(chart), "Encounter", one.resource_id) is None


def test_a_bulk_write_reads_back_whole(chart):
    many = [labelled("Observation", chart, b'"n":%d' % n, tokens=(f"n={n}", "of=all")) for n in range(200)]
    actions.write([*many, labelled("Practitioner", ids.SHARED_CHART, b'"active":true')], by=ANNA)
    assert len(queries.read_chart(release(chart))) == 200
    assert [s.body for s in queries.find(release(chart), by_token("Observation", "n=7"))] == [many[7].body]
    wanted = by_token("Observation", "of=all", limit=120)
    page = queries.find(release(chart), wanted)
    rest = queries.find(release(chart), wanted._replace(after=queries.place_of(wanted, page[-1])))
    assert len({row.id for row in page + rest}) == 200
    newest = queries.read_chart(release(chart), limit=5)
    assert len(newest) == 5


def test_a_shared_resource_needs_no_release(fresh_db):
    one = labelled("Organization", ids.SHARED_CHART, b'"name":"x"')
    actions.write([one], by=ANNA)
    stored = queries.read_shared("Organization", one.resource_id)
    assert stored is not None
    assert queries.read_shared("Organization", new_id()) is None


def test_a_resource_cannot_move_to_another_chart(chart):
    one = labelled("Condition", chart, b'"a":1')
    actions.write([one], by=ANNA)
    other = actions.new_chart(new_id())
    with pytest.raises(HallwayError) as caught:
        actions.write([labelled("Condition", other, b'"a":1', rid=one.resource_id)], by=ANNA)
    assert caught.value.code == "H-REC-002"


def test_the_wall_shows_no_body_without_the_reading_function(chart):
    actions.write([labelled("Condition", chart, b'"a":1')], by=ANNA)
    queries.read_chart(release(chart))
    with transaction():
        actions.write([labelled("Condition", chart, b'"a":2')], by=ANNA)
        with cursor() as opened:
            assert opened.execute("SELECT count(*) FROM record_resource").fetchone()[0] == 0
    with cursor() as opened:
        assert opened.execute("SELECT count(*) FROM record_resource").fetchone()[0] == 0
        for statement in ("SELECT * FROM record_resource_0", "DELETE FROM record_history"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                opened.execute(statement)


def test_tokens_are_found_by_gin_under_the_application_role(chart):
    many = [labelled("Observation", chart, b'"n":%d' % n, tokens=(f"n|{n}", "all")) for n in range(3000)]
    actions.write(many, by=ANNA)
    with cursor() as opened:
        assert opened.execute("SELECT current_user").fetchone()[0] == "hallway_app"
        opened.execute("SELECT n FROM generate_series(0, 7) n WHERE satisfies_hash_partition"
                       "('record_token'::regclass, 8, n, %s::bigint)", [chart])  # fmt: skip
        partition = opened.fetchone()[0]
        rows = opened.execute("EXPLAIN SELECT chart_id FROM record_token WHERE tokens @> '{n|77}'").fetchall()
    plan = "\n".join(row[0] for row in rows)
    assert f"Bitmap Index Scan on record_token_{partition}_tokens_idx" in plan
    assert f"Seq Scan on record_token_{partition}" not in plan


def test_pages_of_a_search_meet_every_row_once_dated_or_not(chart):
    many = [
        labelled(
            "Condition", chart, b'"n":%d' % n, tokens=("t=x",), dated_at=NOW - timedelta(days=n % 4) if n % 3 else None
        )
        for n in range(30)
    ]
    actions.write(many, by=ANNA)
    seen = []
    wanted = by_token("Condition", "t=x", limit=7)
    while page := queries.find(release(chart), wanted):
        seen += page
        wanted = wanted._replace(after=queries.place_of(wanted, page[-1]))
    assert len(seen) == len({row.id for row in seen}) == 30
    assert [row.id for row in seen] == [row.id for row in queries.read_chart(release(chart))]
    assert [row.id for row in seen[:5]] == [row.id for row in queries.read_chart(release(chart), limit=5)]


def test_since_and_kinds_narrow_a_read(chart):
    old = labelled("Condition", chart, b'"a":1', dated_at=NOW - timedelta(days=9))
    new = labelled("Observation", chart, b'"a":1')
    actions.write([old, new], by=ANNA)
    assert [row.kind for row in queries.read_chart(release(chart), since=NOW - timedelta(days=1))] == ["Observation"]
    assert [row.kind for row in queries.read_chart(release(chart), kinds=["Condition"])] == ["Condition"]
    assert queries.read_chart(release(chart), kinds=[]) == []
