"""Bulk Data 2: ``$export`` of everything, of all patients, of one practice's; its status, its files, its end."""

from collections.abc import Sequence
from urllib.parse import urlencode
from uuid import UUID

from hallway import clock
from hallway.errors import HallwayError, Kind
from hallway.exchange.bulk import actions, fetching, refusals
from hallway.exchange.bulk.actions import Wanted
from hallway.exchange.bulk.models import Export, Level, State
from hallway.exchange.bulk.narrowing import Narrowed
from hallway.fhirapi import answers, plans, sent
from hallway.fhirapi.answers import Answer
from hallway.fhirapi.asked import Asked, refused
from hallway.fhirapi.composed import group
from hallway.fhirapi.operations import parameters
from hallway.fhirapi.search import parsing, registry, scoped
from hallway.fhirapi.search.filters import Chain, Has, Near
from hallway.record.criteria import Criterion, Within
from hallway.standards.fhir import search

NDJSON = "application/fhir+ndjson"
FORMATS = (NDJSON, "application/ndjson", "ndjson")
NAMES = ("_outputFormat", "_since", "_type", "_typeFilter")
RETRY_SECONDS = 5
MOST_FILTERS = 20


def of_everything(asked: Asked) -> Answer:
    """``/fhir/$export``: every chart that the program may read, and the directory."""
    return _begin(asked, Level.SYSTEM)


def of_patients(asked: Asked) -> Answer:
    """``/fhir/Patient/$export``: every chart that the program may read."""
    return _begin(asked, Level.PATIENT)


def of_group(asked: Asked) -> Answer:
    """``/fhir/Group/{id}/$export``: the patients of the program's own practice. Another Group is not there."""
    if not actions.is_program(asked.requester, asked.scopes):
        raise refusals.not_a_program()
    group.own(asked)
    return _begin(asked, Level.GROUP)


def _begin(asked: Asked, level: Level) -> Answer:
    """202 with the address to ask how far it is."""
    if not actions.is_program(asked.requester, asked.scopes):
        raise refusals.not_a_program()
    if "respond-async" not in {word.strip() for word in asked.headers.get("prefer", "").split(",")}:
        raise refused("An export is made in the background: send Prefer: respond-async.")
    wanted = _wanted(asked, level)
    try:
        export_id = actions.ask(wanted, by=asked.requester, scopes=asked.scopes)
    except HallwayError as error:
        return _slow(error, seconds=60)
    return Answer(
        202, answers.told("The export has begun."), (("Content-Location", f"{asked.base}/exports/{export_id}"),)
    )


def _wanted(asked: Asked, level: Level) -> Wanted:
    called = parameters.called(asked, *NAMES)
    if called.text("_outputFormat") not in ("", *FORMATS):
        raise refused("The _outputFormat parameter is not newline-delimited JSON.")
    kinds = tuple(dict.fromkeys(called.words("_type")))
    if not set(kinds) <= search.kinds():
        raise refused("The _type parameter names no resource type of R4.")
    since = parameters.instant(called.text("_since"), name="_since")
    return Wanted(level, kinds, since, _narrowed(asked, kinds, called.texts.get("_typeFilter", ())), _request(asked))


def _narrowed(asked: Asked, kinds: tuple[str, ...], texts: Sequence[str]) -> tuple[Narrowed, ...]:
    """What narrows each type: any of its ``_typeFilter``, and the program's granular scopes."""
    if len(texts) > MOST_FILTERS:
        raise refused(f"More than {MOST_FILTERS} _typeFilter parameters were sent.")
    ways: dict[str, list[tuple[Criterion, ...]]] = {}
    for text in texts:
        kind, _, query = text.partition("?")
        if kind not in registry.KINDS or (kinds and kind not in kinds):
            raise refused("A _typeFilter is of a type that is not exported.")
        ways.setdefault(kind, []).append(_criteria(asked, kind, query))
    granular = {one.kind for one in asked.scopes.granted if one.narrowing} if asked.scopes else set[str]()
    found: list[Narrowed] = []
    for kind in sorted(granular.union(ways)):
        own = scoped.criteria_of(asked, kind, "s")
        filtered = (Within(tuple(ways[kind])),) if kind in ways else ()
        if own or filtered:
            found.append(Narrowed(kind, (*own, *filtered)))
    return tuple(found)


def _criteria(asked: Asked, kind: str, query: str) -> tuple[Criterion, ...]:
    """The criteria of one filter. Raises INCORRECT for none, for what shapes an answer, and for steps elsewhere."""
    pairs = sent.query_of(query)
    parsed = parsing.search_of(kind, pairs, Near(asked.base, clock.now()))
    plain = [one for one in parsed.filters if not isinstance(one, Chain | Has)]
    if not pairs or len(plain) != len(pairs):
        raise refused("A _typeFilter holds a type and search parameters of that type's own, and nothing else.")
    return tuple(plain)


def _request(asked: Asked) -> str:
    """The address of the kick-off, as the manifest repeats it."""
    path = asked.route.partition(" ")[2].removeprefix("/fhir").replace("{id}", asked.parts.get("id", ""))
    return f"{asked.base}{path}" + (f"?{urlencode(list(asked.query))}" if asked.query else "")


def status(asked: Asked) -> Answer:
    """202 while it runs, the manifest when it is ready."""
    asked.only("_format", "_pretty")
    try:
        row = actions.poll(_id(asked), by=asked.requester)
    except HallwayError as error:
        return _slow(error, seconds=RETRY_SECONDS)
    if row.state != State.FINISHED:
        progress = ("X-Progress", "waiting" if row.state == State.ACCEPTED else "running")
        return Answer(202, b"", (progress, ("Retry-After", str(RETRY_SECONDS))))
    return _manifest(asked, row)


def _manifest(asked: Asked, row: Export) -> Answer:
    expires = ("Expires", f"{row.ends_at:%a, %d %b %Y %H:%M:%S} GMT")
    return Answer(200, fetching.manifest(row, asked.base), (expires,), content_type="application/json")


def cancel(asked: Asked) -> Answer:
    """End it and delete its files."""
    actions.cancel(_id(asked), by=asked.requester)
    return Answer(202, answers.told("The export has ended. Its files were deleted."))


def file(asked: Asked) -> Answer:
    """One file: the lines that may still leave now."""
    asked.only("_format", "_pretty")
    kind, _, number = asked.parts["file"].removesuffix(".ndjson").rpartition("-")
    if not number.isdigit() or len(number) > 6 or not asked.parts["file"].endswith(".ndjson"):
        raise plans.not_found()
    found = fetching.ndjson(_id(asked), kind, int(number), by=asked.requester, scopes=asked.scopes)
    return Answer(200, found, content_type=NDJSON)


def _id(asked: Asked) -> UUID:
    return UUID(asked.resource_id())


def _slow(error: HallwayError, *, seconds: int) -> Answer:
    """The answer to too many, with the time to wait; any other error goes its way."""
    if error.kind is not Kind.TOO_MANY:
        raise error
    said = answers.of_error(error)
    return Answer(said.status, said.body, (("Retry-After", str(seconds)),))
