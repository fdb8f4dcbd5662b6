from datetime import UTC, datetime
from pathlib import Path

import pytest

from hallway import clock
from hallway.errors import HallwayError
from hallway.fhirapi import budget
from hallway.fhirapi.search import filters, limits, linked, parsing, registry, results, spans, words
from hallway.fhirapi.search.filters import Chain, Has, Near
from hallway.fhirapi.search.results import Include
from hallway.record.criteria import Compare, Ids, Labels, Present, Sort, Span, Spans, Texts, Tokens, Updated
from hallway.record.stored import Stored

BASE = "http://127.0.0.1:8000/fhir"
NEAR = Near(BASE, datetime(2026, 11, 22, tzinfo=UTC))
ID = "01a1fdfa-4600-731a-b163-7f1a09e7b6c3"


def one(kind, name, value):
    return filters.filter_of(kind, name, value, NEAR)


def micro(*when):
    return float(clock.microseconds(datetime(*when, tzinfo=UTC)))


ELEMENTS = "_elements=" + ",".join(f"e{n}" for n in range(101))


@pytest.mark.parametrize(
    ("text", "sign", "cut"),
    [
        ("a,b", ",", ["a", "b"]),
        (r"a\,b", ",", [r"a\,b"]),
        (r"a\\,b", ",", [r"a\\", "b"]),
        ("a|b", "|", ["a", "b"]),
        (r"a\|b|c", "|", [r"a\|b", "c"]),
        ("", ",", [""]),
        ("a\\", ",", ["a\\"]),
    ],
)
def test_a_value_is_cut_where_no_backslash_stands(text, sign, cut):
    assert words.parts(text, sign) == cut


@pytest.mark.parametrize(
    ("text", "meant"), [(r"a\,b", "a,b"), (r"a\\b", "a\\b"), (r"a\$\|", "a$|"), (r"a\n", r"a\n"), ("a\\", "a\\")]
)
def test_an_escape_is_taken_away_once(text, meant):
    assert words.plain(text) == meant


@pytest.mark.parametrize(
    ("kind", "name", "value", "meant"),
    [
        ("Condition", "code", "F32.1", Tokens(("code=F32.1",))),
        ("Condition", "code", "icd|F32.1,F33", Tokens(("code=icd|F32.1", "code=F33"))),
        ("Condition", "code", "|F32.1", Tokens(("code=|F32.1",))),
        ("Condition", "code", "icd|", Tokens(("code=icd|",))),
        ("Condition", "code", r"a\|b", Tokens(("code=a|b",))),
        ("Condition", "code:not", "a,b", Tokens(("code=a", "code=b"), none=True)),
        ("Condition", "code:missing", "true", Present("code", present=False)),
        ("Condition", "code:missing", "false", Present("code", present=True)),
        ("Patient", "identifier:of-type", "s|MR|1", Tokens(("identifier:of-type=s|MR|1",))),
        ("Condition", "patient", ID, Tokens((f"patient=Patient/{ID}",))),
        ("Condition", "patient", f"Patient/{ID}", Tokens((f"patient=Patient/{ID}",))),
        ("Condition", "patient", f"{BASE}/Patient/{ID}", Tokens((f"patient=Patient/{ID}",))),
        ("Condition", "patient", f"Patient/{ID}/_history/1", Tokens((f"patient=Patient/{ID}",))),
        ("Condition", "patient", "http://else.org/Patient/1", Tokens(("patient=http://else.org/Patient/1",))),
        ("Condition", "subject", ID, Tokens((f"subject=Group/{ID}", f"subject=Patient/{ID}"))),
        ("Condition", "subject:Group", ID, Tokens((f"subject=Group/{ID}",))),
        ("Condition", "subject:identifier", "s|1", Tokens(("subject:identifier=s|1",))),
        ("Patient", "family", "Éjemplo", Texts("family", ("ejemplo",))),
        ("Patient", "family:contains", "JEM", Texts("family", ("jem",), within=True)),
        ("Patient", "family:exact", "Éj", Tokens(("family:exact=Éj",))),
        ("Patient", "_id", f"{ID},x", Ids((ID,))),
        ("Patient", "_id", "x", Ids(())),
        ("Patient", "_tag", "t|a", Tokens(("_tag=t|a",))),
        ("Patient", "_profile", "http://p", Tokens(("_profile=http://p",))),
        ("Patient", "_source", "urn:x", Tokens(("_source=urn:x",))),
        ("Patient", "_security", "PSY", Labels(2)),
        ("Patient", "_security:not", "PSY,HIV", Labels(34, none=True)),
        ("Observation", "value-quantity", "5.4", Spans("value-quantity", (Span(Compare.EQ, 5.35, 5.45),))),
        ("Observation", "value-quantity", "gt5||mg", Spans("value-quantity", (Span(Compare.GT, 4.5, 5.5, "mg"),))),
        (
            "Observation", "value-quantity", "le5|http://u|mg",
            Spans("value-quantity", (Span(Compare.LE, 4.5, 5.5, "http://u|mg"),)),
        ),
    ],
)  # fmt: skip
def test_a_parameter_means(kind, name, value, meant):
    assert one(kind, name, value) == meant


