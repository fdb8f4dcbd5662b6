import os
import time
from contextlib import ExitStack
from dataclasses import dataclass, replace
from random import Random

import psycopg
import pytest

from hallway.errors import HallwayError
from hallway.ledger import heads, lines, queries, sealer
from hallway.ledger.standalone import Verified
from hallway.storage.connection import transaction


@dataclass(frozen=True)
class Somebody:
    account_id: int = 7
    practitioner_id: int = 8
    organization_id: int = 9
    role: str = "pcp"
    app: str = ""


WHO = Somebody()


def leave(*charts, act="read"):
    with transaction():
        lines.write(replace(lines.step_line(WHO, act, charts=charts), plan='[[[1,1,0,[],["US-1"],[],[]]]]'))


def seal_all(path):
    """Seal and publish; how many heads it took."""
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
    assert (verified.heads, verified.lines) == (3, 12)
    assert [queries.length_of(chart) for chart in (0, 1, 2, 3)] == [3, 6, 6, 3]


def test_sealing_again_with_nothing_new_makes_no_head(sealed):
    assert heads.seal_and_publish(sealed) == 0
    assert len(list(heads.read(sealed))) == 3


def write_on(connection, *charts, act):
    with connection.cursor() as opened:
        opened.execute(lines.INSERT_LINE, lines.step_line(WHO, act, charts=charts).bound(opened))


def test_a_slow_transaction_holds_nobody_up_and_its_line_is_sealed_when_it_comes(fresh_db, tmp_path):
    path = tmp_path / "heads.jsonl"
    with owner() as slow, slow.transaction():
        write_on(slow, 1, act="slow")
        leave(1, act="fast")
        assert seal_all(path) == 1
        assert heads.gaps() == [(1, 1)], "the number of the line that is still to come"
        leave(2, act="faster")
        assert seal_all(path) == 1
        assert heads.gaps() == [(1, 1)], "its transaction still runs"
    assert seal_all(path) == 1
    assert heads.gaps() == []
    verified = Verified()
    assert list(queries.verify_database(verified, published=path)) == []
    assert verified.lines == 3


def test_a_number_whose_transaction_failed_is_closed_once_nobody_can_bring_it(fresh_db, tmp_path):
    path = tmp_path / "heads.jsonl"
    with owner() as failing:
        failing.autocommit = False
        write_on(failing, 1, act="lost")
        failing.rollback()
    leave(1)
    assert seal_all(path) == 1
    assert heads.gaps() == [(1, 1)]
    until = time.monotonic() + 20
    while heads.gaps() and time.monotonic() < until:
        leave(1)
        seal_all(path)
        time.sleep(0.02)
    assert heads.gaps() == []
    with owner() as intruder:
        intruder.execute("INSERT INTO ledger_line (id, at, way) SELECT 1, at, way FROM ledger_line LIMIT 1")
    assert findings(path) == ["this line was added behind the seal"]


@pytest.mark.parametrize("seed", range(4))
def test_whatever_the_order_of_commits_each_line_is_sealed_once(fresh_db, tmp_path, seed):
    path, dice = tmp_path / "heads.jsonl", Random(seed)
    with ExitStack() as stack:
        open_ones = [stack.enter_context(owner()) for _ in range(5)]
        for one in open_ones:
            one.autocommit = False
        kept = 0
        pending = dict.fromkeys(range(5), 0)
        for _ in range(60):
            which = dice.randrange(5)
            move = dice.choice(("write", "write", "commit", "roll back", "seal"))
            if move == "write":
                write_on(open_ones[which], dice.randrange(3), act="w")
                pending[which] += 1
            elif move == "seal":
                seal_all(path)
            else:
                kept += pending[which] if move == "commit" else 0
                pending[which] = 0
                open_ones[which].commit() if move == "commit" else open_ones[which].rollback()
        for one in open_ones:
            one.rollback()
    seal_all(path)
    verified = Verified()
    assert list(queries.verify_database(verified, published=path)) == []
    assert verified.lines == kept


def test_a_second_sealer_goes_home(fresh_db, tmp_path):
    leave(1)
    with owner() as other, other.transaction():
        other.execute("SELECT pg_advisory_xact_lock(%s)", [sealer._LOCK])
        assert sealer.seal() == []
    assert seal_all(tmp_path / "heads.jsonl") == 1


def test_a_long_backlog_is_sealed_in_batches(fresh_db, tmp_path, monkeypatch):
    monkeypatch.setattr(sealer, "BATCH", 4)
    with owner() as slow, slow.transaction():
        write_on(slow, 1, act="slow")
        with transaction():
            for _ in range(9):
                lines.write(lines.step_line(WHO, "bulk", charts=(1, 2)))
        assert seal_all(tmp_path / "heads.jsonl") == 3
    leave(2)
    assert seal_all(tmp_path / "heads.jsonl") == 1
    verified = Verified()
    assert list(queries.verify_database(verified, published=tmp_path / "heads.jsonl")) == []
    assert verified.lines == 11


def test_each_seal_speaks_of_every_line_that_was_committed_before_it(fresh_db, tmp_path):
    path = tmp_path / "heads.jsonl"
    for number in range(1, 6):
        leave(1, 2)
        assert seal_all(path) == 1
        assert list(heads.read(path))[-1].top_id == number


