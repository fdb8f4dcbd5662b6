"""Leaks of the kinds that published systems have, each planted for a moment: the proof must see every one."""

import dataclasses
import os
import re

import psycopg
import pytest

from hallway.app.prove import asking, proof, searched
from hallway.consent import gate, histories
from hallway.errors import HallwayError, Kind
from hallway.fhirapi import answers, application, bundles, plans
from hallway.fhirapi.interactions import history, read
from hallway.fhirapi.operations import everything
from hallway.fhirapi.search import cursors, included, linked, results
from hallway.record import matching, queries
from hallway.record.stored import Stored

COLUMNS = "kind, resource_id::text, version, updated_at, dated_at, source_org, author, mask, meta, body"


def unfiltered(sql, *values):
    """What a query behind no gate would see, in the world in force."""
    with psycopg.connect(os.environ["HALLWAY_DATABASE_URL"]) as owner:
        return owner.execute(sql, values).fetchall()


def whole_chart(release):
    rows = unfiltered(f"SELECT {COLUMNS} FROM record_resource WHERE chart_id = %s ORDER BY 2", release.chart_id)
    return [Stored._make(row) for row in rows]


def after_read_chart(monkeypatch, change):
    real = queries.read_slice

    def read_slice(release, wanted, **kw):
        return change(real(release, wanted, **kw), whole_chart(release))

    monkeypatch.setattr(queries, "read_slice", read_slice)


def total_of_all(monkeypatch):
    """HAPI #1507, #2012: the total counts what is withheld."""
    real = bundles.searchset

    def searchset(found, base, *, total, **kw):
        ((count,),) = unfiltered("SELECT count(*) FROM record_resource")
        return real(found, base, total=count if total else total, **kw)

    monkeypatch.setattr(bundles, "searchset", searchset)


def page_that_counts_the_withheld(monkeypatch):
    """HAPI #2369: a page as full as if nothing had been left out, and a next one where nothing more may be shown."""
    real = queries.find

    def find(release, query, **kw):
        found = real(release, query, **kw)
        withheld = sum(row.kind == query.kind for row in whole_chart(release)) - len(found)
        return [*found, *found[-1:] * withheld][: query.limit]

    monkeypatch.setattr(queries, "find", find)


def cursor_by_position(monkeypatch):
    """A cursor that holds the place in the unfiltered list."""

    def sealed(asked, path, page):
        ((place,),) = unfiltered("SELECT count(*) FROM record_token WHERE resource_id > %s", page.id)
        return f"{place}"

    monkeypatch.setattr(cursors, "sealed", sealed)
    monkeypatch.setattr(results, "_count", lambda text: 1)


def of_kind(kind):
    rows = unfiltered(f"SELECT {COLUMNS} FROM record_resource WHERE kind = %s AND chart_id <> 0 ORDER BY 2", kind)
    return [Stored._make(row) for row in rows]


def step_through_the_withheld(monkeypatch):
    """A step of ``_has`` or of a chain looks where its asker may not."""

    def hits(ground, kind, inner):
        wanted = matching.plain(kind, linked.criteria_of(ground, kind, (inner,)) or ())
        return [row for row in of_kind(kind) if matching.meets(matching.found_of(row), wanted)]

    monkeypatch.setattr(linked, "_hits", hits)
    monkeypatch.setitem(searched.FORMS, "Patient", (("_has:Condition:patient:code", ("F11.20", "F10.20")),))
    monkeypatch.setattr(searched, "_SHAPES", (("_count", ("3",)),))
    monkeypatch.setattr(searched, "KINDS", ("Patient",))


def inclusion_without_the_gate(monkeypatch):
    """What comes along was not asked about."""
    monkeypatch.setattr(included, "_found", lambda ground, query: of_kind(query.kind))
    monkeypatch.setattr(searched, "_SHAPES", (("_revinclude", ("Condition:encounter", "Observation:subject")),))
    monkeypatch.setattr(searched, "KINDS", ("Patient", "Encounter", "Condition"))


def total_of_what_is_found(monkeypatch):
    """A count that was made before the gate."""
    monkeypatch.setattr(queries, "count_found", lambda release, query, **kw: len(whole_chart(release)))
    monkeypatch.setattr(searched, "_SHAPES", (("_total", ("accurate",)), ("_summary", ("count",))))


def sorted_by_place(monkeypatch):
    """The order follows from where a resource lies among all, the withheld ones too."""
    real = queries.find

    def find(release, query, **kw):
        found = real(release, query, **kw)
        turn = len(whole_chart(release)) % 2
        return found[::-1] if turn else found

    monkeypatch.setattr(queries, "find", find)


