"""What a Bundle says of its entries: addresses that are whole, agree with ids, and can be followed."""

from typing import cast

from hallway.standards.fhir.validation.issues import Found, Issue
from hallway.standards.fhir.validation.running import Json

_NOT_WHOLE = "A fullUrl is a whole address."
_DISAGREES = "A fullUrl ends with the id of its resource."


def _entries(bundle: Json) -> list[Json]:
    held = bundle.get("entry")
    if not isinstance(held, list):
        return []
    return [cast("Json", one) if isinstance(one, dict) else {} for one in cast("list[object]", held)]


def urls_of(bundle: Json) -> dict[str, Json]:
    """The resources of a Bundle by fullUrl, and by Type/id."""
    found: dict[str, Json] = {}
    for entry in _entries(bundle):
        resource = entry.get("resource")
        if not isinstance(resource, dict):
            continue
        held = cast("Json", resource)
        url = entry.get("fullUrl")
        if isinstance(url, str):
            found[url] = held
        if "id" in held:
            found.setdefault(f"{held.get('resourceType')}/{held['id']}", held)
    return found


def bundle_issues(bundle: Json) -> Found:
    """What the entries' addresses break."""
    found: Found = []
    for at, entry in enumerate(_entries(bundle)):
        url, resource = entry.get("fullUrl"), entry.get("resource")
        place = f".entry[{at}].fullUrl"
        if not isinstance(url, str):
            continue
        if ":" not in url:
            found.append(Issue("error", "value", place, "fullUrl", _NOT_WHOLE))
        elif url.startswith("http") and isinstance(resource, dict):
            held = cast("Json", resource)
            if "id" in held and not url.endswith(f"/{held['id']}"):
                found.append(Issue("error", "value", place, "fullUrl", _DISAGREES))
    return found
