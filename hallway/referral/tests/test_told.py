"""What the sender may learn of what happens at the receiver's."""

from datetime import timedelta

import pytest

from hallway import clock
from hallway.errors import HallwayError, Kind
from hallway.ids import ReferralId
from hallway.loops.queries import loops_of_referral, worklist
from hallway.referral import actions, queries
from hallway.referral.states import Side, Step
from hallway.referral.tests import hall as halls


def walk(hall, *, far: int):
    """A referral sent, and ``far`` steps of the receiver."""
    referral = hall.sent()
    steps = [
        lambda: hall.do(hall.therapist, actions.accept_referral, referral),
        lambda: hall.do(hall.therapist, actions.book_visit, referral, starts_at=clock.now() + timedelta(days=1)),
        lambda: hall.do(hall.therapist, actions.record_visit_kept, referral),
    ]
    for step in steps[:far]:
        step()
    return referral


def seen_by(who, referral):
    view = queries.referral_for(who, ReferralId(referral.id))
    return (view.state, view.version, view.track, view.clocks, view.visits, view.next_steps, view.turn_text)


def test_without_consent_a_social_workers_patient_is_not_known_to_have_come(fresh_db):
    hall = halls.build(licence="social_worker")
    now = clock.now()
    with clock.stopped_at(now):
        referral = walk(hall, far=1)
        before = seen_by(hall.pcp, referral)
        lists = [worklist(hall.pcp, show=show) for show in ("mine", "waiting", "practice", "closed")]
        hall.do(hall.therapist, actions.book_visit, referral, starts_at=clock.now() + timedelta(days=1))
        hall.do(hall.therapist, actions.record_visit_kept, referral)
        assert seen_by(hall.pcp, referral) == before
        assert [worklist(hall.pcp, show=show) for show in ("mine", "waiting", "practice", "closed")] == lists
        assert before[0] == "accepted"
        assert queries.referral_for(hall.therapist, ReferralId(referral.id)).state == "seen"


def test_with_consent_the_sender_learns_that_the_patient_came(fresh_db):
    hall = halls.build(licence="social_worker")
    hall.consent_back()
    referral = walk(hall, far=3)
    view = queries.referral_for(hall.pcp, ReferralId(referral.id))
    assert view.state == "seen"
    assert [stop.is_done for stop in view.track] == [True, True, True, False, False]
    assert [visit.status for visit in view.visits] == ["kept"]
    assert {row.kind for row in loops_of_referral(hall.pcp, ReferralId(referral.id))} == {"report", "close_or_reroute"}


def test_of_a_part_2_program_not_even_the_acceptance_is_told_without_consent(fresh_db):
    hall = halls.build(licence="counselor", is_part2=True)
    now = clock.now()
    with clock.stopped_at(now):
        referral = walk(hall, far=0)
        before = seen_by(hall.pcp, referral)
        hall.do(hall.therapist, actions.accept_referral, referral)
        assert seen_by(hall.pcp, referral) == before
    hall.consent_back("part2")
    assert queries.referral_for(hall.pcp, ReferralId(referral.id)).state == "accepted"


def test_the_sender_who_knows_nothing_may_still_end_it_and_is_never_stuck(fresh_db):
    hall = halls.build(licence="counselor", is_part2=True)
    referral = walk(hall, far=3)
    view = queries.referral_for(hall.pcp, ReferralId(referral.id))
    assert [step.step for step in view.next_steps] == [Step.REQUEST_CANCELLATION]
    hall.do(hall.pcp, actions.request_cancellation, referral, reason_code="no_answer_30_days")
    assert queries.referral_for(hall.pcp, ReferralId(referral.id)).state == "cancel_requested"


def test_a_stranger_and_an_unknown_referral_get_the_same_answer(fresh_db):
    hall = halls.build()
    referral = hall.sent()
    answers = []
    for who, key in ((hall.other, referral.id), (hall.other, clock_id()), (hall.pcp, clock_id())):
        with pytest.raises(HallwayError) as caught:
            queries.referral_for(who, ReferralId(key))
        answers.append((caught.value.kind, str(caught.value)))
    assert set(answers) == {(Kind.NOT_FOUND, answers[0][1])}


def clock_id():
    from hallway import ids

    return ids.new_uuid(clock.now())


