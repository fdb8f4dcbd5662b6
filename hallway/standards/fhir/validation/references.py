"""References: their form, whom they name, and whether that may stand there."""

import re
from functools import lru_cache

from hallway.standards.fhir import definitions
from hallway.standards.fhir.validation.issues import Found, Issue, error
from hallway.standards.fhir.validation.running import Json, Run

_LOCAL = re.compile(
    r"(?:(?:https?|ftp)://[^\s?#]+/)?([A-Za-z]+)/[A-Za-z0-9\-.]{1,64}(?:/_history/[A-Za-z0-9\-.]{1,64})?(?:#\S*)?\Z"
)
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:\S+\Z")
_UUID = re.compile(r"urn:uuid:[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\Z")
_FORM = Issue("error", "value", ".reference", "reference-form", "A reference is Type/id, an address, or # and an id.")
_WRONG = error("structure", "reference-target", "A resource of this type may not be named here.")
_UNSAID = Issue("error", "invariant", "", "ref-1", "The contained resource that is named is not there.")
_LOST = Issue(
    "error", "not-found", ".reference", "reference-lost", "The Bundle has no entry that this reference names."
)
_WHOLE_BUNDLES = {"transaction", "document", "message"}


@lru_cache(maxsize=50_000)
def _named_type(reference: str) -> str | None:
    """The type that the text of a reference names; empty when it names none, None when it is no reference."""
    found = _LOCAL.match(reference)
    if found is not None and found.group(1) in definitions.resource_names():
        return found.group(1)
    if reference.startswith("urn:uuid:"):
        return "" if _UUID.match(reference) else None
    return (
        ""
        if _ABSOLUTE.match(reference) or (found is None and reference.startswith("?")) or _is_conditional(reference)
        else None
    )


def _is_conditional(reference: str) -> bool:
    """``Patient?identifier=...``, as transactions may hold it."""
    kind, mark, rest = reference.partition("?")
    return bool(mark and rest) and kind in definitions.resource_names()


def reference_issue(held: Json, targets: frozenset[str], run: Run) -> Found | None:
    """What is wrong with a Reference that may name ``targets``; an empty set allows all."""
    reference = held.get("reference")
    said = held.get("type")
    if type(reference) is str:
        kind = reference.partition("/")[0]
        if kind in targets and "?" not in reference and _named_type(reference):
            return None
        found = _located(reference, targets, run)
        if found is not None:
            return [found]
    if targets and type(said) is str and said in definitions.resource_names() and said not in targets:
        return [_WRONG]
    return None


def _located(reference: str, targets: frozenset[str], run: Run) -> Issue | None:
    if reference.startswith("#"):
        there = run.named(reference)
        return _UNSAID if there is None else _fits(there, targets)
    kind = _named_type(reference)
    if kind is None:
        return _FORM
    if kind:
        return _WRONG if targets and kind not in targets else None
    there = run.named(reference)
    if there is None:
        return _lost(run) if run.urls and reference.startswith("urn:") else None
    return _fits(there, targets)


def _lost(run: Run) -> Issue:
    """A Bundle that stands for itself must hold what it names by urn; of another a part may have been left out."""
    return _LOST if run.bundle_type in _WHOLE_BUNDLES else _LOST._replace(severity="warning")


def _fits(there: Json, targets: frozenset[str]) -> Issue | None:
    kind = there.get("resourceType")
    return _WRONG if targets and not (isinstance(kind, str) and kind in targets) else None


def allowed(targets: tuple[str, ...]) -> frozenset[str]:
    """The types that may be named; empty when all may. A profile's name counts as nothing here."""
    known = frozenset(one for one in targets if definitions.is_known(one))
    return frozenset() if "Resource" in known or len(known) < len(targets) else known