PLANTED = {
    "edited": "UPDATE ledger_line SET detail = 'x' WHERE id = 6",
    "edited time": "UPDATE ledger_line SET at = at + interval '1 second' WHERE id = 6",
    "edited chart": "UPDATE ledger_line SET chart_id = 7 WHERE id = 6",
    "edited charts": "UPDATE ledger_line SET also = '3' WHERE id = 6",
    "edited position": "UPDATE ledger_line SET position = 3 WHERE id = 6",
    "edited epoch": "UPDATE ledger_line SET epoch = 3 WHERE id = 6",
    "another plan": "UPDATE ledger_line SET plan = 3 WHERE id = 6",
    "another way": "UPDATE ledger_line SET way = 3 WHERE id = 6",
    "the way says something else": "UPDATE ledger_way SET purpose = 'PAY'",
    "field boundary moved": "UPDATE ledger_way SET act = '', route = 'read'",
    "the way is gone": "DELETE FROM ledger_way",
    "the plan says something else": "UPDATE ledger_plan SET plan = '[[]]'",
    "the plan is gone": "DELETE FROM ledger_plan",
    "dropped": "DELETE FROM ledger_line WHERE id = 6",
    "last line dropped": "DELETE FROM ledger_line WHERE id = 12",
    "swapped": "UPDATE ledger_line l SET id = CASE o.id WHEN 6 THEN -5 ELSE -6 END FROM ledger_line o"
    " WHERE o.id = l.id AND l.id IN (5, 6); UPDATE ledger_line SET id = -id WHERE id < 0",
    "added behind the seal": "DELETE FROM ledger_line WHERE id = 6; INSERT INTO ledger_line (id, at, way, chart_id)"
    " SELECT 6, at, way, chart_id FROM ledger_line WHERE id = 5",
    "which lines stand under a head": "UPDATE ledger_head SET ids = ids || '\\x01' WHERE number = 3",
    "a line left out of its head": "DELETE FROM ledger_line WHERE id = 12;"
    " UPDATE ledger_head SET ids = substring(ids FOR 3), marks = substring(marks FOR 12), lines = 3 WHERE number = 3",
    "the mark of a line": "UPDATE ledger_head SET marks = overlay(marks PLACING '\\x00000000' FROM 1) WHERE number = 2",
    "edited with its mark": "UPDATE ledger_line SET detail = 'x' WHERE id = 6; UPDATE ledger_head SET marks ="
    " (SELECT string_agg(substring(sha256(convert_to(concat_ws(chr(31), " + sealer.TEXTS + "), 'UTF8')) FOR 4), ''"
    " ORDER BY l.id) FROM ledger_answer l WHERE id BETWEEN 5 AND 8) WHERE number = 2",
    "the end of a chain": "UPDATE ledger_tip SET seq = seq + 1 WHERE chart_id = 2",
    "a chain forgotten": "DELETE FROM ledger_tip WHERE chart_id = 2",
    "head altered": "UPDATE ledger_head SET published_at = now() WHERE number = 2",
    "head dropped": "DELETE FROM ledger_head WHERE number = 2",
    "last head dropped": "DELETE FROM ledger_head WHERE number = 3",
    "last round dropped whole": "DELETE FROM ledger_line WHERE id > 8; DELETE FROM ledger_head WHERE number = 3",
}


@pytest.mark.parametrize("change", PLANTED)
def test_a_planted_change_is_found(sealed, change):
    with owner() as intruder:
        for statement in PLANTED[change].split("; "):
            assert intruder.execute(statement).rowcount > 0, "the planted change must change something"
    assert findings(sealed), change


def test_an_edited_line_is_named_once_and_not_as_an_avalanche(sealed):
    with owner() as intruder:
        intruder.execute(PLANTED["edited"])
    found = list(queries.verify_database(Verified(), published=sealed))
    assert [(one.what, one.head, one.line) for one in found] == [("this line was edited", 2, 6)]


def test_a_history_rewritten_with_all_its_hashes_contradicts_the_published_heads(sealed):
    with owner() as intruder:
        intruder.execute("UPDATE ledger_line SET detail = 'forged' WHERE id = 6")
        intruder.execute("TRUNCATE ledger_head, ledger_tip")
    seal_all(sealed.with_name("of-the-forger.jsonl"))
    assert findings(sealed.with_name("absent")) == [], "the forger has made the database agree with itself"
    assert "this published head is not the one that is here" in findings(sealed)


def test_heads_of_another_database_are_not_published_over(sealed):
    with owner() as intruder:
        intruder.execute("TRUNCATE ledger_head, ledger_tip")
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
    """As after pg_dump and pg_restore into a young cluster: a gap was noticed at a number far ahead of the present."""
    with owner() as restored:
        restored.execute("UPDATE ledger_head SET gaps = ARRAY[5, 5, 9000000000000] WHERE number = 3")
        restored.execute("DELETE FROM ledger_tip WHERE false")
    leave(1, 3, act="after")
    assert seal_all(sealed) == 1
    assert heads.gaps() == []
    assert findings(sealed) == []
