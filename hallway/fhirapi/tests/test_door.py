from datetime import timedelta

import pytest

from hallway import clock
from hallway.fhirapi import bundles, routes
from hallway.fhirapi.sign_in import Caller
from hallway.fhirapi.tests.kit import (
    ANNA,
    GENERAL,
    MH,
    NOW,
    OTHER,
    get,
    grant,
    new_id,
    new_patient,
    resource,
)
from hallway.record import actions
from hallway.storage.connection import cursor


def lines():
    with cursor() as opened:
        return opened.execute("SELECT act, route FROM ledger_answer ORDER BY id").fetchall()


def test_a_resource_is_read_with_its_version_and_leaves_a_line(patient):
    chart, _ = patient
    one = resource("Condition", (chart,), text="a")
    actions.write([one], by=ANNA)
    reply = get(f"/fhir/Condition/{one.resource_id}")
    assert reply.status == 200
    assert reply.json["id"] == one.resource_id
    version = reply.json["meta"]["versionId"]
    assert dict(reply.headers)["ETag"] == f'W/"{version}"'
    assert lines()[-1] == ("read", "GET /fhir/{type}/{id}")
    again = get(f"/fhir/Condition/{one.resource_id}/_history/{version}")
    assert (again.status, again.body) == (200, reply.body)


def test_not_there_and_not_yours_are_the_same_bytes(patient, caller):
    chart, patient_id = patient
    hidden = resource("Condition", (chart,), mask=GENERAL | MH)
    actions.write([hidden], by=ANNA)
    for shape in ("/fhir/Condition/{}", "/fhir/Condition/{}/_history", "/fhir/Condition/{}/_history/1"):
        assert get(shape.format(hidden.resource_id)) == get(shape.format(new_id()))
        assert get(shape.format(hidden.resource_id)) == get(shape.format("nonsense"))
    caller[0] = Caller(OTHER)
    for shape in ("/fhir/Patient/{}", "/fhir/Patient/{}/$everything", "/fhir/Condition?patient={}"):
        known, unknown = get(shape.format(patient_id)), get(shape.format(new_id()))
        assert known == unknown
        assert known.status == 404
    assert get("/fhir/Nonsense/1") == get("/fhir/nowhere/at/all")


def test_nobody_caller_is_told_the_same_everywhere(patient, caller):
    caller[0] = None
    _, patient_id = patient
    replies = [
        get(path)
        for path in (f"/fhir/Patient/{patient_id}", "/fhir/Patient/x", "/fhir/nowhere", "/fhir/Patient/x/$everything")
    ]
    assert {reply.status for reply in replies} == {401}
    assert all(reply == replies[0] for reply in replies)
    assert get("/fhir/metadata").status == 200


def test_everything_holds_and_counts_only_what_may_flow(patient):
    chart, patient_id = patient
    actions.write([resource("Condition", (chart,), day=n) for n in range(3)], by=ANNA)
    before = get(f"/fhir/Patient/{patient_id}/$everything")
    actions.write([resource("Condition", (chart,), mask=GENERAL | MH, day=n) for n in range(3)], by=ANNA)
    after = get(f"/fhir/Patient/{patient_id}/$everything")
    assert after == before
    assert before.json["total"] == len(before.json["entry"]) == 4
    only = get(f"/fhir/Patient/{patient_id}/$everything?_type=Patient").json
    assert [entry["resource"]["resourceType"] for entry in only["entry"]] == ["Patient"]


def test_pages_together_are_the_whole_and_skip_nothing_hidden_or_shown(patient):
    chart, patient_id = patient
    actions.write(
        [
            resource("Observation", (chart,), text=str(n), mask=GENERAL | MH if n % 3 else GENERAL, day=n % 7)
            for n in range(60)
        ],
        by=ANNA,
    )
    whole = get(f"/fhir/Observation?patient={patient_id}&_count=200").json["entry"]
    address, pages = f"/fhir/Observation?patient={patient_id}&_count=6", []
    while address:
        page = get(address).json
        assert len(page["entry"]) <= 6
        pages += page["entry"]
        following = [link["url"] for link in page["link"] if link["relation"] == "next"]
        address = following[0].removeprefix("http://127.0.0.1:8000") if following else ""
    assert pages == whole
    assert len(whole) == 20


def test_a_next_link_serves_only_whom_it_was_given_to(patient, caller):
    chart, patient_id = patient
    grant(chart, org=20)
    actions.write([resource("Observation", (chart,)) for _ in range(3)], by=ANNA)
    links = get(f"/fhir/Observation?patient={patient_id}&_count=1").json["link"]
    following = links[1]["url"].removeprefix("http://127.0.0.1:8000")
    assert get(following).status == 200
    caller[0] = Caller(OTHER)
    assert get(following).status == 400


@pytest.mark.parametrize(
    "query",
    [
        "patient=a&patient=b",
        "patient={id}&_count=x",
        "patient={id}&_count=1001",
        "_page=x_y_z",
        "patient={id}&surprise=1",
        "patient={id}&code=%00",
        "patient={id}&code=%ff",
        "&".join("a=1" for _ in range(60)),
    ],
)
def test_a_query_that_is_not_understood_is_refused_without_an_echo(patient, query):
    reply = get("/fhir/Condition?" + query.replace("{id}", patient[1]))
    assert reply.status in {400, 404}
    assert b"surprise" not in reply.body


def test_a_revoked_right_holds_from_the_next_request_on(patient):
    from hallway.consent.models import Grant

    chart, patient_id = patient
    assert get(f"/fhir/Patient/{patient_id}").status == 200
    Grant.objects.filter(chart_id=chart).delete()
    actions.bump_epoch([chart])
    assert get(f"/fhir/Patient/{patient_id}").status == 404


