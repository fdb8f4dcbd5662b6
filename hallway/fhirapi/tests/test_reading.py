"""Reading at the door: forms of answers, conditional reads, parts of resources, inclusions, several types, pages."""

import json
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlencode

import pytest

from hallway import clock
from hallway.consent.models import Grant
from hallway.consent.tables.notices import P2_2024_S1
from hallway.fhirapi import application, negotiation, plans, routes
from hallway.fhirapi.asked import Asked
from hallway.fhirapi.interactions import capabilities
from hallway.fhirapi.sign_in import Caller
from hallway.fhirapi.tests.kit import ANNA, GENERAL, MH, NOW, OTHER, get, grant, new_id, new_patient, resource
from hallway.identity.requester import system
from hallway.identity.scopes import Scope, Scopes
from hallway.identity.shown import KNOWN
from hallway.record import actions


def ids(reply, mode="match"):
    return [one["resource"]["id"] for one in reply.json.get("entry", []) if one["search"]["mode"] == mode]


def post(path, **form):
    from io import BytesIO

    body = urlencode(form, doseq=True).encode()
    return get(
        path,
        method="POST",
        CONTENT_TYPE="application/x-www-form-urlencoded",
        CONTENT_LENGTH=str(len(body)),
        **{"wsgi.input": BytesIO(body)},
    )


@pytest.mark.parametrize(
    ("query", "accept", "fits"),
    [
        ("", "", True),
        ("", "*/*", True),
        ("", "application/fhir+json", True),
        ("", "application/fhir+json; fhirVersion=4.0", True),
        ("", "text/html, application/xhtml+xml, */*;q=0.8", True),
        ("", "application/fhir+xml", False),
        ("", "application/fhir+json;q=0, application/fhir+xml", False),
        ("_format=json", "application/fhir+xml", True),
        ("_format=application/fhir json", "", True),
        ("_format=xml", "", False),
        ("_format=application/fhir+xml", "*/*", False),
        ("_format=surprise", "", False),
    ],
)
def test_what_a_caller_takes_is_asked_first(query, accept, fits):
    pairs = [tuple(query.split("=", 1))] if query else []
    asked = Asked(system("nobody"), {}, pairs, "http://x/fhir", "GET", headers={"accept": accept} if accept else {})
    if fits:
        negotiation.check(asked)
    else:
        with pytest.raises(Exception, match="H-API-063"):
            negotiation.check(asked)


def test_a_caller_who_has_a_version_is_told_so(patient):
    chart, _ = patient
    one = resource("Condition", (chart,), text="a")
    actions.write([one], by=ANNA)
    path = f"/fhir/Condition/{one.resource_id}"
    first = get(path)
    tag, modified = dict(first.headers)["ETag"], dict(first.headers)["Last-Modified"]
    for headers in (
        {"HTTP_IF_NONE_MATCH": tag},
        {"HTTP_IF_NONE_MATCH": f'W/"x", {tag}'},
        {"HTTP_IF_MODIFIED_SINCE": modified},
    ):
        again = get(path, **headers)
        assert (again.status, again.body, dict(again.headers)["ETag"]) == (304, b"", tag)
    for headers in (
        {"HTTP_IF_NONE_MATCH": 'W/"x"'},
        {"HTTP_IF_NONE_MATCH": 'W/"x"', "HTTP_IF_MODIFIED_SINCE": modified},
        {"HTTP_IF_MODIFIED_SINCE": "Thu, 01 Jan 2015 00:00:00 GMT"},
        {"HTTP_IF_MODIFIED_SINCE": "yesterday"},
    ):
        assert get(path, **headers).status == 200


def test_pretty_changes_no_value(patient):
    chart, _ = patient
    body = {"code": {"text": "x"}, "valueQuantity": {"value": 1.50}}
    one = resource("Observation", (chart,), **body)
    one = replace(one, body=one.body.replace(b"1.5", b"1.50"))
    actions.write([one], by=ANNA)
    plain = get(f"/fhir/Observation/{one.resource_id}")
    pretty = get(f"/fhir/Observation/{one.resource_id}?_pretty=true")
    assert all(b"1.50" in reply.body for reply in (plain, pretty))
    assert pretty.body.count(b"\n") > 5
    assert pretty.json == plain.json
    assert get(f"/fhir/Observation/{one.resource_id}?_pretty=perhaps").status == 400