@pytest.mark.parametrize(
    ("text", "compare", "low", "high"),
    [
        ("2024", "eq", micro(2024, 1, 1), micro(2025, 1, 1) - 1),
        ("ge2024-02", "ge", micro(2024, 2, 1), micro(2024, 3, 1) - 1),
        ("2024-12", "eq", micro(2024, 12, 1), micro(2025, 1, 1) - 1),
        ("lt2024-02-29", "lt", micro(2024, 2, 29), micro(2024, 3, 1) - 1),
        ("2024-02-03T10:00", "eq", micro(2024, 2, 3, 10), micro(2024, 2, 3, 10, 1) - 1),
        ("2024-02-03T10:00:05Z", "eq", micro(2024, 2, 3, 10, 0, 5), micro(2024, 2, 3, 10, 0, 6) - 1),
        ("2024-02-03T10:00:05+02:00", "eq", micro(2024, 2, 3, 8, 0, 5), micro(2024, 2, 3, 8, 0, 6) - 1),
        ("2024-02-03T10:00:05 02:00", "eq", micro(2024, 2, 3, 8, 0, 5), micro(2024, 2, 3, 8, 0, 6) - 1),
        ("2024-02-03T10:00:05.120Z", "eq", micro(2024, 2, 3, 10, 0, 5, 120000), micro(2024, 2, 3, 10, 0, 5, 120999)),
        ("9999", "eq", micro(9999, 1, 1), micro(9999, 12, 31, 23, 59, 59, 999999)),
        ("ap2026-11-12", "ap", micro(2026, 11, 11), micro(2026, 11, 14) - 1),
    ],
)
def test_a_date_leaves_open_what_it_does_not_say(text, compare, low, high):
    assert spans.date_span(text, now=NEAR.now) == Span(Compare(compare), low, high)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [("100", 99.5, 100.5), ("100.00", 99.995, 100.005), ("-1", -1.5, -0.5), ("1e2", 50, 150), ("ap100", 90, 110)],
)
def test_a_number_leaves_open_half_of_its_last_digit(text, low, high):
    assert spans.number_span(text)[1:3] == (low, high)


