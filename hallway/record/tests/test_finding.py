"""SQL, plain Python and the ledger's line say the same of every search."""

import random
from datetime import timedelta
from decimal import Decimal
from math import inf

import pytest

from hallway import clock, ids
from hallway.errors import HallwayError
from hallway.ledger import queries as ledger
from hallway.record import actions, matching, queries, recount, reindexing, retelling, words
from hallway.record.classes import DataClass
from hallway.record.criteria import (
    Compare,
    Ids,
    Labels,
    Place,
    Present,
    Query,
    Sort,
    Span,
    Spans,
    Texts,
    Tokens,
    Updated,
    Within,
)
from hallway.record.evidence import Clause, Labelled
from hallway.record.tests.test_store import ANNA, GENERAL, MH, NOW, new_id, release
from hallway.standards.fhir import codec, dates, ranges, search
from hallway.storage.connection import cursor

PART2 = int(DataClass.PART2)
MASKS = (GENERAL, GENERAL | MH, GENERAL | PART2)
SYSTEMS = ("http://loinc.org", "urn:local")
CODES = ("8480-6", "8462-4", "4548-4")
UNITS = ({"unit": "mmHg", "system": "http://unitsofmeasure.org", "code": "mm[Hg]"}, {"unit": "%"}, {})
DATES = ("2019", "2020-03", "2020-03-01", "2020-03-01T10:00:00Z", "2020-03-01T10:00:00.250+01:00")
BITS = (MH, PART2, MH | PART2)


def concept(dice):
    coding = {"code": dice.choice(CODES)}
    return {"coding": [coding | ({"system": dice.choice(SYSTEMS)} if dice.random() < 0.7 else {})]}


def quantity(dice):
    return {"value": Decimal(dice.choice(("5.4", "5.40", "120", "7"))), **dice.choice(UNITS)} | (
        {"comparator": dice.choice(("<", ">"))} if dice.random() < 0.2 else {}
    )


def observation(dice):
    found = {"resourceType": "Observation", "status": dice.choice(("final", "amended")), "code": concept(dice)}
    when = dice.choice(("effectiveDateTime", "effectivePeriod", ""))
    if when == "effectiveDateTime":
        found[when] = dice.choice(DATES)
    elif when:
        found[when] = dict(dice.sample([("start", "2020-02-01"), ("end", "2020-03-15")], dice.randrange(1, 3)))
    value = dice.choice(("valueQuantity", "valueCodeableConcept", "component", ""))
    if value == "component":
        found[value] = [{"code": concept(dice), "valueQuantity": quantity(dice)} for _ in range(2)]
    elif value:
        found[value] = quantity(dice) if value == "valueQuantity" else concept(dice)
    return found


def patient(dice):
    return {
        "resourceType": "Patient",
        "name": [
            {"family": dice.choice(("Núñez", "Smith", "Smi_th")), "given": dice.sample(["Ana María", "Jo", "Lee"], 2)}
        ],
        "birthDate": dice.choice(("1980", "1980-05", "1980-05-06")),
        "gender": dice.choice(("male", "female")),
        "identifier": [
            {"system": "s", "value": str(dice.randrange(3)), "type": {"coding": [{"system": "t", "code": "MR"}]}}
        ],
    }


def made(dice, kind, chart, *, charts=None, rid=None):
    resource = observation(dice) if kind == "Observation" else patient(dice)
    body = codec.encode(resource)
    meta = dice.choice((b"", b'"tag":[{"system":"s","code":"t"}],"source":"urn:x"'))
    tokens, held = search.index(kind, resource, meta)
    dated = dates.dated_at(kind, resource) if dice.random() < 0.6 else None
    dated = NOW - timedelta(hours=dice.randrange(4)) if dice.random() < 0.3 else dated
    # A patient is never dated, and the order of patients relies on it.
    assert dates.dated_at("Patient", resource) is None
    dated = None if kind == "Patient" else dated
    tokens = (*tokens, *search.wide(kind, held, dated))
    return Labelled(
        kind, rid or new_id(), charts or (chart,), ids.OrganizationId(dice.choice((10, 11))),
        ids.PractitionerId(dice.choice((0, 3))), dice.choice(MASKS), body, meta, tokens, dated, ("test",), held,
    )  # fmt: skip


def span(dice, low, high, unit=""):
    return Span(dice.choice(list(Compare)), low, high, unit)


def a_date(dice):
    low, high = ranges.date_ends(dice.choice((*DATES, "2020", "1980-05")))
    return span(dice, low, high)


