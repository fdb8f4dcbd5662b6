import json
from datetime import timedelta

import pytest

from hallway import clock, ids
from hallway.consent.models import Grant
from hallway.directory.models import CareTeamMember, Organization
from hallway.exchange.bulk import actions as bulk
from hallway.exchange.bulk import files, running
from hallway.exchange.bulk.models import Export, Part
from hallway.fhirapi.composed import group
from hallway.fhirapi.sign_in import Caller
from hallway.fhirapi.tests.kit import ANNA, GENERAL, MH, NOW, at_once, get, grant, new_patient, resource
from hallway.identity.requester import Requester, Role
from hallway.identity.scopes import Scope, Scopes
from hallway.record import actions
from hallway.storage.connection import cursor

PROGRAM = Requester(ids.AccountId(0), ids.NOBODY, ids.OrganizationId(10), Role.SYSTEM, name="client/1")
RIVAL = Requester(ids.AccountId(0), ids.NOBODY, ids.OrganizationId(10), Role.SYSTEM, name="client/2")
EVERYTHING = Scopes((Scope("system", "*", "rs"),))
ASYNC = {"HTTP_PREFER": "respond-async"}


@pytest.fixture
def program(caller, monkeypatch, tmp_path):
    """A registered program stands at the door; another may come in its place."""
    monkeypatch.setenv("HALLWAY_HOME", str(tmp_path))
    caller[0] = Caller(PROGRAM, scopes=EVERYTHING)
    return caller


@pytest.fixture
def charts(program):
    """Three patients whose ordinary content flows to practice 10."""
    made = [new_patient() for _ in range(3)]
    for chart, _ in made:
        grant(chart)
        actions.write([resource("Condition", (chart,), text=f"of {chart}", day=n) for n in range(2)], by=ANNA)
        actions.write([resource("Observation", (chart,), text="hidden", mask=GENERAL | MH)], by=ANNA)
    return made


def begin(path="/fhir/Patient/$export", **more):
    reply = get(path, **ASYNC, **more)
    assert reply.status == 202, reply.body
    return dict(reply.headers)["Content-Location"].removeprefix("http://127.0.0.1:8000")


def write_all():
    for row in Export.objects.all():
        running.run(row.id)


def manifest(address):
    with clock.stopped_at(clock.now() + timedelta(seconds=2)):
        reply = get(address)
    assert reply.status == 200, reply.body
    return reply.json


def lines_of(found):
    replies = [get(one["url"].removeprefix("http://127.0.0.1:8000")) for one in found["output"]]
    assert {reply.status for reply in replies} <= {200}
    return [json.loads(line) for reply in replies for line in reply.body.splitlines()]


def acts():
    with cursor() as opened:
        return opened.execute("SELECT act, route, charts FROM ledger_answer ORDER BY id").fetchall()


def test_an_export_gives_what_the_gate_lets_through_and_leaves_a_line_for_each_chart(charts):
    address = begin()
    waiting = get(address)
    assert (waiting.status, dict(waiting.headers)["X-Progress"]) == (202, "waiting")
    write_all()
    found = manifest(address)
    assert found["requiresAccessToken"] is True
    assert [(one["type"], one["count"]) for one in found["output"]] == [("Condition", 6), ("Patient", 3)]
    held = lines_of(found)
    assert sorted(one["resourceType"] for one in held) == ["Condition"] * 6 + ["Patient"] * 3
    assert b"hidden" not in json.dumps(held).encode()
    read = [line for line in acts() if line[1] == "GET /fhir/$export" and line[0] == "read"]
    assert sorted(chart for line in read for chart in line[2]) == sorted(chart for chart, _ in charts)


def test_nothing_of_the_record_lies_readable_in_the_files(charts, tmp_path):
    begin()
    write_all()
    kept = [path.read_bytes() for path in tmp_path.rglob("*.sealed")]
    assert kept
    assert not any(b"resourceType" in content or b"Ejemplo" in content for content in kept)


