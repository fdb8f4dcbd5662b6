"""Value sets and code systems that practices load: whose they are, and what is told of their codes."""

import json
from urllib.parse import quote

import pytest

from hallway import clock
from hallway.directory.models import Organization, OrganizationKind
from hallway.exchange.intake import files, taking
from hallway.fhirapi import application, door
from hallway.fhirapi.sign_in import Caller
from hallway.fhirapi.tests.kit import NOW, get, parameters, post
from hallway.fhirapi.tests.writers import bundle, send
from hallway.identity.requester import Requester, Role, system
from hallway.identity.scopes import Scope, Scopes
from hallway.ids import AccountId, ChartId, OrganizationId, PractitionerId
from hallway.terms.tests.test_expanding import FRUIT, SYSTEM, by

LEADER = Requester(AccountId(7), PractitionerId(3), OrganizationId(10), Role.PRACTICE_LEADER)
NEIGHBOUR = Requester(AccountId(8), PractitionerId(4), OrganizationId(20), Role.PRACTICE_LEADER)
PCP = Requester(AccountId(9), PractitionerId(5), OrganizationId(10), Role.PCP)
CODES = SYSTEM | {"status": "active", "name": "Fruit"}
CITRUS = "urn:citrus"


def value_set(url=CITRUS, **more):
    compose = {"include": [by("concept", "is-a", "citrus")]}
    return {"resourceType": "ValueSet", "status": "active", "url": url, "name": "Citrus", "compose": compose} | more


@pytest.fixture
def caller(fresh_db, monkeypatch):
    for number in (10, 20):
        Organization.objects.create(pk=number, fhir_id=f"org-{number}", name=f"Practice {number}")
    who = [Caller(LEADER)]
    monkeypatch.setattr(application, "caller_of", lambda cookie, authorization: who[0])
    with clock.stopped_at(NOW):
        yield who
    door.close()


def sent(whole):
    reply = send("POST", f"/fhir/{whole['resourceType']}", whole)
    assert reply.status == 201, reply.body
    return reply.json["id"]


def expanded(query="url=" + CITRUS):
    reply = get(f"/fhir/ValueSet/$expand?{query}")
    return [one["code"] for one in reply.json["expansion"].get("contains", [])] if reply.status == 200 else reply.status


def test_a_leader_loads_a_code_system_and_a_value_set_and_expands_it(caller):
    sent(CODES)
    one = sent(value_set())
    assert expanded() == ["citrus", "lemon", "orange", "pomelo"]
    assert expanded(f"url={CITRUS}&filter=OR&offset=0&count=1") == ["orange"]
    assert expanded(f"url={CITRUS}%7C3") == expanded(f"url={CITRUS}&valueSetVersion=3") == 422
    reply = get(f"/fhir/ValueSet/{one}/$expand")
    assert reply.json["expansion"]["parameter"] == [{"name": "used-codesystem", "valueUri": f"{FRUIT}|2"}]
    assert reply.json["expansion"]["contains"][1] == {
        "system": FRUIT, "version": "2", "code": "lemon", "display": "Lemon",
    }  # fmt: skip
    inline = post("/fhir/ValueSet/$expand", parameters(valueSet=value_set(url="urn:new")))
    assert inline.json["expansion"]["total"] == 4


def test_it_is_read_searched_changed_and_deleted_like_any_resource(caller):
    one = sent(value_set(version="1"))
    for query in ("url=" + CITRUS, "name=cit", "status=active", "version=1", "name:contains=itru"):
        assert [each["resource"]["id"] for each in get(f"/fhir/ValueSet?{query}").json["entry"]] == [one], query
    assert "entry" not in get("/fhir/ValueSet?status=draft").json
    held = get(f"/fhir/ValueSet/{one}")
    changed = held.json | {"status": "draft"}
    tag = dict(held.headers)["ETag"]
    assert send("PUT", f"/fhir/ValueSet/{one}", changed, if_match=tag).status == 200
    assert send("PUT", f"/fhir/ValueSet/{one}", changed, if_match=tag).status == 412
    assert send("DELETE", f"/fhir/ValueSet/{one}").status == 204
    assert get(f"/fhir/ValueSet/{one}").status == 404
    broken = value_set() | {"status": "nonsense"}
    assert send("POST", "/fhir/ValueSet", broken).status == 422


