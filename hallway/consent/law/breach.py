"""Who must be told of a breach of unsecured records (45 CFR 164.404-408; 42 CFR 2.16(b) for Part 2 records). Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

AT_ONCE_FROM = 500
"""Individuals from which the Secretary is told together with them (at least 500, 164.408(b))."""
MEDIA_ABOVE = 500
"""Residents of one state above which its media are told (more than 500, 164.406(a))."""
INDIVIDUALS_DAYS = 60
"""Calendar days from discovery in which each individual is told at the latest (164.404(b))."""


@dataclass(frozen=True, slots=True)
class Told:
    """Who is told beside each individual. ``media_in`` are the states whose media are told, in order."""

    secretary_at_once: bool
    media_in: tuple[str, ...]
    individuals_days: int = INDIVIDUALS_DAYS


def who_is_told(residents: Mapping[str, int]) -> Told:
    """Who must be told, from the number of affected individuals who live in each state.

    Fewer than 500 in all are logged, and the Secretary is told within 60 days of the end of the year.
    """
    return Told(
        secretary_at_once=sum(residents.values()) >= AT_ONCE_FROM,
        media_in=tuple(sorted(state for state, count in residents.items() if count > MEDIA_ABOVE)),
    )
