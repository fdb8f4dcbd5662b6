"""``POST /fhir``: a Bundle of requests. A batch does each for itself; a transaction does all of them, or none."""

import dataclasses

from hallway.errors import HallwayError
from hallway.fhirapi import answers
from hallway.fhirapi.answers import Answer
from hallway.fhirapi.asked import Asked
from hallway.fhirapi.sent import query_of
from hallway.fhirapi.writing import bundled, entries, patching, prefer
from hallway.fhirapi.writing.entries import Entry
from hallway.fhirapi.writing.prefer import Return

_WRITTEN_TO = ("/fhir/{type}", "/fhir/{type}/{id}")
"""Addresses by which an entry may write."""


def answer(asked: Asked) -> Answer:
    """200 with one response an entry, in their order. Raises what a transaction was refused for."""
    asked.only("_format", "_pretty")
    kind, listed = entries.parse(asked)
    wanted = prefer.of(asked.headers, usual=Return.MINIMAL)
    if kind == "transaction":
        told = bundled.transaction(asked, listed, wanted, run)
    else:
        told = [_alone(asked, one) for one in listed]
    body = b'{"resourceType":"Bundle","type":"%b-response","entry":[%b]}' % (kind.encode(), b",".join(told))
    return Answer(200, body)


def _alone(asked: Asked, one: Entry) -> bytes:
    """One request of a batch: what it is refused for is its own answer."""
    try:
        return bundled.told(run(asked, one))
    except HallwayError as error:
        return bundled.told(answers.of_error(error))


def run(asked: Asked, one: Entry) -> Answer:
    """Ask the same door, as if the entry had come by itself. Raises INCORRECT for an address that no entry may have."""
    from hallway.fhirapi import routes  # the table names this module

    named = routes.find(one.method, f"/fhir/{one.path}")
    if named is None or named[0].public:
        raise entries.no_address()
    route, parts = named
    if one.method not in {"GET", "HEAD"} and route.shape not in _WRITTEN_TO:
        raise entries.no_address()
    headers = {"prefer": asked.headers.get("prefer", "return=minimal"), **one.headers}
    body = patching.operations_in(one.raw) if one.method == "PATCH" else one.raw
    query = query_of(one.query)
    if route.method == "GET":
        asked.budget.read()
    found = route.answer(
        dataclasses.replace(
            asked, parts=parts, query=query, route=route.name, method=route.method, headers=headers, body=body
        )
    )
    asked.budget.answered(len(found.body))
    return found