def a_number(dice):
    low, high = dice.choice(((5.35, 5.45), (5.4, 5.4), (119.5, 120.5), (-inf, 6.0), (6.0, inf)))
    return span(dice, low, high, dice.choice(("", "", "%", "mm[Hg]", "mmHg", "http://unitsofmeasure.org|mm[Hg]", "mg")))


def a_coding(dice):
    code, system = dice.choice(CODES), dice.choice(SYSTEMS)
    return dice.choice((code, f"{system}|{code}", f"{system}|", f"|{code}"))


def some(dice, make):
    return tuple(make(dice) for _ in range(dice.randrange(1, 3)))


TOKEN_CODES = ("code", "combo-code", "value-concept", "combo-value-concept", "component-code")
PAIR_CODES = ("code-value-concept", "combo-code-value-concept", "component-code-value-concept")
NUMBER_CODES = ("value-quantity", "combo-value-quantity", "component-value-quantity")
VALUE_CODES = ("code-value-quantity", "combo-code-value-quantity", "component-code-value-quantity")


PRESENT = ("date", "value-quantity", "combo-value-quantity", "value-concept")


def of_observation(dice, known):
    return dice.choice((
        lambda: Tokens(some(dice, lambda d: f"{d.choice(TOKEN_CODES)}={a_coding(d)}"), none=dice.random() < 0.3),
        lambda: Tokens(some(dice, lambda d: f"{d.choice(PAIR_CODES)}={a_coding(d)}${a_coding(d)}")),
        lambda: Tokens((dice.choice(("status=final", "_tag=s|t", "_source=urn:x", "_tag=t")),)),
        lambda: Spans("date", some(dice, a_date)),
        lambda: Spans(dice.choice(NUMBER_CODES), some(dice, a_number)),
        lambda: Spans(f"{dice.choice(VALUE_CODES)}${a_coding(dice)}", some(dice, a_number)),
        lambda: Present(dice.choice(PRESENT), dice.random() < 0.5),
        lambda: Labels(dice.choice(BITS), none=dice.random() < 0.5),
        lambda: Ids((*dice.sample(known, 2), ids.ResourceId("not-an-id"))),
        lambda: Updated((Span(dice.choice(list(Compare)), *2 * (float(clock.microseconds(NOW)),)),)),
        lambda: Within((
            (Tokens((f"code={dice.choice(CODES)}",)), Tokens(("status=final",))), (Present("date", present=False),)
        )),
    ))()  # fmt: skip


NAMES = ("name", "family", "given")
ONES = ("family:exact=Núñez", "gender=male", "identifier:of-type=t|MR|1", "identifier=s|2")


def of_patient(dice, known):
    words = ("nunez", "smi", "smi_th", "smi%", "ana maria", "mar", "lee", "")
    return dice.choice((
        lambda: Texts(dice.choice(NAMES), some(dice, lambda d: d.choice(words)), dice.random() < 0.4),
        lambda: Tokens((dice.choice(ONES),)),
        lambda: Spans("birthdate", (a_date(dice),)),
    ))()  # fmt: skip


SORTS = {
    "Observation": ("dated", "updated", "id", "date", "code", "status", "value-quantity"),
    "Patient": ("family", "birthdate", "gender", "dated"),
}


def a_query(dice, kind, known):
    make = of_observation if kind == "Observation" else of_patient
    wanted = tuple(make(dice, known) for _ in range(dice.choice((0, 1, 1, 2))))
    sort = tuple(Sort(by, dice.random() < 0.5) for by in dice.sample(SORTS[kind], dice.choice((0, 0, 1, 1, 2))))
    before = dice.choice((None, None, None, NOW))
    return Query(kind, wanted, sort, dice.choice((1, 2, 3, 50)), dice.randrange(2), updated_before=before)


CLAUSES = (
    (Clause(ids.OrganizationId(10), GENERAL),),
    (Clause(ids.OrganizationId(10), GENERAL | MH), Clause(ids.OrganizationId(11), GENERAL, ids.PractitionerId(3))),
    (
        Clause(ids.OrganizationId(10), GENERAL | MH | PART2, kinds=("Observation",)),
        Clause(ids.OrganizationId(11), GENERAL | MH | PART2),
    ),
)


def newest_line():
    with cursor() as opened:
        opened.execute("SELECT max(id) FROM ledger_line")
        return ledger.line(opened.fetchone()[0])


def names(found):
    return [(one.kind, one.id, one.version) for one in found]