def test_parts_of_a_resource_are_marked_and_keep_what_is_mandatory(patient):
    chart, patient_id = patient
    one = resource("Observation", (chart,), status="final", valueQuantity={"value": 1.5}, note=[{"text": "n"}])
    one = replace(one, body=one.body[:-1] + b',"text":{"status":"generated","div":"<div>x</div>"}}')
    actions.write([one], by=ANNA)

    def keys(query):
        found = get(f"/fhir/Observation?patient={patient_id}&{query}").json["entry"][0]["resource"]
        assert found["meta"]["tag"][-1]["code"] == "SUBSETTED"
        return set(found) - {"resourceType", "id", "meta"}

    assert keys("_elements=value") == {"status", "code", "valueQuantity"}
    assert keys("_summary=true") == {"status", "code", "subject", "valueQuantity"}
    assert keys("_summary=text") == {"status", "code", "text"}
    assert keys("_summary=data") == {"status", "code", "subject", "valueQuantity", "note"}
    counted = get(f"/fhir/Observation?patient={patient_id}&_summary=count").json
    assert (counted["total"], "entry" in counted) == (1, False)
    read = get(f"/fhir/Observation/{one.resource_id}?_elements=note").json
    assert set(read) == {"resourceType", "id", "meta", "status", "code", "note"}


def test_a_post_finds_what_a_get_finds_and_its_next_link_tells_nothing(patient):
    chart, patient_id = patient
    actions.write([resource("Condition", (chart,), day=n) for n in range(3)], by=ANNA)
    by_get = get(f"/fhir/Condition?patient={patient_id}&_count=2")
    by_post = post("/fhir/Condition/_search", patient=patient_id, _count=2)
    assert by_post.status == 200
    assert by_post.json["entry"] == by_get.json["entry"]
    for reply in (by_get, by_post):
        following = next(link["url"] for link in reply.json["link"] if link["relation"] == "next")
        assert patient_id not in following
        assert len(ids(get(following.removeprefix("http://127.0.0.1:8000")))) == 1
    within = get(f"/fhir/Patient/{patient_id}/Condition?_count=2")
    assert within.json["entry"] == by_get.json["entry"]


def test_several_types_come_in_one_order(patient):
    chart, patient_id = patient
    written = [resource(kind, (chart,), day=n) for n, kind in enumerate(("Condition", "Observation") * 3)]
    actions.write(written, by=ANNA)
    address, seen = f"/fhir?_type=Condition,Observation&patient={patient_id}&_count=2", []
    while address:
        page = get(address)
        seen += ids(page)
        links = [link["url"] for link in page.json["link"] if link["relation"] == "next"]
        address = links[0].removeprefix("http://127.0.0.1:8000") if links else ""
    assert seen == [one.resource_id for one in written]
    assert get(f"/fhir?patient={patient_id}").status == 400


def test_what_comes_along_is_gated_for_itself_and_comes_once(patient):
    chart, patient_id = patient
    open_, hidden = resource("Encounter", (chart,)), resource("Encounter", (chart,), mask=GENERAL | MH)
    conditions = [
        resource("Condition", (chart,), encounter={"reference": f"Encounter/{rid}"})
        for rid in (open_.resource_id, open_.resource_id, hidden.resource_id, new_id())
    ]
    actions.write([open_, hidden, *conditions], by=ANNA)
    found = get(f"/fhir/Condition?patient={patient_id}&_include=Condition:encounter&_total=accurate")
    assert ids(found, "include") == [open_.resource_id]
    assert (found.json["total"], len(ids(found))) == (4, 4)
    back = get(f"/fhir/Encounter?patient={patient_id}&_revinclude=Condition:encounter")
    assert ids(back) == [open_.resource_id]
    assert set(ids(back, "include")) == {one.resource_id for one in conditions[:2]}
    whole = get(f"/fhir/Condition?patient={patient_id}&_include=*")
    assert set(ids(whole, "include")) == {open_.resource_id, patient_id}


