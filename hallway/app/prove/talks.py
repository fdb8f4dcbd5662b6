"""The common part goes on: two practices have talked about a patient, asked each other, and logged a call."""

from datetime import timedelta

from hallway import clock
from hallway.app.prove.cast import Cast
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
