"""A form that ends soon is owed a renewal by the practice that prepared it, and nobody else hears of it."""

from datetime import timedelta
from uuid import UUID, uuid4

from hallway import clock
from hallway.consent import actions
from hallway.consent.tests import town
from hallway.consent.tests.test_forms import DRAWN, composition, program
from hallway.identity.requester import Role
from hallway.loops import queries, renewals
from hallway.loops.models import Loop
from hallway.loops.renewals import AHEAD, run_renewals

__all__ = ["program"]


def signed(program, days, **more):
    pcp, counselor, chart, _ = program
    asked = composition(pcp, counselor, chart, expires_at=clock.now() + timedelta(days=days), **more)
    form = actions.compose_consent(asked, by=counselor)
    actions.sign_consent(form, DRAWN, by=counselor, expected_version=1)
    return form


def test_a_form_that_ends_soon_is_owed_once_by_the_desk_that_prepared_it(program):
    pcp, counselor, *_ = program
    signed(program, AHEAD.days + 10)
    assert run_renewals(clock.now()) == 0
    form = signed(program, AHEAD.days - 1, kinds=("Encounter",), recipient_practitioner=pcp.practitioner_id)
    assert run_renewals(clock.now()) == 1
    assert run_renewals(clock.now()) == 0
    loop = Loop.objects.get(subject_id=form)
    assert (loop.owner_org_id, loop.source_org_id) == (counselor.organization_id, counselor.organization_id)
    assert form in {row.next_id for row in shown(counselor)}
    assert form not in {row.next_id for row in shown(pcp)}


def shown(who):
    return queries.worklist(who).rows


def test_it_is_settled_by_a_longer_form_by_taking_back_and_by_its_end(program):
    first = signed(program, 10)
    assert run_renewals(clock.now()) == 1
    signed(program, 300)
    assert run_renewals(clock.now()) == 1
    assert Loop.objects.get(subject_id=first).closed_as == "renewed"
    with clock.stopped_at(clock.now() + timedelta(days=280)):
        run_renewals(clock.now())
        (running,) = Loop.objects.filter(closed_at=None)
        actions.revoke_consent(running.subject_id, "written", by=program[1], expected_version=2)
        assert run_renewals(clock.now()) == 1
        running.refresh_from_db()
        assert running.closed_as == "revoked"


def test_nobody_is_told_to_ask_a_patient_who_asked_not_to_be_asked(program):
    _, counselor, chart, _ = program
    signed(program, 10)
    actions.record_talk(chart, by=counselor, outcome="declines")
    assert run_renewals(clock.now()) == 0
    town.person("Deskwell", counselor.organization_id, Role.FRONT_DESK)
    assert not Loop.objects.exists()


def test_one_is_settled_however_many_run_ahead_of_it(program):
    form = signed(program, 10)
    run_renewals(clock.now())
    [row] = Loop.objects.values()
    ahead = [Loop(**row | {"id": UUID(int=number), "subject_id": uuid4()}) for number in range(501)]
    Loop.objects.bulk_create(ahead)
    actions.revoke_consent(form, "written", by=program[1], expected_version=2)
    assert run_renewals(clock.now()) == 1
    assert Loop.objects.get(subject_id=form).closed_as == "revoked"


def test_a_form_is_owed_however_many_end_sooner_of_patients_who_asked_not_to_be_asked(program, monkeypatch):
    monkeypatch.setattr(renewals, "_BATCH", 1)
    pcp, counselor, chart, _ = program
    for days in (2, 3):
        signed(program, days, kinds=("Encounter",) if days == 2 else ("Condition",))
    actions.record_talk(chart, by=counselor, outcome="declines")
    others = [town.new_patient(counselor.organization_id) for _ in range(2)]
    forms = [signed((pcp, counselor, other, None), days) for days, other in enumerate(others, start=10)]
    for form in forms:
        assert run_renewals(clock.now()) == 1
        assert Loop.objects.filter(subject_id=form).exists()
    assert run_renewals(clock.now()) == 0
