from collections import Counter

from hallway.consent.explaining.reach import Portion, Recipient
from hallway.identity.requester import Role
from hallway.ids import OrganizationId, PractitionerId
from hallway.web.chart.board import Pronouns
from hallway.web.consents import picture

WHO = Pronouns("he/him", "he", "him", "his")
PCP = picture.Column("Dr. Carewell", "primary care", Recipient(OrganizationId(1), PractitionerId(11), Role.PCP))
AUTHOR = PractitionerId(31)
USUAL = Portion("", AUTHOR, 9)


class Sees:
    """A reach that lets some kinds through."""

    def __init__(self, *kinds):
        self.kinds = kinds

    def sees(self, recipient, portion):
        return portion.kind in self.kinds


def draw(now, then, **held):
    portions = Counter({Portion(kind, AUTHOR, 9): count for kind, count in held.items()})
    made = picture.draw(portions, [PCP], now=Sees(*now), then=Sees(*then), who=WHO, usual=USUAL)
    return made, {row.name: row.cells[0] for row in made.rows}


def test_what_the_form_adds_is_marked_and_the_rest_is_not():
    made, rows = draw(["Condition"], ["Condition", "MedicationRequest"], Condition=2, MedicationRequest=1)
    assert rows["Medicines and allergies, 1"] == picture.Cell("Yes", is_new=True)
    assert rows["Diagnoses, 2"] == picture.Cell("All")
    assert made.totals[0].words == "3 of 3 items"
    assert made.adds


def test_a_form_for_a_report_that_is_still_to_come_shows_what_it_will_open():
    made, rows = draw([], ["Composition"])
    assert rows["Reports to the other clinician and letters"] == picture.Cell("Yes", is_new=True)
    assert made.adds


def test_a_form_that_changes_nothing_says_so():
    made, rows = draw(["Condition"], ["Condition"], Condition=2)
    assert not made.adds
    assert rows["That he comes here"].is_none


def test_no_name_carries_a_count_of_none():
    _, rows = draw([], [])
    assert not any(name.endswith(", 0") for name in rows)
