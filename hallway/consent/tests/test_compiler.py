"""Facts into grants, pure: when a grant begins and ends, who stands abroad, which papers a relation may lean on."""

from datetime import UTC, datetime, time, timedelta

import pytest

from hallway.consent import gate, rules
from hallway.consent.grants import compiler
from hallway.consent.grants.compiler import GrantRow, Way
from hallway.consent.law.facts import Acting, ChartFacts, Form, Judgement, Limit, Member, Opening, Place, Span
from hallway.consent.tables import library
from hallway.consent.tables.library import Relation
from hallway.record.classes import AUTHOR_ONLY, DataClass
from hallway.record.evidence import Purpose

NOW = datetime(2026, 6, 9, 14, 0, tzinfo=UTC)
SINCE = Span(NOW - timedelta(days=30))
SOURCE, TREATING, STRANGER, UNKNOWN, STATELESS = range(1, 6)
PLACES = {
    SOURCE: Place(SOURCE, "CA", is_part2=False),
    TREATING: Place(TREATING, "CA", is_part2=False),
    STRANGER: Place(STRANGER, "CT", is_part2=False),
    STATELESS: Place(STATELESS, "", is_part2=False),
}
FACTS = {"chart_id": 5, "sources": (SOURCE,), "places": PLACES}
GENERAL = int(DataClass.GENERAL)
SHUT = rules.Base(0, (), (), ())


def form(span=SINCE, **more):
    given = {"id": "f1", "kind": "release", "discloser_org": SOURCE, "recipient_org": STRANGER, "classes": GENERAL}
    plain = {"discloser_practitioner": 0, "recipient_practitioner": 0, "kinds": (), "purposes": ("TREAT",)}
    return Form(**given | plain | more, span=span)


def judgement(recipient=TREATING):
    return Judgement("j1", SOURCE, 0, recipient, int(DataClass.CT_PSYCHIATRIC), "clinician_determination", SINCE)


def compiled(now=NOW, **more):
    return compiler.compile_grants(ChartFacts(**FACTS | more), now)


def test_a_grant_runs_from_the_instant_its_fact_begins_to_the_instant_it_ends():
    begins, ends = NOW + timedelta(days=2), NOW + timedelta(days=5)
    found = [row for row in compiled(forms=(form(Span(begins, ends)),)) if row.grantee_org == STRANGER]
    assert [(row.from_at, row.until_at) for row in found] == [(begins, ends)]
    assert [row.until_at for row in compiled(ends, forms=(form(Span(begins, ends)),)) if row.consent_ids] == []
    (at_once,) = [row for row in compiled(begins, forms=(form(Span(begins, ends)),)) if row.consent_ids]
    assert (at_once.from_at, at_once.until_at) == (begins, ends)


def test_a_grant_that_nothing_ends_has_held_since_the_last_change_and_holds_without_end():
    change = NOW - timedelta(days=1)
    found = compiled(members=(Member(TREATING, SINCE),), forms=(form(Span(change)),))
    assert {(row.from_at, row.until_at) for row in found} == {(change, None)}


def test_what_another_fact_cuts_in_two_is_one_grant_again():
    later = Span(NOW + timedelta(days=3), NOW + timedelta(days=4))
    treated = [row for row in compiled(members=(Member(TREATING, SINCE),)) if row.grantee_org == TREATING]
    cut = compiled(members=(Member(TREATING, SINCE),), forms=(form(later),))
    assert [row for row in cut if row.grantee_org == TREATING] == treated


def test_no_grant_begins_before_the_first_rule():
    first = datetime.combine(library.BASELINE, time(), UTC)
    for now in (first - timedelta(days=1), first, datetime(2010, 1, 1, tzinfo=UTC)):
        assert {row.from_at for row in compiled(now)} >= {first}
        assert min(row.from_at for row in compiled(now)) == first
    assert min(row.from_at for row in compiled(NOW)) == max(
        datetime.combine(day, time(), UTC) for day in library.boundaries() if day <= NOW.date()
    )


def test_a_grant_that_names_nobody_is_for_anybody_there_without_a_duty_and_of_any_author():
    plain = GrantRow(TREATING, "TREAT", "treating", SOURCE, GENERAL)
    assert (plain.grantee_practitioner, plain.sud_duty, plain.author) == (0, False, 0)


def test_only_treatment_within_a_practice_is_split_by_discipline():
    for row in compiled(members=(Member(TREATING, SINCE),), forms=(form(purposes=("TREAT", "PAY", "OPS")),)):
        split = row.purpose == "TREAT" and row.relation in ("own", "own_medical")
        assert bool(row.roles) == (split or row.purpose == "INDIVIDUAL"), row


