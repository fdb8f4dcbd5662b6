"""A transaction: every entry in FHIR's order (delete, create, update and patch, read) in one of ours, or none.

A posted search or operation changes nothing here and is done with the reads; what has a door of its own (a
subscription) follows the facts and the steps.

Ids are given first, so entries may name one another in any order, in circles too. What an entry names by ``urn:uuid``,
by the fullUrl of another or by a search is put into our words before anything is looked at.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime

import msgspec

from hallway.consent.grants import plans as charts
from hallway.errors import HallwayError, Kind
from hallway.exchange.workflow.registry import Workflow
from hallway.fhirapi.answers import REASONS, Answer
from hallway.fhirapi.asked import Asked
from hallway.fhirapi.writing import (
    accepting,
    answering,
    keeping,
    matching,
    patching,
    references,
    rights,
    standing,
    stepping,
)
from hallway.fhirapi.writing.accepting import Sent
from hallway.fhirapi.writing.entries import Entry, no_address, too_many
from hallway.fhirapi.writing.keeping import Change, at_entry
from hallway.fhirapi.writing.limits import MOST_SEARCHES
from hallway.fhirapi.writing.prefer import Prefer
from hallway.fhirapi.writing.references import Sight
from hallway.fhirapi.writing.transacting import whole
from hallway.ids import ChartId, ResourceId, is_ours
from hallway.record import queries
from hallway.record.stored import Stored
from hallway.standards.fhir import codec
from hallway.standards.fhir.search import kinds

Run = Callable[[Asked, Entry], Answer]


@dataclass(slots=True)
class _Work:
    """One attempt at a transaction. ``ids`` are those that entries write to; ``found`` what stood there before."""

    asked: Asked
    entries: Sequence[Entry]
    prefer: Prefer
    sight: Sight
    ids: dict[int, ResourceId] = field(default_factory=dict[int, ResourceId])
    found: dict[int, Stored] = field(default_factory=dict[int, Stored])
    targets: dict[bytes, bytes] = field(default_factory=dict[bytes, bytes])
    answers: dict[int, Answer] = field(default_factory=dict[int, Answer])
    searched: set[str] = field(default_factory=set[str])

    def of(self, *methods: str) -> list[Entry]:
        """Entries of these methods that write to the record, in order."""
        return [one for one in self.entries if one.method in methods and _writes(one)]


def transaction(asked: Asked, entries: Sequence[Entry], prefer: Prefer, run: Run) -> list[bytes]:
    """The responses, in the order of the entries. Raises HallwayError for the first entry refused: nothing is kept."""
    for one in entries:
        with at_entry(one.number):
            _check_address(asked, one)
    done = whole(lambda: _whole(_Work(asked, entries, prefer, Sight(asked)), run), by=asked.requester)
    return [told(done[one.number]) for one in entries]


def _whole(work: _Work, run: Run) -> dict[int, Answer]:
    _match(work)
    _lock(work)
    _look(work)
    for one in work.of("DELETE"):
        with at_entry(one.number):
            _delete(work, one)
    _keep(work)
    for one in sorted((one for one in work.entries if not _writes(one)), key=lambda one: one.reads):
        with at_entry(one.number):
            work.answers[one.number] = run(work.asked, one)
    return work.answers


_OWN_DOOR = frozenset({"Subscription"})
"""Types that are no resources of the record: their own addresses take them, in the same transaction."""


def _writes(one: Entry) -> bool:
    return not one.reads and one.kind not in _OWN_DOOR


def _check_address(asked: Asked, one: Entry) -> None:
    """Who may write is asked before anything is looked at; what is no address of a resource is refused."""
    if not _writes(one):
        return
    named = one.kind in kinds() and "/" not in one.id
    has_place = bool(one.id) != bool(one.query)
    if not named or (has_place if one.method == "POST" else not has_place):
        raise no_address()
    rights.check(asked, one.kind, "c" if one.method == "POST" else "d" if one.method == "DELETE" else "u")


# Which resource each entry means -------------------------------------------------------------------------------------


def _match(work: _Work) -> None:
    """Give every entry the id it writes to, and every name its resource in our words."""
    wanted = {one.number: criteria for one in work.entries if _writes(one) and (criteria := _criteria(one))}
    matching.lock([(one.kind, wanted[one.number]) for one in work.entries if one.number in wanted])
    for one in work.entries:
        if not _writes(one):
            continue
        with at_entry(one.number):
            hit = matching.match(work.asked, one.kind, wanted[one.number]) if one.number in wanted else None
        if hit is not None:
            work.found[one.number] = hit
            work.ids[one.number] = hit.id
        elif one.id:
            work.ids[one.number] = ResourceId(one.id)
        elif one.method != "DELETE":
            work.ids[one.number] = keeping.new_id()
        _name(work, one)


def _criteria(one: Entry) -> str:
    return one.headers.get("if-none-exist", "") if one.method == "POST" else one.query * (one.method in _BY_SEARCH)


_BY_SEARCH = {"PUT", "PATCH", "DELETE"}


def _name(work: _Work, one: Entry) -> None:
    """What other entries may call this one."""
    if one.number not in work.ids or not one.full_url:
        return
    target = f"{one.kind}/{work.ids[one.number]}".encode()
    work.targets[one.full_url.encode()] = target
    tail = "/".join(one.full_url.rsplit("/", 2)[-2:])
    if one.method == "POST" and tail.startswith(f"{one.kind}/"):
        work.targets.setdefault(tail.encode(), target)


def _lock(work: _Work) -> None:
    """Take the locks of every chart written to at once and in order, so two transactions never meet crosswise."""
    held: set[ChartId] = set()
    for one in work.of(*_BY_SEARCH):
        resource_id = work.ids.get(one.number, ResourceId(""))
        if is_ours(resource_id):
            found = queries.charts_holding(one.kind, resource_id)
            held.update(found if work.sight.releases(found) else ())
    if held:
        charts.lock(sorted(held))


def _look(work: _Work) -> None:
    """What stands now where entries write, behind the locks; the versions that they name must stand."""
    for one in work.of(*_BY_SEARCH):
        with at_entry(one.number):
            if one.id or one.number in work.found:
                try:
                    current = standing.locked(work.sight, one.kind, work.ids[one.number])
                except HallwayError as error:
                    if one.method == "DELETE" and error.kind is Kind.NOT_FOUND:
                        continue
                    raise
                answering.refuse_other_version(work.asked, current.version_id, tag=one.headers.get("if-match", "*"))
                work.found[one.number] = current
            elif one.method == "PATCH":
                raise answering.nothing_to_change()


# Doing it ------------------------------------------------------------------------------------------------------------


def _delete(work: _Work, one: Entry) -> None:
    if one.number in work.found:
        keeping.remove(work.asked, work.found[one.number], work.sight)
    work.answers[one.number] = Answer(204, b"")


def _keep(work: _Work) -> None:
    """Facts first and together, then the steps of workflows one by one, in order."""
    changes: list[Change] = []
    for one in work.of("POST", "PUT", "PATCH"):
        with at_entry(one.number):
            current = work.found.get(one.number)
            if one.method == "POST" and current is not None:
                work.answers[one.number] = answering.there_already(work.asked, current, work.prefer)
                continue
            changes.append(Change(_sent(work, one, current), work.ids[one.number], current, one.number))
    keeping.check(work.asked, changes, work.sight)
    facts, steps = _parted(work, changes)
    for change, written in zip(facts, keeping.keep(work.asked, facts, work.sight), strict=True):
        assert change.number is not None
        work.answers[change.number] = answering.kept(work.asked, written, work.prefer, change.sent.warnings)
    for workflow, change in steps:
        with at_entry(change.number):
            _step(work, workflow, change)


def _parted(work: _Work, changes: Sequence[Change]) -> tuple[list[Change], list[tuple[Workflow, Change]]]:
    """The facts among them, and the steps. Nothing comes to stand under the id of a new step: nothing may name it."""
    facts: list[Change] = []
    steps: list[tuple[Workflow, Change]] = []
    for change in changes:
        with at_entry(change.number):
            workflow = stepping.wanted(work.asked, change.sent, change.current)
        if workflow is None:
            facts.append(change)
        else:
            steps.append((workflow, change))
    empty = {f"{one.sent.kind}/{one.id}" for _, one in steps if one.current is None}
    for change in changes if empty else ():
        with at_entry(change.number):
            for named in references.named_in(change.sent.resource):
                if named.text in empty:
                    raise references.missing(named.place)
    return facts, steps


def _step(work: _Work, workflow: Workflow, change: Change) -> None:
    assert change.number is not None
    work.answers[change.number] = stepping.take(work.asked, workflow, change.sent, change.current, prefer=work.prefer)


def _sent(work: _Work, one: Entry, current: Stored | None) -> Sent:
    """The resource that an entry means to leave there, in our words."""
    raw = one.raw
    if one.method == "PATCH":
        assert current is not None
        raw = patching.patched(current, patching.operations_of(patching.operations_in(raw)))
    sent = accepting.read(raw, one.kind, strict=work.prefer.strict)
    if one.method != "POST" and (current is not None or "id" in sent.resource):
        accepting.same_id(sent, work.ids[one.number])
    _resolve_searches(work, sent)
    own = codec.rewrite_references(references.own_words(raw, work.asked.base), work.targets.get)
    return sent if own == raw else Sent(sent.kind, own, codec.decode(own), sent.warnings)


def _resolve_searches(work: _Work, sent: Sent) -> None:
    """Put what a conditional reference finds among the targets. It must find exactly one that the writer may see."""
    found = [one for one in references.named_in(sent.resource) if references.is_conditional(one.text)]
    work.searched |= {one.text for one in found}
    if len(work.searched) > MOST_SEARCHES:
        raise too_many("H-WRT-049", f"A Bundle names at most {MOST_SEARCHES} resources by searches.")
    for named in found:
        text = named.text.encode()
        if text not in work.targets:
            kind, _, criteria = named.text.partition("?")
            hit = matching.match(work.asked, kind, criteria)
            if hit is None:
                raise references.missing(named.place)
            work.targets[text] = f"{hit.kind}/{hit.id}".encode()


# Telling it ----------------------------------------------------------------------------------------------------------

_OUTCOME = b'{"resourceType":"OperationOutcome"'


def told(answer: Answer) -> bytes:
    """An answer as an entry of the response: a resource stands in the entry, an outcome in its response."""
    headers = dict(answer.headers)
    response = [b'"status":"%d %b"' % (answer.status, REASONS[answer.status].encode())]
    if "Location" in headers:
        response.append(b'"location":%b' % msgspec.json.encode(headers["Location"]))
    if "ETag" in headers:
        response.append(b'"etag":%b' % msgspec.json.encode(headers["ETag"]))
    if "Last-Modified" in headers:
        modified = parsedate_to_datetime(headers["Last-Modified"]).strftime("%Y-%m-%dT%H:%M:%SZ")
        response.append(b'"lastModified":"%b"' % modified.encode())
    is_outcome = answer.body.startswith(_OUTCOME)
    if is_outcome:
        response.append(b'"outcome":%b' % answer.body)
    resource = b'"resource":%b,' % answer.body if answer.body and not is_outcome else b""
    return b'{%b"response":{%b}}' % (resource, b",".join(response))
