"""What a form or an address says, read into typed values, and what is wrong with it, said at its field."""

from django.forms import Form

from hallway.errors import HallwayError


def number(text: str, *, digits: int = 9) -> int | None:
    """A whole number of at most ``digits`` digits, without a sign; None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= digits else None


def refuse(form: Form, error: HallwayError) -> None:
    """Say what is wrong at the field it is about, or above the form."""
    named = error.field if error.field in form.fields else None
    form.add_error(named, f"{error.what} {error.to_do}")
