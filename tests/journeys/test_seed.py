"""The journeys' network is made through the doors that everybody uses."""

import pytest

from tests.journeys import seed

pytestmark = pytest.mark.usefixtures("fresh_db")


def test_a_chart_opens_for_its_own_practice_and_says_nothing_elsewhere():
    from hallway.consent import queries

    world = seed.practices()
    chart = seed.open_chart(world, "marisol")
    assert queries.headers(world.requester("carewell"), [chart])[chart].name == "Marisol Ejemplo"
    assert queries.headers(world.requester("hearwell"), [chart]) == {}