def fill(dice, chart, other):
    """Resources of both kinds in both charts, some of both charts, some changed, relabelled and deleted again."""
    known = []
    for _ in range(30):
        charts = dice.choice((None, None, None, (chart, other), (other, chart)))
        one = made(
            dice,
            dice.choice(("Observation", "Observation", "Patient")),
            dice.choice((chart, chart, other)),
            charts=charts,
        )
        known.append(one)
    actions.write(known[:20], by=ANNA)
    for one in known[20:]:
        actions.write([one], by=ANNA)
    for one in dice.sample(known, 6):
        again = made(dice, one.resource_type, one.charts[0], charts=one.charts, rid=one.resource_id)
        dice.choice((actions.write, actions.relabel))([again], by=ANNA)
    for one in dice.sample(known, 3):
        actions.delete(one.resource_type, one.resource_id, chart_id=one.charts[0], by=ANNA)
    return [one.resource_id for one in known]


@pytest.mark.parametrize("seed", range(3))
def test_sql_plain_python_and_the_line_agree_on_random_searches(fresh_db, seed):
    dice = random.Random(f"finding {seed}")
    chart, other = actions.new_chart(new_id()), actions.new_chart(new_id())
    known = fill(dice, chart, other)
    pages = found_any = 0
    for _ in range(120):
        clauses, kind = dice.choice(CLAUSES), dice.choice(("Observation", "Observation", "Patient"))
        given = release(chart, *clauses, epoch=queries.epoch_of(chart))
        also = [release(other, *clauses, epoch=queries.epoch_of(other))] if dice.random() < 0.5 else []
        query = a_query(dice, kind, known)
        flowing = queries.read_chart(given, kinds=[kind], also=also)
        if not also:
            flowing = [one for one in flowing if one in queries.read_chart(given, kinds=[kind])]
        whole = matching.page_of(query._replace(limit=1000), flowing)
        assert queries.count_found(given, query, also=also) == len(whole), query
        assert recount_of(newest_line()) == sorted(names(whole))
        got = []
        while True:
            found = queries.find(given, query, also=also)
            page = found[: query.limit]
            assert recount_of(newest_line()) == sorted(names(page)), query
            got += page
            pages += 1
            if len(page) < query.limit:
                break
            query = query._replace(after=queries.place_of(query, page[-1]))
        assert names(got) == names(whole), query
        found_any += bool(got)
    assert found_any > 25
    assert pages > 130


def test_a_line_from_before_words_had_a_key_is_told_again(fresh_db, monkeypatch):
    dice = random.Random("before the key")
    chart = actions.new_chart(new_id())
    known = fill(dice, chart, actions.new_chart(new_id()))
    flowing = queries.read_chart(release(chart, epoch=queries.epoch_of(chart)), kinds=["Observation"])
    found_any = 0
    for _ in range(60):
        query = a_query(dice, "Observation", known)._replace(limit=1000)
        with monkeypatch.context() as before:
            before.setattr(words, "keyed", lambda: words.plain)
            text = retelling.text_of(query).replace('"k":1,', "")
        found = retelling.page_of("Observation", text, [(one, True) for one in flowing], limit=1000)
        assert names(found) == names(matching.page_of(query, flowing)), query
        found_any += bool(found)
    assert found_any > 10


def recount_of(line):
    return sorted((one.kind, one.id, one.version) for one in recount.items_of(line))


COPIES = """
SELECT t.resource_id, t.updated_at = r.updated_at, t.dated_at = coalesce(r.dated_at, '-infinity'),
    t.source_org = r.source_org, t.author = r.author, t.mask = r.mask, t.several = r.several,
    t.tokens, t.range_codes, t.lows, t.highs, t.units
FROM record_token t FULL JOIN record_resource r USING (chart_id, kind, resource_id)
"""


def test_the_copies_in_the_index_never_drift_from_the_rows(fresh_db):
    from django.db import connections

    dice = random.Random("drift")
    chart, other = actions.new_chart(new_id()), actions.new_chart(new_id())
    fill(dice, chart, other)
    for _ in range(10):
        first = made(dice, "Observation", chart)
        named = f"@names=Observation/{first.resource_id}"
        naming = made(dice, "Observation", chart)
        actions.write([first], by=ANNA)
        actions.write([naming.__class__(**{**fields(naming), "tokens": (*naming.tokens, named)})], by=ANNA)
        again = first.__class__(**{**fields(first), "mask": dice.choice(MASKS)})
        dice.choice((actions.write, actions.relabel))([again], by=ANNA)
    with connections["owner"].cursor() as opened:
        opened.execute(COPIES)
        rows = opened.fetchall()
    assert len(rows) > 40
    assert all(all(row[1:7]) for row in rows)
    assert any(row[8] for row in rows)