def test_only_a_program_with_system_scopes_exports(charts, program):
    for caller in (
        Caller(ANNA),
        Caller(ANNA, scopes=EVERYTHING),
        Caller(PROGRAM),
        Caller(PROGRAM, scopes=Scopes((Scope("user", "*", "rs"),))),
    ):
        program[0] = caller
        assert {get(path, **ASYNC).status for path in ("/fhir/$export", "/fhir/Patient/$export")} == {403}
    assert not Export.objects.exists()


def test_a_scope_narrows_an_export_and_a_type_beyond_it_is_refused(charts, program):
    program[0] = Caller(PROGRAM, scopes=Scopes((Scope("system", "Patient", "rs"),)))
    assert get("/fhir/$export?_type=Condition", **ASYNC).status == 403
    address = begin("/fhir/$export")
    write_all()
    assert [one["type"] for one in manifest(address)["output"]] == ["Patient"]


def test_a_file_leaves_only_to_a_token_that_holds_what_it_was_asked_under(charts, program):
    address = begin()
    write_all()
    files = [one["url"].removeprefix("http://127.0.0.1:8000") for one in manifest(address)["output"]]
    condition, patient = (next(one for one in files if kind in one) for kind in ("Condition", "Patient"))
    narrowed = Scopes((Scope("system", "Condition", "rs", (("code", "one"),)), Scope("system", "Patient", "s")))
    program[0] = Caller(PROGRAM, scopes=narrowed)
    assert [get(one).status for one in (condition, patient)] == [404, 200]


def test_an_export_of_another_program_is_not_there(charts, program):
    address = begin()
    write_all()
    file = manifest(address)["output"][0]["url"].removeprefix("http://127.0.0.1:8000")
    program[0] = Caller(RIVAL, scopes=EVERYTHING)
    absent = get(f"/fhir/exports/{ids.new_uuid(NOW)}")
    assert get(address) == get(file) == get(address, method="DELETE") == absent
    assert absent.status == 404


def test_a_right_taken_back_after_the_writing_leaves_only_that_patients_lines_behind(charts):
    address = begin()
    write_all()
    found = manifest(address)
    gone = charts[1][0]
    Grant.objects.filter(chart_id=gone).delete()
    actions.bump_epoch([gone])
    held = json.dumps(lines_of(found))
    assert f"of {gone}" not in held
    assert all(f"of {chart}" in held for chart, _ in charts if chart != gone)


def test_a_resource_made_stricter_since_does_not_leave_and_the_rest_of_its_chart_does(charts):
    address = begin("/fhir/Patient/$export?_type=Condition")
    write_all()
    found = manifest(address)
    one = next(iter(lines_of(found)))
    chart = next(chart for chart, _ in charts if one["code"]["text"] == f"of {chart}")
    with clock.stopped_at(NOW + timedelta(minutes=1)):
        actions.write(
            [resource("Condition", (chart,), text="stricter", mask=GENERAL | MH, rid=ids.ResourceId(one["id"]))],
            by=ANNA,
        )
        held = lines_of(found)
    assert one["id"] not in {each["id"] for each in held}
    assert len(held) == 5


