"""Histories at the door: older versions and deletions, bounds, pages, scopes; and R4 of what comes back."""

from dataclasses import replace
from datetime import timedelta

import pytest

from hallway import clock
from hallway.fhirapi import application
from hallway.fhirapi.sign_in import Caller
from hallway.fhirapi.tests.kit import ANNA, MH, NOW, get, grant, new_patient, resource
from hallway.fhirapi.tests.test_writing import here as here
from hallway.identity.scopes import Scope, Scopes
from hallway.record import actions
from hallway.standards.fhir.validation import validate

OURS = "http://127.0.0.1:8000"


def at(minutes):
    return NOW + timedelta(minutes=minutes)


def text(minutes):
    return at(minutes).isoformat().replace("+00:00", "Z")


@pytest.fixture
def lived(here):
    """One resource of three versions, one that was deleted, one relabelled out of sight, one of a shut chart."""
    _, chart, _ = here
    shut, _ = new_patient()
    first, gone, hidden, away = (resource("Condition", (one,)) for one in (chart, chart, chart, shut))
    with clock.stopped_at(at(1)):
        actions.write([first, gone, hidden, away], by=ANNA)
    for minute in (2, 3):
        with clock.stopped_at(at(minute)):
            again = resource("Condition", (chart,), text=f"v{minute}", rid=first.resource_id)
            more = resource("Condition", (chart,), text="h", rid=hidden.resource_id, mask=MH)
            actions.write([again, more], by=ANNA)
    with clock.stopped_at(at(4)):
        for one, home in ((gone, chart), (hidden, chart), (away, shut)):
            actions.delete("Condition", one.resource_id, chart_id=home, by=ANNA)
    with clock.stopped_at(at(60)):
        yield here, str(first.resource_id), str(gone.resource_id)


def told(address):
    """Id, method and instant of each entry, page after page."""
    found = []
    while address:
        page = get(address)
        assert page.status == 200, page.body
        for one in page.json.get("entry", []):
            where, which = one["request"]["url"].split("/")
            assert (where, one["fullUrl"]) == ("Condition", f"{OURS}/fhir/Condition/{which}")
            assert one["response"]["etag"]
            found.append((which, one["request"]["method"], one["response"]["lastModified"]))
        links = [link["url"] for link in page.json["link"] if link["relation"] == "next"]
        address = links[0].removeprefix(OURS) if links else ""
    return found


def expected(first, gone):
    tombstone = (gone, "DELETE", text(4).replace("Z", ".000Z"))
    puts = [(one, "PUT", text(minute).replace("Z", ".000Z")) for one, minute in ((first, 3), (first, 2))]
    begun = sorted(((one, "PUT", text(1).replace("Z", ".000Z")) for one in (first, gone)), reverse=True)
    return [tombstone, *puts, *begun]


def test_a_type_tells_older_versions_and_deletions_and_nothing_of_what_is_hidden(lived):
    _, first, gone = lived
    whole = expected(first, gone)
    for address in ("Condition/_history", "_history?_type=Condition,Observation"):
        join = "&" if "?" in address else "?"
        for count in (1, 2, 50):
            assert told(f"/fhir/{address}{join}_count={count}") == whole
    assert told("/fhir/Condition/_history?_count=2&_sort=_lastUpdated") == whole[::-1]
    assert get("/fhir/Condition/_history?_count=0").json.get("entry", []) == []
    assert told(f"/fhir/Condition/_history?_since={text(3)}") == whole[:2]
    assert not [one for one in validate(get("/fhir/Condition/_history").json) if one.severity in ("error", "fatal")]


def test_a_time_tells_what_was_current_then(lived):
    _, first, gone = lived
    tombstone, third, second, *begun = expected(first, gone)
    standing = next(one for one in begun if one[0] == gone)
    for when, which in ((2, [second, standing]), (4, [tombstone, third]), (5, [third])):
        assert told(f"/fhir/Condition/_history?_at={text(when)}") == which
    assert told(f"/fhir/Condition/{first}/_history?_at={text(2)}") == [second]
    assert told("/fhir/Condition/_history?_at=2026") == [tombstone, third, second, *begun]
    assert told("/fhir/Condition/_history?_at=2025") == []


def test_one_resource_pages_and_bounds_like_its_type(lived):
    _, first, gone = lived
    mine = [one for one in expected(first, gone) if one[0] == first]
    assert told(f"/fhir/Condition/{first}/_history?_count=1") == mine
    assert told(f"/fhir/Condition/{first}/_history") == mine
    assert told(f"/fhir/Condition/{gone}/_history?_count=1") == [one for one in expected(first, gone) if one[0] == gone]
    assert told(f"/fhir/Condition/{first}/_history?_since={text(10)}") == []
    assert get("/fhir/Condition/0d2b8a3e-5a0f-4a51-9f0e-000000000001/_history?_count=1").status == 404


def test_pages_hold_still_while_others_write(lived):
    (_, chart, _), first, gone = lived
    page = get("/fhir/Condition/_history?_count=2")
    with clock.stopped_at(at(61)):
        actions.write([resource("Condition", (chart,), text="v4", rid=first), resource("Condition", (chart,))], by=ANNA)
    following = page.json["link"][1]["url"].removeprefix(OURS)
    assert told(following) == expected(first, gone)[2:]


def test_a_next_link_serves_only_its_caller_and_its_address(lived, monkeypatch):
    page = get("/fhir/Condition/_history?_count=2")
    link = page.json["link"][1]["url"].removeprefix(OURS)
    assert get(link.replace("Condition", "Observation")).status == 400
    scopes = Scopes((Scope("user", "*", "rs"),))
    monkeypatch.setattr(application, "caller_of", lambda cookie, authorization: Caller(ANNA, scopes))
    assert get(link).status == 400


def test_granular_scopes_hold_for_what_stands_and_for_each_version(lived, monkeypatch):
    (_, chart, _), first, _ = lived
    coded = [{"coding": [{"system": "urn:c", "code": code}]} for code in ("in", "out")]
    with clock.stopped_at(at(5)):
        other = resource("Condition", (chart,), category=[coded[1]])
        actions.write([resource("Condition", (chart,), rid=first, category=[coded[0]]), other], by=ANNA)
    with clock.stopped_at(at(6)):
        one = resource("Condition", (chart,), rid=other.resource_id, category=[coded[0]])
        actions.write([one], by=ANNA)
    scopes = Scopes((Scope("user", "Condition", "rs", (("category", "urn:c|in"),)),))
    by = Caller(replace(ANNA, scopes=scopes), scopes)
    monkeypatch.setattr(application, "caller_of", lambda cookie, authorization: by)
    kept = [(str(other.resource_id), text(6)), (first, text(5))]
    for address in ("Condition/_history", "Condition/_history?_count=1", "_history"):
        assert [(one, when.replace(".000", "")) for one, _, when in told(f"/fhir/{address}")] == kept
    for shape in ("", "?_count=1"):
        assert len(told(f"/fhir/Condition/{other.resource_id}/_history{shape}")) == 1
    assert get("/fhir/Observation/_history").status == 403


def test_a_right_that_comes_opens_the_whole_past(lived):
    (_, chart, _), *_ = lived
    before = len(told("/fhir/Condition/_history"))
    grant(chart, allow=MH | 1)
    assert len(told("/fhir/Condition/_history")) == before + 3