@pytest.mark.parametrize(
    ("kind", "name", "value"),
    [
        ("Condition", "surprise", "1"),
        ("Condition", "code", ""),
        ("Condition", "code", "a,"),
        ("Condition", "code", "a|b|c"),
        ("Condition", "code", "|"),
        ("Condition", "code:exact", "a"),
        ("Condition", "code:text", "a"),
        ("Condition", "code:above", "a"),
        ("Condition", "code:missing", "maybe"),
        ("Condition", "code:in", "http://nowhere"),
        ("Condition", "code:of-type", "a|b|c"),
        ("Patient", "identifier:of-type", "b|c"),
        ("Condition", "patient", "a/b/c"),
        ("Condition", "patient", "#contained"),
        ("Condition", "subject:Organization", ID),
        ("Condition", "subject:Group", f"Patient/{ID}"),
        ("Condition", "onset-date", "yesterday"),
        ("Condition", "onset-date", "2024-13"),
        ("Condition", "onset-date", "2023-02-29"),
        ("Condition", "onset-date", "gtlt2024"),
        ("Condition", "onset-date", "2024-1-1"),
        ("Condition", "onset-date", "0000"),
        ("Observation", "value-quantity", "many"),
        ("Observation", "value-quantity", "1|s"),
        ("Observation", "value-quantity", "1|s|"),
        ("Observation", "value-quantity", "1e999"),
        ("Patient", "_security", "SECRET"),
        ("Patient", "_text", "x"),
        ("Patient", "_content", "x"),
        ("Patient", "_filter", "x"),
        ("Patient", "_list", "x"),
        ("Patient", "_id:missing", "true"),
        ("Patient", "family", " "),
        ("Condition", "onset-info", "depression"),
        ("Condition", "code.code", "a"),
        ("Condition", "patient.surprise", "a"),
        ("Condition", "patient:Group.name", "a"),
        ("Condition", "encounter.part-of.part-of.part-of.status", "a"),
        ("Patient", "_has:Condition:code:code", "a"),
        ("Patient", "_has:Condition:patient", "a"),
        ("Patient", "_has:Nonsense:patient:code", "a"),
        ("Practitioner", "_has:Condition:patient:code", "a"),
        ("Condition", "code", "x" * 2001),
        ("Condition", "code", ",".join("x" * 201)),
    ],
)
def test_what_is_not_understood_is_refused_without_an_echo(kind, name, value):
    with pytest.raises(HallwayError) as refused:
        one(kind, name, value)
    assert refused.value.status == 400
    assert "surprise" not in str(refused.value)
    assert (refused.value.field or "http.x").removeprefix("http.") in {*registry.known(kind), "_has", "x", "part-of"}


def test_a_chain_without_a_type_goes_through_every_target_that_is_searched_so():
    assert one("Condition", "patient.name", "a") == Chain("patient", (("Patient", Texts("name", ("a",))),))
    assert {kind for kind, _ in one("Observation", "performer.name", "a").by_kind} == {
        "Organization", "Patient", "Practitioner", "RelatedPerson",
    }  # fmt: skip
    assert one("Observation", "performer:Patient.name", "a").by_kind == (("Patient", Texts("name", ("a",))),)


def test_chains_and_has_go_within_one_another():
    inner = Chain("part-of", (("Encounter", Tokens(("status=finished",))),))
    assert one("Observation", "encounter:Encounter.part-of.status", "finished") == Chain(
        "encounter", (("Encounter", inner),)
    )
    assert one("Patient", "_has:Observation:patient:_has:DiagnosticReport:result:code", "a") == Has(
        "Observation", "patient", Has("DiagnosticReport", "result", Tokens(("code=a",)))
    )
    assert one("Patient", "_has:Encounter:patient:location.name", "a") == Has(
        "Encounter", "patient", Chain("location", (("Location", Texts("name", ("a",))),))
    )


def test_the_codes_of_a_value_set_are_looked_for_with_their_system_and_bare():
    found = one("Patient", "gender:in", "http://hl7.org/fhir/ValueSet/administrative-gender")
    assert "gender=http://hl7.org/fhir/administrative-gender|female" in found.any_of
    assert "gender=|female" in found.any_of
    assert one("Patient", "gender:not-in", "http://hl7.org/fhir/ValueSet/administrative-gender") == found._replace(
        none=True
    )


def search(query, kind="Condition", *, lenient=False, several=False):
    pairs = [tuple(pair.split("=", 1)) for pair in query.split("&") if pair]
    return parsing.search_of(kind, pairs, NEAR, lenient=lenient, several=several)


def test_how_the_answer_looks():
    assert search("").results == results.Results()
    shown = search("_count=5&_sort=-_lastUpdated,onset-date&_total=accurate&_summary=data").results
    assert (shown.limit, shown.total, shown.summary) == (5, True, "data")
    assert shown.sort == (Sort("updated", descending=True), Sort("onset-date"))
    assert search("_count=0").results.summary == "count"
    assert search("_summary=count").results.total
    assert search("_elements=Condition.code,onset").results.elements == ("code", "onset")
    found = search("_include=Condition:encounter:Encounter&_revinclude:iterate=Provenance:target&_include=*").results
    assert found.includes == (Include("Condition", "encounter", "Encounter"), Include("*", "*"))
    assert found.revincludes == (Include("Provenance", "target", "", iterate=True),)


