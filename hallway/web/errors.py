"""Error pages: what happened, what was left undone, what to do now. Not found and not allowed are one answer."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render as render_template
from django.template.loader import render_to_string

from hallway.errors import HallwayError, Kind

NOT_THERE = HallwayError(
    Kind.NOT_FOUND,
    "H-WEB-404",
    what="There is nothing here that you may open.",
    undone="Nothing was changed.",
    to_do="Check the address, or go back to where you came from.",
)
"""The one answer for what does not exist and for what this reader may not know."""

NO_ACCESS_LINE = HallwayError(
    Kind.FAULT,
    "H-WEB-001",
    what="This page is not ready for anybody.",
    undone="Nothing was shown and nothing was changed.",
    to_do="Call us and say the code.",
)
"""A view of ours lacks its access line: a defect, and so nobody may use it."""

UNREADABLE = HallwayError(
    Kind.INCORRECT,
    "H-WEB-400",
    what="We could not read what your browser sent.",
    undone="Nothing was changed.",
    to_do="Go back, load the page again and try once more.",
)

TOO_OLD = HallwayError(
    Kind.INCORRECT,
    "H-WEB-403",
    what="This form had grown too old to send.",
    undone="Nothing was sent.",
    to_do="Go back, load the page again and send it once more.",
)


def render(request: HttpRequest, error: HallwayError) -> HttpResponse:
    """The page of an error, or the region alone when htmx asked for one. Never the error's own words for NOT_FOUND."""
    if error.kind in {Kind.NOT_FOUND, Kind.FORBIDDEN}:
        error = NOT_THERE
    again = error.kind in {Kind.GONE, Kind.CONFLICT}
    context: dict[str, object] = {
        "title": "Nothing here" if error is NOT_THERE else "Not done",
        "what": error.what,
        "undone": error.undone,
        "to_do": error.to_do,
        "code": "" if error is NOT_THERE else error.code,
        "link": request.path if error.kind is Kind.GONE and request.method == "GET" else "/",
        "label": "Open it again" if again and request.method == "GET" else "Go to your start page",
    }
    name = "region" if getattr(request, "htmx", False) else "page"
    return render_template(request, f"hallway/errors/{name}.html", context, status=error.status)


def not_found(request: HttpRequest, exception: Exception | None) -> HttpResponse:
    """404, the same bytes for everything that is not there or not for this reader."""
    return render(request, NOT_THERE)


def forbidden(request: HttpRequest, exception: Exception | None) -> HttpResponse:
    """403 does not exist for readers: it is the 404."""
    return render(request, NOT_THERE)


def bad_request(request: HttpRequest, exception: Exception | None) -> HttpResponse:
    """400: the request cannot be understood."""
    return render(request, UNREADABLE)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form from a page that is too old, or from elsewhere."""
    return render(request, TOO_OLD)


def fault(request: HttpRequest) -> HttpResponse:
    """500: a defect of ours. Rendered without asking the database for anything."""
    from hallway.web.context import SHEETS

    context: dict[str, object] = {
        "what": "Something of ours broke.",
        "undone": "What you sent may not have been saved.",
        "to_do": "Look at the page again before you repeat it.",
        "code": "H-WEB-500",
        "link": "/",
        "label": "Go to your start page",
        "sheets": SHEETS,
    }
    return HttpResponse(render_to_string("hallway/errors/bare.html", context), status=500)
