"""A stored form as the checker of its elements takes it, before it is signed and after."""

from datetime import UTC, datetime, timedelta

import pytest

from hallway.consent.grants.plans import elements_of
from hallway.consent.law import validity
from hallway.consent.models import Consent
from hallway.consent.tables.forms import form_rule
from hallway.record.classes import DataClass

PREPARED = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
SIGNED = PREPARED + timedelta(days=10)


def a_form(days, signed_at=None):
    """A Californian form prepared on one day and to end so many days later."""
    return Consent(
        kind="release",
        discloser_state="CA",
        discloser_org_id=1,
        recipient_org_id=2,
        classes=int(DataClass.GENERAL),
        purposes=["TREAT"],
        statements=list(form_rule("release", "CA").statements),
        composed_at=PREPARED,
        signed_at=signed_at,
        expires_at=PREPARED + timedelta(days=days),
        point_size=14,
    )


@pytest.mark.parametrize(
    ("days", "signed_at", "said"),
    [
        (366, None, []),
        (367, None, ["too_long"]),
        (376, SIGNED, []),
        (377, SIGNED, ["too_long"]),
    ],
)
def test_the_longest_term_counts_from_the_signature_and_before_it_from_the_day_of_preparation(days, signed_at, said):
    assert validity.missing(elements_of(a_form(days, signed_at))) == said
