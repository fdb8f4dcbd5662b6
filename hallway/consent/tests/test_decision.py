"""The verdict of an item is its own: whatever stands beside it, in whatever order, it stays the same."""

from datetime import UTC, datetime
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from hallway.consent.grants.decision import Plan, decide
from hallway.consent.rules import COVERS
from hallway.identity.requester import Requester, Role
from hallway.ids import AccountId, ChartId, OrganizationId, PractitionerId
from hallway.record.classes import DataClass
from hallway.record.evidence import Clause, Purpose, Release


class Item(NamedTuple):
    kind: str
    source_org: int
    author: int
    mask: int


def release():
    """Built here, in a test of the gate's own: one wide clause, one for a kind, one for the reader's own items."""
    general, mental = int(DataClass.GENERAL), int(DataClass.GENERAL | DataClass.MH)
    clauses = (
        Clause(OrganizationId(1), mental, rule_ids=("US-TREAT",)),
        Clause(
            OrganizationId(1),
            mental | int(DataClass.PART2),
            kinds=("Encounter",),
            rule_ids=("US-TREAT", "US-P2-CONSENT"),
            consent_ids=("form",),
            obligations=("PART2/notice:P2-2024-S1", "*/inform_patient", "MH/keep_label"),
        ),
        *(
            Clause(OrganizationId(2), general | own, author=PractitionerId(author), rule_ids=("US-AUTHOR",))
            for author, own in ((7, int(DataClass.PSYTHER_NOTE)), (1, int(DataClass.MH)))
        ),
    )
    requester = Requester(AccountId(7), PractitionerId(7), OrganizationId(2), Role.THERAPIST)
    return Release(requester, ChartId(1), Purpose.TREATMENT, clauses, 1, datetime(2026, 11, 21, tzinfo=UTC))


items = st.builds(
    Item,
    kind=st.sampled_from(["Encounter", "Condition", "Task"]),
    source_org=st.sampled_from([1, 2, 3]),
    author=st.sampled_from([0, 1, 7, 8]),
    mask=st.sets(st.sampled_from(list(DataClass)[:4]), min_size=1).map(lambda found: int(sum(found))),
)


@settings(deadline=None)
@given(st.lists(items, max_size=30), st.lists(items, max_size=5), st.randoms(use_true_random=False))
def test_shuffle_duplicate_drop_and_insert_change_no_items_verdict(record, others, dice):
    alone = {
        item: decide(release(), item.mask, source_org=item.source_org, author=item.author, kind=item.kind)
        for item in {*record, *others}
    }
    changed = [*record, *record[::2], *others]
    dice.shuffle(changed)
    changed = changed[: max(0, len(changed) - 2)]
    for given_items in (record, changed):
        decided = Plan(release()).decisions(given_items)
        assert [item for item, _ in decided] == given_items
        for item, decision in decided:
            assert decision.permits == alone[item].permits
            assert decision.reasons == alone[item].reasons
        assert Plan(release()).filter(given_items) == [item for item in given_items if alone[item].permits]


def verdict(**item):
    return decide(release(), **{"mask": 1, "source_org": 1, "author": 0, "kind": "Condition"} | item)


def test_a_permit_names_rules_forms_law_and_only_the_obligations_of_what_flows():
    found = verdict(mask=int(DataClass.GENERAL | DataClass.PART2), kind="Encounter")
    assert found.outcome == "permit"
    assert found.reasons == ("US-TREAT", "US-P2-CONSENT", "form")
    assert found.citations == ("45 CFR 164.506(c)(2)", "42 CFR 2.31, 2.33(a)")
    assert found.obligations == ("PART2/notice:P2-2024-S1", "*/inform_patient")
    assert found.consent_ids == ("form",)
    assert verdict(kind="Encounter").obligations == ()


def test_a_denial_names_the_classes_in_the_way_and_the_rows_that_shut_them():
    found = verdict(mask=int(DataClass.GENERAL | DataClass.PART2))
    assert (found.outcome, found.reasons) == ("deny", ("PART2",))
    assert found.citations == ("42 CFR 2.31, 2.33(a)",)
    assert (found.obligations, found.consent_ids) == ((), ())
    assert verdict(source_org=9).reasons == ("GENERAL",)


def test_a_denial_of_what_a_licence_guards_names_the_states_law():
    found = verdict(mask=int(DataClass.GENERAL | DataClass.MA_SOCIAL_WORKER))
    assert (found.outcome, found.citations) == ("deny", ("258 CMR 22.03",))


def test_a_denial_names_what_the_nearest_clause_lacks_among_those_for_the_items_author_and_kind():
    three = int(DataClass.GENERAL | DataClass.PART2 | DataClass.PSYTHER_NOTE)
    assert verdict(mask=three, kind="Encounter").reasons == ("PSYTHER_NOTE",)
    assert verdict(mask=three).reasons == ("PSYTHER_NOTE", "PART2")
    assert verdict(mask=three, author=7).reasons == ("PSYTHER_NOTE", "PART2")
    mental = int(DataClass.GENERAL | DataClass.MH)
    assert verdict(mask=mental, source_org=2, author=7).reasons == ("MH",)
    assert verdict(mask=mental, source_org=2, author=8).reasons == ("GENERAL", "MH")


def test_an_item_of_somebody_else_is_not_taken_for_the_first_practitioners():
    item = Item("Condition", 2, 8, int(DataClass.GENERAL | DataClass.MH))
    for other, flows in ((item, False), (item._replace(author=0), False), (item._replace(author=1), True)):
        assert verdict(**other._asdict()).permits == flows
        assert Plan(release()).filter([other]) == [other][: int(flows)]


def test_an_items_label_of_nothing_known_does_not_flow():
    assert not verdict(mask=1 << 40).permits


def test_every_form_covers_something_and_none_both_kinds_of_notes():
    assert all(COVERS.values())
    assert not any({"psy_auth", "sud_note_consent"} <= needs for needs in COVERS.values())