def test_what_a_practice_sends_is_its_own(caller):
    sent(CODES)
    one = sent(value_set())
    caller[0] = Caller(PCP)
    assert expanded() == ["citrus", "lemon", "orange", "pomelo"]
    assert send("POST", "/fhir/ValueSet", value_set()).status == 403
    caller[0] = Caller(NEIGHBOUR)
    assert get(f"/fhir/ValueSet/{one}").body == get("/fhir/ValueSet/0190f1a2-0000-7000-8000-000000000000").body
    assert "entry" not in get("/fhir/ValueSet").json
    assert get("/fhir/ValueSet?_total=accurate").json["total"] == 0
    assert expanded() == get(f"/fhir/ValueSet/{one}/$expand").status - 404 + 422 == 422
    assert send("PUT", f"/fhir/ValueSet/{one}", value_set() | {"id": one}).status == 404
    assert send("DELETE", f"/fhir/ValueSet/{one}").status == 204
    sent(value_set(compose={"include": [{"system": "urn:x", "concept": [{"code": "theirs"}]}]}))
    assert expanded() == ["theirs"]
    caller[0] = Caller(LEADER)
    assert expanded() == ["citrus", "lemon", "orange", "pomelo"]


def test_what_the_network_or_the_operator_loads_is_everybodys(caller, tmp_path):
    network = Organization.objects.create(fhir_id="net", name="Net", kind=OrganizationKind.NETWORK)
    caller[0] = Caller(
        Requester(AccountId(1), PractitionerId(0), OrganizationId(network.pk), Role.NETWORK_ADMINISTRATOR)
    )
    sent(CODES)
    path = tmp_path / "set.json"
    path.write_bytes(json.dumps(value_set()).encode())
    taking.take(files.parcel(path), feed=taking.feed_of(""), by=system("loader"))
    caller[0] = Caller(NEIGHBOUR)
    assert expanded() == ["citrus", "lemon", "orange", "pomelo"]


def test_the_newest_active_one_of_an_address_is_meant_and_r4s_own_cannot_be_replaced(caller):
    def listing(code, **more):
        return value_set(compose={"include": [{"system": "urn:x", "concept": [{"code": code}]}]}, **more)

    sent(listing("old", version="1"))
    with clock.stopped_at(NOW.replace(hour=13)):
        sent(listing("new", version="2"))
        sent(listing("draft", version="3", status="draft"))
    assert expanded() == ["new"]
    assert expanded(f"url={CITRUS}%7C1") == ["old"]
    assert expanded(f"url={CITRUS}&valueSetVersion=3") == ["draft"]
    gender = "http://hl7.org/fhir/ValueSet/administrative-gender"
    sent(listing("x", url=gender))
    assert expanded(f"url={gender}") == ["female", "male", "other", "unknown"]


def test_a_code_system_that_is_not_held_is_refused_by_its_place(caller):
    sent(value_set(compose={"include": [{"system": "http://snomed.info/sct"}]}))
    reply = get(f"/fhir/ValueSet/$expand?url={CITRUS}")
    assert reply.status == 422
    assert reply.json["issue"][0]["expression"] == ["ValueSet.compose.include[0].system"]


def verdict(reply):
    assert reply.status == 200, reply.body
    return {
        one["name"]: next(value for name, value in one.items() if name != "name") for one in reply.json["parameter"]
    }


