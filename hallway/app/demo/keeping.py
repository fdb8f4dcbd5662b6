"""Keeps the generated demo: made once, packed with the program, put in place in seconds.

A file says that the network is whole; without it a half-made one (somebody pulled the plug) is begun again.
"""

import os
import shutil
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from hallway import clock
from hallway.app import serving
from hallway.app.demo import present
from hallway.errors import HallwayError

Tell = Callable[[str], None]
PACKED = Path(__file__).resolve().parent / "packed" / "network.dump"
"""The generated network as it comes with Hallway; ``hallway demo --pack`` writes it anew."""
PACKED_AT = PACKED.with_suffix(".day")
_DUMP = "demo.dump"


def prepare(base: Path, *, again: bool, fresh: bool, tell: Tell) -> None:
    """See to it that the database holds the whole demo; ``tell`` hears what takes longer than a moment.

    Put back from what this folder kept (``again``) or from what comes packed with Hallway; generated when there is
    neither, or when ``fresh`` asks for it.
    """
    kept = (base / present.MARK).exists()
    own = base / _DUMP
    if fresh or not (kept or PACKED.exists()):
        _generate(base, own, tell)
    elif again and kept and own.exists():
        _put_back(base, own, present.generated_at(base), tell)
    elif again or not kept:
        packed_at = datetime.fromisoformat(PACKED_AT.read_text().strip())
        _put_back(base, PACKED, packed_at, tell)
    else:
        serving.bring_up_to_date(base)
        clock.run_behind(present.behind(base))
        _say_its_age(base, tell)
    _wake()


def _generate(base: Path, dump: Path, tell: Tell) -> None:
    (base / present.MARK).unlink(missing_ok=True)
    _set_heads_aside(base)
    _empty()
    serving.run_verb("migrate")
    begun_at = clock.now()
    tell("Generating the demo network, once. This takes a minute or two.")
    serving.run_verb("demo", "--fill")
    serving.run_verb("ledger", "seal")
    dump.unlink(missing_ok=True)
    serving.run_verb("backup", str(dump))
    present.keep(base, begun_at)


def _put_back(base: Path, dump: Path, generated_at: datetime, tell: Tell) -> None:
    tell("Putting the demo network in place.")
    (base / present.MARK).unlink(missing_ok=True)
    _set_heads_aside(base)
    serving.run_verb("restore", str(dump), "--replace", "--quiet")
    present.keep(base, generated_at)


def _set_heads_aside(base: Path) -> None:
    """The published heads of a network that is given up vouch for nothing any more; they are kept beside."""
    if (base / "ledger" / "heads.jsonl").exists():
        serving.run_verb("ledger", "heads", "--set-aside")


def pack(base: Path, tell: Tell) -> None:
    """Generate anew and keep the result with the program, so that a first start only puts it in place."""
    prepare(base, again=False, fresh=True, tell=tell)
    PACKED.parent.mkdir(exist_ok=True)
    shutil.copyfile(base / _DUMP, PACKED)
    PACKED_AT.write_text(present.generated_at(base).isoformat() + "\n")
    tell(f"Packed: {PACKED.stat().st_size / 1_000_000:.1f} MB.")


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


def _say_its_age(base: Path, tell: Tell) -> None:
    days = (clock.now() - present.generated_at(base)).days
    if days >= 7:
        tell(f"The demo's referrals stand {days} days still. 'hallway demo --again' puts the network back.")


def fill(tell: Tell) -> int:
    """Generate into the migrated, empty database in force; 0, and a sentence for what an action refused."""
    import django

    django.setup()
    from hallway.app.demo import build
    from hallway.worker.running import run_jobs

    built = build.build(clock.now(), tell)
    if built.refused:
        tell(f"{len(built.refused)} stories ended early: {', '.join(sorted(set(built.refused)))}")
    tell(f"{built.patients} patients, {built.steps} steps.")
    # What was announced is heard now: whoever starts the demo does not wait for its three years.
    run_jobs(threading.Event(), wait=False)
    return 0


def stand_samples(root: str, tell: Tell) -> int:
    """Register the sample programs at the address where the demo answers this time; 0, and a sentence if one cannot.

    Whoever walks through the demo may have changed or ended them: that keeps no demo from starting.
    """
    import django

    django.setup()
    from hallway.app.demo import samples

    try:
        samples.stand(root)
    except HallwayError as error:
        tell(f"The samples stand as they were left. {error.what}")
    return 0