def test_a_hidden_target_is_a_missing_target_in_chains_and_has(patient):
    chart, patient_id = patient
    code = {"status": "finished"}
    open_, hidden = resource("Encounter", (chart,), **code), resource("Encounter", (chart,), mask=GENERAL | MH, **code)
    conditions = [
        resource("Condition", (chart,), encounter={"reference": f"Encounter/{rid}"})
        for rid in (open_.resource_id, hidden.resource_id, new_id())
    ]
    actions.write([open_, hidden, *conditions], by=ANNA)
    found = get(f"/fhir/Condition?patient={patient_id}&encounter.status=finished")
    assert ids(found) == [conditions[0].resource_id]
    assert ids(get(f"/fhir/Condition?patient={patient_id}&encounter.status=planned")) == []
    secret = resource("Condition", (chart,), mask=GENERAL | MH, code={"coding": [{"code": "F11.20"}]},
                      encounter={"reference": f"Encounter/{open_.resource_id}"})  # fmt: skip
    actions.write([secret], by=ANNA)
    assert ids(get(f"/fhir/Encounter?patient={patient_id}&_has:Condition:encounter:code=F11.20")) == []
    assert ids(get(f"/fhir/Encounter?patient={patient_id}&_has:Condition:encounter:patient={patient_id}")) == [
        open_.resource_id
    ]


def test_a_search_over_all_charts_gives_what_is_open_and_counts_nothing_else(patient, caller):
    chart, _ = patient
    shut, _ = new_patient()
    seen = resource("Condition", (chart,), day=1)
    actions.write([seen, resource("Condition", (shut,)), resource("Condition", (chart,), mask=MH)], by=ANNA)
    found = get("/fhir/Condition?_total=accurate")
    assert (ids(found), found.json["total"]) == ([seen.resource_id], 1)
    assert "total" not in get("/fhir/Condition").json
    caller[0] = Caller(OTHER)
    assert ids(get("/fhir/Condition")) == []


def scopes(*texts, chart=None):
    found = []
    for text in texts:
        side, _, rest = text.partition("/")
        kind, _, verbs = rest.partition(".")
        verbs, _, query = verbs.partition("?")
        narrowing = tuple(tuple(pair.split("=", 1)) for pair in query.split("&") if pair)
        found.append(Scope(side, kind, verbs, narrowing))
    return Scopes(tuple(found), chart)


def test_scopes_narrow_every_way_of_reading(patient, caller):
    chart, patient_id = patient
    category = {"category": [{"coding": [{"system": "s", "code": "laboratory"}]}]}
    lab, other = resource("Observation", (chart,), **category), resource("Observation", (chart,))
    condition = resource("Condition", (chart,))
    actions.write([lab, other, condition], by=ANNA)
    caller[0] = Caller(ANNA, scopes("user/Observation.rs?category=s|laboratory"))
    assert get(f"/fhir/Observation/{lab.resource_id}").status == 200
    assert get(f"/fhir/Observation/{lab.resource_id}/_history").status == 200
    for path in ("", "/_history"):
        assert get(f"/fhir/Observation/{other.resource_id}{path}") == get(f"/fhir/Observation/{new_id()}{path}")
        assert get(f"/fhir/Condition/{condition.resource_id}{path}").status == 403
    assert ids(get(f"/fhir/Observation?patient={patient_id}")) == [lab.resource_id]
    assert get(f"/fhir/Observation?patient={patient_id}&_total=accurate").json["total"] == 1
    assert get(f"/fhir/Condition?patient={patient_id}").status == 403
    found = get(f"/fhir/Observation?patient={patient_id}&_include=Observation:subject&_revinclude=Condition:subject")
    assert ids(found, "include") == []
    caller[0] = Caller(ANNA, scopes("patient/Observation.rs", chart=chart))
    elsewhere, _ = new_patient()
    grant(elsewhere)
    actions.write([resource("Observation", (elsewhere,))], by=ANNA)
    assert set(ids(get("/fhir/Observation"))) == {lab.resource_id, other.resource_id}


