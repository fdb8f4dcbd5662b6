"""The common part goes on: two practices have talked about a patient, asked each other, and logged a call."""

import random
from datetime import timedelta

from hallway import clock
from hallway.app.prove.cast import MARKER, Cast
from hallway.consent import actions as consent
from hallway.consent.explaining import needed
from hallway.consent.forms import ink
from hallway.identity.requester import system
from hallway.talking import actions
from hallway.talking.actions.contacting import Talk


def take(cast: Cast) -> None:
    """A thread, a request that waits, one that was answered, a contact; then what addresses may name of them."""
    pcp, therapist, chart = cast.callers["pcp"], cast.callers["therapist"], cast.charts["marisol"]
    thread = actions.send(chart, by=pcp, to_org=therapist.organization_id, words="Tired, sleeps badly. Since when?")
    cast.know("thread_id", thread)
    due_at = clock.now() + timedelta(days=10)
    waiting = actions.request(
        chart, by=pcp, to_org=therapist.organization_id, wanted=("behavioral",), words="What do you treat?",
        due_at=due_at,
    )  # fmt: skip
    answered = actions.request(
        chart, by=therapist, to_org=pcp.organization_id, wanted=("evaluation",), words="Before it begins.",
        due_at=due_at, treatment="naltrexone",
    )  # fmt: skip
    actions.answer_request(answered, by=pcp, words="Fit for it.", parts={"labs": "Normal", "risk": "None found"})
    for one in (waiting, answered):
        cast.know("request_id", one)
    for step in ("answer", "decline", "withdraw", "release"):
        cast.know("step", step)
    began_at = clock.now() - timedelta(minutes=20)
    talk = Talk(
        direction="out", channel="phone", topic="medicines", outcome="spoke", began_at=began_at,
        ended_at=began_at + timedelta(minutes=10), with_org=int(therapist.organization_id),
    )  # fmt: skip
    actions.log_contact(chart, talk, by=pcp)


def program_talks(cast: Cast, dice: random.Random) -> None:
    """A program writes to a practice that no caller works at about a shared patient, and asks it for something."""
    chart, by = cast.charts[dice.choice(("marisol", "otto"))], cast.callers["counselor"]
    consent.join_team(chart, by=system("prove"), organization=by.organization_id, basis="encounter")
    form = consent.compose_consent(
        consent.Composition(
            chart_id=chart,
            kind="part2",
            discloser_org=by.organization_id,
            recipient_org=cast.organizations["elm"],
            classes=needed.carries("part2", "MA"),
        ),
        by=by,
    )
    consent.sign_consent(form, consent.Signature("drawn", ink.a_stroke()), by=by, expected_version=1)
    cast.know("hidden_consent", form)
    to = cast.organizations["elm"]
    for _ in range(dice.randrange(1, 4)):
        cast.know("hidden_thread", actions.send(chart, by=by, to_org=to, words=f"{MARKER} began on Monday."))
    due_at = clock.now() + timedelta(days=dice.randrange(1, 20))
    asked = actions.request(chart, by=by, to_org=to, wanted=("labs",), words=MARKER, due_at=due_at)
    cast.know("hidden_request", asked)
