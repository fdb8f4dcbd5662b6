from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest

from hallway.consent import rules
from hallway.consent.law.facts import ChartFacts, Limit, Span
from hallway.consent.rules import MEDICAL_ROLES, OTHER_STAFF, Opener, Setting
from hallway.consent.tables import library
from hallway.consent.tables.emergency import categories
from hallway.consent.tables.library import PURPOSES, Relation
from hallway.consent.tables.profiles import profiles
from hallway.identity.requester import Role
from hallway.record.classes import AUTHOR_ONLY, DataClass
from hallway.record.evidence import Purpose

TODAY = date(2026, 11, 21)


def tables():
    return {place: library.read(place) for place in library.JURISDICTIONS}


def loaded(changed):
    by_id, by_cell = library.index(changed)
    library.check(by_cell)
    return by_id


def test_the_shipped_tables_have_neither_gap_nor_overlap():
    assert set(loaded(tables())) == set(library.rules())


@pytest.mark.parametrize("rule_id", [rule_id for rule_id in library.rules() if rule_id.startswith("US-")])
def test_taking_away_any_federal_row_leaves_a_gap_that_is_refused(rule_id):
    changed = tables()
    changed["US"].rule = [row for row in changed["US"].rule if row.id != rule_id]
    with pytest.raises(ValueError, match="gap"):
        loaded(changed)


@pytest.mark.parametrize("rule_id", list(library.rules()))
def test_a_second_row_for_the_same_cells_is_refused(rule_id):
    changed = tables()
    row = library.rule(rule_id)
    table = changed[row.jurisdiction]
    table.rule = [*table.rule, msgspec.structs.replace(row, id="TWIN", jurisdiction="")]
    with pytest.raises(ValueError, match="overlap"):
        loaded(changed)


@pytest.mark.parametrize("rule_id", list(library.rules()))
def test_each_row_is_hit_and_says_what_it_rests_on(rule_id):
    row = library.rule(rule_id)
    state = row.jurisdiction if row.jurisdiction != "US" else "ME"
    day = row.from_on if row.until_on else TODAY
    hit = {
        governing.id
        for relation in row.relations
        for purpose in row.purposes
        if purpose in PURPOSES[relation]
        for holder in row.holders
        for _, rows in rules.rows(Setting(relation, purpose, state, holder, day, row.out_of_state))
        for governing in rows
    }
    assert rule_id in hit
    assert row.citation
    assert row.sentence.endswith(".")
    assert row.verified or row.legal_review
    assert ("GK" not in row.source) or not row.verified


def test_a_row_whose_needs_are_off_is_refused():
    changed = tables()
    changed["US"].rule[0] = msgspec.structs.replace(changed["US"].rule[0], needs=("authorization",))
    with pytest.raises(ValueError, match="needs"):
        loaded(changed)


def test_no_state_row_stands_against_the_individuals_own_access():
    for row in library.rules().values():
        assert row.jurisdiction == "US" or Relation.INDIVIDUAL not in row.relations


def test_every_staff_role_stands_in_one_of_the_two_disciplines():
    outside = {Role.PATIENT, Role.REPRESENTATIVE, Role.NETWORK_ADMINISTRATOR}
    assert set(MEDICAL_ROLES) | set(OTHER_STAFF) == {str(role) for role in set(Role) - outside}
    assert not set(MEDICAL_ROLES) & set(OTHER_STAFF)


def test_no_category_of_emergency_access_holds_what_stands_apart_for_its_author():
    assert all(category.mask & (AUTHOR_ONLY | DataClass.UNCLASSIFIED) == 0 for category in categories().values())


def test_administrators_have_no_profile_to_see_anything_with():
    assert not profiles()[Role.NETWORK_ADMINISTRATOR].purposes
    assert profiles()[Role.NETWORK_ADMINISTRATOR].mask == 0


def test_a_practices_own_system_treats_and_never_has_what_is_its_authors_alone_or_unclassed():
    profile = profiles()[Role.SYSTEM]
    assert profile.purposes == (Purpose.TREATMENT,)
    assert profile.mask & (AUTHOR_ONLY | DataClass.UNCLASSIFIED) == 0


@pytest.mark.parametrize("holder", ["program", "holder"])
@pytest.mark.parametrize("state", ["MA", "CT", "ME", ""])
@pytest.mark.parametrize("relation", list(Relation))
def test_no_form_but_its_own_opens_a_psychotherapy_or_counseling_note(relation, state, holder):
    everything = Opener("x", frozenset({"authorization", "state_consent", "part2_consent", "hiv_consent"}), -1)
    for purpose in PURPOSES[relation]:
        found = rules.base(Setting(relation, purpose, state, holder, TODAY), (everything,), duty=True)
        assert bool(found.mask & AUTHOR_ONLY) == (relation is Relation.AUTHOR)


def test_redisclosure_by_a_practice_under_hipaa_opened_with_the_2024_rule():
    def mask(day):
        return rules.base(Setting(Relation.TREATING, Purpose.TREATMENT, "MA", "holder", day)).mask

    assert not mask(date(2024, 4, 15)) & DataClass.PART2
    assert mask(date(2024, 4, 16)) & DataClass.PART2


