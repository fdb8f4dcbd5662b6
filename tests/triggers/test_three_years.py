"""Three simulated years of a network: each trigger's firings equal a scan of the whole record, none missed, none twice,
also when facts arrive late, out of order, twice, are corrected or entered in error.

``HALLWAY_TRIGGER_PATIENTS=150 pytest tests/triggers/test_three_years.py -s`` lives them day by day for as many.
"""

import os
from datetime import timedelta

from hallway.app import wiring
from hallway.app.witness.moments import COVERED
from hallway.consent.events import AnswersStored, ChartsChanged
from hallway.triggers import hearing, looking
from tests.triggers.network import Network, Told, lives

PATIENTS = int(os.environ.get("HALLWAY_TRIGGER_PATIENTS", "0"))
SEED = int(os.environ.get("HALLWAY_TRIGGER_SEED", "1"))
SMALL = 4


def printed(told: Told) -> str:
    """One line a rule, and what it took."""
    lines = [f"{'rule':5}{'fired':>7}{'equal':>7}{'open':>6}{'done':>6}{'merged':>8}{'taken back':>12}"]
    for rule in COVERED:
        each = [told.states[rule, state] for state in ("open", "done", "merged", "withdrawn")]
        fired = told.fired[rule]
        lines.append(f"{rule:5}{fired:7}{fired:7}{each[0]:6}{each[1]:6}{each[2]:8}{each[3]:12}")
    lines.append(", ".join(f"{how}: {count}" for how, count in sorted(told.hows.items())))
    per = 1000 / told.resources
    lines.append(
        f"{told.resources} versions; {told.compared} comparisons of a practice's whole list;"
        f" for 1,000 resources: looks {told.looking * per:.1f} s, second computation {told.scanning * per:.1f} s"
    )
    return "\n".join(lines)


class Loud:
    """A look that failed and will be repeated fails the test: what nobody looked at is equal to nothing."""

    def exception(self, words, **_):
        raise AssertionError(words)


def test_three_years_of_a_network_are_computed_twice(fresh_db, monkeypatch):
    # What safety answers to a score is its own; here a protocol is opened by the story.
    monkeypatch.setitem(wiring.LISTENERS_BY_EVENT, ChartsChanged, (hearing.charts_changed,))
    monkeypatch.setitem(wiring.LISTENERS_BY_EVENT, AnswersStored, ())
    monkeypatch.setattr(looking, "_log", Loud())
    if PATIENTS:
        network = Network(list(lives(PATIENTS, 10, SEED)), seed=SEED, is_worked=True)
    else:
        network = Network(list(lives(SMALL, 12, SEED)), seed=SEED, step=timedelta(days=7))
    told = network.live()
    print("\n" + printed(told))
    assert [rule for rule in COVERED if told.fired[rule] < (5 if PATIENTS >= 50 else 1)] == []
    assert all(told.hows[how] for how in ("late", "twice", "corrected", "in error"))
