"""Screening in the proof: today's appointment, answers typed in, a target; and a program's own screening, hidden."""

import random
from datetime import timedelta

from hallway import clock
from hallway.app.prove import facts
from hallway.app.prove.cast import MARKER, Cast
from hallway.consent import actions as consent
from hallway.consent import gate
from hallway.identity.requester import system
from hallway.labels.source import Source
from hallway.record import queries as record
from hallway.screening.asking import actions
from hallway.screening.models import Target
from hallway.screening.sheets import KINDS, sheets
from hallway.screening.targets import actions as targets

_ANSWERED = {f"q{number}": "2" for number in range(1, 9)} | {"q9": "1"}


def serve(cast: Cast) -> None:
    """What the callers take part in: Marisol comes today, has answered aloud, and is treated to a target."""
    by, chart = cast.callers["pcp"], cast.charts["marisol"]
    at = clock.now()
    seat = facts.group_session((cast.patients["marisol"],), at + timedelta(minutes=5))
    consent.store([seat], by=by, source=Source(by.organization_id, by.practitioner_id))
    typed = actions.type_in(chart, by=by, mode="visit", paper=actions.Paper(answers={"phq-9": _ANSWERED}))
    cast.know("sitting_id", typed)
    release = gate.release(by, chart)
    found = sheets(record.read_chart(release, kinds=KINDS), birth_on=None, gender="")
    first = next(one for one in reversed(found) if one.instrument.key == "phq-9" and one.total is not None)
    targets.set_target(chart, targets.Aimed("phq-9", 5, baseline_id=first.ids[0]), by=by)
    for key in ("phq-9", "gad-7", "audit-c"):
        cast.know("instrument", key)


def program_screening(cast: Cast, dice: random.Random) -> None:
    """A program without consent has screened a shared patient, reads the answers, and treats to a target of its own."""
    by = cast.callers["counselor"]
    chart = cast.charts[dice.choice(("marisol", "otto"))]
    consent.join_team(chart, by=system("prove"), organization=by.organization_id, basis="encounter")
    key, answers = dice.choice((("audit-c", ("q1", "q2", "q3")), ("phq-9", tuple(_ANSWERED))))
    given = {question: str(dice.randrange(4)) for question in answers}
    paper = actions.Paper(answers={key: given})
    cast.know("hidden_sitting", actions.type_in(chart, by=by, mode="visit", paper=paper))
    cast.know("hidden_instrument", f"{key}-{MARKER.lower()}")
    release = gate.release(by, chart)
    found = sheets(record.read_chart(release, kinds=KINDS), birth_on=None, gender="")
    own = [one for one in found if one.instrument.key == key and one.source_org == by.organization_id]
    running = Target.objects.filter(chart_id=chart, organization_id=by.organization_id, instrument=key, ended_at=None)
    if own and dice.random() < 0.5 and not running.exists():
        targets.set_target(chart, targets.Aimed(key, 4, baseline_id=own[0].ids[0]), by=by)
