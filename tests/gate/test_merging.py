"""A merge of two charts never shows anybody more, shuts in both what was shut in one, and undone leaves what was."""

import random
from datetime import timedelta

import pytest

from hallway import clock
from hallway.consent import actions
from hallway.consent.grants import plans
from hallway.consent.grants.joining import TakenBack, narrowed
from hallway.consent.models import Restriction
from hallway.errors import HallwayError, Kind
from hallway.ids import ChartId, new_uuid
from hallway.record import linking
from tests.gate.judges import by_plan
from tests.gate.test_random_worlds import NOW, lay_out
from tests.prove.test_relations import AT, SEEDS, opened, some_facts, some_limit

LATER = (NOW, NOW + timedelta(hours=30))


def link(pairs, act):
    with clock.stopped_at(NOW):
        for source, target in pairs:
            act(ChartId(source), ChartId(target))
        actions.rebuild_grants([chart for pair in pairs for chart in pair])


def crossed(questions, pairs):
    """What was asked about one chart, asked about the other: there its restrictions and forms must count too."""
    about = {facts.chart: facts for facts, *_ in questions}
    other = {one: two for pair in pairs for one, two in (pair, pair[::-1])}
    return [
        (about[other[facts.chart]], asker, purpose, thing)
        for facts, asker, purpose, thing in questions
        if facts.chart in other and thing.source in about[other[facts.chart]].sources and asker.role != "patient"
    ]


@pytest.mark.parametrize(("seed", "least"), [(5, 40), (6, 1)])
def test_what_flows_after_a_merge_flowed_before_and_undone_it_flows_again(fresh_db, seed, least):
    questions = lay_out(3000, seed)
    charts = sorted({facts.chart for facts, *_ in questions})
    # A chart that two others were merged into, and pairs.
    pairs = [(charts[0], charts[2]), (charts[1], charts[2]), *zip(charts[3::2], charts[4::2], strict=False)]
    questions += crossed(questions, pairs)
    before = [by_plan(questions, at) for at in LATER]
    grants = plans.load_facts(charts)
    link(pairs, linking.link)
    after = [by_plan(questions, at) for at in LATER]
    widened = [
        (question, at)
        for was, now, at in zip(before, after, LATER, strict=True)
        for question, flowed, flows in zip(questions, was, now, strict=True)
        if flows and not flowed
    ]
    assert widened == []
    lost = sum(
        flowed and not flows
        for was, now in zip(before, after, strict=True)
        for flowed, flows in zip(was, now, strict=True)
    )
    assert lost >= least, "nothing of one chart shut anything in the other: this proves nothing"
    link(pairs, linking.unlink)
    assert [by_plan(questions, at) for at in LATER] == before
    assert plans.load_facts(charts) == grants


@pytest.mark.parametrize("seed", SEEDS)
def test_what_another_chart_says_only_ever_shuts(seed):
    dice = random.Random(seed)
    facts = some_facts(dice)
    limits = [some_limit(dice) for _ in range(dice.randrange(3))]
    back = [
        TakenBack(form.kind, form.discloser_org, form.recipient_org, dice.choice((None, AT)), (dice.choice((1, 2, 4)),))
        for form in facts.forms
        if dice.random() < 0.6
    ]
    before = opened(facts)
    more = [one for one in opened(narrowed(facts, limits, back)) if not covered(one, before)]
    assert more == []


def covered(one, before):
    """Whether it flowed before, perhaps by a wider way that left this one out of the list."""
    *where, author, kinds, bit = one
    return any((*where, by, of, bit) in before for by in {author, 0} for of in {kinds, ()})


def test_a_form_taken_back_elsewhere_opens_nothing_more_here():
    shut = 0
    for seed in SEEDS:
        facts = some_facts(random.Random(seed))
        back = [TakenBack(one.kind, one.discloser_org, one.recipient_org, AT) for one in facts.forms]
        without = narrowed(facts, (), back)
        assert opened(without, AT) == opened(narrowed(without, (), ()), AT)
        shut += len(opened(facts)) > len(opened(without, AT))
    assert shut > 10


def test_a_form_signed_after_the_other_was_taken_back_stands():
    facts = some_facts(random.Random(1))
    long_ago = min(one.span.from_at for one in facts.forms) - timedelta(days=1)
    back = [TakenBack(one.kind, one.discloser_org, one.recipient_org, long_ago) for one in facts.forms]
    assert narrowed(facts, (), back) == facts


def test_a_restriction_agreed_in_one_chart_later_shuts_the_other_at_once(fresh_db):
    questions = lay_out(600, 7)
    charts = sorted({facts.chart for facts, *_ in questions})
    link([(charts[0], charts[1])], linking.link)
    mine = [question for question in questions if question[0].chart == charts[0]]
    before = by_plan(mine, NOW)
    with clock.stopped_at(NOW):
        for source in range(1, 8):
            Restriction.objects.create(
                id=new_uuid(NOW), chart_id=charts[1], source_org_id=source, classes=(1 << 40) - 1, basis="2.26",
                agreed_at=NOW - timedelta(hours=1), agreed_by=1, agreed_org_id=source,
            )  # fmt: skip
        actions.rebuild_grants([charts[1]])
    after = by_plan(mine, NOW)
    assert sum(after) < sum(before)
    assert not any(now and not was for was, now in zip(before, after, strict=True))


def test_a_chart_that_is_merged_is_merged_no_further(fresh_db):
    questions = lay_out(400, 8)
    one, two, three, four = sorted({facts.chart for facts, *_ in questions})[:4]
    linking.link(ChartId(one), ChartId(two))
    for source, target in ((one, three), (two, three), (three, one), (four, four), (one, two)):
        with pytest.raises(HallwayError) as refused:
            linking.link(ChartId(source), ChartId(target))
        assert refused.value.kind is Kind.CONFLICT
    with pytest.raises(HallwayError):
        linking.unlink(ChartId(two), ChartId(one))
    linking.link(ChartId(three), ChartId(two))
    assert linking.linked([ChartId(one)]) == {one: [two, three]}
