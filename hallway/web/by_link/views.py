"""One address for all of it: the birth date, the form, the answer. Its first page is the same for any token."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from hallway.consent import actions
from hallway.consent.forms import links, wording
from hallway.consent.forms.links import OpenLink
from hallway.consent.forms.signing import wants_initials
from hallway.errors import HallwayError, Kind
from hallway.web.access import public
from hallway.web.consents.hand import signature_of
from hallway.web.typed import day_in_parts

COOKIE = "hallway_signing"
LANGUAGES = ("en", "es")


@public
@require_http_methods(["GET", "POST"])
def sign(request: HttpRequest, token: str) -> HttpResponse:
    """Ask for the birth date; then show the form and take yes or no. Nothing about anybody before the date is right."""
    if request.method != "POST":
        return _ask(request)
    step = request.POST.get("step", "")
    try:
        if step == "born":
            return _opened(request, token, actions.open_link(token, day_in_parts(request.POST)))
        if step == "answer":
            return _answered(request, token)
    except HallwayError as wrong:
        if wrong.kind is not Kind.UNPROCESSABLE:
            raise
        return _ask(request, wrong)
    return _ask(request)


def _ask(request: HttpRequest, error: HallwayError | None = None) -> HttpResponse:
    """The same page for every token, known or not."""
    return render(request, "by_link/born.html", {"error": error}, status=422 if error else 200)


def _opened(request: HttpRequest, token: str, sitting: str, error: HallwayError | None = None) -> HttpResponse:
    opened = links.sitting_of(token, sitting)
    answer = render(request, "by_link/form.html", _values(request, opened, error), status=422 if error else 200)
    answer.set_cookie(
        COOKIE, sitting, max_age=int(links.SITTING.total_seconds()), path=request.path, httponly=True,
        samesite="Strict", secure=request.is_secure(),
    )  # fmt: skip
    return answer


def _values(request: HttpRequest, opened: OpenLink, error: HallwayError | None) -> dict[str, object]:
    language = request.POST.get("language", "")
    papers = [wording.words_of(row, opened.by, language=language) for row in opened.forms if row.state == "draft"]
    return {
        "papers": papers,
        "language": papers[0].language if papers else "en",
        "members": range(1, max((row.members_needed for row in opened.forms), default=0) + 1),
        "initials": any(row.state == "draft" and wants_initials(row) for row in opened.forms),
        "is_minor": opened.is_minor,
        "sent": request.POST,
        "error": error,
    }


def _answered(request: HttpRequest, token: str) -> HttpResponse:
    """Yes or no, once; a signature that cannot be read keeps the page open."""
    sitting = request.COOKIES.get(COOKIE, "")
    said = request.POST.get("answer", "")
    language = "es" if request.POST.get("language") == "es" else "en"
    before = links.how_answered(token, sitting)
    if before:
        return _thanks(request, language, signed=before == "signed")
    if said not in ("sign", "no"):
        return _opened(request, token, sitting)
    try:
        hand = signature_of(request, through="link") if said == "sign" else None
        actions.answer_link(token, sitting, signature=hand)
    except HallwayError as wrong:
        if wrong.code == "H-CON-025" or wrong.kind is not Kind.UNPROCESSABLE:
            raise
        return _opened(request, token, sitting, wrong)
    return _thanks(request, language, signed=said == "sign")


def _thanks(request: HttpRequest, language: str, *, signed: bool) -> HttpResponse:
    """The last page. The cookie stays for its twenty minutes, so that a second press is told the same."""
    return render(request, "by_link/done.html", {"signed": signed, "language": language})