@pytest.mark.parametrize(
    "query",
    [
        "_count=1001", "_count=-1", "_count=x", "_count=1&_count=2", "_total=all", "_summary=some", "_sort=surprise",
        "_sort=code,code", "_sort=_tag", "_sort=code,onset-date,severity,stage", "_elements=a.b;c", ELEMENTS,
        "_contained=true",
        "_include=Condition", "_include=Condition:code", "_include=Nonsense:x", "_include=Condition:encounter:Nonsense",
        "_include=a:b:c:d", "_revinclude=*", "_surprise=1", "_include:surprise=*",
        "&".join(f"_include=Condition:encounter&x{n}=1" for n in range(21)).replace("x", "_count"),
    ],
)  # fmt: skip
def test_a_form_that_is_not_understood_is_refused(query):
    with pytest.raises(HallwayError) as refused:
        search(query)
    assert "surprise" not in str(refused.value)


def test_leniency_passes_over_the_form_of_answers_and_never_a_filter():
    assert search("_surprise=1&_count=3", lenient=True).results.limit == 3
    for query in ("surprise=1", "_text=a", "_has:x=1", "_id:exact=1", "_filter=a"):
        with pytest.raises(HallwayError):
            search(query, lenient=True)


@pytest.mark.parametrize(
    ("prefer", "said"),
    [("handling=lenient", True), ("return=minimal; Handling = lenient", True), ("handling=strict", False), ("", False)],
)
def test_leniency_is_asked_for_in_prefer(prefer, said):
    assert parsing.is_lenient(prefer) is said


@pytest.mark.parametrize(
    ("query", "patient"),
    [
        (f"patient={ID}", ID),
        (f"patient=Patient/{ID}", ID),
        (f"subject=Patient/{ID}", ID),
        (f"subject:Patient={ID}", ID),
        (f"patient={BASE}/Patient/{ID}", ID),
        (f"patient={ID},{ID}", None),
        (f"subject=Group/{ID}", None),
        ("patient:missing=true", None),
        ("patient.name=x", None),
        ("code=x", None),
    ],
)
def test_a_search_by_one_patient_stays_in_one_chart(query, patient):
    assert search(query).patient == patient


def test_a_search_takes_no_more_steps_than_it_may():
    many = "&".join(f"subject:Patient._has:Observation:patient:code={n}" for n in range(21))
    with pytest.raises(HallwayError, match="too many types"):
        search(many)


def test_a_search_over_the_system_names_its_types():
    assert parsing.kinds_of([("_type", "Condition,Observation,Condition"), ("code", "a")]) == (
        ["Condition", "Observation"],
        [("code", "a")],
    )
    for pairs in ([], [("_type", "Nonsense")], [("_type", "")], [("_type", "Condition"), ("_type", "Goal")]):
        with pytest.raises(HallwayError):
            parsing.kinds_of(pairs)


def test_every_limit_stands_in_the_docs():
    page = (Path(__file__).parents[3] / "docs" / "searching.md").read_text("utf-8")
    for name, value in (vars(limits) | vars(budget)).items():
        if name.isupper():
            assert f"{value:,}" in page, name


def test_updated_is_a_date():
    assert one("Patient", "_lastUpdated", "ge2024") == Updated(
        (Span(Compare.GE, micro(2024, 1, 1), micro(2025, 1, 1) - 1),)
    )


def test_references_are_read_beside_numbers_that_no_float_holds():
    body = b'{"resourceType":"Observation","valueQuantity":{"value":1e400},"subject":{"reference":"Patient/x"}}'
    one = Stored("Observation", "x", 1, datetime(2026, 1, 1, tzinfo=UTC), None, 1, 1, 1, b"", body)
    assert list(linked.named_by(one, "subject")) == [("Patient", "x")]