def fields(one):
    return {name: getattr(one, name) for name in one.__dataclass_fields__}


def test_bulk_and_single_writes_leave_the_same_index(fresh_db):
    from django.db import connections

    dice = random.Random("bulk")
    chart = actions.new_chart(new_id())
    many = [made(dice, "Observation", chart) for _ in range(70)]
    actions.write(many, by=ANNA)
    for one in many:
        actions.write([one.__class__(**{**fields(one), "resource_id": new_id()})], by=ANNA)
    with connections["owner"].cursor() as opened:
        opened.execute("SELECT tokens, dated_at::text, range_codes, lows, highs, units, mask FROM record_token")
        rows = sorted(map(repr, opened.fetchall()))
    assert len(rows) == 140
    assert rows[::2] == rows[1::2]


def test_reindexing_writes_what_a_write_would_have_written(fresh_db):
    from django.db import connections

    dice = random.Random("reindex")
    chart = actions.new_chart(new_id())
    many = [made(dice, "Observation", chart) for _ in range(8)]
    marked = fields(many[0]) | {"tokens": (*many[0].tokens, "@own=1", "@names=Observation/x")}
    actions.write([Labelled(**marked), *many[1:]], by=ANNA)
    held = "SELECT resource_id, tokens, range_codes, lows, highs, units FROM record_token ORDER BY 1"
    with connections["owner"].cursor() as opened:
        opened.execute(held)
        before = opened.fetchall()
        opened.execute("UPDATE record_index SET version = 0")
        opened.execute("UPDATE record_token SET lows = NULL, highs = NULL, range_codes = NULL, units = NULL,"
                       " tokens = array_remove(tokens, 'status=final')")  # fmt: skip
    assert reindexing.is_behind()
    assert sum(reindexing.reindex()) == 8
    assert not reindexing.is_behind()
    with connections["owner"].cursor() as opened:
        opened.execute(held)
        after = opened.fetchall()
    assert [(row[0], sorted(row[1]), *row[2:]) for row in after] == [(r[0], sorted(r[1]), *r[2:]) for r in before]


def test_shared_resources_are_found_without_a_release(fresh_db):
    dice = random.Random("shared")
    resource = {
        "resourceType": "Organization",
        "name": "Carewell Clinic",
        "identifier": [{"system": "npi", "value": "1"}],
    }
    one = made(dice, "Patient", ids.ChartId(0))
    tokens, held = search.index("Organization", resource)
    actions.write(
        [
            one.__class__(
                **{**fields(one), "resource_type": "Organization", "body": codec.encode(resource), "tokens": tokens}
            )
        ],
        by=ANNA,
    )
    assert held == ()
    for wanted in (Texts("name", ("care",)), Tokens(("identifier=npi|1",)), Ids((one.resource_id,))):
        [found] = queries.find_shared(Query("Organization", (wanted,), (Sort("name"),)))
        assert found.id == one.resource_id
    assert queries.find_shared(Query("Organization", (Texts("name", ("clinique",)),))) == []
    assert queries.count_shared(Query("Organization")) == 1


@pytest.mark.parametrize("by", ["nothing", "combo-code", "code-value-quantity", "category; DROP TABLE"])
def test_a_sort_key_that_there_is_none_of_is_refused(by):
    with pytest.raises(HallwayError, match="H-REC-041"):
        matching.sorts(Query("Observation", sort=(Sort(by),)))


def test_a_place_of_another_search_is_no_place():
    with pytest.raises(ValueError, match="another"):
        matching.keys_after(Query("Observation"), Place((), ids.ResourceId("x")))


def test_a_line_holds_no_clinical_word_and_none_that_can_be_found_by_trying(fresh_db):
    query = Query(
        "Observation",
        (
            Tokens(("code=http://loinc.org|8480-6",)), Texts("value", ("sorrow",)),
            Spans("code-value-quantity$8480-6", ()), Present("x", present=True),
            Spans("value-quantity", (Span(Compare.GT, 5, 5, "mmHg"),)),
        ),
        (Sort("code"),), after=Place(("8480-6",), ids.ResourceId("x")),
    )  # fmt: skip
    text = recount.Wanted.of(query).text()
    assert not any(word in text for word in ("8480", "sorrow", "mmHg", "loinc"))
    assert text.isprintable()
    tried = ("code=http://loinc.org|8480-6", "value^sorrow", "code=8480-6", "x", "mmHg", "8480-6")
    assert not any(words.plain(word) in text for word in tried)
    assert [word for word in tried if words.keyed()(word) not in text] == []
