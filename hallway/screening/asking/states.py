"""The lifecycle of a sitting as a table: from, step, to. Pure."""

from enum import StrEnum

OPEN = ("asked", "begun")


class Step(StrEnum):
    """What may be done with a sitting."""

    BEGIN = "begin"
    FINISH = "finish"
    DECLINE = "decline"
    """The person does not want to answer."""
    WITHDRAW = "withdraw"
    """The practice takes it back; what was answered is filed as stopped."""
    EXPIRE = "expire"
    """Its time is over; what was answered is filed as stopped."""


_TABLE = {
    ("asked", Step.BEGIN): "begun",
    ("begun", Step.BEGIN): "begun",
    ("begun", Step.FINISH): "finished",
    ("asked", Step.DECLINE): "ended",
    ("begun", Step.DECLINE): "ended",
    ("asked", Step.WITHDRAW): "ended",
    ("begun", Step.WITHDRAW): "ended",
    ("asked", Step.EXPIRE): "ended",
    ("begun", Step.EXPIRE): "ended",
}
ENDED_AS = {Step.DECLINE: "declined", Step.WITHDRAW: "withdrawn", Step.EXPIRE: "expired"}


def after(state: str, step: Step) -> str | None:
    """Where the step leads from here, or None when it is not legal now."""
    return _TABLE.get((state, step))
