from datetime import timedelta

import pytest

from hallway import ids
from hallway.consent.models import Grant
from hallway.fhirapi.sign_in import Caller
from hallway.fhirapi.tests.kit import (
    ANNA,
    GENERAL,
    MH,
    NOW,
    get,
    grant,
    new_id,
    new_patient,
    parameters,
    post,
    resource,
)
from hallway.identity.requester import Requester, Role
from hallway.ledger import queries as ledger
from hallway.record import actions, linking
from hallway.record.queries import items_of
from hallway.storage.connection import cursor

LEADER = Requester(ids.AccountId(9), ids.PractitionerId(5), ids.OrganizationId(10), Role.PRACTICE_LEADER)


@pytest.fixture
def two(caller):
    """Two charts of one practice, each with a condition and a hidden one, later dates in the second."""
    made = [new_patient(), new_patient()]
    for place, (chart, _) in enumerate(made):
        grant(chart)
        actions.write(
            [
                resource("Condition", (chart,), text=f"{place}-{n}", day=2 * n + place, tokens=(f"code={n}",))
                for n in range(4)
            ],
            by=ANNA,
        )
        actions.write([resource("Condition", (chart,), text="hidden", mask=GENERAL | MH)], by=ANNA)
    return made


def texts(reply):
    assert reply.status == 200, reply.body
    return [entry["resource"]["code"]["text"] for entry in reply.json.get("entry", [])]


def paged(address):
    found = []
    while address:
        reply = get(address)
        found += texts(reply)
        nexts = [link["url"] for link in reply.json["link"] if link["relation"] == "next"]
        address = nexts[0].removeprefix("http://127.0.0.1:8000") if nexts else ""
    return found


BOTH = ["0-0", "1-0", "0-1", "1-1", "0-2", "1-2", "0-3", "1-3"]


def test_the_records_of_merged_charts_are_read_together_in_one_order_and_pages_hold_each_once(two):
    (one, patient), (other, twin) = two
    linking.link(one, other)
    actions.bump_epoch([one, other])
    for named in (patient, twin):
        assert texts(get(f"/fhir/Condition?patient={named}")) == BOTH
        assert paged(f"/fhir/Condition?patient={named}&_count=3") == BOTH
        assert paged(f"/fhir/Patient/{named}/$everything?_type=Condition&_count=3") == BOTH
        assert texts(get(f"/fhir/Patient/{named}/$everything?_type=Condition")) == BOTH
        assert get(f"/fhir/Condition?patient={named}&_total=accurate").json["total"] == 8
    linking.unlink(one, other)
    actions.bump_epoch([one, other])
    assert texts(get(f"/fhir/Condition?patient={patient}")) == BOTH[::2]


def test_who_may_open_only_one_of_them_learns_nothing_of_the_other(two):
    (one, patient), (other, twin) = two
    Grant.objects.filter(chart_id=other).delete()
    actions.bump_epoch([other])
    before = [get(f"/fhir/Condition?patient={named}") for named in (patient, twin)]
    linking.link(other, one)
    actions.bump_epoch([one, other])
    assert [get(f"/fhir/Condition?patient={named}") for named in (patient, twin)] == before
    assert [reply.status for reply in before] == [200, 404]


def merge(name, source, target, **more):
    references = {
        "source-patient": {"valueReference": {"reference": f"Patient/{source}"}},
        "target-patient": {"valueReference": {"reference": f"Patient/{target}"}},
    }
    return post(f"/fhir/Patient/${name}", parameters(**references, **more))


@pytest.fixture
def leader(two, caller):
    for chart, _ in two:
        Grant.objects.create(
            chart_id=chart, grantee_org=10, purpose="OPS", relation="own", source_org=10, allow=GENERAL,
            from_at=NOW - timedelta(days=1), rule_ids=list(Grant.objects.first().rule_ids),
        )  # fmt: skip
    caller[0] = Caller(LEADER)
    return [patient for _, patient in two]


