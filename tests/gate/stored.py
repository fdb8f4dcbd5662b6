"""The same of the gate's SQL: facts in the tables, compiled there, asked there, changed, and asked again."""

from dataclasses import replace
from datetime import timedelta
from itertools import groupby

import pytest

from hallway import clock
from hallway.consent import actions, gate
from hallway.consent.grants import compiler
from hallway.consent.grants.decision import Plan
from hallway.consent.models import Consent, Grant
from hallway.directory.models import CareTeamMember
from hallway.errors import HallwayError
from hallway.record import queries as record
from hallway.record.evidence import Purpose
from tests.gate import judges, translate, world
from tests.gate import test_random_worlds as some
from tests.gate.killing import Case, check_reasons, check_until, judged

HOUR = timedelta(hours=1)


def storable(scenes):
    """As many as a moment allows of those that the tables take: compiled at NOW, in the states as they stand there."""
    return [
        one
        for one in scenes
        if one.compiled_at == some.NOW and one.facts.state == some.STATE and not getattr(one.facts, "acting", ())
    ][:36]


def lay_out(scenes):
    """The facts of scenes compiled at NOW, in the tables, without grants."""
    world.build_organizations(some.STATE, some.PROGRAMS)
    world.build([scene.facts for scene in scenes])


def check(scenes):
    """Raise on the first answer that is not as the witness judged it."""
    charts = [scene.facts.chart for scene in scenes]
    with clock.stopped_at(some.NOW):
        for chart in charts:
            # One by one: what one chart's facts lack, another's must not bring.
            actions.rebuild_grants([chart])
        before = epochs(charts)
        actions.rebuild_grants(charts)
        assert epochs(charts) == before, "nothing changed, and rights were written anew"
    for hours in (1, 2):
        with clock.stopped_at(some.NOW + hours * HOUR):
            actions.rebuild_grants(charts)
            assert epochs(charts) == before, "only time went by, and rights were written anew"
    cases = sorted(((case, scene) for scene in scenes for case in scene.cases), key=lambda pair: pair[0].ask.at)
    for at, some_cases in groupby(cases, key=lambda pair: pair[0].ask.at):
        check_instant(at, list(some_cases))
    check_order(scenes)
    changed = check_change(scenes)
    check_ends([scene for scene in scenes if scene is not changed])
    check_failed_rule(scenes[0])


def check_instant(at, cases):
    questions = [
        ((scene.facts, case.asker, case.ask.purpose, thing), flows)
        for case, scene in cases
        for thing, flows in case.expected
    ]
    asked = [question for question, _ in questions]
    expected = [flows for _, flows in questions]
    assert judges.by_plan(asked, at) == expected
    listed = [flows and question[2] != "EMERG" for question, flows in questions]
    assert judges.by_lateral(asked, at) == listed
    with clock.stopped_at(at):
        for case, scene in cases[::3]:
            assert released(case, scene) == [flows for _, flows in case.expected]


def answer(asker, chart, purpose):
    """The release, or the code of the error that tells nothing."""
    try:
        return gate.release(world.requester(asker), chart, Purpose(purpose))
    except HallwayError as error:
        return error.code


def released(case, scene):
    """What flows, one chart asked; the release says of which state of the chart it speaks, and until when."""
    release = answer(case.asker, scene.facts.chart, case.ask.purpose)
    if isinstance(release, str):
        return [False for _ in case.expected]
    assert (release.epoch, release.decided_at) == (record.epoch_of(scene.facts.chart), case.ask.at)
    decided = Plan(release)
    check_until(release, case)
    check_reasons(release, decided, case)
    return [judges.permits(decided, thing) for thing, _ in case.expected]


def check_order(scenes):
    """The same question has the same answer, word for word, in whatever order the rights lie in the table."""
    pairs = [(case, scene) for scene in scenes for case in scene.cases[::2]]
    with clock.stopped_at(some.NOW + 2 * HOUR):
        before = [answer(case.asker, scene.facts.chart, case.ask.purpose) for case, scene in pairs]
        write_backwards([scene.facts.chart for scene in scenes])
        assert [answer(case.asker, scene.facts.chart, case.ask.purpose) for case, scene in pairs] == before