def test_a_job_that_died_goes_on_with_the_charts_that_were_not_kept(charts, monkeypatch):
    address = begin()
    monkeypatch.setattr(running, "CHARTS_AT_ONCE", 1)
    whole, kept = running._keep, []

    def dies_at_the_second(job, read, done):
        if kept:
            # The bytes reach the file and nothing tells of them, as after kill -9 between the two.
            for _, one in read:
                kind, file, place = job.place(one.kind)
                files.append(job.box, job.export_id, (kind, file, place), one.content)
            raise KeyboardInterrupt
        kept.append(done)
        whole(job, read, done)

    monkeypatch.setattr(running, "_keep", dies_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        write_all()
    assert Part.objects.filter(is_done=True).count() == 1
    monkeypatch.setattr(running, "_keep", whole)
    write_all()
    held = lines_of(manifest(address))
    assert len(held) == len({one["id"] for one in held}) == 9


def test_a_run_that_was_thought_dead_writes_nothing_more(charts, monkeypatch):
    begin()
    row = Export.objects.get()
    slow = running._begun(row.id)
    running.run(row.id)
    with pytest.raises(running._Superseded):
        running._keep(slow, [], [])


def test_cancelling_deletes_files_key_and_list_of_charts(charts, tmp_path):
    address = begin()
    write_all()
    assert get(address, method="DELETE").status == 202
    assert get(address).status == 404
    assert not list(tmp_path.rglob("*.sealed"))
    assert bytes(Export.objects.get().sealed_key) == b""
    assert not Part.objects.exists()


def test_files_are_deleted_on_time_and_what_died_is_started_again(charts, tmp_path):
    address = begin()
    with cursor() as opened:
        before = opened.execute("SELECT count(*) FROM procrastinate_jobs").fetchone()[0]
        assert bulk.tend(NOW + timedelta(minutes=5)) == 1
        assert opened.execute("SELECT count(*) FROM procrastinate_jobs").fetchone()[0] == before + 1
    write_all()
    assert bulk.tend(NOW + timedelta(hours=23)) == 0
    assert bulk.tend(NOW + timedelta(hours=24)) == 1
    assert not list(tmp_path.rglob("*.sealed"))
    assert get(address).status == 404


def test_a_program_waits_between_two_questions_and_has_two_exports_at_once(charts):
    address = begin()
    assert get(address).status == 202
    again = get(address)
    assert (again.status, dict(again.headers)["Retry-After"]) == (429, "5")
    begin()
    third = get("/fhir/$export", **ASYNC)
    assert third.status == 429
    assert "Retry-After" in dict(third.headers)


def test_of_six_exports_that_are_asked_for_at_once_two_begin(charts, django_db_blocker):
    with django_db_blocker.unblock():
        replies = at_once(6, lambda _: get("/fhir/$export", **ASYNC))
    assert sorted(one.status for one in replies) == [202, 202, 429, 429, 429, 429]
    assert Export.objects.count() == 2


def test_since_gives_what_was_stored_later_alone(charts):
    chart = charts[0][0]
    with clock.stopped_at(NOW + timedelta(hours=1)):
        actions.write([resource("Condition", (chart,), text="later")], by=ANNA)
        since = (NOW + timedelta(minutes=1)).isoformat().replace("+00:00", "Z")
        address = begin(f"/fhir/Patient/$export?_since={since}")
        write_all()
        assert [one["code"]["text"] for one in lines_of(manifest(address))] == ["later"]


@pytest.mark.parametrize(
    "query",
    [
        "_outputFormat=csv",
        "_type=Nonsense",
        "_since=yesterday",
        "surprise=1",
        "_typeFilter=Nonsense?x=1",
        "_typeFilter=Condition",
        "_typeFilter=Condition%3F_sort=date",
        "_typeFilter=Condition%3Fsubject.name=x",
        "_type=Patient&_typeFilter=Condition%3Fcode=x",
        "_typeFilter=Condition%3Fsurprise=1",
    ],
)
def test_what_is_not_understood_is_refused(program, query):
    assert get(f"/fhir/$export?{query}", **ASYNC).status == 400


def test_an_export_is_asked_for_in_the_background_or_not_at_all(program):
    assert get("/fhir/$export").status == 400


def member_ids(path="/fhir/Group"):
    reply = get(path)
    assert reply.status == 200, reply.body
    return {
        one["entity"]["reference"].removeprefix("Patient/")
        for entry in reply.json["entry"]
        for one in entry["resource"].get("member", [])
    }


@pytest.fixture
def practices(charts):
    """Practice 10 treats the first two of the three; the third it may see and does not treat."""
    for number in (10, 20):
        Organization.objects.create(id=number, fhir_id=str(ids.new_uuid(NOW)), name=f"Practice {number}")
    for chart, _ in charts[:2]:
        CareTeamMember.objects.create(
            chart_id=chart, organization_id=10, basis="assigned", from_at=NOW - timedelta(days=1)
        )
    return {number: Organization.objects.get(id=number).fhir_id for number in (10, 20)}


def test_a_group_is_the_roster_of_ones_own_practice_as_far_as_it_may_flow(charts, practices, program):
    program[0] = Caller(ANNA)
    assert member_ids() == {patient for _, patient in charts[:2]}
    Grant.objects.filter(chart_id=charts[0][0]).delete()
    assert member_ids() == {charts[1][1]}
    assert get(f"/fhir/Group/{practices[10]}").json["quantity"] == 1
    assert get(f"/fhir/Group/{practices[20]}") == get(f"/fhir/Group/{ids.new_uuid(NOW)}")


@pytest.mark.parametrize(
    ("query", "count"),
    [("type=http://hl7.org/fhir/group-type|person&actual=true", 1), ("type=animal,person", 1), ("type=device", 0),
     ("actual=false", 0), ("type=person&actual=false", 0)],
)  # fmt: skip
def test_a_group_is_found_as_what_it_is_and_as_nothing_else(charts, practices, program, query, count):
    program[0] = Caller(ANNA)
    found = get(f"/fhir/Group?{query}").json
    assert (found["total"], len(found.get("entry", []))) == (count, count)


def test_a_granular_scope_narrows_the_members_of_a_group(charts, practices, program, monkeypatch):
    monkeypatch.setattr(group, "AT_ONCE", 1)
    chart, patient = charts[0]
    named = resource("Patient", (chart,), rid=patient, name=[{"family": "Otra"}], tokens=("family=otra",))
    actions.write([named], by=ANNA)
    for name, members in (("otra", {patient}), ("nobody", set())):
        one = Scope("user", "Patient", "rs", (("family", name),))
        program[0] = Caller(ANNA, scopes=Scopes((one, Scope("user", "Group", "rs"))))
        assert member_ids() == members


def test_a_group_is_exported_for_its_members_alone(charts, practices):
    assert get(f"/fhir/Group/{practices[20]}/$export", **ASYNC).status == 404
    address = begin(f"/fhir/Group/{practices[10]}/$export")
    write_all()
    held = lines_of(manifest(address))
    assert {one["id"] for one in held if one["resourceType"] == "Patient"} == {patient for _, patient in charts[:2]}


def test_a_type_filter_narrows_its_type_and_leaves_the_others(charts):
    chart = charts[0][0]
    coded = [resource("Condition", (chart,), text=word, tokens=(f"code={word}",)) for word in ("one", "two", "three")]
    actions.write(coded, by=ANNA)
    two = "_typeFilter=Condition%3Fcode%3Done&_typeFilter=Condition%3Fcode%3Dtwo"
    address = begin(f"/fhir/Patient/$export?_type=Condition,Patient&{two}")
    write_all()
    held = lines_of(manifest(address))
    assert sorted(one["code"]["text"] for one in held if one["resourceType"] == "Condition") == ["one", "two"]
    assert len([one for one in held if one["resourceType"] == "Patient"]) == 3


def test_a_granular_scope_narrows_an_export(charts, program):
    chart = charts[0][0]
    actions.write([resource("Condition", (chart,), text="one", tokens=("code=one",))], by=ANNA)
    granted = (Scope("system", "Condition", "rs", (("code", "one"),)), Scope("system", "Patient", "rs"))
    program[0] = Caller(PROGRAM, scopes=Scopes(granted))
    address = begin()
    write_all()
    held = lines_of(manifest(address))
    assert [one["code"]["text"] for one in held if one["resourceType"] == "Condition"] == ["one"]
    assert len([one for one in held if one["resourceType"] == "Patient"]) == 3
