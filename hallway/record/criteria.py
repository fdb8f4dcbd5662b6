"""What a search looks for, parsed: the words of the FHIR door on one side, the SQL of the record on the other. Pure.

Every criterion must hold; within one, any of its values will do. Texts are folded, codes and references are search
tokens as ``standards.fhir.search`` makes them, numbers and instants are pairs of a lower and an upper end.

How the door spells what it looks for (``code`` is the search parameter):

========================================  ==========================================================================
coded value                               ``code=word``, ``code=system|word``, ``code=|word`` (has no system),
                                          ``code=system|`` (any word of the system)
reference                                 ``code=Patient/ID``, an absolute address as sent, a canonical without and
                                          with its ``|version``; never with ``/_history/``
``code:identifier``                       ``code:identifier=`` and the four forms of a coded value
``identifier:of-type``                    ``identifier:of-type=system|type|value``
``name:exact``                            ``name:exact=`` and the text as it was sent; only where texts are indexed
composite of a token with a token         ``composite=LEFT$RIGHT``, each in the forms of a coded value
composite of a token with a string        ``composite=LEFT$folded text``
composite of a token with a range         ``Spans`` under ``composite$LEFT``
``_tag``, ``_profile``, ``_source``       ``_tag=`` as a coded value, ``_profile=url``, ``_source=uri``
========================================  ==========================================================================
"""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from hallway.ids import ResourceId


class Tokens(NamedTuple):
    """Carries one of these search tokens; ``none``: carries none of them (``:not``)."""

    any_of: tuple[str, ...]
    none: bool = False


class Texts(NamedTuple):
    """A word found under ``code`` begins with one of these folded texts, or contains it (``:contains``)."""

    code: str
    any_of: tuple[str, ...]
    within: bool = False


class Compare(StrEnum):
    """The prefixes of R4 search, section 3.1.1.4.5."""

    EQ = "eq"
    NE = "ne"
    GT = "gt"
    LT = "lt"
    GE = "ge"
    LE = "le"
    SA = "sa"
    EB = "eb"
    AP = "ap"


class Span(NamedTuple):
    """A searched value with what its precision leaves open: microseconds since 1970 for dates, else plain numbers.

    Both ends belong to it: 2024-03 ends with the last microsecond of March; 100 goes from 99.5 to 100.5. For ``ap``
    they are already drawn apart, and whatever overlaps them is near. ``unit`` is empty, a code, or ``system|code``.
    """

    compare: Compare
    low: float
    high: float
    unit: str = ""


class Spans(NamedTuple):
    """A value under ``code`` (a date, number or quantity parameter) compares so with one of these."""

    code: str
    any_of: tuple[Span, ...]


class Present(NamedTuple):
    """``:missing``: whether anything is found under ``code`` at all."""

    code: str
    present: bool


class Updated(NamedTuple):
    """``_lastUpdated`` compares so."""

    any_of: tuple[Span, ...]


class Labels(NamedTuple):
    """``_security``: the label mask has one of these bits; ``none``: it has none of them."""

    bits: int
    none: bool = False


class Ids(NamedTuple):
    """``_id`` is one of these."""

    any_of: tuple[ResourceId, ...]


class Within(NamedTuple):
    """Any of several groups of criteria holds whole (granular scopes, composites that were taken apart)."""

    any_of: tuple[tuple["Criterion", ...], ...]


Criterion = Tokens | Texts | Spans | Present | Updated | Labels | Ids | Within


class Sort(NamedTuple):
    """One key of ``_sort``: ``by`` is ``dated`` (the clinical date), ``updated``, ``id``, or a search parameter."""

    by: str
    descending: bool = False


class Place(NamedTuple):
    """Where a page ends: the values of the sort keys of its last resource, as text, then its id."""

    keys: tuple[str | None, ...]
    id: ResourceId


class Query(NamedTuple):
    """One search of one resource type. ``sort`` empty means newest first, undated last, then by id descending."""

    kind: str
    criteria: tuple[Criterion, ...] = ()
    sort: tuple[Sort, ...] = ()
    limit: int = 50
    ahead: int = 0
    after: Place | None = None
    updated_before: datetime | None = None