def test_a_leader_looks_merges_and_undoes_and_each_step_leaves_a_line_on_both_charts(leader, two, monkeypatch):
    # The grants here are by hand: what compiling makes of a merge is proven in tests/gate/test_merging.py.
    monkeypatch.setattr("hallway.consent.entering.merging.rebuild_grants", lambda charts: None)
    one, other = leader
    assert merge("merge", one, other, preview=True).status == 200
    assert linking.linked([two[0][0]]) == {}
    assert merge("merge", one, other).status == 200
    assert linking.linked([two[0][0]]) == {two[0][0]: [two[1][0]]}
    assert merge("merge", one, other).status == 409
    # Looking first says what doing it would say.
    assert merge("merge", one, other, preview=True) == merge("merge", one, other)
    assert merge("unmerge", one, other, preview=True).status == 200
    assert merge("unmerge", other, one, preview=True) == merge("unmerge", other, one)
    assert merge("unmerge", one, other).status == 200
    assert merge("unmerge", one, other).status == 409
    assert merge("unmerge", one, other, preview=True).status == 409
    with cursor() as opened:
        lines = opened.execute("SELECT act, charts FROM ledger_answer WHERE act LIKE 'chart.%' ORDER BY id").fetchall()
    assert [act for act, _ in lines] == ["chart.merged", "chart.unmerged"]
    assert all(set(charts) == {two[0][0], two[1][0]} for _, charts in lines)


def test_looking_and_merging_say_the_same_of_a_chart_that_is_merged_with_a_hidden_one(leader, two):
    one, other = leader
    hidden, _ = new_patient()
    linking.link(two[0][0], hidden)
    looked, done = merge("merge", one, other, preview=True), merge("merge", one, other)
    assert (looked, looked.status) == (done, 409)
    assert linking.linked([two[1][0]]) == {}


def test_nobody_else_merges_and_a_hidden_patient_is_a_missing_one(leader, two, caller):
    one, other = leader
    absent = merge("merge", one, new_id())
    assert absent.status == 404
    Grant.objects.filter(chart_id=two[1][0], purpose="OPS").delete()
    assert merge("merge", one, other) == merge("merge", other, one) == merge("unmerge", one, other) == absent
    caller[0] = Caller(ANNA)
    assert merge("merge", one, other).status == 403
    assert linking.linked([two[0][0]]) == {}


@pytest.mark.parametrize("named", [{}, {"target-patient": "Patient/x"}, {"surprise": "x"}])
def test_what_cannot_be_merged_is_refused(caller, named):
    assert post("/fhir/Patient/$merge", parameters(**named)).status == 400


def test_what_everything_gave_within_bounds_is_told_again_from_its_line(two):
    patient = two[0][1]
    day = (NOW - timedelta(days=3)).date()
    for query in (f"start={day}&_type=Condition&_count=1", f"end={day}", "_since=2020-01-01T00:00:00Z&_count=2"):
        reply = get(f"/fhir/Patient/{patient}/$everything?{query}")
        with cursor() as opened:
            number = opened.execute("SELECT max(id) FROM ledger_answer").fetchone()[0]
        told = {one.id for one in items_of(ledger.line(number))}
        assert told == {entry["resource"]["id"] for entry in reply.json["entry"]}, query


@pytest.mark.parametrize("query", ["_count=0", "_count=1001", "start=x", "_type=Nonsense", "_since=now", "x=1"])
def test_everything_refuses_what_it_does_not_understand(two, query):
    assert get(f"/fhir/Patient/{two[0][1]}/$everything?{query}").status == 400


def test_everything_narrows_by_care_date_and_by_when_it_was_stored(two):
    patient = two[0][1]
    day = lambda n: (NOW - timedelta(days=n)).date()  # noqa: E731
    whole = f"/fhir/Patient/{patient}/$everything?_type=Condition"
    assert texts(get(f"{whole}&start={day(2)}")) == ["0-0", "0-1"]
    assert texts(get(f"{whole}&start={day(4)}&end={day(2)}")) == ["0-1", "0-2"]
    assert texts(get(f"{whole}&_since=2030-01-01T00:00:00Z")) == []


@pytest.mark.parametrize("operation", ["$merge", "$unmerge"])
def test_a_hidden_patient_named_twice_is_answered_as_nobody_named_twice(caller, operation):
    caller[0] = Caller(LEADER)
    _, hidden = new_patient()
    told = []
    for one in (hidden, new_id()):
        named = {"reference": f"Patient/{one}"}
        sent = [{"name": name, "valueReference": named} for name in ("source-patient", "target-patient")]
        reply = post(f"/fhir/Patient/{operation}", {"resourceType": "Parameters", "parameter": sent})
        told.append((reply.status, reply.body))
    assert told[0] == told[1]
    assert told[0][0] == 400
