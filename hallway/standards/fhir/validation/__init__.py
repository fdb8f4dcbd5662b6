"""Whether a resource is what FHIR R4 4.0.1, and the profiles asked for, say it must be.

Every type is compiled to closures at first use. Extensions that nobody knows are fine; elements that nobody knows are
not. Nothing here changes a resource, and no finding repeats a value.
"""

from collections.abc import Sequence
from typing import cast

from hallway.standards.fhir.path import root
from hallway.standards.fhir.validation.issues import Found, Issue, error, has_error, under
from hallway.standards.fhir.validation.profiled import profile_issues
from hallway.standards.fhir.validation.running import DEEPEST, Json, MemberOf, Resolve, Run
from hallway.standards.fhir.validation.walking import enter_bundle, resource_check

_TOO_DEEP = error("too-long", "depth", f"Objects stand in each other deeper than {DEEPEST} levels.")


def validate(
    resource: Json, *, profiles: Sequence[str] = (), resolve: Resolve | None = None, member_of: MemberOf | None = None
) -> list[Issue]:
    """Everything that is wrong with a decoded resource (decimals as Decimal); empty when nothing is.

    ``profiles`` are addresses of profiles that it must keep besides R4. ``resolve`` follows references that lead
    outside, ``member_of`` knows value sets that are not listed in R4's own definitions; without them nothing is said
    of either. Whoever gives ``resolve`` sees to it that it finds no more than the sender may see: a finding tells
    whether and of what type a target is there.
    """
    run = Run(resource, resolve, member_of)
    if resource.get("resourceType") == "Bundle":
        enter_bundle(run)
    try:
        found = resource_check(resource, run)
    except RecursionError:
        found = [_TOO_DEEP]
    found = (found or []) + _profiled(resource, profiles, run, found)
    if not found:
        return []
    kind = resource.get("resourceType")
    place = kind if isinstance(kind, str) and kind.isalpha() and len(kind) < 50 else ""
    return under(found, place)


def _profiled(resource: Json, profiles: Sequence[str], run: Run, found: Found | None) -> Found:
    """What the profiles say; they are asked only of what is sound as R4."""
    if not profiles or (found and has_error(found)):
        return []
    node = root(resource)
    return [issue for url in profiles for issue in profile_issues(url, node, run)]


def claimed_profiles(resource: Json) -> tuple[str, ...]:
    """The profiles that a resource says it keeps (``meta.profile``)."""
    meta = resource.get("meta")
    named = cast("Json", meta).get("profile") if isinstance(meta, dict) else None
    return tuple(one for one in cast("list[object]", named) if isinstance(one, str)) if isinstance(named, list) else ()


__all__ = ["Issue", "claimed_profiles", "validate"]
