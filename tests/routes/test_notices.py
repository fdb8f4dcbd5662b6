"""Whatever carries a substance use program's record to somebody else carries its notice too (42 CFR 2.32).

The exits are walked. A new one that shows such a record without the notice fails here, and so does a new exit that
answers with a PDF until it is said what proves its notices.
"""

import html

import pytest

from hallway import clock
from hallway.app.prove import asking, facts, network, walk, worlds
from hallway.app.prove.asking import Ask
from hallway.app.prove.exits import every_exit
from hallway.consent import actions as consent
from hallway.consent import gate
from hallway.consent.explaining import needed
from hallway.consent.tables.notices import NOTICES, P2_2024_S1, P2_2024_S2
from hallway.identity.requester import system
from hallway.record import queries as record
from hallway.record.stored import PART2_NOTICE
from hallway.triggers.tests.made import fire

WORD = "Heronsgate"
READERS = ("pcp", "desk")
"""People of the practice that the patient's consent names."""
PDFS = {
    "reports:pdf": "consultation/tests/test_program.py: the notices of the view are printed",
    "consents:paper": "a form, and no record",
    "consents:pdf": "a form, and no record",
    "disclosures:pdf": "who received what; no record",
    "safety:plan": "the patient's own plan, handed to the patient; nothing of another practice's stands in it",
    "messages:paper": "talking/tests/test_paper.py: the notices of the view are printed",
    "messages:sheet": "talking/tests/test_paper.py: the notices of the view are printed",
}
CARRIES = {"chart:timeline", "chart:notes", "due:show"}
"""Pages that must be found to show it, or this test proves nothing."""


def test_the_short_statement_in_labels_is_the_one_of_the_table():
    assert PART2_NOTICE == P2_2024_S2 == NOTICES["P2-2024-S2"].text


@pytest.fixture
def shared(asker):
    """The program has charted, and the patient signed that primary care may have it."""
    cast = asker.cast
    with worlds.injected("program", worlds.BEFORE):
        by, of, at = cast.callers["counselor"], cast.patients["marisol"], clock.now()
        consent.join_team(
            cast.charts["marisol"], by=system("prove"), organization=by.organization_id, basis="encounter"
        )
        ids = network.store(cast, "counselor", [facts.observation(of, "44261-6", 9, at, words=WORD)])
        ids += network.store(cast, "counselor", [facts.note(of, WORD, at)], note="progress")
        form = consent.compose_consent(
            consent.Composition(
                chart_id=cast.charts["marisol"],
                kind="part2",
                discloser_org=by.organization_id,
                recipient_org=cast.organizations["millbrook"],
                classes=needed.carries("part2", "MA"),
            ),
            by=by,
        )
        consent.sign_consent(form, consent.Signature("drawn", walk.STROKES), by=by, expected_version=1)
    return ids


@pytest.fixture
def due(asker, shared):
    """Primary care owes somebody a word on what the program charted."""
    cast, by = asker.cast, asker.cast.callers["pcp"]
    with worlds.injected("finding", worlds.BEFORE):
        release = gate.release(by, cast.charts["marisol"])
        [one] = [row for row in record.read_chart(release, route="test") if str(row.id) == shared[0]]
        causes = [(one.kind, str(one.id), int(one.source_org), one.mask)]
        return fire(cast.charts["marisol"], org=by.organization_id, causes=causes, who=by.practitioner_id)


def asks_of(asker, exit_, key, ids, due):
    """The ways to ask an exit about the program's record."""
    if not exit_.is_fhir:
        parts = {"chart_id": str(asker.cast.charts["marisol"]), "patient_id": asker.cast.patients["marisol"]}
        parts["firing_id"] = str(due)
        for one in ids if any(name == "resource_id" for name, _ in exit_.parts) else [""]:
            yield asker.address(exit_, **parts, **({"resource_id": one} if one else {})), ""
        return
    for one in ids:
        whole = asker.cast.patients["marisol"] if "Patient" in exit_.shape else one
        path = asker.address(exit_, type=asker.cast.kinds[one], id=whole, version="1")
        about = f"patient={asker.cast.patients['marisol']}"
        types = f"_type={asker.cast.kinds[one]}"
        yield path, {"/fhir/{type}": about, "/fhir": f"{types}&{about}", "/fhir/_history": types}.get(exit_.shape, "")


def carries(exit_, reply):
    """Whether it shows something of the program's: its words, or in a chart or a finding that its clinician wrote.

    The tab of consents names people whom forms and the directory name, and nothing that they wrote.
    """
    of_chart = exit_.name.startswith(("chart:", "due:show")) and exit_.name != "chart:consents"
    return WORD.encode() in reply.body or (of_chart and b"Harborer" in reply.body)


def test_every_exit_that_carries_a_programs_record_carries_its_notice(asker, shared, due):
    found = set()
    for exit_ in every_exit():
        for key in set(READERS) & set(asking.callers_of(exit_, asker.cast)):
            for path, query in asks_of(asker, exit_, key, shared, due):
                with worlds.injected(exit_.name):
                    ask = Ask(exit_.name, key, asker.cast.tokens[key], path, query=query)
                    reply = asking.call(asker.application, ask)
                kind = dict(reply.headers).get("Content-Type", "")
                if kind.startswith("application/pdf"):
                    assert exit_.name in PDFS, f"{exit_.name}: say what proves the notices of this PDF"
                if carries(exit_, reply):
                    found.add(exit_.name)
                    text = html.unescape(reply.body.decode())
                    assert P2_2024_S2 in text, f"{exit_.name} shows a program's record to {key} without its notice"
    assert "fhir:/fhir/{type}/{id}" in found
    assert "fhir:/fhir/Patient/{id}/$everything" in found
    assert "fhir:/fhir/{type}" in found
    assert "fhir:/fhir/{type}/{id}/_history" in found
    assert "fhir:/fhir/Patient/{id}/{type}" in found
    assert {"fhir:/fhir", "fhir:/fhir/_history", "fhir:/fhir/{type}/_history"} <= found
    assert found >= CARRIES, sorted(found)


def test_a_bundle_and_a_printed_page_carry_the_whole_statement_and_what_the_consent_covers(asker, shared):
    everything = next(one for one in every_exit() if one.name.endswith("$everything"))
    overview = next(one for one in every_exit() if one.name == "chart:notes")
    bundle = asker.ask(everything, "pcp", id=asker.cast.patients["marisol"]).body.decode()
    page = html.unescape(asker.ask(overview, "pcp", chart_id=str(asker.cast.charts["marisol"])).body.decode())
    assert all(line in bundle for line in P2_2024_S1.splitlines())
    assert all(line in page for line in P2_2024_S1.splitlines())
    for text in (bundle, page):
        assert "What the consent covers: substance use records" in text
        assert "Harbor Recovery Program to Millbrook Family Medicine, for treatment" in text


def test_who_writes_it_and_who_has_nothing_of_it_is_told_nothing(asker, shared):
    everything = next(one for one in every_exit() if one.name.endswith("$everything"))
    for key in ("counselor", "therapist"):
        if key in asker.cast.tokens:
            body = asker.ask(everything, key, id=asker.cast.patients["marisol"]).body
            assert b"notices" not in body, key
