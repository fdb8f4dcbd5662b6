from hallway.app.prove import worlds
from hallway.app.prove.facts import new_id
from hallway.record import actions


def test_the_number_of_a_new_chart_does_not_tell_how_many_came_before(fresh_db):
    with worlds.injected("the present"):
        first = actions.new_chart(new_id())
    with worlds.injected("elsewhere"):
        others = [actions.new_chart(new_id()) for _ in range(3)]
    assert len({first, *others}) == 4
    assert max(others) - min(others) > 1000
    with worlds.injected("the present"):
        new_id()
        assert int.from_bytes(worlds.ids.random_bytes(7), "big") % (2**53 - 2) + 1 == first
