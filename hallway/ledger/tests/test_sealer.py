import os
import time
from dataclasses import dataclass

import psycopg
import pytest

from hallway.errors import HallwayError
from hallway.ledger import chain, export, heads, lines, queries, sealer
from hallway.ledger.verify import Verified
from hallway.storage.connection import cursor, transaction


@dataclass(frozen=True)
class Somebody:
    account_id: int = 7
    practitioner_id: int = 8
    organization_id: int = 9
    role: str = "pcp"


WHO = Somebody()


def leave(*charts, act="read"):
    with transaction():
        lines.write(lines.step_line(WHO, act, charts=charts))


def seal_all(path):
    """Seal once nothing older runs anywhere in the cluster (autovacuum does now and then); how many heads it took."""
    with cursor() as opened:
        for _ in range(1000):
            opened.execute("SELECT max(xid) < pg_snapshot_xmin(pg_current_snapshot()) FROM ledger_answer")
            if opened.fetchone() != (False,):
                break
            time.sleep(0.01)
    return heads.seal_and_publish(path)


def owner():
    """A connection that owns the tables, as an intruder with the owner's password would have."""
    return psycopg.connect(os.environ["HALLWAY_DATABASE_URL"], autocommit=True)


def findings(published=None):
    return [finding.what for finding in queries.verify_database(Verified(), published=published)]


@pytest.fixture
def sealed(fresh_db, tmp_path):
    """Twelve lines over three charts in three rounds, sealed and published; the file of heads."""
    path = tmp_path / "heads.jsonl"
    for _ in range(3):
        for charts in ((1,), (1, 2), (2, 3), ()):
            leave(*charts)
        seal_all(path)
    return path


def test_what_was_sealed_verifies(sealed):
    verified = Verified()
    assert list(queries.verify_database(verified, published=sealed)) == []
    assert (verified.heads, verified.links) == (3, 18)
    assert [queries.length_of(chart) for chart in (0, 1, 2, 3)] == [3, 6, 6, 3]


def test_sealing_again_with_nothing_new_makes_no_head(sealed):
    assert heads.seal_and_publish(sealed) == 0
    assert len(list(heads.read(sealed))) == 3


def test_a_line_of_a_slower_older_transaction_is_sealed_in_its_turn(fresh_db, tmp_path):
    path = tmp_path / "heads.jsonl"
    with owner() as slow, slow.transaction():
        slow.execute(lines.INSERT_LINE, lines.step_line(WHO, "slow", charts=(1,)).parameters())
        leave(1, act="fast")
        assert heads.seal_and_publish(path) == 0, "nothing may be sealed past a transaction that still runs"
    assert seal_all(path) == 1
    assert findings(path) == []
    with cursor() as opened:
        opened.execute("SELECT a.act FROM ledger_chain c JOIN ledger_answer a ON a.id = c.answer_id ORDER BY c.seq")
        assert opened.fetchall() == [("slow",), ("fast",)]


def test_a_second_sealer_goes_home(fresh_db, tmp_path):
    leave(1)
    with owner() as other, other.transaction():
        other.execute("SELECT pg_advisory_xact_lock(%s)", [sealer._LOCK])
        assert sealer.seal() == []
    assert seal_all(tmp_path / "heads.jsonl") == 1


def test_a_long_backlog_is_sealed_in_batches_cut_between_transactions(fresh_db, tmp_path, monkeypatch):
    monkeypatch.setattr(sealer, "BATCH", 4)
    for _ in range(3):
        leave(1)
    with transaction():
        for _ in range(9):
            lines.write(lines.step_line(WHO, "bulk", charts=(1, 2)))
    leave(2)
    assert seal_all(tmp_path / "heads.jsonl") == 2
    assert findings(tmp_path / "heads.jsonl") == []


PLANTED = {
    "edited": "UPDATE ledger_answer SET purpose = 'PAY' WHERE id = 6",
    "edited time": "UPDATE ledger_answer SET at = at + interval '1 second' WHERE id = 6",
    "edited charts": "UPDATE ledger_answer SET charts = '{2}' WHERE id = 6",
    "field boundary moved": "UPDATE ledger_answer SET act = '', route = 'read' WHERE id = 6",
    "dropped": "DELETE FROM ledger_answer WHERE id = 6",
    "dropped with its links": "WITH gone AS (DELETE FROM ledger_answer WHERE id = 6 RETURNING id)"
    " DELETE FROM ledger_chain WHERE answer_id IN (SELECT id FROM gone)",
    "last line of a chart dropped with its links": "WITH gone AS (DELETE FROM ledger_answer WHERE id = 12 RETURNING id)"
    " DELETE FROM ledger_chain WHERE answer_id IN (SELECT id FROM gone)",
    "one link dropped": "DELETE FROM ledger_chain WHERE chart_id = 2 AND answer_id = 6",
    "reordered": "UPDATE ledger_chain SET answer_id = 11 - answer_id WHERE chart_id = 1 AND answer_id IN (5, 6)",
    "reordered by number": "UPDATE ledger_chain SET seq = CASE seq WHEN 3 THEN 104 ELSE 103 END"
    " WHERE chart_id = 1 AND seq IN (3, 4)",
    "transaction swapped": "UPDATE ledger_answer SET xid = '3' WHERE id = 6",
    "added behind the seal": "INSERT INTO ledger_answer (xid, at, account_id, practitioner_id, organization_id, role,"
    " act, purpose, charts) SELECT xid, at, 1, 1, 1, role, act, purpose, charts FROM ledger_answer WHERE id = 6",
    "a link under no head": "INSERT INTO ledger_chain SELECT 77, 1, 6, 9, prev, hash FROM ledger_chain LIMIT 1",
    "head altered": "UPDATE ledger_head SET published_at = now() WHERE number = 2",
    "head dropped": "DELETE FROM ledger_head WHERE number = 2",
    "last head dropped": "DELETE FROM ledger_head WHERE number = 3",
    "last round dropped whole": "WITH a AS (DELETE FROM ledger_answer WHERE id > 8),"
    " c AS (DELETE FROM ledger_chain WHERE head_number = 3) DELETE FROM ledger_head WHERE number = 3",
}


