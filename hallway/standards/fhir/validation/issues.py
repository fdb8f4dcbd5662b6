"""What validation finds: where, how bad, of which kind, in a plain sentence that never repeats a value."""

from collections.abc import Iterable
from typing import NamedTuple


class Issue(NamedTuple):
    """One finding. ``expression`` is the FHIRPath of the place: ``Patient.name[0].given[1]``.

    ``severity`` is error or warning; ``code`` one of FHIR's issue types (structure, required, value, invariant,
    code-invalid, not-found, too-long); ``key`` names the rule: an invariant's own key, or ours.
    """

    severity: str
    code: str
    expression: str
    key: str
    text: str


Found = list[Issue]
"""Findings on the way up: their expressions start at the value that was looked at."""


def error(code: str, key: str, text: str) -> Issue:
    """A finding at the value itself for which the resource is refused."""
    return Issue("error", code, "", key, text)


def warning(code: str, key: str, text: str) -> Issue:
    """A finding at the value itself that does not speak against the resource."""
    return Issue("warning", code, "", key, text)


def under(found: Iterable[Issue], place: str) -> Found:
    """The findings seen from further up."""
    return [Issue(severity, code, place + expression, key, text) for severity, code, expression, key, text in found]


def has_error(found: Iterable[Issue]) -> bool:
    """Whether any finding is an error."""
    return any(one.severity == "error" for one in found)
