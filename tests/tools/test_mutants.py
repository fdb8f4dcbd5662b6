"""The mutants are the changes that a slip of a hand would make, one at a time, and never a text for people."""

from tools.mutate.operators import mutants

SOURCE = '''
def may(mask: int, allow: int, at: int, until: int) -> bool:
    """A docstring is no code."""
    if mask & ~allow or not at < until:
        raise ValueError("A text for people.")
    return any(one in (0, 7) for one in (mask,) if one)


class Verdict:
    def __repr__(self) -> str:
        return "for-a-log"


PLAN = "SELECT 1 FROM grants g WHERE g.at <= %(now)s::int AND g.org = %(org)s::int"
'''


def told():
    return [one.what for one, _ in mutants("gate", SOURCE)]


def test_operators_conditions_constants_and_sql_are_changed():
    found = told()
    for change in (
        "mask & ~allow -> mask | ~allow",
        "~allow -> +allow",
        "at < until -> at <= until",
        "0 -> 1",
        "not at < until -> not not at < until",
        "one in (0, 7) -> one not in (0, 7)",
    ):
        assert change in found, change
    assert any("any(" in one and "-> all(" in one for one in found)
    assert any("g.at < %(now)s" in one for one in found)
    assert any("g.org <> %(org)s" in one for one in found)
    assert any("::int OR g.org" in one for one in found)


def test_texts_for_people_and_docstrings_stay():
    assert not any("people" in one or "docstring" in one or "for-a-log" in one for one in told())


def test_each_mutant_differs_from_the_source_in_one_place_and_can_be_run():
    for one, tree in mutants("gate", SOURCE):
        compile(tree, one.what, "exec")
    assert len(set(told())) > 15


def test_a_change_far_into_a_long_text_is_shown_where_it_stands():
    long = SOURCE.replace("SELECT 1", "SELECT " + ", ".join(f"g.column_{number}" for number in range(30)))
    found = [one.what for one, _ in mutants("gate", long)]
    assert any("g.org <> %(org)s" in one for one in found)
    assert len(set(found)) == len(found)