def acts(authority="parent", **more):
    given = {"id": 3, "authority": authority, "is_parent": authority == "parent", "classes": 0, "kinds": ()}
    return Acting(**given | more, span=SINCE)


@pytest.mark.parametrize("is_program", [True, False])
def test_the_rules_are_asked_about_a_program_as_a_program_whoever_asks(monkeypatch, is_program):
    asked, plain = [], rules.base
    monkeypatch.setattr(
        rules, "base", lambda setting, *more, **named: asked.append(setting) or plain(setting, *more, **named)
    )
    opening = Opening("e1", TREATING, 9, (), GENERAL, Span(NOW, NOW + timedelta(minutes=30)))
    compiled(
        places=PLACES | {SOURCE: Place(SOURCE, "CA", is_part2=is_program)},
        members=(Member(TREATING, SINCE),),
        acting=(acts(), acts("executor")),
        openings=(opening,),
    )
    assert {one.holder for one in asked} == {"program" if is_program else "holder"}
    assert {one.relation for one in asked} == set(Relation) - {Relation.FORMER, Relation.NAMED}


@pytest.mark.parametrize(
    ("document", "given"), [((), [("Task",)]), (("Task", "Condition"), [("Task",)]), (("Condition",), [])]
)
def test_a_document_and_a_rule_that_both_name_kinds_give_what_both_name_or_nothing(monkeypatch, document, given):
    open_to_tasks = rules.Base(GENERAL, ("US-PARENT",), (), ())
    monkeypatch.setattr(rules, "kinds_named", lambda setting: frozenset({"Task"}))
    monkeypatch.setattr(
        rules, "base", lambda setting, openers=(), *, kind="", **_: open_to_tasks if kind == "Task" else SHUT
    )
    found = compiled(acting=(acts(kinds=document),))
    assert [row.kinds for row in found if row.relation == Relation.PARENT] == given


def test_the_query_knows_the_grantees_own_items_by_the_compilers_number():
    assert f"g.author <> {compiler.SELF} " in gate._PLAN


@pytest.mark.parametrize(
    ("source", "recipient", "outside"),
    [
        (SOURCE, TREATING, False),
        (SOURCE, STRANGER, True),
        (SOURCE, UNKNOWN, True),
        (SOURCE, STATELESS, True),
        (STATELESS, STATELESS, True),
        (STATELESS, TREATING, True),
        (SOURCE, 0, False),
        (STATELESS, 0, False),
    ],
)
def test_abroad_is_another_state_or_none_that_is_known_and_never_the_patient(source, recipient, outside):
    assert compiler.abroad(ChartFacts(**FACTS), PLACES[source], recipient) == outside


@pytest.mark.parametrize("relation", list(Relation))
@pytest.mark.parametrize("purpose", [Purpose.TREATMENT, Purpose.PAYMENT])
def test_an_author_and_the_patient_lean_on_no_paper_and_a_determination_serves_treatment_alone(relation, purpose):
    papers = (form(recipient_org=TREATING, purposes=("TREAT", "PAY")),)
    facts = ChartFacts(**FACTS, forms=papers, judgements=(judgement(), judgement(STRANGER)))
    found = [one.id for one in compiler.openers(facts, SOURCE, Way(relation, TREATING), purpose)]
    judged = purpose == Purpose.TREATMENT and relation in (Relation.TREATING, Relation.OWN_MEDICAL)
    on_paper = [] if relation in (Relation.AUTHOR, Relation.INDIVIDUAL) else ["f1"]
    assert found == [*on_paper, *(["j1"] if judged else [])]


def test_a_restriction_takes_nothing_from_the_author_or_the_patient():
    everyone = Limit(SOURCE, 0, 0, -1, SINCE)
    facts = ChartFacts(**FACTS, limits=(everyone, Limit(SOURCE, SOURCE, 0, -1, SINCE)))
    for relation in Relation:
        for organization in (0, SOURCE, TREATING):
            spared = relation in (Relation.AUTHOR, Relation.INDIVIDUAL)
            assert bool(compiler.barred_classes(facts, SOURCE, Way(relation, organization))) != spared


def test_an_emergency_access_to_nothing_that_may_open_gives_no_grant():
    def opened(classes):
        access = Opening("e1", STRANGER, 9, (), int(classes), Span(NOW, NOW + timedelta(minutes=30)))
        return [row for row in compiled(openings=(access,)) if row.purpose == Purpose.EMERGENCY]

    assert opened(AUTHOR_ONLY) == []
    assert [row.allow for row in opened(AUTHOR_ONLY | DataClass.GENERAL)] == [GENERAL]
