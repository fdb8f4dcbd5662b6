"""Logs: one JSON object a line, on standard error, without a word of a patient's.

What a person typed, what a row holds and what an address contains never enter: of other libraries' messages only the
template is kept, and of an exception its type, its Hallway code and the places it passed.
"""

import json
import logging
import traceback
from contextvars import ContextVar
from typing import Any, cast

from hallway import clock
from hallway.errors import HallwayError

REQUEST_ID: ContextVar[str] = ContextVar("hallway_request_id", default="")
"""The id of the request that this thread answers; empty outside of any."""


class PlainLines(logging.Formatter):
    """Formats a record as one line of JSON. Fields of ours come as ``extra={"fields": {...}}``."""

    def format(self, record: logging.LogRecord) -> str:
        """The line; arguments of the message are dropped, because they may be anything."""
        line: dict[str, Any] = {
            "at": clock.now().isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": _event(record),
        }
        if request_id := REQUEST_ID.get():
            line["request"] = request_id
        fields = getattr(record, "fields", None)
        if isinstance(fields, dict):
            line |= {str(name): value for name, value in fields.items() if isinstance(value, str | int | float | bool)}
        if record.exc_info and record.exc_info[1] is not None:
            line |= _fault(record.exc_info[1])
        return json.dumps(line, ensure_ascii=True)


def _event(record: logging.LogRecord) -> str:
    """The message's template. The queue writes a job's references into its own, and what became of a chart with them:
    of it the kind of event is kept, and the job's number."""
    if record.name.split(".", 1)[0] == "procrastinate":
        job = getattr(record, "job", None)
        number = cast("dict[str, object]", job).get("id", "") if isinstance(job, dict) else ""
        return f"{getattr(record, 'action', 'queue')} {number}".strip()
    return str(record.msg) if isinstance(record.msg, str) else type(record.msg).__name__


def _fault(error: BaseException) -> dict[str, Any]:
    frames = traceback.extract_tb(error.__traceback__)[-6:]
    told: dict[str, Any] = {
        "fault": type(error).__name__,
        "passed": [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames],
    }
    if isinstance(error, HallwayError):
        told["code"] = error.code
    state = getattr(error, "sqlstate", None)
    return told | ({"sqlstate": state} if isinstance(state, str) else {})


def _short(filename: str) -> str:
    for mark in ("/hallway/", "/site-packages/"):
        if mark in filename:
            return mark.strip("/") + "/" + filename.rpartition(mark)[2]
    return filename.rpartition("/")[2]


CONFIG: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"lines": {"()": "hallway.app.logs.PlainLines"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        # Django would set up a console and a mail handler of its own for these.
        "django": {"handlers": [], "level": "WARNING", "propagate": True},
        "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
        "procrastinate": {"level": "WARNING"},
        "_granian": {"level": "WARNING"},
        "granian.access": {"level": "ERROR"},
    },
}
"""For Django's LOGGING and for processes without Django."""