def test_a_right_that_changes_between_plan_and_read_is_decided_again(patient, monkeypatch):
    from hallway.consent import gate

    chart, patient_id = patient
    real, asked = gate.release, []

    def release_then_change(requester, chart_id):
        given = real(requester, chart_id)
        if not asked:
            actions.bump_epoch([chart])
        asked.append(given.epoch)
        return given

    monkeypatch.setattr(gate, "release", release_then_change)
    assert get(f"/fhir/Patient/{patient_id}").status == 200
    assert asked == [1, 2]


def test_a_resource_of_two_patients_flows_only_when_both_charts_let_it(patient):
    chart, _ = patient
    second, _ = new_patient()
    shared = resource("Encounter", (chart, second))
    actions.write([shared], by=ANNA)
    assert get(f"/fhir/Encounter/{shared.resource_id}").status == 404
    grant(second)
    assert get(f"/fhir/Encounter/{shared.resource_id}").status == 200


def test_a_relabelled_resource_is_withheld_with_its_past(patient):
    chart, _ = patient
    one = resource("Condition", (chart,), text="before")
    actions.write([one], by=ANNA)
    ((past,),) = [get(f"/fhir/Condition/{one.resource_id}/_history").json["entry"]]
    version = past["resource"]["meta"]["versionId"]
    assert get(f"/fhir/Condition/{one.resource_id}/_history/{version}").status == 200
    actions.write([resource("Condition", (chart,), text="after", mask=GENERAL | MH, rid=one.resource_id)], by=ANNA)
    assert get(f"/fhir/Condition/{one.resource_id}/_history").status == 404
    assert get(f"/fhir/Condition/{one.resource_id}/_history/{version}").status == 404


def test_the_name_of_a_version_does_not_tell_how_many_came_before_and_each_has_its_own(patient):
    chart, _ = patient
    with clock.stopped_at(clock.now()):
        one, other = (resource("Condition", (chart,), text="a") for _ in range(2))
        actions.write([one], by=ANNA)
        actions.write([resource("Condition", (chart,), text="b", rid=one.resource_id)], by=ANNA)
    now = clock.now() + timedelta(hours=1)
    with clock.stopped_at(now):
        actions.write([resource("Condition", (chart,), text="c", rid=one.resource_id), other], by=ANNA)
    third, first = (
        get(f"/fhir/Condition/{rid}").json["meta"]["versionId"] for rid in (one.resource_id, other.resource_id)
    )
    assert third == first, "stored at one instant, the third version and the first"
    entries = get(f"/fhir/Condition/{one.resource_id}/_history").json["entry"]
    assert len({entry["resource"]["meta"]["versionId"] for entry in entries}) == 3


def test_an_address_that_takes_no_writes_says_what_it_may_be_asked(patient):
    reply = get(f"/fhir/Patient/{patient[1]}/_history", method="DELETE")
    assert reply.status == 405
    assert ("Allow", "GET, HEAD") in reply.headers


def test_head_gives_the_headers_alone(patient):
    whole, head = get(f"/fhir/Patient/{patient[1]}"), get(f"/fhir/Patient/{patient[1]}", method="HEAD")
    assert head.body == b""
    assert head.headers == whole.headers


def test_an_unforeseen_error_is_a_denial_that_tells_nothing(patient, monkeypatch, caplog):
    def broken(*args, **kwargs):
        raise ValueError("Marisol Ejemplo")

    monkeypatch.setattr(bundles, "searchset", broken)
    reply = get(f"/fhir/Patient/{patient[1]}/$everything")
    assert reply.status == 500
    assert b"Ejemplo" not in reply.body
    assert "Ejemplo" not in caplog.text


def test_a_foreign_host_is_refused(patient):
    assert get(f"/fhir/Patient/{patient[1]}", HTTP_HOST="evil.example").status == 400


def test_broken_connections_are_replaced(patient, fresh_db):
    from conftest import admin

    assert get(f"/fhir/Patient/{patient[1]}").status == 200
    admin(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{fresh_db}'")
    assert get(f"/fhir/Patient/{patient[1]}").status == 200


def test_every_route_has_a_name_of_its_own():
    assert len({route.name for route in routes.ROUTES}) == len(routes.ROUTES)


def test_a_plan_that_ended_by_time_gives_nothing(patient):
    from hallway.consent.models import Grant

    chart, patient_id = patient
    Grant.objects.filter(chart_id=chart).update(until_at=NOW + timedelta(minutes=30))
    assert get(f"/fhir/Patient/{patient_id}").status == 200
    with clock.stopped_at(NOW + timedelta(minutes=31)):
        assert get(f"/fhir/Patient/{patient_id}").status == 404


def test_a_search_matches_whole_codes_and_refuses_what_it_would_have_to_guess(patient):
    chart, patient_id = patient
    coded = resource("Condition", (chart,), code={"coding": [{"system": "icd", "code": "F32.1"}]})
    actions.write([coded, resource("Condition", (chart,), text="b")], by=ANNA)
    for value in ("F32.1", "icd|F32.1", "F32.1,F33"):
        entries = get(f"/fhir/Condition?patient={patient_id}&code={value}").json["entry"]
        assert [entry["resource"]["id"] for entry in entries] == [coded.resource_id]
    assert "entry" not in get(f"/fhir/Condition?patient={patient_id}&code=F32").json
    assert get(f"/fhir/Condition?patient={patient_id}&code=F32.1,").status == 400
    assert get(f"/fhir/Condition?patient={patient_id}&onset-date=1st").status == 400
    assert get(f"/fhir/Condition?patient={patient_id}&code:text=depression").status == 400