@pytest.mark.parametrize("change", PLANTED)
def test_a_planted_change_is_found(sealed, change):
    with owner() as intruder:
        assert intruder.execute(PLANTED[change]).rowcount > 0, "the planted change must change something"
    assert findings(sealed), change


def test_a_history_rewritten_with_all_its_hashes_contradicts_the_published_heads(sealed):
    with owner() as intruder:
        intruder.execute("UPDATE ledger_answer SET detail = 'forged' WHERE id = 6")
        intruder.execute("TRUNCATE ledger_chain, ledger_head, ledger_tip")
    seal_all(sealed.with_name("of-the-forger.jsonl"))
    assert findings(sealed.with_name("absent")) == [], "the forger has made the database agree with itself"
    assert "this published head is not the one that is stored" in findings(sealed)


def test_heads_of_another_database_are_not_published_over(sealed):
    with owner() as intruder:
        intruder.execute("TRUNCATE ledger_chain, ledger_head, ledger_tip")
    seal_all(sealed.with_name("of-the-forger.jsonl"))
    before = sealed.read_bytes()
    with pytest.raises(HallwayError, match="H-LED-002"):
        heads.publish(sealed)
    assert sealed.read_bytes() == before
    kept = heads.set_aside(sealed)
    heads.publish(sealed)
    assert kept.read_bytes() == before
    assert findings(sealed) == []


def test_a_publication_cut_by_a_crash_is_mended(sealed):
    whole = sealed.read_bytes()
    sealed.write_bytes(whole[:-20])
    heads.publish(sealed)
    assert sealed.read_bytes() == whole


def test_a_restored_copy_that_counts_transactions_anew_goes_on_sealing(sealed):
    """As after pg_dump and pg_restore into a young cluster: stored xids lie far ahead of the present."""
    with owner() as restored:
        restored.execute("TRUNCATE ledger_chain, ledger_head, ledger_tip")
        restored.execute("UPDATE ledger_answer SET xid = (xid::text::bigint + 1000000)::text::xid8")
        bound = restored.execute(
            "SELECT (max(xid)::text::bigint)::text FROM (SELECT xid FROM ledger_answer ORDER BY id LIMIT 11) t"
        ).fetchone()[0]
    sealed.unlink()
    _seal_former_life(int(bound))
    leave(1, 3, act="after")
    assert seal_all(sealed) == 1
    leave(2, act="later")
    assert seal_all(sealed) == 1
    verified = Verified()
    assert list(queries.verify_database(verified, published=sealed)) == []
    assert verified.links == 18 + 2 + 1, "the line left unsealed by the former life is sealed once, the new ones once"
    with owner() as intruder:
        intruder.execute("DELETE FROM ledger_answer WHERE act = 'after'")
    assert findings(sealed)


def _seal_former_life(bound):
    """Seal all but the last line as the former cluster would have: its present was ``bound``."""
    first = chain.Head(1, sealer.clock.now(), 0, bound, 0, 0, b"", chain.FIRST_HEAD, b"")
    with transaction(), cursor() as opened:
        opened.execute(sealer._DUE, {"above": 0, "since": "0", "until": str(bound)})
        digest, count = sealer._link(opened, opened.fetchall(), 1)
        whole = sealer.replace(first, links=count, digest=digest)
        whole = sealer.replace(whole, hash=chain.head_hash(whole))
        opened.execute(
            sealer._KEEP_HEAD,
            [1, whole.published_at, "0", str(bound), 0, count, digest, whole.prev, whole.hash],
        )


def exported(tmp_path):
    path = tmp_path / "ledger.jsonl"
    with path.open("w") as file:
        export.write(file)
    return path


def verify_file(path, published=None):
    with path.open() as file:
        return [finding.what for finding in export.verify_file(file, Verified(), published=published)]


def test_an_export_verifies_without_a_database(sealed, tmp_path):
    assert verify_file(exported(tmp_path), sealed) == []


@pytest.mark.parametrize("number", range(21))
def test_any_line_cut_from_an_export_is_found_out(sealed, tmp_path, number):
    path = exported(tmp_path)
    kept = path.read_text().splitlines(keepends=True)
    assert len(kept) == 21
    path.write_text("".join(kept[:number] + kept[number + 1 :]))
    if number == 0:
        with pytest.raises(HallwayError, match="H-LED-004"):
            verify_file(path, sealed)
    else:
        assert verify_file(path, sealed)


def test_an_export_with_an_edited_line_is_found_out(sealed, tmp_path):
    path = exported(tmp_path)
    path.write_text(path.read_text().replace('"purpose": "TREAT"', '"purpose": "PAY"', 1))
    assert "this line was edited" in verify_file(path)


@pytest.mark.parametrize("text", ["not json\n", "[]\n", '{"chart": 1}\n'])
def test_what_is_no_export_is_refused(tmp_path, text):
    path = tmp_path / "other.jsonl"
    path.write_text(text)
    with pytest.raises(HallwayError, match="H-LED-004"):
        verify_file(path)
