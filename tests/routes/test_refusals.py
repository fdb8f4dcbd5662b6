"""Every route against nobody, a wrong role, another organization, an ended session and another patient.

The routes are walked. A new one is asked at once; a new public one, or one whose parts nothing here can name, fails
until it is declared.
"""

import random
from pathlib import Path
from urllib.parse import quote

from hallway.app.prove import asking, network, worlds
from hallway.app.prove.asking import ROLE_OF_KEY
from hallway.app.prove.exits import every_exit
from hallway.app.prove.facts import new_id
from hallway.identity import actions as identity
from hallway.identity import queries as logins

PUBLIC = (Path(__file__).parent.parent / "golden" / "public_routes.txt").read_text().split()
PRIVATE_WORDS = (b"Ejemplo", b"Beispiel", b"Persona", b"Tired, sleeps badly")
EXITS = every_exit()
CLOSED = [one for one in EXITS if one.access is not None and not one.access.public]
OF_ALL = {"/fhir", "/fhir/{type}", "/fhir/_history", "/fhir/{type}/_history"}
"""Searches that name nobody: they find what their asker may open, be it nothing."""
OF_SOMEBODY = [one for one in CLOSED if one.access.patient and one.parts]


def is_sent_away(reply):
    """To the door, or told that nobody is signed in: and not one word more."""
    to_the_door = reply.status == 302 and dict(reply.headers)["Location"].startswith("/sign-in")
    return to_the_door or reply.status == 401


def holds_nothing_private(reply):
    return not any(word in reply.body for word in PRIVATE_WORDS)


def test_every_view_says_who_may_use_it():
    assert [one.name for one in EXITS if one.access is None] == []


def test_what_is_public_is_declared():
    assert sorted(one.name for one in EXITS if one.access is not None and one.access.public) == PUBLIC


def test_every_part_of_an_address_can_be_named(asker):
    for exit_ in CLOSED:
        for name, _ in exit_.parts:
            assert asker.part(exit_, name)


def test_nobody_is_sent_to_the_door(asker):
    for exit_ in CLOSED:
        for method in asker.methods(exit_, ""):
            reply = asker.ask(exit_, "", method=method)
            assert is_sent_away(reply), (exit_.name, method, reply.status)
            assert holds_nothing_private(reply), exit_.name


def test_an_ended_session_is_nobody(asker):
    token = asker.cast.tokens["pcp"]
    with worlds.injected("end"):
        identity.sign_out(logins.login_of(token).session_id)
    for exit_ in CLOSED:
        for method in asker.methods(exit_, "pcp"):
            assert asker.ask(exit_, "pcp", method=method) == asker.ask(exit_, "", method=method), exit_.name


def test_a_forged_token_is_nobody(asker):
    for exit_ in CLOSED:
        assert asker.ask(exit_, "", token="x" * 43) == asker.ask(exit_, "")


def test_a_wrong_role_is_told_what_an_unknown_address_is_told(asker):
    for exit_ in CLOSED:
        if exit_.is_fhir or not exit_.access.roles:
            continue
        for key, role in ROLE_OF_KEY.items():
            if role in exit_.access.roles:
                continue
            for method in ("GET", "POST"):
                reply = asker.ask(exit_, key, method=method)
                assert reply.status == 404, (exit_.name, key, method, reply.status)
                assert holds_nothing_private(reply), (exit_.name, key)


def test_the_network_administrator_reads_no_record(asker):
    for exit_ in CLOSED:
        if exit_.is_fhir:
            reply = asker.ask(exit_, "administrator")
            # A search over all that one may open finds nothing for whom nothing is open.
            is_empty = reply.status == 200 and exit_.shape in OF_ALL and b'"entry"' not in reply.body
            assert is_empty or reply.status in {400, 403, 404, 405}, exit_.name


def unknown_parts(exit_):
    return {name: _unknown(kind) for name, kind in exit_.parts if name not in {"type", "version", "step"}}


def same_as_unknown(asker, exit_, key, **parts):
    """The answer about something of others is the answer about nothing, byte for byte but for the address asked."""
    known = {name: parts.get(name) or asker.part(exit_, name) for name, _ in exit_.parts}
    unknown = known | unknown_parts(exit_)
    for method in asker.methods(exit_, key):
        given = asker.ask(exit_, key, method=method, **known)
        nothing = asker.ask(exit_, key, method=method, **unknown)
        assert given.status == nothing.status, (exit_.name, key, method, given.status, nothing.status)
        assert given.status not in {200, 500}, (exit_.name, key, method, given.status)
        one = without(given, known, asker.address(exit_, **known))
        assert one == without(nothing, unknown, asker.address(exit_, **unknown)), (exit_.name, key, method)


def without(reply, parts, address):
    """A page may repeat the address that was asked, and is longer by it; nothing else may differ."""
    body, headers = reply.body, [header for header in reply.headers if header[0] != "Content-Length"]
    for name, value in [("address", address), *((name, f"/{value}/") for name, value in parts.items())]:
        for written in (value, quote(value, safe="")):
            body = body.replace(written.encode(), name.encode())
            headers = [(header, text.replace(written, name)) for header, text in headers]
    return body, headers


def _unknown(kind):
    return "7999999" if kind == "int" else new_id()


def test_another_organization_is_told_nothing_is_there(asker):
    for exit_ in OF_SOMEBODY:
        if ROLE_OF_KEY["pcp"] in exit_.access.roles and exit_.shape not in OF_ALL:
            same_as_unknown(asker, exit_, "outsider")


def test_lists_of_another_organization_hold_nobody_of_ours(asker):
    for exit_ in CLOSED:
        if not exit_.parts and (not exit_.access.roles or ROLE_OF_KEY["pcp"] in exit_.access.roles):
            assert holds_nothing_private(asker.ask(exit_, "outsider")), exit_.name


def test_a_patient_opens_no_other_patient(asker):
    for exit_ in OF_SOMEBODY:
        if ROLE_OF_KEY["patient"] in exit_.access.roles and exit_.shape not in OF_ALL:
            same_as_unknown(asker, exit_, "patient")


def test_nobody_opens_another_patient_by_putting_their_id(asker):
    """Everybody of ours, at every route about somebody, asks about a patient of a practice they have nothing with."""
    with worlds.injected("theirs", worlds.BEFORE):
        network.chart(asker.cast, "theirs", "Tilda", "Persona", born="1971-01-01", home="outsider")
    for exit_ in OF_SOMEBODY:
        parts = unknown_parts(exit_)
        if exit_.is_fhir and "Patient" in exit_.shape:
            parts = {"id": asker.cast.patients["theirs"]}
        elif "chart_id" in parts:
            parts["chart_id"] = str(asker.cast.charts["theirs"])
        else:
            continue
        for key in random.Random(exit_.name).sample(asking.callers_of(exit_, asker.cast), 2):
            if key != "outsider":
                same_as_unknown(asker, exit_, key, **parts)


def test_the_door_knows_the_cookie_of_the_pages():
    from hallway.fhirapi.sign_in import SESSION_COOKIE
    from hallway.web.middleware import COOKIE

    assert SESSION_COOKIE == COOKIE
