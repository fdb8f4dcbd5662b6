"""What a form or an address says, read into typed values, and what is wrong with it, said at its field."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import TypeVar

from django.forms import Form

from hallway.errors import HallwayError

T = TypeVar("T")


def number(text: str, *, digits: int = 9) -> int | None:
    """A whole number of at most ``digits`` digits, without a sign; None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= digits else None


def place_in_list(text: str) -> int:
    """From which row a list is shown, as its address says it; anything else is its beginning."""
    return number(text, digits=6) or 0


def day_in_parts(post: Mapping[str, str]) -> date | None:
    """The day typed into three fields named year, month and day; None where it is no day."""
    parts = [post.get(name, "").strip() for name in ("year", "month", "day")]
    if not all(part.isdecimal() and len(part) <= len("2026") for part in parts):
        return None
    try:
        return date(*(int(part) for part in parts))
    except ValueError:
        return None


def refuse(form: Form, error: HallwayError) -> None:
    """Say what is wrong at the field it is about, or above the form."""
    named = error.field if error.field in form.fields else None
    form.add_error(named, f"{error.what} {error.to_do}")


def kept(form: Form, keep: Callable[[], T]) -> T | None:
    """What ``keep`` returns; None when it was refused, and the form then says why at the field."""
    try:
        return keep()
    except HallwayError as error:
        refuse(form, error)
        return None
