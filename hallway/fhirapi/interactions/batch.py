"""``POST /fhir``: a Bundle of requests. A batch does each for itself; a transaction does all of them, or none.

An entry may ask whatever an address may be asked, by the same table and with the scopes of the whole request: reads,
searches by GET and POST, histories, operations, writes, subscriptions. Not another Bundle, and no export: its answers
come later, and are no resources.
"""

import dataclasses
from collections.abc import Callable
from functools import partial

from hallway.errors import HallwayError
from hallway.fhirapi import answers, bundles
from hallway.fhirapi.addresses import Found
from hallway.fhirapi.answers import Answer
from hallway.fhirapi.asked import Asked
from hallway.fhirapi.sent import FORM, query_of
from hallway.fhirapi.writing import bundled, calling, entries, patching, prefer
from hallway.fhirapi.writing.entries import Entry
from hallway.fhirapi.writing.prefer import Return

Find = Callable[[str, str], Found | None]
"""From method and path to the route of the door's table: the same by which a request is answered that comes alone."""
_NEVER = ("/fhir/$export", "/fhir/Patient/$export", "/fhir/Group/{id}/$export", "/fhir/exports/{id}")
"""Addresses of exports, and the beginning of those of their files."""


def answer(find: Find, asked: Asked) -> Answer:
    """200 with one response an entry, in their order. Raises what a transaction was refused for."""
    asked.only("_format", "_pretty")
    kind, listed = entries.parse(asked)
    wanted = prefer.of(asked.headers, usual=Return.MINIMAL)
    if kind == "transaction":
        calling.refuse_in_transaction(listed)
        told = bundled.transaction(asked, listed, wanted, partial(run, find))
    else:
        told = [_alone(find, asked, one) for one in listed]
    return Answer(200, bundles.bundle(f"{kind}-response", told))


def _alone(find: Find, asked: Asked, one: Entry) -> bytes:
    """One request of a batch: what it is refused for is its own answer."""
    try:
        return bundled.told(run(find, asked, one))
    except HallwayError as error:
        return bundled.told(answers.of_error(error))


def run(find: Find, asked: Asked, one: Entry) -> Answer:
    """Ask the same door, as if the entry had come by itself. Raises INCORRECT for an address that no entry may have."""
    named = find(one.method, f"/fhir/{one.path}")
    if named is None or named[0].public or named[0].shape.startswith(_NEVER):
        raise entries.no_address()
    route, parts = named
    headers = {"prefer": asked.headers.get("prefer", "return=minimal"), **one.headers}
    if one.reads:
        asked.budget.read()
    found = route.answer(
        dataclasses.replace(
            asked,
            parts=parts,
            query=query_of(one.query),
            route=route.name,
            method=route.method,
            headers=headers,
            body=_body(one, route.takes),
        )
    )
    asked.budget.answered(len(found.body))
    return found


def _body(one: Entry, takes: tuple[str, ...]) -> bytes:
    """What the address is sent: a patch travels in a Binary, the form of a search as Parameters."""
    if one.method == "PATCH":
        return patching.operations_in(one.raw)
    return calling.form_of(one.raw) if takes == (FORM,) else one.raw