def write_backwards(charts):
    rows = list(Grant.objects.filter(chart_id__in=charts).order_by("-id"))
    Grant.objects.filter(chart_id__in=charts).delete()
    for row in rows:
        row.id = None
    Grant.objects.bulk_create(rows, batch_size=500)


def epochs(charts):
    return {chart: record.epoch_of(chart) for chart in charts}


def check_change(scenes):
    """A form taken back moves its own chart's rights and epoch and no other's. The scene that was changed."""
    later = some.NOW + 3 * HOUR
    before = epochs([scene.facts.chart for scene in scenes])
    held = [scene for scene in scenes if any(form_matters(scene, form, later) for form in scene.facts.forms)]
    assert held
    scene = held[0]
    Consent.objects.filter(chart_id=scene.facts.chart).update(
        state="revoked", revoked_at=later, revoked_by=1, revocation_channel="desk"
    )
    with clock.stopped_at(later):
        actions.rebuild_grants([one.facts.chart for one in scenes])
    after = epochs(list(before))
    assert after[scene.facts.chart] > before[scene.facts.chart]
    check_instant(later, judged_anew(scene, replace(scene.facts, forms=[]), later))
    return scene


def check_ends(scenes):
    """An end put on treatment that had none is kept when it comes, though until then nothing is different."""
    now, end = some.NOW + 3 * HOUR, some.NOW + 4 * HOUR
    open_ended = [scene for scene in scenes if any(ends is None for _, _, ends in scene.facts.treated)][:8]
    charts = [scene.facts.chart for scene in open_ended]
    CareTeamMember.objects.filter(chart_id__in=charts, until_at=None).update(until_at=end)
    with clock.stopped_at(now):
        actions.rebuild_grants(charts)
    cases = []
    for scene in open_ended:
        treated = [(org, begins, ends or end) for org, begins, ends in scene.facts.treated]
        cases += judged_anew(scene, replace(scene.facts, treated=treated), end)
    check_instant(end, cases)


def judged_anew(scene, facts, at):
    """The scene's cases as the witness judges them by other facts at another time."""
    seen = translate.to_witness(facts)
    found = []
    for case in scene.cases:
        ask = replace(case.ask, facts=seen, at=at)
        found.append((Case(ask, case.asker, judged(ask, [thing for thing, _ in case.expected])), scene))
    return found


def check_failed_rule(scene):
    """Where a rule failed, nothing flows: its practice is told so, and whoever has no part in it learns nothing."""

    def fails(facts, now):
        raise ArithmeticError

    chart, source = scene.facts.chart, min(scene.facts.sources)
    stranger = min(set(some.STATE) - set(scene.facts.sources))
    with clock.stopped_at(some.NOW + 5 * HOUR), pytest.MonkeyPatch.context() as patch:
        patch.setattr(compiler, "compile_grants", fails)
        actions.rebuild_grants([chart])
        assert answer(some.Asker(source, source, "pcp"), chart, "TREAT") == "H-CON-052"
        for asker, purpose in (
            (some.Asker(stranger, stranger, "pcp"), "TREAT"),
            (some.Asker(source, source, "pcp"), "PAY"),
            (some.Asker(source, source, "network_administrator"), "TREAT"),
            (some.Asker(0, 0, "patient", chart=chart + 1), "INDIVIDUAL"),
        ):
            assert answer(asker, chart, purpose) == "H-CON-001"


def form_matters(scene, form, at):
    return (
        form.complete
        and form.begins <= at
        and (form.ends is None or form.ends > at)
        and form.from_org in (scene.facts.sources)
        and form.to_org in {org for org, begins, ends in scene.facts.treated if begins <= at and not ends}
    )
