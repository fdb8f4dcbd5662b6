"""The demo's present: the day its network was generated, from which its clock runs on.

The network is generated once and put back on other days. Its dates would grow old, so the demo's clock stays behind the
machine's by whole days. Light to import: the settings read it.
"""

import json
from datetime import datetime, timedelta
from pathlib import Path

from hallway import clock

MARK = "demo.json"


def behind(base: Path) -> timedelta:
    """By how much the clock of the demo in ``base`` stays behind; nothing where no demo was put back."""
    try:
        return timedelta(days=int(json.loads((base / MARK).read_text())["behind_days"]))
    except (OSError, ValueError, KeyError, TypeError):
        return timedelta(0)


def keep(base: Path, generated_at: datetime) -> None:
    """Remember when the network was generated, and let the clock run from that day, in this process too."""
    clock.run_behind(timedelta(0))
    days = max(0, (clock.now() - generated_at).days)
    told = {"generated_at": generated_at.isoformat(), "behind_days": days}
    (base / MARK).write_text(json.dumps(told))
    clock.run_behind(timedelta(days=days))


def generated_at(base: Path) -> datetime:
    """When the network in ``base`` was generated."""
    return datetime.fromisoformat(json.loads((base / MARK).read_text())["generated_at"])
