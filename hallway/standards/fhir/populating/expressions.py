"""Reckons the expressions of a questionnaire: FHIRPath, and FHIR queries with FHIRPath between double braces."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Protocol
from urllib.parse import quote

from hallway.errors import HallwayError, Kind
from hallway.standards.fhir.escapes import escaped
from hallway.standards.fhir.path import Given, Items, Meter, Node, Path, PathError, as_text, compile_path, root
from hallway.standards.fhir.populating import limits
from hallway.standards.fhir.populating.asking import FHIRPATH, QUERY, Expression, word
from hallway.standards.fhir.search import Json

Scope = Mapping[str, Items]
"""What stands behind ``%`` and a name."""
_HOLE = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)


class Refused(Exception):  # noqa: N818 - it is no error: the question stays empty
    """Why an expression has no value: a FHIR issue code and a sentence that repeats nothing."""

    def __init__(self, code: str, text: str) -> None:
        """Keep both."""
        super().__init__(text)
        self.code = code
        self.text = text


class Sources(Protocol):
    """What a questionnaire may be filled from, as far as whoever asks may see it."""

    def found(self, query: str) -> Sequence[Json]:
        """The resources of a query or of a reference, no more than ``MOST_FOUND``. Raises Refused."""
        ...


class Reckoner:
    """Expressions of one call, with what they may still take."""

    def __init__(self, sources: Sources, now: datetime, questionnaire: Json) -> None:
        """Nothing was reckoned yet."""
        self.sources = sources
        self.now = now
        self.questionnaire = root(questionnaire)
        self.meter = Meter(limits.WORK)
        self.expressions = limits.MOST_EXPRESSIONS
        self.queries = limits.MOST_QUERIES
        self.references = limits.MOST_RESOLVED
        self._answered: dict[str, list[Json]] = {}

    def value(self, one: Expression, scope: Scope, focus: Node) -> Items:
        """The collection of an expression; of a query the resources it finds. Raises Refused, or TOO_LARGE."""
        if one.language == QUERY:
            return [root(found) for found in self.query(one.text, scope, focus)]
        if one.language != FHIRPATH:
            raise Refused("not-supported", "The language of the expression is not one that is understood here.")
        return self.path(one.text, scope, focus)

    def variable(self, one: Expression, scope: Scope, focus: Node) -> Items:
        """The value of a variable: a query's is a Bundle of what it finds."""
        if one.language != QUERY:
            return self.value(one, scope, focus)
        entries = [{"resource": found} for found in self.query(one.text, scope, focus)]
        return [root({"resourceType": "Bundle", "type": "searchset", **({"entry": entries} if entries else {})})]

    def path(self, text: str, scope: Scope, focus: Node) -> Items:
        """The collection of a FHIRPath expression."""
        self.expressions -= 1
        if self.expressions < 0 or self.meter.left <= 0:
            raise too_much()
        pairs = tuple((name, value) for name, values in scope.items() for value in values)
        given = Given(self.now, self._resolve, variables=pairs, meter=self.meter)
        try:
            return _compiled(text, frozenset(scope)).run(focus, given=given)
        except PathError:
            if self.meter.left <= 0:
                raise too_much() from None
            raise Refused("invalid", "The expression cannot be understood, or does not fit what it looks at.") from None

    def query(self, text: str, scope: Scope, focus: Node) -> list[Json]:
        """The resources of a query; none where a hole in it has no value, for it would ask for more then."""
        holes = {hole: self._hole(hole, scope, focus) for hole in dict.fromkeys(_HOLE.findall(text))}
        if not all(holes.values()):
            return []
        return self.asked(_HOLE.sub(lambda found: holes[found[1]], text))

    def asked(self, query: str) -> list[Json]:
        """The resources of a whole query, asked once however often it stands."""
        if query not in self._answered:
            self.queries -= 1
            if self.queries < 0:
                raise too_much()
            self._answered[query] = list(self.sources.found(query))
        return self._answered[query]

    def _hole(self, text: str, scope: Scope, focus: Node) -> str:
        words = [_searched(one) for one in self.path(text.strip(), scope, focus)]
        return ",".join(quote(one, safe="") for one in words if one)

    def _resolve(self, reference: str, _: Node | None) -> Node | None:
        """What a reference names, as far as it may be seen: hidden and missing are alike."""
        self.references -= 1
        if self.references < 0:
            raise too_much()
        try:
            found = self.sources.found(reference) if "?" not in reference else ()
        except Refused:
            return None
        return root(found[0]) if found else None


def _searched(value: object) -> str:
    """A value as a search takes it; commas and the like stand for themselves."""
    if isinstance(value, Node) and isinstance(value.value, dict):
        held: Json = dict(value.value)
        system, code = word(held, "system"), word(held, "code") or word(held, "value")
        return f"{escaped(system)}|{escaped(code)}" if system and code else escaped(code)
    return escaped(as_text(value) or "")


@lru_cache(maxsize=1024)
def _compiled(text: str, names: frozenset[str]) -> Path:
    if len(text) > limits.LONGEST_EXPRESSION:
        raise Refused("too-long", f"An expression has at most {limits.LONGEST_EXPRESSION} letters.")
    return compile_path(text, names)


def too_much() -> HallwayError:
    """The questionnaire asks for more than one call may."""
    return HallwayError(
        Kind.TOO_LARGE,
        "H-POP-001",
        what="The questionnaire asks for more work than one call may take.",
        undone="Nothing was filled.",
        to_do="Read the limits in docs/operations.md, and cut it into smaller ones.",
    )