def history_of_the_withheld(monkeypatch):
    """A deleted or relabelled resource still has a history to tell of."""

    def versions(asked, fresh):
        rows = unfiltered(f"SELECT {COLUMNS} FROM record_history WHERE resource_id = %s", asked.resource_id())
        if not rows:
            raise plans.not_found()
        return [Stored._make(row) for row in rows], ()

    monkeypatch.setattr(history, "_versions", versions)


def deletions_of_the_withheld(monkeypatch):
    """The history of a type tells each deletion, for a deletion holds no content."""
    real = histories.across

    def across(requester, wanted, **named):
        rows = unfiltered(f"SELECT {COLUMNS} FROM record_history WHERE deleted AND kind = %s ORDER BY 4", wanted.kind)
        return [*real(requester, wanted, **named), *map(Stored._make, rows)]

    monkeypatch.setattr(histories, "across", across)
    monkeypatch.setattr(searched, "KINDS", ("Condition",))


def deleted_says_gone(monkeypatch):
    """410 for what was there and 404 for what never was."""
    real = read.current

    def find(asked, *, fresh):
        found = real(asked, fresh=fresh)
        if found is None and unfiltered("SELECT 1 FROM record_id WHERE resource_id = %s", asked.resource_id()):
            raise HallwayError(Kind.GONE, "H-TST-001", what="It is gone.", undone="", to_do="")
        return found

    monkeypatch.setattr(read, "current", find)


def include_without_the_gate(monkeypatch):
    """HAPI: what is included was not asked about. Encounters ride along with whatever names them."""
    after_read_chart(monkeypatch, lambda found, whole: [*found, *(row for row in whole if row.kind == "Encounter")])


def error_text_by_cause(monkeypatch):
    """The sentence tells "not yours" from "not there"."""
    monkeypatch.setattr(answers, "of_error", lambda error: answers.Answer(error.status, str(error).encode()))


def plan_kept_after_revocation(monkeypatch):
    """icanbwell INC-331, HAPI #5387: a decision is kept and outlives the right."""
    real, kept = gate.release, {}

    def release(requester, chart_id):
        key = (os.environ["HALLWAY_DATABASE_URL"], requester, chart_id)
        given = kept.get(key) or kept.setdefault(key, real(requester, chart_id))
        return dataclasses.replace(given, epoch=queries.epoch_of(chart_id))

    monkeypatch.setattr(gate, "release", release)
    # Only the one who had the right for a moment can have kept it.
    monkeypatch.setattr(asking, "callers_of", lambda exit_, cast: ["pcp"])


def version_by_sequence(monkeypatch):
    """An entity tag out of a sequence that everybody's work moves on."""
    real = read.of_one

    def of_one(found):
        ((number,),) = unfiltered("SELECT max(id) FROM ledger_answer")
        given = real(found)
        return dataclasses.replace(given, headers=(("ETag", f'W/"{number}"'), *given.headers[1:]))

    monkeypatch.setattr(read, "of_one", of_one)


def last_modified_of_the_chart(monkeypatch):
    """Last-Modified of the whole chart moves when something withheld is written."""
    real = everything.answer

    def answer(asked):
        given = real(asked)
        ((at,),) = unfiltered("SELECT max(updated_at) FROM record_resource WHERE chart_id <> 0")
        return dataclasses.replace(given, headers=(("Last-Modified", at.isoformat()),))

    replace_route(monkeypatch, real, answer)


def size_of_the_unfiltered(monkeypatch):
    """The answer is as long as if nothing had been left out."""
    real = everything.answer

    def answer(asked):
        given = real(asked)
        ((size,),) = unfiltered("SELECT sum(octet_length(body)) FROM record_resource")
        return dataclasses.replace(given, body=given.body + b" " * int(size % 977))

    replace_route(monkeypatch, real, answer)


def replace_route(monkeypatch, real, planted):
    from hallway.fhirapi import routes

    changed = tuple(dataclasses.replace(one, answer=planted) if one.answer is real else one for one in routes.ROUTES)
    monkeypatch.setattr(routes, "ROUTES", changed)