def test_a_draft_is_nobodys_but_the_senders(fresh_db):
    hall = halls.build()
    referral = actions.draft_referral(hall.pcp, hall.request())
    with pytest.raises(HallwayError):
        queries.referral_for(hall.therapist, ReferralId(referral.id))
    view = queries.referral_for(hall.pcp, ReferralId(referral.id))
    assert (view.question, view.reader_side) == (halls.QUESTION, Side.SENDER)
    assert queries.referral_list(hall.therapist) == []
    assert [row.id for row in queries.referral_list(hall.pcp)] == [referral.id]


def test_of_a_part_2_program_nobody_learns_who_took_it_on(fresh_db):
    """Neither on the page, nor in the list, nor in the waiting clocks, nor in the request's own resources."""
    hall = halls.build(licence="counselor", is_part2=True)
    with clock.stopped_at(clock.now()):
        referral = hall.sent(receiver_practitioner=0)
        before = all_of(hall.pcp, referral)
        hall.do(hall.therapist, actions.accept_referral, referral)
        assert all_of(hall.pcp, referral) == before
        assert queries.referral_for(hall.therapist, ReferralId(referral.id)).receiver.name.endswith("Hearwell")
        hall.do(hall.pcp, actions.request_cancellation, referral, reason_code="patient_asked")
        view = queries.referral_for(hall.pcp, ReferralId(referral.id))
        assert "Hearwell" not in repr(view)
        assert "Hearwell" not in repr(worklist(hall.pcp, show="waiting"))
        assert not any(b"person-hearwell" in stored.body for stored in chart_of(hall))


def chart_of(hall):
    from hallway.consent import gate
    from hallway.record import queries as record

    return record.read_chart(gate.release(hall.pcp, hall.chart))


def all_of(who, referral):
    return (
        repr(queries.referral_for(who, ReferralId(referral.id))),
        repr(queries.referral_list(who)),
        repr(worklist(who, show="waiting")),
    )


def test_the_record_tells_the_sender_no_more_than_the_page(fresh_db):
    """Appointment, Encounter, Task and Provenance of a visit that may not be told do not flow either."""
    hall = halls.build(licence="social_worker")
    walk(hall, far=1)
    before = {(stored.kind, stored.version) for stored in chart_of(hall)}
    referral = hall_referral()
    hall.do(hall.therapist, actions.book_visit, referral, starts_at=clock.now() + timedelta(days=1))
    hall.do(hall.therapist, actions.record_visit_kept, referral)
    assert {(stored.kind, stored.version) for stored in chart_of(hall)} == before
    hall.consent_back()
    assert {"Appointment", "Encounter"} <= {stored.kind for stored in chart_of(hall)}


def hall_referral():
    from hallway.referral.models import Referral

    return Referral.objects.get()


def test_every_step_leaves_its_resources_and_who_did_it(fresh_db):
    hall = halls.build(licence="physician")
    walk(hall, far=3)
    kinds = [stored.kind for stored in chart_of(hall)]
    assert {"ServiceRequest", "Task", "Appointment", "Encounter", "Communication", "Provenance"} <= set(kinds)
    assert kinds.count("Provenance") == 5, "one for each step"
    assert kinds.count("Task") == 2, "one of each side"
    [request] = [stored for stored in chart_of(hall) if stored.kind == "ServiceRequest"]
    assert b'"status":"active"' in request.body


def test_an_interim_note_waits_until_the_sender_has_read_it(fresh_db):
    hall = halls.build(licence="physician")
    referral = walk(hall, far=1)
    hall.do(hall.therapist, actions.send_interim_note, referral, text="Seen by phone; first visit follows.")
    assert [row.kind for row in worklist(hall.pcp).rows] == ["answer_interim"]
    assert actions.read_interim_note(hall.pcp, ReferralId(referral.id)) == 1
    assert worklist(hall.pcp).rows == ()


def test_the_event_of_a_step_is_in_the_outbox_with_the_step(fresh_db):
    from django.db import connection

    hall = halls.build(licence="physician")
    referral = hall.sent()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT args->>'event' FROM procrastinate_jobs WHERE args->>'referral_id' = %s", [str(referral.id)]
        )
        assert [row[0] for row in cursor.fetchall()] == ["referral_drafted", "referral_sent"]
