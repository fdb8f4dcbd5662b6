"""The place of a row in the list of requests, as an address says it: order keys alone. Each page asks the gate anew."""

from datetime import datetime
from uuid import UUID

from hallway.talking import refusals


def of(request_id: UUID, due_at: datetime, *, is_later: bool) -> str:
    """The cursor of what stands after this row."""
    return f"{int(is_later)}~{due_at.isoformat()}~{request_id}"


def read(text: str) -> dict[str, object]:
    """The keys in a cursor. Raises INCORRECT H-TLK-012 for one that is not ours."""
    try:
        later, due, key = text.split("~")
        due_at, request_id = datetime.fromisoformat(due), UUID(key)
    except ValueError:
        raise refusals.unknown_place() from None
    if later not in {"0", "1"} or due_at.tzinfo is None:
        raise refusals.unknown_place()
    return {"after_later": later == "1", "after_due": due_at, "after_id": request_id}
