"""When a word is due: business days are those of the network, not of UTC."""

from datetime import UTC, datetime

import pytest

from hallway.triggers.rules.evaluating import after


@pytest.mark.parametrize(
    ("at", "due"),
    [
        # Friday at nine in the evening in New York is Saturday in UTC.
        ("2026-11-21T02:00", "2026-11-25T02:00"),
        ("2026-11-20T15:00", "2026-11-24T15:00"),
        # Sunday evening there is Monday in UTC, and no business day.
        ("2026-11-23T02:00", "2026-11-25T02:00"),
        # The clocks go back between: the same hour of the day there.
        ("2026-10-30T20:00", "2026-11-03T21:00"),
    ],
)
def test_two_business_days_are_counted_where_the_network_is(at, due):
    def instant(text: str) -> datetime:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)

    assert after(instant(at), 2, "business_days") == instant(due)
