"""FHIR dates, whole and partial, and the instant by which a resource is ordered in a chart."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import cast

from hallway.standards.fhir.search import Json

_USUAL = (
    "effectiveDateTime", "effectivePeriod", "effectiveInstant", "onsetDateTime", "onsetPeriod", "period",
    "performedDateTime", "performedPeriod", "occurrenceDateTime", "occurrencePeriod", "authoredOn", "authored", "start",
    "recordedDate", "dateTime", "date", "sent", "recorded", "issued", "created", "billablePeriod", "started",
    "whenHandedOver", "dateAsserted", "startDate", "assertedDate", "statusDate", "recordedOn", "timestamp",
)  # fmt: skip
_BY_KIND: dict[str, tuple[str, ...]] = {
    "Condition": ("onsetDateTime", "onsetPeriod", "recordedDate"),
    "DocumentReference": ("date", "context"),
    "Task": ("authoredOn", "lastModified"),
    "Provenance": ("recorded", "occurredDateTime"),
    "Patient": (),
    "Organization": (),
    "Practitioner": (),
    "PractitionerRole": (),
    "Location": (),
}


def parse(text: str) -> datetime | None:
    """A FHIR date, dateTime or instant as an aware UTC instant; a partial one at its beginning; None if it is neither.

    A date without a time is taken at midnight UTC: it orders, it does not claim an hour.
    """
    whole = text if len(text) > 7 else f"{text}-01" if len(text) == 7 else f"{text}-01-01"
    try:
        found = datetime.fromisoformat(whole)
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def is_impossible(text: str) -> bool:
    """Whether a text that should be a date or dateTime names no moment in the years 1800 to 2200."""
    found = parse(text)
    return found is None or not 1800 <= found.year <= 2200


def instant(text: str) -> datetime | None:
    """A moment with its time of day, in the years 1800 to 2200; None for any other text."""
    return None if "T" not in text or is_impossible(text) else parse(text)


def dated_at(kind: str, resource: Json) -> datetime | None:
    """When the thing happened that the resource tells of; None where it does not say or where time has no meaning."""
    return _first(resource, _BY_KIND.get(kind, _USUAL))


def _first(resource: Json, names: Iterable[str]) -> datetime | None:
    for name in names:
        value = resource.get(name)
        if isinstance(value, dict):
            period = cast("Json", value)
            value = period.get("start") or period.get("end")
        if isinstance(value, str) and (found := parse(value)) is not None:
            return found
    return None
