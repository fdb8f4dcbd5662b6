"""A backup is whole, and a restore loses nothing until it has succeeded."""

import os
from pathlib import Path

import psycopg
import pytest

from hallway.errors import HallwayError
from hallway.storage import backup


def url_of(name: str) -> str:
    return f"{os.environ['HALLWAY_TEST_SERVER']}/{name}"


@pytest.fixture
def second_db(fresh_db: str) -> str:
    """A second, empty database without tables."""
    name = f"{fresh_db}_b"
    with psycopg.connect(url_of("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type]
    yield name
    with psycopg.connect(url_of("postgres"), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")  # type: ignore[arg-type]


def practices(name: str) -> list[str]:
    with psycopg.connect(url_of(name)) as connection:
        return [str(row[0]) for row in connection.execute("SELECT name FROM directory_organization ORDER BY name")]


def add_practice(name: str) -> None:
    from hallway.directory.models import Organization

    Organization.objects.create(fhir_id=name, name=name)


def test_a_restored_database_holds_what_the_backup_held(fresh_db: str, second_db: str, tmp_path: Path):
    add_practice("Millbrook")
    size = backup.dump(url_of(fresh_db), tmp_path / "b.hallway")
    assert size == (tmp_path / "b.hallway").stat().st_size
    assert (tmp_path / "b.hallway").stat().st_mode & 0o077 == 0
    backup.restore(url_of(second_db), tmp_path / "b.hallway", replace=False)
    assert practices(second_db) == ["Millbrook"]
    with psycopg.connect(url_of(second_db)) as connection:
        connection.execute("SET ROLE hallway_app")
        assert connection.execute("SELECT count(*) FROM directory_organization").fetchone() == (1,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("DELETE FROM ledger_line")


def test_a_target_with_data_is_kept_unless_told_otherwise(fresh_db: str, second_db: str, tmp_path: Path):
    add_practice("Before")
    backup.dump(url_of(fresh_db), tmp_path / "b")
    backup.restore(url_of(second_db), tmp_path / "b", replace=False)
    with pytest.raises(HallwayError) as caught:
        backup.restore(url_of(second_db), tmp_path / "b", replace=False)
    assert caught.value.code == "H-STO-063"
    backup.restore(url_of(second_db), tmp_path / "b", replace=True)
    assert practices(second_db) == ["Before"]


def test_a_file_that_is_no_backup_touches_nothing(fresh_db: str, tmp_path: Path):
    add_practice("Kept")
    (tmp_path / "letter").write_text("not a backup")
    with pytest.raises(HallwayError) as caught:
        backup.restore(url_of(fresh_db), tmp_path / "letter", replace=True)
    assert caught.value.code == "H-STO-062"
    assert practices(fresh_db) == ["Kept"]


def test_a_cut_off_backup_touches_nothing(fresh_db: str, second_db: str, tmp_path: Path):
    add_practice("Kept")
    backup.dump(url_of(fresh_db), tmp_path / "b")
    backup.restore(url_of(second_db), tmp_path / "b", replace=False)
    whole = (tmp_path / "b").read_bytes()
    (tmp_path / "cut").write_bytes(whole[: len(whole) * 2 // 3])
    with pytest.raises(HallwayError) as caught:
        backup.restore(url_of(second_db), tmp_path / "cut", replace=True)
    assert caught.value.code in {"H-STO-062", "H-STO-064"}
    assert practices(second_db) == ["Kept"]


def test_a_database_in_use_is_not_swapped_away(fresh_db: str, second_db: str, tmp_path: Path):
    add_practice("Kept")
    backup.dump(url_of(fresh_db), tmp_path / "b")
    backup.restore(url_of(second_db), tmp_path / "b", replace=False)
    with psycopg.connect(url_of(second_db)) as user:
        user.execute("SELECT 1")
        with pytest.raises(HallwayError) as caught:
            backup.restore(url_of(second_db), tmp_path / "b", replace=True)
    assert caught.value.code == "H-STO-065"
    assert practices(second_db) == ["Kept"]


def test_an_existing_file_is_never_overwritten(fresh_db: str, tmp_path: Path):
    (tmp_path / "b").write_text("older")
    with pytest.raises(HallwayError) as caught:
        backup.dump(url_of(fresh_db), tmp_path / "b")
    assert caught.value.code == "H-STO-060"
    assert (tmp_path / "b").read_text() == "older"
    assert not list(tmp_path.glob(".*"))


def test_the_password_is_not_on_the_command_line(monkeypatch: pytest.MonkeyPatch):
    seen: list[list[str]] = []
    tools = backup.programs.find()
    monkeypatch.setattr(backup, "_tools_for", lambda _: tools)

    def spy(command: list[str], **_: object) -> object:
        seen.append(command)
        raise FileNotFoundError

    monkeypatch.setattr(backup.subprocess, "run", spy)
    with pytest.raises(FileNotFoundError):
        backup._run("pg_dump", "postgresql://u:secret-word@127.0.0.1:1/d")
    assert seen
    assert "secret-word" not in str(seen)
