"""The rows of drugs and problems: whole, coded, and what they bring together."""

import pytest

from hallway.terms import medicines, problems


def test_every_pair_and_every_watch_speaks_of_drugs_that_some_row_knows():
    unknown = {
        name
        for row in medicines.interactions()
        for name in (row.a, row.b)
        if medicines.members(name) == {name} and not medicines.groups(name)
    }
    # Substances that no list of drugs holds: they are known by name where an order names them.
    assert {name for name in unknown if medicines.named_in(name) != (name,)} == {"olanzapine_IM"}
    assert all(watch.codes and watch.phases for watch in medicines.watches())


def test_ids_stand_once_and_severities_are_known():
    ids = [row.id for row in medicines.interactions()]
    assert len(ids) == len(set(ids)) >= 70
    assert {row.severity for row in medicines.interactions()} <= set(medicines.SEVERITIES)


@pytest.mark.parametrize(
    ("one", "other", "severity"),
    [
        ("lithium", "lisinopril", "major"),
        ("ibuprofen", "lithium", "major"),
        ("sertraline", "warfarin", "major"),
        ("alprazolam", "oxycodone", "major"),
        ("phenelzine", "sertraline", "contraindicated"),
        ("valproate", "lamotrigine", "major"),
        ("citalopram", "ondansetron", "major"),
    ],
)
def test_pairs_that_two_prescribers_must_talk_about(one: str, other: str, severity: str):
    found = medicines.interaction(one, other)
    assert found is not None
    assert found.severity == severity
    assert found == medicines.interaction(other, one)


@pytest.mark.parametrize(("one", "other"), [("sertraline", "lisinopril"), ("lithium", "lithium"), ("x", "y")])
def test_pairs_that_need_no_word(one: str, other: str):
    assert medicines.interaction(one, other) is None


def test_a_beta_blocker_is_no_psychotropic():
    assert "PSYCHOTROPIC" not in medicines.groups("metoprolol")
    assert "PSYCHOTROPIC" in medicines.groups("sertraline")


@pytest.mark.parametrize(
    ("code", "inside", "outside"),
    [
        ("F10.20", "SUBSTANCE_USE_DISORDER", "NICOTINE"),
        ("F17.210", "NICOTINE", "SUBSTANCE_USE_DISORDER"),
        ("C44.91", "MEDICAL", "CANCER"),
        ("Z33.1", "PREGNANCY", "MEDICAL"),
        ("E11.9", "SERIOUS_MEDICAL", "MENTAL_OR_SUBSTANCE"),
    ],
)
def test_sets_take_in_and_leave_out(code: str, inside: str, outside: str):
    found = problems.of_code(code)
    assert inside in found
    assert outside not in found


def test_an_intellectual_disability_is_no_mental_illness():
    assert "MENTAL_ILLNESS_OTHER_THAN_ADJUSTMENT" not in problems.of_code("F71")