def test_codes_are_validated_with_their_words(caller):
    sent(CODES)
    one = sent(value_set())
    asked = f"/fhir/ValueSet/$validate-code?url={CITRUS}&system={FRUIT}"
    assert verdict(get(f"{asked}&code=lemon")) == {
        "result": True, "system": FRUIT, "code": "lemon", "display": "Lemon",
    }  # fmt: skip
    assert verdict(get(f"{asked}&code=lemon&display=lemon"))["result"] is True
    assert verdict(get(f"{asked}&code=lemon&display=Apple"))["result"] is False
    assert verdict(get(f"{asked}&code=apple"))["result"] is False
    assert verdict(get(f"/fhir/ValueSet/{one}/$validate-code?code=lemon"))["result"] is True
    asked = f"/fhir/CodeSystem/$validate-code?url={FRUIT}"
    assert verdict(get(f"{asked}&code=apple"))["result"] is True
    assert verdict(get(f"{asked}&version=2&code=quince"))["result"] is False
    assert get(f"{asked}&version=3&code=apple").status == 422
    whole = value_set(compose={"include": [{"system": FRUIT}]})
    abstract = {"valueSet": whole, "code": "fruit", "system": FRUIT}
    assert verdict(post("/fhir/ValueSet/$validate-code", parameters(**abstract)))["result"] is False
    assert verdict(post("/fhir/ValueSet/$validate-code", parameters(**abstract, abstract=True)))["result"] is True


def test_a_code_is_looked_up(caller):
    sent(CODES)
    reply = get(f"/fhir/CodeSystem/$lookup?system={quote(FRUIT)}&code=citrus")
    told = reply.json["parameter"]
    assert [one["valueString"] for one in told[:3]] == ["Fruit", "2", "Citrus"]
    parts = [tuple(part[next(iter(part.keys() - {"name"}))] for part in one["part"]) for one in told[3:]]
    assert parts == [("parent", "fruit"), ("child", "lemon"), ("child", "orange"), ("child", "pomelo")]
    assert get(f"/fhir/CodeSystem/$lookup?system={FRUIT}&code=quince").status == 422
    gender = "http://hl7.org/fhir/administrative-gender"
    assert get(f"/fhir/CodeSystem/$lookup?system={gender}&code=male").status == 200


def test_a_program_needs_the_scope_to_load_and_to_read_what_was_loaded(caller):
    sent(CODES)
    one = sent(value_set())
    program = Requester(AccountId(0), PractitionerId(0), OrganizationId(10), Role.SYSTEM, name="loader")

    def granted(kind, verbs, narrowing=()):
        caller[0] = Caller(program, Scopes((Scope("system", kind, verbs, narrowing),)))

    granted("ValueSet", "c")
    assert send("POST", "/fhir/ValueSet", value_set(url="urn:more")).status == 201
    assert expanded() == get(f"/fhir/ValueSet/{one}").status == 403
    assert expanded("url=http://hl7.org/fhir/ValueSet/administrative-gender") == ["female", "male", "other", "unknown"]
    granted("ValueSet", "r", (("status", "active"),))
    assert expanded() == 403
    granted("ValueSet", "r")
    assert expanded() == ["citrus", "lemon", "orange", "pomelo"]
    assert send("POST", "/fhir/ValueSet", value_set()).status == 403
    assert get(f"/fhir/CodeSystem/$lookup?system={FRUIT}&code=lemon").status == 403


def test_definitions_go_through_a_transaction_and_a_conditional_write(caller):
    done = post(
        "/fhir", bundle("transaction", ("POST", "CodeSystem", CODES), ("PUT", f"ValueSet?url={CITRUS}", value_set()))
    )
    assert [one["response"]["status"][:3] for one in done.json["entry"]] == ["201", "201"]
    again = send("PUT", f"/fhir/ValueSet?url={CITRUS}", value_set(version="2"))
    assert again.status == 200
    assert len(get("/fhir/ValueSet").json["entry"]) == 1
    assert send("POST", "/fhir/ValueSet", value_set(), if_none_exist=f"url={CITRUS}").status == 200


def test_a_person_held_to_one_chart_loads_nothing(caller):
    patient = Requester(AccountId(2), PractitionerId(0), OrganizationId(0), Role.PATIENT, chart_id=ChartId(5))
    caller[0] = Caller(patient)
    assert send("POST", "/fhir/ValueSet", value_set()).status == 403
