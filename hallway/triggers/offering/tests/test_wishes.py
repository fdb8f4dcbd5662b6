"""A yes is owed by the practice that heard it, until the referral has gone or somebody says why there is none."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections

from hallway import clock
from hallway.consent import actions as consent
from hallway.consent.tests import town
from hallway.errors import HallwayError
from hallway.identity.requester import Role
from hallway.loops.models import Loop
from hallway.loops.queries import worklist
from hallway.referral import actions as referral
from hallway.referral.tests import hall as halls
from hallway.triggers.offering import actions, queries, wishes
from hallway.triggers.offering.actions import OfferSaid

YES = OfferSaid("wants")


@pytest.fixture
def hall(fresh_db):
    return halls.build(licence="physician")


def offered(hall, said=YES, *, by=None):
    return actions.record_offer(hall.chart, said, by=by or hall.pcp)


def ends() -> list[str]:
    return list(Loop.objects.filter(kind="refer").order_by("opened_at").values_list("closed_as", flat=True))


def test_a_yes_stands_on_the_list_of_who_asked_and_leads_to_the_referral(hall):
    offered(hall)
    offered(hall)
    (row,) = worklist(hall.pcp).rows
    assert (row.kind, row.next_label, row.next_url, row.next_id) == ("refer", "Refer", "due:offer", hall.chart)
    assert row.due_at >= clock.now() + timedelta(days=2) - timedelta(minutes=1)
    assert worklist(hall.therapist).rows == (), "what was said here is this practice's own"
    assert queries.last_answer(hall.pcp, hall.chart, "bh").is_owed


def test_it_is_seen_by_a_practice_that_has_written_nothing(hall):
    new = town.organization("Newcomer", side="pc")
    who = town.person("Newwell", new, Role.PCP)
    consent.join_team(hall.chart, by=hall.pcp, organization=new, practitioner=who.practitioner_id, basis="assigned")
    offered(hall, by=who)
    assert Loop.objects.get(kind="refer").source_org_id == new, "it goes by no other practice's right"
    assert [row.kind for row in worklist(who).rows] == ["refer"]


def test_two_presses_at_once_are_owed_once(hall):
    with ThreadPoolExecutor(4) as presses:
        for one in [presses.submit(_pressed, hall) for _ in range(4)]:
            one.result()
    assert ends() == [""]


def _pressed(hall):
    try:
        offered(hall)
    finally:
        connections.close_all()


def test_what_the_desk_heard_is_owed_by_a_clinician_of_the_practice_and_is_no_row_of_the_desk(hall):
    desk = hall.witness
    offered(hall, by=desk)
    assert [row.kind for row in worklist(hall.pcp).rows] == ["refer"]
    assert [row.kind for show in ("mine", "practice") for row in worklist(desk, show=show).rows] == []
    assert queries.last_answer(desk, hall.chart, "bh").is_owed


def test_it_ends_with_a_referral_to_that_side_that_was_sent_and_not_with_a_draft(hall):
    offered(hall)
    draft = referral.draft_referral(hall.pcp, hall.request())
    assert ends() == [""], "a draft is owed to nobody"
    hall.do(hall.pcp, referral.send_referral, draft)
    assert ends() == ["sent"]
    assert not queries.last_answer(hall.pcp, hall.chart, "bh").is_owed


def test_a_referral_of_another_practice_ends_nothing_here(hall):
    offered(hall)
    Loop.objects.filter(kind="refer").update(owner_org_id=hall.therapist.organization_id)
    hall.sent()
    assert ends() == [""]


@pytest.mark.parametrize(
    ("said", "end"),
    [
        (OfferSaid("not_now", "cost"), "not_now"),
        (OfferSaid("declined", "cost"), "declined"),
        (OfferSaid("has_one"), "has_one"),
    ],
)
def test_another_answer_ends_it(hall, said, end):
    offered(hall)
    offered(hall, said)
    assert ends() == [end]
    offered(hall)
    assert ends() == [end, ""], "they want it after all"


def test_a_person_ends_it_with_a_reason_and_with_nothing_else(hall):
    offered(hall)
    with pytest.raises(HallwayError) as caught:
        wishes.end_for(hall.chart, reason="because", by=hall.pcp)
    assert caught.value.code == "H-TRG-106"
    assert ends() == [""]
    wishes.end_for(hall.chart, reason="referred_otherwise", by=hall.pcp)
    assert ends() == ["referred_otherwise"]
