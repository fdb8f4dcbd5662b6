"""``_include`` and ``_revinclude``: what comes along with the matches, each gated for itself, none twice."""

from collections.abc import Iterable, Sequence

from hallway.fhirapi.budget import too_costly
from hallway.fhirapi.search import linked, registry, scoped
from hallway.fhirapi.search.ground import Ground
from hallway.fhirapi.search.limits import MOST_INCLUDED, MOST_ROUNDS
from hallway.fhirapi.search.results import Include, Results
from hallway.ids import ResourceId, is_ours
from hallway.record.criteria import Ids, Query, Sort, Tokens
from hallway.record.stored import Stored

Key = tuple[str, str]


def included(ground: Ground, matches: Sequence[Stored], results: Results) -> list[Stored]:
    """What the paths of a search add to its matches, in the order found.

    A target that is hidden, missing or beyond the program's scopes is not there. Raises TOO_COSTLY for too many: what
    comes along is never cut off.
    """
    have: dict[Key, Stored] = {(one.kind, one.id): one for one in matches}
    found: list[Stored] = []
    fresh, rounds = list(matches), 0
    while fresh and rounds <= MOST_ROUNDS:
        ahead = [one for one in results.includes if rounds == 0 or one.iterate]
        back = [one for one in results.revincludes if rounds == 0 or one.iterate]
        added = _named(ground, fresh, ahead, have) + _naming(ground, fresh, back, have)
        fresh = []
        for one in added:
            if have.setdefault((one.kind, one.id), one) is one:
                fresh.append(one)
        found += fresh
        if len(found) > MOST_INCLUDED:
            raise too_costly(f"More than {MOST_INCLUDED} resources would come along.", name="_include")
        rounds += 1
    return found


def _named(
    ground: Ground, sources: Sequence[Stored], paths: Sequence[Include], have: dict[Key, Stored]
) -> list[Stored]:
    """What the sources name by the paths."""
    wanted: dict[str, dict[ResourceId, None]] = {}
    for path in paths:
        for one in sources:
            for kind, name in _targets(one, path):
                if (kind, name) not in have:
                    wanted.setdefault(kind, {})[ResourceId(name)] = None
    return [one for kind in sorted(wanted) for one in _found(ground, Query(kind, (Ids(tuple(wanted[kind])),)))]


def _targets(one: Stored, path: Include) -> Iterable[Key]:
    if path.kind not in (one.kind, registry.ANY):
        return
    codes = [path.code] if path.code != registry.ANY else [each.code for each in registry.references(one.kind)]
    for code in codes:
        for kind, name in linked.named_by(one, code):
            if kind in registry.KINDS and is_ours(name) and path.target in ("", kind):
                yield kind, name


def _naming(
    ground: Ground, targets: Sequence[Stored], paths: Sequence[Include], have: dict[Key, Stored]
) -> list[Stored]:
    """What names the targets by the paths."""
    found: list[Stored] = []
    for path in paths:
        aimed = [one for one in targets if path.target in ("", one.kind)]
        for code in _codes(path):
            tokens = tuple(f"{code}={one.kind}/{one.id}" for one in aimed)
            if tokens:
                found += _found(ground, Query(path.kind, (Tokens(tokens),)))
    return [one for one in found if (one.kind, one.id) not in have]


def _codes(path: Include) -> list[str]:
    if path.code != registry.ANY:
        return [path.code]
    return [one.code for one in registry.references(path.kind)]


def _found(ground: Ground, query: Query) -> list[Stored]:
    if not scoped.allows(ground.asked, query.kind, "r") and not scoped.allows(ground.asked, query.kind, "s"):
        return []
    return ground.find(query._replace(sort=(Sort("id"),), limit=MOST_INCLUDED, ahead=1))
