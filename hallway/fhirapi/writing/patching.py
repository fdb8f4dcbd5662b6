"""JSON Patch (RFC 6902) on a resource as it was shown, within bounds: how many operations, copies, how large, how deep.

Members that no operation touches stay as they were sent, decimals digit for digit.
"""

import base64
from typing import cast

import jsonpatch
import jsonpointer
import msgspec

from hallway.errors import HallwayError, Kind
from hallway.fhirapi.writing.accepting import incorrect
from hallway.fhirapi.writing.limits import LARGEST_PATCH, MOST_COPIES, MOST_OPERATIONS
from hallway.record.stored import Stored
from hallway.standards.fhir import codec
from hallway.standards.fhir.search import Json


def operations_of(body: bytes) -> list[Json]:
    """The operations. Raises INCORRECT for what is no patch, TOO_LARGE for too much of one."""
    if len(body) > LARGEST_PATCH:
        raise _too_much()
    codec.check_depth(body)
    found = codec.plain(body) if body else None
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in cast("list[object]", found)):
        raise incorrect("H-WRT-033", "This is no JSON Patch: a list of operations of RFC 6902.")
    operations = cast("list[Json]", found)
    if len(operations) > MOST_OPERATIONS or sum(one.get("op") == "copy" for one in operations) > MOST_COPIES:
        raise _too_much()
    return operations


class _Binary(msgspec.Struct, rename="camel"):
    resource_type: str = ""
    content_type: str = ""
    data: str = ""


def operations_in(raw: bytes) -> bytes:
    """The JSON Patch that a Bundle's entry carries in a Binary. Raises INCORRECT for anything else."""
    try:
        held = msgspec.json.decode(raw, type=_Binary)
        if held.resource_type == "Binary" and held.content_type == "application/json-patch+json":
            return base64.b64decode(held.data, validate=True)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError):
        pass
    raise incorrect("H-WRT-044", "A patch in a Bundle is a Binary of type application/json-patch+json.")


def patched(current: Stored, operations: list[Json]) -> bytes:
    """The resource after every operation. Raises UNPROCESSABLE when one does not fit what stands there.

    Version, time and security in ``meta`` are ours: an operation meets what the sender had put there, nothing more.
    """
    document: object = codec.decode(codec.amended(current.json_bytes(), {}))
    for number, operation in enumerate(operations):
        try:
            document = jsonpatch.JsonPatch([operation]).apply(document, in_place=True)
            if operation.get("op") == "copy":
                _refuse_swollen(document)
        except (jsonpatch.JsonPatchException, jsonpointer.JsonPointerException, TypeError, ValueError, KeyError):
            raise _does_not_fit(number) from None
        except RecursionError:
            raise _too_much() from None
    if not isinstance(document, dict):
        raise _does_not_fit(len(operations) - 1)
    return codec.encode(cast("Json", document))


def _refuse_swollen(document: object) -> None:
    """A copy may double size and depth, so both are looked at after each."""
    if not isinstance(document, dict):
        return
    raw = codec.encode(cast("Json", document))
    if len(raw) > codec.LARGEST:
        raise _too_much()
    codec.check_depth(raw)


def _does_not_fit(number: int) -> HallwayError:
    return HallwayError(
        Kind.UNPROCESSABLE,
        "H-WRT-034",
        what="An operation of the patch is none, does not fit the resource, or its test failed.",
        undone="Nothing was saved.",
        to_do="Read the resource again and mend the operation that the expression names.",
        field=f"patch[{number}]",
    )


def _too_much() -> HallwayError:
    return HallwayError(
        Kind.TOO_LARGE,
        "H-WRT-035",
        what=f"A patch holds at most {MOST_OPERATIONS} operations, {MOST_COPIES} copies and 1 MB, and may not swell.",
        undone="Nothing was saved.",
        to_do="Send the whole resource with PUT.",
    )
