"""The checks of one profile: what was asked, what had to come back, what came."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from typing import Any, NamedTuple

from tools.us_core import values
from tools.us_core.client import Client, Json, Pairs, of_mode
from tools.us_core.metadata import Group, Search

PASSED, FAILED, WITHOUT = "passed", "not passed", "no such record"
SAMPLES = 3
"""Records by which one search is tried at most."""
MOST = 60
"""Records of a profile that are looked at."""


class Check(NamedTuple):
    """One line of the table."""

    group: str
    what: str
    expectation: str
    outcome: str
    why: str = ""


def of_group(client: Client, group: Group, pool: list[Json], sent: list[Json]) -> Iterator[Check]:
    """Every check of a profile. ``pool`` are records of it as served, ``sent`` as they were loaded."""
    yield from _reads(client, group, pool)
    for search in group.searches:
        yield from _search(client, group, search, pool)
    yield from _comparators(client, group, pool)
    yield from _either(client, group, pool)
    yield from _chains(client, group, pool)
    for path in group.revincludes:
        yield _revinclude(client, group, path, pool)
    yield from _supports(group, pool, sent)


def _reads(client: Client, group: Group, pool: list[Json]) -> Iterator[Check]:
    for code, suffix in (("read", ""), ("vread", "/_history/{}"), ("history-instance", "/_history")):
        if group.interactions.get(code) not in ("SHALL", "SHOULD"):
            continue
        outcome, why = (PASSED, "") if pool else (WITHOUT, "")
        for one in pool[:SAMPLES]:
            path = f"/{group.resource}/{one['id']}{suffix.format(one['meta']['versionId'])}"
            reply = client.get(path)
            got = reply.body.get("entry", [{}])[0].get("resource") if code == "history-instance" else reply.body
            if reply.status != 200 or got != one:
                outcome, why = FAILED, f"{code} gave {reply.status}"
        yield Check(group.key, code, group.interactions[code], outcome, why)


# Searches ------------------------------------------------------------------------------------------------------------


def _values(group: Group, one: Json, name: str) -> list[Any]:
    return [value for path in group.parameters[name].paths for value in values.at(one, path)]


def _pair(group: Group, one: Json, name: str, *, whole: bool = False) -> tuple[str, str] | None:
    """A parameter with a value that a record meets; None where it has none."""
    kind = group.parameters[name].type
    for value in _values(group, one, name):
        text = values.searched(value, kind if name != "_id" else "id", whole=whole)
        if text is not None:
            return name, text.removeprefix("Patient/") if name == "patient" else text
    return None


def _samples(group: Group, search: Search, pool: list[Json], *, whole: bool = False) -> Iterator[tuple[Json, Pairs]]:
    for one in pool:
        pairs = [_pair(group, one, name, whole=whole and _is_coded(group, name)) for name in search.names]
        if all(pairs):
            yield one, [pair for pair in pairs if pair]


def _is_coded(group: Group, name: str) -> bool:
    return group.parameters[name].type in ("CodeableConcept", "Coding", "Identifier")


def _search(client: Client, group: Group, search: Search, pool: list[Json]) -> Iterator[Check]:
    """By GET, by POST, with the systems of codes, and with the patient as a whole reference."""
    what = f"search {' + '.join(search.names)}"
    outcome, why = WITHOUT, ""
    tried = islice(_samples(group, search, pool), SAMPLES)
    systems = islice(_samples(group, search, pool, whole=True), 1)
    for one, pairs in [*tried, *systems]:
        outcome = outcome if outcome == FAILED else PASSED
        spelled = [(name, f"Patient/{text}" if name == "patient" else text) for name, text in pairs]
        for asked, by_post in ((pairs, False), (spelled, True)):
            why = why or _wrong(client, group, asked, one, by_post=by_post)
    yield Check(group.key, what, search.expectation, FAILED if why else outcome, why)


def _wrong(client: Client, group: Group, pairs: Pairs, one: Json, *, by_post: bool = False) -> str:
    """What is wrong with a search's answer; empty when it holds the record and nothing that does not meet it."""
    entries = client.search(group.resource, [*pairs, ("_count", "100")], by_post=by_post)
    if entries is None:
        return "the search was refused"
    found = of_mode(entries, "match")
    if one["id"] not in {each["id"] for each in found}:
        return "a record that meets the search is missing"
    if len({each["id"] for each in found}) < len(found):
        return "a record came twice"
    return next((f"a record does not meet {name}" for each in found for name, text in pairs
                 if not _meets(group, each, name, text)), "")  # fmt: skip


def _meets(group: Group, one: Json, name: str, text: str) -> bool:
    kind = group.parameters[name].type
    found = _values(group, one, name)
    if kind in values.DATED:
        prefix, date = (text[:2], text[2:]) if text[:2].isalpha() else ("eq", text)
        wanted = values.ends(date)
        return wanted is not None and any(values.compares(value, prefix, wanted) for value in found)
    return any(values.meets(value, kind if name != "_id" else "id", text) for value in found)


def _comparators(client: Client, group: Group, pool: list[Json]) -> Iterator[Check]:
    """``gt``, ``lt``, ``ge``, ``le`` of each date that is searched with others."""
    for search in group.searches:
        dated = [name for name in search.names if group.parameters[name].comparators]
        for name in dated:
            expected = group.parameters[name].comparators
            for prefix in ("gt", "lt", "ge", "le"):
                if expected.get(prefix) in ("SHALL", "SHOULD"):
                    sample = next(_samples(group, search, pool), None)
                    what = f"search {' + '.join(search.names)}, {prefix}"
                    outcome, why = (WITHOUT, "") if sample is None else _compared(client, group, sample, name, prefix)
                    yield Check(group.key, what, expected[prefix], outcome, why)


