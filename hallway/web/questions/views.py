"""The one door of the patient's questions. It speaks with a page and, where the page's script asks, in JSON.

Nothing about anybody before the birth date is right; the same page for whatever opens nothing; nothing stays behind.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from hallway.errors import HallwayError, Kind
from hallway.screening.asking import actions, keys, queries
from hallway.screening.asking.actions import RELATIONS, Ways
from hallway.screening.asking.standing import Standing, standing_of
from hallway.screening.models import Sitting
from hallway.screening.safety.rows import crisis_line
from hallway.web.access import public
from hallway.web.questions import handing, showing
from hallway.web.questions.words import LANGUAGES, in_words, words
from hallway.web.typed import day_in_parts, number

COOKIE = "hallway_questions"
CLOSES_AFTER = timedelta(minutes=10)
"""How long a page on a shared tablet may stand untouched."""
_DIGITS = 3
"""Of a question's place in a sitting."""


@public
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, secret: str) -> HttpResponse:
    """Ask for the birth date where it is wanted; then one question a screen until the answers are sent."""
    ways = Ways(secret, request.COOKIES.get(COOKIE, ""))
    step = request.POST.get("step", "") if request.method == "POST" else "show"
    try:
        return _STEPS.get(step, _show)(request, ways)
    except HallwayError as wrong:
        if wrong.kind not in (Kind.UNPROCESSABLE, Kind.CONFLICT):
            raise
        if _wants_json(request):
            return JsonResponse({"over": wrong.code == "H-ASK-001"}, status=422)
        return _born(request, wrong if request.method == "POST" else None)


def _wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept", "").startswith("application/json")


# The first page ---------------------------------------------------------------------------------------------------


def _born(request: HttpRequest, error: HallwayError | None = None) -> HttpResponse:
    """The same page for every secret that does not open by itself."""
    return render(request, "questions/born.html", {"error": error}, status=422 if error else 200)


def _open(request: HttpRequest, ways: Ways) -> HttpResponse:
    """The birth date was sent; right, it gives the browser a cookie that lives for this address alone."""
    session = actions.open_with_birth_date(ways.secret, day_in_parts(request.POST))
    if request.POST.get("language") in LANGUAGES:
        actions.use_language(Ways(ways.secret, session), request.POST["language"])
    return _open_longer(request, redirect(request.path), session)


def _open_longer(request: HttpRequest, answer: HttpResponse, session: str) -> HttpResponse:
    """The answer, with which the browser keeps its own secret for an hour from now."""
    if session:
        answer.set_cookie(
            COOKIE, session, max_age=int(keys.OPEN_FOR.total_seconds()), path=request.path, httponly=True,
            samesite="Strict", secure=request.is_secure(),
        )  # fmt: skip
    return answer


# The questions ---------------------------------------------------------------------------------------------------


def _show(request: HttpRequest, ways: Ways) -> HttpResponse:
    """Where it stands: the start, the question asked for or the first that waits, or the end."""
    try:
        now = standing_of(keys.sitting_by(ways))
    except HallwayError:
        if _wants_json(request):
            raise
        return _born(request)
    if handing.is_signed_in(request) and now.sitting.mode == Sitting.Mode.TABLET:
        return _page(request, "hand", now.sitting, {"closes_after": 0})
    if _wants_json(request):
        return JsonResponse(showing.whole(now, queries.last_number(now.sitting.id)))
    if now.sitting.state == "asked" and request.GET.get("at") is None:
        return _start(request, now)
    return _question(request, now)


def _start(request: HttpRequest, now: Standing) -> HttpResponse:
    is_for_parent = any(one.answered_by == "parent" for one in now.instruments)
    said = words(now.sitting.language)
    values = {
        "count": said["count_one"] if len(now.put) == 1 else said["count"].format(count=len(now.put)),
        "relations": [(key, said[key]) for key in RELATIONS],
        "asks_who": now.is_under_age or is_for_parent or now.sitting.answered_by == "proxy",
        "relation": now.sitting.proxy_relation or ("parent" if is_for_parent else ""),
    }
    return _page(request, "start", now.sitting, values)


def _question(request: HttpRequest, now: Standing) -> HttpResponse:
    """The question of the number asked for, the first that waits, or the end. No address tells what is asked."""
    wanted = number(request.GET.get("at", ""), digits=_DIGITS)
    place = showing.first_waiting(now) if wanted is None else wanted - 1
    if place is None or not 0 <= place < len(now.put):
        return _page(request, "last", now.sitting, {"back": len(now.put)})
    asked = showing.asked(now, place)
    values = {
        "asked": asked,
        "far": words(now.sitting.language)["of"].format(number=asked.number, count=asked.count),
        "back": place,
        "number": queries.last_number(now.sitting.id) + 1,
    }
    return _page(request, "question", now.sitting, values)