def decisions_matched_by_position(monkeypatch):
    """LEAP: decisions of a filtered list are zipped back onto the unfiltered one."""

    def shifted(found, whole):
        allowed = {row.id for row in found}
        # What is hidden came last: in order of time it would stand behind everything and shift nothing.
        whole = sorted(whole, key=lambda row: (row.kind, row.id))
        judged = [row.id in allowed for row in whole if row.kind != "Patient"]
        return [row for row, flows in zip(whole, judged, strict=False) if flows]

    after_read_chart(monkeypatch, shifted)


def negation_lost(monkeypatch):
    """SHARES: what should be redacted is what is returned."""

    def inverted(found, whole):
        allowed = {row.id for row in found}
        return [row for row in whole if row.id not in allowed] or found

    after_read_chart(monkeypatch, inverted)


def no_label_means_share(monkeypatch):
    """SHARES, second path: what could not be judged is permitted."""
    unclassified = 1 << 14

    def shared(found, whole):
        return [*found, *(row for row in whole if row.mask & unclassified and row not in found)]

    after_read_chart(monkeypatch, shared)


def one_denial_kills_the_rest(monkeypatch):
    """OpenEMR #11279: a withheld note aborts the whole answer."""

    def aborted(found, whole):
        # Something is withheld in every world; the newest is what only some of them hold.
        newest = max(whole, key=lambda row: row.updated_at, default=None)
        if newest is not None and newest.id not in {row.id for row in found}:
            raise HallwayError(Kind.FORBIDDEN, "H-TST-002", what="No.", undone="", to_do="")
        return found

    after_read_chart(monkeypatch, aborted)


def group_by_its_container(monkeypatch):
    """OpenEMR PR #11097: a group session is judged by one chart alone."""

    def alone(found, whole):
        return [*found, *(row for row in whole if row.kind == "Appointment" and row not in found)]

    after_read_chart(monkeypatch, alone)


def log_level_in_a_header(monkeypatch):
    """A header that counts how much was left out."""
    real = application._route

    def routed(environ):
        ((count,),) = unfiltered("SELECT count(*) FROM record_resource WHERE mask & 8 > 0")
        given = real(environ)
        return dataclasses.replace(given, headers=(*given.headers, ("X-Withheld", str(count))))

    monkeypatch.setattr(application, "_route", routed)


PLANTED = [
    total_of_all,
    page_that_counts_the_withheld,
    cursor_by_position,
    step_through_the_withheld,
    inclusion_without_the_gate,
    total_of_what_is_found,
    sorted_by_place,
    deleted_says_gone,
    include_without_the_gate,
    error_text_by_cause,
    version_by_sequence,
    last_modified_of_the_chart,
    size_of_the_unfiltered,
    decisions_matched_by_position,
    negation_lost,
    no_label_means_share,
    one_denial_kills_the_rest,
    group_by_its_container,
    log_level_in_a_header,
]

IN_TIME = [history_of_the_withheld, plan_kept_after_revocation]
"""They need worlds whose past is asked about while it grows."""

READS = r"^fhir:/fhir/(\{type\}(/\{id\}(/_history(/\{version\})?)?)?|Patient/\{id\}/\$everything)$"
"""The exits that the leaks of this file are planted behind; asking all others as well only thins what is drawn."""
TRIES = 400


def test_the_two_worlds_answer_alike_while_nothing_is_planted(together):
    assert [str(one) for one in together.compare(together.asks(READS, tries=TRIES))] == []


@pytest.mark.parametrize("plant", PLANTED, ids=lambda plant: plant.__name__)
def test_a_planted_leak_is_caught(together, monkeypatch, plant):
    plant(monkeypatch)
    assert together.compare(together.asks(READS, tries=TRIES)), plant.__doc__


@pytest.mark.parametrize("plant", IN_TIME, ids=lambda plant: plant.__name__)
def test_a_leak_planted_in_what_came_before_is_caught(stage, monkeypatch, plant):
    plant(monkeypatch)
    exits = [one for one in proof.all_exits() if re.match(READS, one.name)]
    # What is drawn changes with every exit and secret: a leak that sixty pairs pass by is given other dice.
    seen = (proof.prove(stage.template, stage.cast, exits, pairs=60, seed=seed, stops=True) for seed in range(3, 13))
    assert any(tally.differences for tally in seen), plant.__doc__


def test_a_deletion_told_of_what_is_hidden_is_caught(stage, monkeypatch):
    deletions_of_the_withheld(monkeypatch)
    exits = [one for one in proof.all_exits() if one.name == "fhir:/fhir/{type}/_history"]
    assert proof.prove(stage.template, stage.cast, exits, pairs=60, seed=3, stops=True).differences
