"""The demo's people talk about the patients whom both sides treat."""

from datetime import timedelta

from hallway import clock
from hallway.app.demo import build, cast, talks
from hallway.app.demo.network import Network
from hallway.app.demo.patients import patients, primary_care_facts
from hallway.consent import actions as consent
from hallway.identity.requester import system
from hallway.talking import queries


def test_a_shared_patient_is_talked_about_and_each_has_a_card(fresh_db):
    until = clock.now()
    one = next(
        one
        for one in patients(build.SEED, until)
        if one.pcp == "carewell" and one.bh == cast.NORTHGATE and one.has_referral and not one.began_at_bh
    )
    network = Network()
    with clock.stopped_at(until - timedelta(days=400)):
        network.settle(clock.today())
    with clock.stopped_at(until - timedelta(days=40)):
        chart = network.open_chart(
            list(primary_care_facts(one, build.SEED, until))[:3], organization=one.pc, person=one.pcp, role="pcp"
        )
        therapist = network.requester("hearwell")
        consent.join_team(chart, by=system("demo"), organization=therapist.organization_id, basis="encounter")
    talks.live(network, [one], until)
    assert [row.unread for row in queries.thread_list(therapist)] == [1]
    assert [row.is_readers_turn for row in queries.request_list(therapist)] == [True]
    assert queries.card(therapist.organization_id, therapist.practitioner_id).best_time == "after 4 pm"