def _begin(request: HttpRequest, ways: Ways) -> HttpResponse:
    """The first press: who answers, then the first question."""
    who = request.POST.get("who", "")
    if who in RELATIONS:
        actions.say_who(ways, answered_by="proxy", relation=who)
    elif who == "patient":
        actions.say_who(ways, answered_by="patient")
    keys.sitting_by(ways)
    return redirect(f"{request.path}?at=")


def _answer(request: HttpRequest, ways: Ways) -> HttpResponse:
    """Keep one answer; a page with a script hears whether it was kept, another is led on."""
    form = request.POST
    instrument, _, question = form.get("question", "").partition("/")
    sent = number(form.get("number", ""))
    kept = actions.answer(ways, instrument, question, form.get("code", ""), number=-1 if sent is None else sent)
    if _wants_json(request):
        told: HttpResponse = JsonResponse({"kept": kept.is_kept, "stay": kept.must_stay})
    elif kept.must_stay:
        told = _page(request, "stay", keys.sitting_by(ways))
    else:
        told = redirect(f"{request.path}?at=")
    return _open_longer(request, told, ways.session)


def _language(request: HttpRequest, ways: Ways) -> HttpResponse:
    """Another language, on the same question."""
    actions.use_language(ways, request.POST.get("language", ""))
    if _wants_json(request):
        return JsonResponse({"kept": True})
    at = number(request.POST.get("at", ""), digits=_DIGITS)
    return redirect(request.path if at is None else f"{request.path}?at={at}")


def _send(request: HttpRequest, ways: Ways) -> HttpResponse:
    """The answers are sent; or further questions follow from them."""
    if not actions.finish(ways):
        return redirect(f"{request.path}?at=")
    return _done(request, ways, "done")


def _may_stop(request: HttpRequest, ways: Ways) -> HttpResponse:
    return _page(request, "stop", keys.sitting_by(ways))


def _stop(request: HttpRequest, ways: Ways) -> HttpResponse:
    """What was answered is sent, the rest is not asked."""
    before = keys.was_sent(ways) or keys.sitting_by(ways)
    actions.stop(ways)
    return _done(request, ways, "done", before)


def _decline(request: HttpRequest, ways: Ways) -> HttpResponse:
    before = keys.sitting_by(ways)
    actions.decline(ways)
    return _done(request, ways, "declined", before)


def _leave(request: HttpRequest, ways: Ways) -> HttpResponse:
    """The tablet is given back before the end; nobody opens these questions from it again."""
    before = keys.sitting_by(ways)
    actions.leave(ways)
    return _done(request, ways, "left", before)


def _hand(request: HttpRequest, ways: Ways) -> HttpResponse:
    """Somebody signed in hands this browser over: their session ends here and on the server."""
    keys.sitting_by(ways)
    return handing.without_session(request, redirect(request.path))


def _done(request: HttpRequest, ways: Ways, what: str, sitting: Sitting | None = None) -> HttpResponse:
    """The last page. Those before it are not to be had from the browser's memory; what others could not send stays."""
    ended = sitting or keys.was_sent(ways)
    values = {"what": what, "closes_after": 0}
    answer = _page(request, "done", ended, values) if ended else _born(request)
    answer["Clear-Site-Data"] = handing.CLEARED
    return answer


_STEPS: Mapping[str, Callable[[HttpRequest, Ways], HttpResponse]] = {
    "show": _show,
    "born": _open,
    "begin": _begin,
    "answer": _answer,
    "language": _language,
    "send": _send,
    "may-stop": _may_stop,
    "stop": _stop,
    "decline": _decline,
    "leave": _leave,
    "hand": _hand,
}


def _page(
    request: HttpRequest, name: str, sitting: Sitting, values: Mapping[str, object] | None = None
) -> HttpResponse:
    language, is_here = sitting.language, sitting.mode == Sitting.Mode.TABLET
    line = crisis_line()
    shown = {
        "w": words(language),
        "both": [(code, label, words(code)) for code, label in LANGUAGES.items()],
        "language": language,
        "mode": sitting.mode,
        "closes_after": int(CLOSES_AFTER.total_seconds()) if is_here else 0,
        "line": {
            "number": line.number,
            "name": in_words(line.name, language)[0],
            "stay": in_words(line.stay if is_here else line.away, language)[0],
        },
        "lines": {code: in_words(line.stay if is_here else line.away, code)[0] for code in LANGUAGES},
        **(values or {}),
    }
    return render(request, f"questions/{name}.html", shown)