def test_a_page_holds_still_while_others_write(patient):
    chart, patient_id = patient
    actions.write([resource("Condition", (chart,), text=str(n), day=n) for n in range(6)], by=ANNA)
    whole = ids(get(f"/fhir/Condition?patient={patient_id}"))
    first = get(f"/fhir/Condition?patient={patient_id}&_count=3")
    with clock.stopped_at(NOW + timedelta(seconds=1)):
        actions.write([resource("Condition", (chart,), text="new", day=n) for n in (0, 2, 5)], by=ANNA)
        following = first.json["link"][1]["url"].removeprefix("http://127.0.0.1:8000")
        second = ids(get(following))
    kept = [one for one in ids(first) + second if one in whole]
    assert kept[: len(whole)] == whole[: len(kept)]
    assert json.dumps(kept).count(kept[0]) == 1


def test_the_history_of_many_tells_what_stands_newest_change_first(patient):
    chart, _ = patient
    shut, _ = new_patient()
    written = []
    for n in range(4):
        with clock.stopped_at(NOW + timedelta(minutes=n)):
            one = resource(("Condition", "Encounter")[n % 2], (chart,), text=str(n))
            actions.write([one, resource("Condition", (shut,)), resource("Condition", (chart,), mask=MH)], by=ANNA)
            written.append(one.resource_id)

    def told(address):
        found = []
        while address:
            page = get(address)
            assert page.json["type"] == "history"
            assert "total" not in page.json
            found += [entry["resource"]["id"] for entry in page.json.get("entry", [])]
            links = [link["url"] for link in page.json["link"] if link["relation"] == "next"]
            address = links[0].removeprefix("http://127.0.0.1:8000") if links else ""
        return found

    with clock.stopped_at(NOW + timedelta(hours=1)):
        assert told("/fhir/Condition/_history?_count=1") == [written[2], written[0]]
        since = (NOW + timedelta(minutes=1)).isoformat().replace("+00:00", "Z")
        assert told(f"/fhir/Condition/_history?_since={since}") == [written[2]]
        assert told("/fhir/_history?_type=Condition,Encounter&_count=3") == written[::-1]
        assert told("/fhir/_history?_count=5&_sort=_lastUpdated")[-3:] == written[1:]
    for wrong in ("_at=ge2026", "_since=x", "_sort=code", "_since=2026&_since=2025", "_type=Condition", "_count=-1"):
        assert get(f"/fhir/Condition/_history?{wrong}").status == 400, wrong
    assert get("/fhir/_history?_type=Organization").status == 400
    assert get("/fhir/Organization/_history").status == 404


def test_the_history_of_one_carries_the_notices_that_law_makes_travel_with_it(patient):
    chart, _ = patient
    Grant.objects.filter(chart_id=chart).update(obligations=["GENERAL/notice:P2-2024-S1"])
    one = resource("Condition", (chart,))
    actions.write([one], by=ANNA)
    told = get(f"/fhir/Condition/{one.resource_id}/_history").json
    assert told["total"] == 1
    assert told["entry"][-1]["resource"]["issue"][0]["details"]["text"] == P2_2024_S1


def test_the_history_of_a_type_is_promised_where_it_is_told_and_nowhere_else(patient):
    for kind in (*plans.PUBLIC_KINDS, "Condition", "Patient", "Group"):
        told = get(f"/fhir/{kind}/_history").status
        assert ("history-type" in capabilities.interactions_of(kind, routes.names())) is (told == 200), kind


def test_a_request_is_marked_where_its_credential_was_looked_at_and_not_at_an_open_address(caller):
    for path, is_looked_at in (("/fhir/Patient", True), ("/fhir/metadata", False)):
        environ = {
            "REQUEST_METHOD": "GET", "PATH_INFO": path, "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "8000",
            "wsgi.url_scheme": "http", "HTTP_AUTHORIZATION": "Bearer made-up",
        }  # fmt: skip
        application.fhir(environ, lambda status, headers: None)
        assert (KNOWN in environ) is is_looked_at