def test_vector_19_an_hiv_result_in_massachusetts_opens_by_its_own_form_only():
    setting = Setting(Relation.TREATING, Purpose.TREATMENT, "MA", "holder", TODAY)
    general = Opener("g", rules.COVERS["release"], -1)
    own = Opener("h", rules.COVERS["hiv"], int(DataClass.HIV))
    assert not rules.base(setting, (general,)).mask & DataClass.HIV
    assert rules.base(setting, (own,)).mask & DataClass.HIV


def test_vector_20_an_hiv_result_in_connecticut_flows_for_care_with_its_notice():
    found = rules.base(Setting(Relation.TREATING, Purpose.TREATMENT, "CT", "holder", TODAY))
    assert found.mask & DataClass.HIV
    assert "HIV/notice:CT-19A-585" in found.obligations


def test_a_row_for_recipients_in_another_state_binds_nobody_at_home():
    def opens(*elsewhere):
        return rules.base(Setting(Relation.TREATING, Purpose.TREATMENT, "CA", "holder", TODAY, *elsewhere)).mask

    assert opens() & DataClass.REPRO
    assert opens(False) == opens()
    assert not opens(True) & DataClass.REPRO
    assert opens() & ~opens(True) == DataClass.REPRO | DataClass.GENDER


def by_judge(setting, *openers):
    return sum(one.data_class for one in rules.judge(setting, openers) if one.flows)


def by_rows_in_hand(setting, *openers):
    return sum(one.data_class for one in rules.judge_rows(rules.rows(setting), openers) if one.flows)


def by_base(setting, *openers):
    return rules.base(setting, openers).mask


@pytest.mark.parametrize("asked", [by_judge, by_rows_in_hand, by_base])
def test_what_nobody_said_is_not_assumed_neither_an_author_nor_a_duty(asked):
    abroad = Setting(Relation.NAMED, Purpose.TREATMENT, "", "holder", TODAY)
    for author in range(1, 4):
        assert asked(abroad, Opener("x", rules.COVERS["release"], int(DataClass.GENERAL), author)) == 0
    assert asked(abroad, Opener("x", rules.COVERS["release"], int(DataClass.GENERAL))) == DataClass.GENERAL
    program = Setting(Relation.OWN, Purpose.TREATMENT, "", "program", TODAY)
    nowhere = Opener("x", rules.COVERS["release"], 0)
    assert rules.base(program, duty=True).mask & DataClass.PART2
    assert not asked(program) & DataClass.PART2
    assert not asked(program, nowhere) & DataClass.PART2


def test_a_form_for_everybodys_items_counts_for_each_author_and_a_form_for_ones_items_for_that_one():
    setting = Setting(Relation.NAMED, Purpose.TREATMENT, "", "holder", TODAY)
    needs = rules.COVERS["release"]
    both = (Opener("all", needs, int(DataClass.GENERAL)), Opener("ones", needs, int(DataClass.MH), author=7))
    assert rules.base(setting, both, author=7).mask == DataClass.GENERAL | DataClass.MH
    assert rules.base(setting, both, author=1).mask == DataClass.GENERAL


def test_a_row_that_denies_denies_whatever_else_it_says_would_open_it():
    row = msgspec.structs.replace(library.rule("US-NAMED"), outcome="deny")
    form = Opener("x", frozenset(row.needs), -1)
    (denied,) = rules.judge_rows([(DataClass.GENERAL, (row,))], [form])
    (opened,) = rules.judge_rows([(DataClass.GENERAL, (library.rule("US-NAMED"),))], [form])
    assert (denied.flows, denied.blocking, opened.flows) == (False, row, True)


def test_on_a_day_without_a_rule_nothing_flows():
    day_before = library.BASELINE - timedelta(days=1)
    for verdict in rules.judge(Setting(Relation.OWN, Purpose.TREATMENT, "MA", "holder", day_before)):
        assert (verdict.flows, verdict.blocking and verdict.blocking.id) == (False, "NO-ROW")


def test_a_duty_that_binds_every_item_is_not_told_of_its_classes_again():
    told = set()
    for state in ("", "MA", "CT", "CA"):
        for relation in Relation:
            for purpose in PURPOSES[relation]:
                found = rules.base(Setting(relation, purpose, state, "holder", TODAY, True), duty=True).obligations
                general = {duty.removeprefix("*/") for duty in found if duty.startswith("*/")}
                told |= general
                assert not {duty for duty in found if duty[0] != "*" and duty.partition("/")[2] in general}
                assert all(name == "*" or name in DataClass.__members__ for name, *_ in map(parted, found))
    assert "inform_patient" in told


def parted(duty):
    return duty.partition("/")


def test_a_restriction_binds_whom_it_names():
    span = Span(from_at=datetime(2026, 1, 1, tzinfo=UTC))
    assert Limit(1, 0, 0, 1, span).binds(1, 2, 9)
    assert not Limit(1, 0, 0, 1, span).binds(1, 1, 9)
    assert not Limit(1, 2, 0, 1, span).binds(3, 2, 9)
    assert not Limit(1, 2, 7, 1, span).binds(1, 2, 9)
    assert ChartFacts(1, (), {}).limits == ()
