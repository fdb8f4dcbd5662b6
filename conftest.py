"""One cluster a run, one migrated template, one fresh copy of it for every test that touches the database."""

import os
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from tests.cluster import Cluster

_cluster: Cluster | None = None
_home: "tempfile.TemporaryDirectory[str] | None" = None
TEMPLATE = "hallway_template"
PRINTED_AT = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)


def pytest_configure(config: pytest.Config) -> None:
    """Start the cluster in the controlling process; workers inherit its address."""
    global _cluster
    global _home
    os.environ.setdefault("HALLWAY_SECRET_KEY", "only-for-tests")
    if "HALLWAY_TEST_SERVER" not in os.environ:
        # Never the data folder of whoever runs the tests.
        _home = tempfile.TemporaryDirectory(prefix="hallway-tests-")
        os.environ["HALLWAY_HOME"] = _home.name
        _cluster = Cluster()
        os.environ["HALLWAY_TEST_SERVER"] = _cluster.start()
        os.environ["HALLWAY_DATABASE_URL"] = f"{os.environ['HALLWAY_TEST_SERVER']}/{TEMPLATE}"
        _build_template()
    # pytest-django has read the settings before this hook, without the key of the line above.
    from django.conf import settings

    settings.SECRET_KEY = os.environ["HALLWAY_SECRET_KEY"]
    settings.HOME = Path(os.environ["HALLWAY_HOME"])
    settings.INSTRUMENT_TEXTS = str(settings.HOME / "instruments")


LONGEST_FIRST = ("tests/prove/test_two_worlds", "tests/prove/", "tests/journeys/", "tests/running/")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files come first: begun last, one of them would keep a single process busy while the others rest."""
    items.sort(key=lambda one: next((n for n, name in enumerate(LONGEST_FIRST) if name in one.nodeid), 9))


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop what this process started."""
    if _cluster is not None:
        _cluster.stop()
    if _home is not None:
        _home.cleanup()


@pytest.fixture(autouse=True)
def _printed_in_one_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two pages that a test compares name one time of print, though a minute ends between them."""
    if context := sys.modules.get("hallway.web.context"):
        monkeypatch.setattr(context, "printed_at", lambda: PRINTED_AT)


def admin(sql: str) -> None:
    """Run one statement on the cluster, outside any database of ours."""
    with psycopg.connect(f"{os.environ['HALLWAY_TEST_SERVER']}/postgres", autocommit=True) as connection:
        connection.execute(sql)


def copy_template(name: str) -> None:
    """A database like the template, its files copied: of so small a one that is cheaper than logging every page."""
    admin(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY FILE_COPY")


def _build_template() -> None:
    import subprocess
    import sys

    admin(f"CREATE DATABASE {TEMPLATE}")
    subprocess.run([sys.executable, "-m", "hallway.app.cli", "migrate"], check=True, stdout=subprocess.DEVNULL)


def point_django_at(name: str) -> None:
    """Make Django's connections, and the URL others read, use database ``name``."""
    from django.db import connections

    from hallway.storage import database_url

    url = f"{os.environ['HALLWAY_TEST_SERVER']}/{name}"
    os.environ["HALLWAY_DATABASE_URL"] = url
    for alias in connections:
        connections[alias].close()
        fresh = database_url.django_settings(role=None)
        connections[alias].settings_dict.update({key: fresh[key] for key in ("NAME", "HOST", "PORT", "USER")})


@pytest.fixture(scope="session")
def django_db_setup() -> None:
    """The template is the set-up; pytest-django must make no database of its own."""


@pytest.fixture
def fresh_db(
    django_db_blocker: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """A database of this test's own, migrated and empty; its name. Commits are real, nothing is rolled back.

    Its data folder is its own as well: the heads that one database published are wrong for another.
    """
    import uuid

    from django.conf import settings

    monkeypatch.setattr(settings, "HOME", tmp_path_factory.mktemp("home"))
    name = f"t_{uuid.uuid4().hex[:12]}"
    copy_template(name)
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        point_django_at(name)
        try:
            yield name
        finally:
            point_django_at(TEMPLATE)
            admin(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def shared_data() -> object:
    """The folder of real input; tests that need it skip with a reason where it is absent."""
    folder = Path(__file__).resolve().parent.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("../shared/data is not here: tests on real input are skipped")
    return folder
