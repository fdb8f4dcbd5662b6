"""Large answers leave in parts of at most 1 MB; the gate is asked again before each; a revocation ends them."""

import re
from datetime import timedelta
from io import BytesIO
from uuid import UUID

import pytest

from hallway import clock
from hallway.app import sending
from hallway.app.prove import asking, facts, network, revoking
from hallway.app.prove.cast import sign_in
from hallway.consent import actions as consent
from hallway.consent.forms import standing
from hallway.fhirapi import door
from hallway.fhirapi.sign_in import SESSION_COOKIE
from hallway.ids import ConsentId
from hallway.ledger import queries as ledger
from hallway.record import given

PART = sending.PART_BYTES
KEY = "marisol"


class Sent:
    """One answer as a web server meets it: its head, then one part after another."""

    def __init__(self, application, path, token):
        path, _, query = path.partition("?")
        environ = {
            "REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": query, "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "8000", "HTTP_HOST": "127.0.0.1:8000", "HTTP_COOKIE": f"{SESSION_COOKIE}={token}",
            "SERVER_PROTOCOL": "HTTP/1.1", "wsgi.url_scheme": "http", "wsgi.input": BytesIO(),
        }  # fmt: skip
        self.answer = application(environ, self.start)
        self.parts = iter(self.answer)

    def start(self, status, headers):
        self.status, self.headers = status, dict(headers)

    @property
    def length(self):
        return int(self.headers["Content-Length"])

    def close(self):
        getattr(self.answer, "close", lambda: None)()


@pytest.fixture
def cast(fresh_db):
    made = network.build()
    sign_in(made, "herself", chart_id=made.charts[KEY])
    form = ConsentId(UUID(made.known["consent_id"][0]))
    version = standing.consent_for(made.callers["pcp"], form).version
    consent.revoke_consent(form, "written", by=made.callers["pcp"], expected_version=version)
    at = clock.now()
    reports = [facts.report(made.patients[KEY], 600_000, at - timedelta(days=n)) for n in range(4)]
    made.known["report"] = network.store(made, "therapist", reports)
    made.known["huge"] = network.store(made, "therapist", [facts.report(made.patients[KEY], 1_500_000, at)])
    yield made
    door.close()


def lines(cast):
    return [one.detail for one in ledger.lines_of(cast.charts[KEY]) if one.act == "part"]


def test_a_large_answer_leaves_whole_in_parts_with_a_line_before_each_that_follows(cast):
    revoking._sign(cast)
    application = sending.in_parts(asking.root())
    sent = Sent(application, f"/fhir/DiagnosticReport?patient={cast.patients[KEY]}", cast.tokens["pcp"])
    parts, seen = [], []
    for part in sent.parts:
        parts.append(part)
        seen.append(len(lines(cast)))
    assert sent.status == "200 OK"
    assert len(b"".join(parts)) == sent.length > 3 * PART
    assert max(map(len, parts)) <= PART
    assert seen == list(range(len(parts)))
    assert sorted(lines(cast)) == [f"{n}/{len(parts)}" for n in range(2, len(parts) + 1)]


def test_no_part_is_begun_after_a_revocation_whatever_the_answer(cast):
    application = sending.in_parts(asking.root())
    of = cast.patients[KEY]
    huge = cast.known["huge"][0]
    own = Sent(application, f"/fhir/DiagnosticReport/{huge}", cast.tokens["therapist"])
    version = re.search(rb'"versionId":"([^"]+)"', next(own.parts))[1].decode()
    own.close()
    paths = (
        f"/fhir/Patient/{of}/$everything",
        f"/fhir/DiagnosticReport?patient={of}",
        f"/fhir/DiagnosticReport/{huge}",
        f"/fhir/DiagnosticReport/{huge}/_history",
        f"/fhir/DiagnosticReport/{huge}/_history/{version}",
    )
    for path in paths:
        form = revoking._sign(cast)
        sent = Sent(application, path, cast.tokens["pcp"])
        first = next(sent.parts)
        assert len(first) == PART, path
        before = len(lines(cast))
        consent.revoke_consent(form, "written", by=cast.callers["therapist"], expected_version=2)
        assert list(sent.parts) == [], path
        assert sent.length > PART, "the receiver can tell that it was cut off"
        assert len(lines(cast)) == before
        sent.close()


def test_downloads_of_pages_are_cut_too(cast):
    revoking._sign(cast)
    application = sending.in_parts(asking.root())
    sent = Sent(application, "/my-care/record.json", cast.tokens["herself"])
    assert sent.status == "200 OK"
    assert len(next(sent.parts)) == PART
    network.store(cast, "therapist", [facts.condition(cast.patients[KEY], "F33.1", clock.now())])
    assert len(next(sent.parts)) == PART, "new content alone changes no right"
    acting = cast.callers["therapist"]
    form = revoking._sign(cast)
    consent.revoke_consent(form, "written", by=acting, expected_version=2)
    assert list(sent.parts) == []
    sent.close()


def test_a_part_waits_for_nobody_where_the_database_does_not_answer(cast, monkeypatch):
    revoking._sign(cast)
    sent = Sent(sending.in_parts(asking.root()), f"/fhir/Patient/{cast.patients[KEY]}/$everything", cast.tokens["pcp"])
    next(sent.parts)

    def gone(*_, **__):
        raise sending.psycopg.OperationalError

    monkeypatch.setattr(sending.queries, "ask_again", gone)
    assert list(sent.parts) == []


def test_small_answers_are_handed_on_as_they_are():
    body = [b"x" * PART]

    def inner(environ, start):
        start("200 OK", [("X", "y")])
        return body

    heard = []
    answer = sending.in_parts(inner)({"REQUEST_METHOD": "GET"}, lambda *words: heard.append(words))
    assert answer is body
    assert heard == [("200 OK", [("X", "y")])]


def test_a_read_that_was_refused_leaves_no_release_to_ask_for():
    with given.collected() as found:
        given.note(["first"])
        given.note(["stale"])
        given.take_back()
    assert found == [("first",)]
    given.note(["outside"])
    given.take_back()
    assert found == [("first",)]
