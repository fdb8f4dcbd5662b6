"""Keeps the generated demo: made once, dumped beside the database, put back in seconds.

A file says that the network is whole; without it a half-made one (somebody pulled the plug) is begun again.
"""

import json
import os
from collections.abc import Callable
from pathlib import Path

from hallway import clock
from hallway.app import serving

Tell = Callable[[str], None]
_MARK = "demo.json"
_DUMP = "demo.dump"


def prepare(base: Path, *, again: bool, fresh: bool, tell: Tell) -> None:
    """See to it that the database holds the whole demo; ``tell`` hears what takes longer than a moment."""
    mark, dump = base / _MARK, base / _DUMP
    if again and mark.exists() and dump.exists() and not fresh:
        tell("Putting the demo network back as it was generated.")
        serving.run_verb("restore", str(dump), "--replace")
        serving.run_verb("migrate")
        _wake()
        return
    if fresh or not mark.exists():
        mark.unlink(missing_ok=True)
        _empty()
        serving.run_verb("migrate")
        tell("Generating the demo network, once. This takes under a minute.")
        serving.run_verb("demo", "--fill")
        dump.unlink(missing_ok=True)
        serving.run_verb("backup", str(dump))
        mark.write_text(json.dumps({"generated_at": clock.now().isoformat()}))
        return
    serving.run_verb("migrate")
    _wake()
    _say_its_age(mark, tell)


def _empty() -> None:
    """Take away what an interrupted or outdated generation left. The folder is the demo's own."""
    import psycopg

    with psycopg.connect(os.environ["HALLWAY_DATABASE_URL"], autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")


def _wake() -> None:
    """Whoever was free next door is free again: a presence of yesterday would not be shown."""
    import psycopg

    with psycopg.connect(os.environ["HALLWAY_DATABASE_URL"], autocommit=True) as connection:
        connection.execute(
            "UPDATE directory_practitionerrole SET free_since = %s WHERE free_since IS NOT NULL", [clock.now()]
        )


def _say_its_age(mark: Path, tell: Tell) -> None:
    from datetime import datetime

    days = (clock.now() - datetime.fromisoformat(json.loads(mark.read_text())["generated_at"])).days
    if days >= 7:
        tell(f"The demo's present is {days} days ago. 'hallway demo --fresh' generates it up to today.")


def fill(tell: Tell) -> int:
    """Generate into the migrated, empty database in force; 0, and a sentence for what an action refused."""
    import django

    django.setup()
    from hallway.app.demo import build

    built = build.build(clock.now(), tell)
    if built.refused:
        tell(f"{len(built.refused)} stories ended early: {', '.join(sorted(set(built.refused)))}")
    tell(f"{built.patients} patients, {built.steps} steps.")
    return 0