def _compared(client: Client, group: Group, sample: tuple[Json, Pairs], name: str, prefix: str) -> tuple[str, str]:
    one, pairs = sample
    held = next(filter(None, (values.ends(value) for value in _values(group, one, name))))
    away = timedelta(days=1) * (-1 if prefix in ("gt", "ge") else 1)
    date = f"{held.low + away:%Y-%m-%d}"
    asked = [(key, f"{prefix}{date}" if key == name else text) for key, text in pairs]
    entries = client.search(group.resource, [*asked, ("_count", "100")])
    if entries is None:
        return FAILED, "the search was refused"
    found = of_mode(entries, "match")
    wanted = values.ends(date)
    assert wanted is not None
    if one["id"] not in {each["id"] for each in found}:
        return FAILED, "a record that meets the search is missing"
    wrong = [each for each in found if not any(values.compares(v, prefix, wanted) for v in _values(group, each, name))]
    return (FAILED, "a record does not compare so") if wrong else (PASSED, "")


def _either(client: Client, group: Group, pool: list[Json]) -> Iterator[Check]:
    """Two values of one parameter at once: records of both come."""
    for name, parameter in group.parameters.items():
        if parameter.either not in ("SHALL", "SHOULD"):
            continue
        search = next((one for one in group.searches if name in one.names), None)
        if search is None:
            continue
        outcome, why = WITHOUT, ""
        for one, pairs in islice(_samples(group, search, pool), SAMPLES):
            other = _other(group, dict(pairs), pool, name) or next(iter(parameter.values), "other")
            asked = [(key, f"{text},{other}" if key == name else text) for key, text in pairs]
            alone = [client.search(group.resource, [(k, v if k != name else w) for k, v in pairs] + [("_count", "100")])
                     for w in (dict(pairs)[name], other)]  # fmt: skip
            both = client.search(group.resource, [*asked, ("_count", "100")])
            outcome, why = _same(both, alone, one)
            if outcome == FAILED:
                break
        yield Check(group.key, f"several values of {name}", parameter.either, outcome, why)


def _other(group: Group, pairs: dict[str, str], pool: list[Json], name: str) -> str | None:
    """Another value of a parameter, of a record that meets the rest."""
    for each in pool:
        found = _pair(group, each, name)
        rest = all(_meets(group, each, key, text) for key, text in pairs.items() if key != name)
        if found and found[1] != pairs[name] and rest:
            return found[1]
    return None


def _same(both: list[Json] | None, alone: list[list[Json] | None], one: Json) -> tuple[str, str]:
    if both is None or None in alone:
        return FAILED, "the search was refused"
    ids = {each["id"] for each in of_mode(both, "match")}
    wanted = {each["id"] for entries in alone for each in of_mode(entries or [], "match")}
    return (PASSED, "") if ids == wanted and one["id"] in ids else (FAILED, "not the records of both values")


def _chains(client: Client, group: Group, pool: list[Json]) -> Iterator[Check]:
    """``practitioner.identifier``, ``practitioner.name``: what the named resource says of itself."""
    for name, parameter in group.parameters.items():
        for chain, expectation in parameter.chains.items():
            outcome, why = WITHOUT, ""
            for one in pool:
                text = _of_target(client, _values(group, one, name), chain)
                if text:
                    entries = client.search(group.resource, [(f"{name}.{chain}", text)]) or []
                    is_there = one["id"] in {each["id"] for each in of_mode(entries, "match")}
                    outcome, why = (PASSED, "") if is_there else (FAILED, "the record is missing")
                    break
            yield Check(group.key, f"search {name}.{chain}", expectation, outcome, why)


def _of_target(client: Client, references: list[Json], chain: str) -> str | None:
    for reference in references:
        reply = client.get(f"/{reference.get('reference')}")
        for value in reply.body.get(chain, ()) if reply.status == 200 else ():
            text = values.searched(value, "HumanName" if chain == "name" else "Identifier")
            if text:
                return text
    return None


def _revinclude(client: Client, group: Group, path: str, pool: list[Json]) -> Check:
    """What names a record comes along when it was asked for, and only that."""
    outcome, why = WITHOUT, ""
    for one in pool:
        entries = client.search(group.resource, [("_id", one["id"]), ("_revinclude", path)])
        along = of_mode(entries or [], "include")
        if entries is None:
            outcome, why = FAILED, "the search was refused"
        elif along:
            name = f"{group.resource}/{one['id']}"
            named = [{each.get("reference") for each in record.get("target", ())} for record in along]
            outcome, why = (PASSED, "") if all(name in each for each in named) else (FAILED, "it names another")
            break
    return Check(group.key, f"_revinclude={path}", "SHALL", outcome, why)


def _supports(group: Group, pool: list[Json], sent: list[Json]) -> Iterator[Check]:
    """Each must-support element that was sent in some record of the profile is served in one."""
    for path in group.elements:
        served, had = (any(values.at(one, path) for one in records) for records in (pool, sent))
        outcome = PASSED if served else FAILED if had else WITHOUT
        yield Check(group.key, f"element {path}", "SHALL", outcome, "" if outcome != FAILED else "it was sent")
    for url in group.extensions:
        served, had = (any(url in urls(one) for one in records) for records in (pool, sent))
        outcome = PASSED if served else FAILED if had else WITHOUT
        yield Check(group.key, f"extension {url.rpartition('/')[2]}", "SHALL", outcome)


def urls(one: Json) -> set[str]:
    """The extensions of a record."""
    return {each["url"] for each in one.get("extension", ())}
