"""How a practice runs its rules: how often each fires and how it ends, tried otherwise over the last year, and kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core import signing
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from hallway import clock
from hallway.errors import HallwayError, Kind
from hallway.identity.requester import Requester, Role
from hallway.ids import PractitionerId
from hallway.triggers import actions, queries
from hallway.triggers.dry_run import check_parameters, would_have_fired
from hallway.triggers.gathering import tunings_of
from hallway.triggers.tables.rows import ROWS, Row, Value
from hallway.web.access import PageRequest, page
from hallway.web.chart.reading import roster_of_ids
from hallway.web.due import rates

YEAR = timedelta(days=365)
_SALT = "due:tried"


@dataclass(frozen=True, slots=True)
class Setting:
    """How a rule is to run, as posted."""

    is_on: bool
    parameters: Mapping[str, Value]


@page(Role.PRACTICE_LEADER)
@require_GET
def rules(request: PageRequest) -> HttpResponse:
    """Every rule with how often it fired, was acted on or was not needed, and why."""
    by, today = request.requester, clock.today()
    found = queries.noise(by, today - YEAR)
    rows = rates.rows(list(ROWS.values()), found, tunings_of(by.organization_id))
    fired = [one for one in rows if one.fired]
    quiet = [one for one in rows if not one.fired]
    late = queries.late(by)
    people = roster_of_ids(set(), {PractitionerId(one.practitioner_id) for one in late}).people
    names = {int(key): one.full_name for key, one in people.items()}
    values = {"fired": fired, "quiet": quiet, "finding": rates.finding(rows), "late": rates.late(late, names)}
    return render(request, "due/rules.html", values)


@page(Role.PRACTICE_LEADER)
@require_http_methods(["GET", "POST"])
def tune(request: PageRequest, rule: str) -> HttpResponse:
    """One rule: its months, its numbers, a dry run, and the change with a reason."""
    row = ROWS.get(rule)
    if row is None:
        raise HallwayError(
            Kind.NOT_FOUND,
            "H-WEB-134",
            what="There is no such rule.",
            undone="Nothing was shown.",
            to_do="Open the list of rules and choose one.",
        )
    if request.method == "GET":
        return _page(request, row, _now(request.requester, row))
    setting = _posted(row, request.POST)
    try:
        if request.POST.get("act") == "keep":
            return _kept(request, row, setting)
        check_parameters(row.id, setting.parameters)
        return _page(request, row, setting, is_tried=True)
    except HallwayError as error:
        if error.kind is not Kind.UNPROCESSABLE:
            raise
        return _page(request, row, setting, wrong=error)


def _now(by: Requester, row: Row) -> Setting:
    tuned = tunings_of(by.organization_id).get(row.id)
    return Setting(tuned.is_on if tuned else row.is_on, {**row.parameters, **(tuned.parameters if tuned else {})})


def _posted(row: Row, post: Mapping[str, str]) -> Setting:
    """The numbers as typed; what is no number stands for one that no rule takes, so that it is refused by name."""
    found: dict[str, Value] = {}
    for name, value in row.parameters.items():
        typed = post.get(f"p-{name}", str(value)).strip()
        found[name] = typed[:40] if isinstance(value, str) else _number(typed, value)
    return Setting(post.get("is_on", "yes") == "yes", found)


def _number(typed: str, value: float) -> int | float:
    try:
        found = float(typed)
    except ValueError:
        return -1
    return int(found) if isinstance(value, int) and found.is_integer() else found


def _kept(request: PageRequest, row: Row, setting: Setting) -> HttpResponse:
    if not _was_tried(request.requester, row, setting, request.POST.get("tried", "")):
        raise HallwayError(
            Kind.UNPROCESSABLE,
            "H-WEB-135",
            what="These numbers have not been tried.",
            undone="The rule runs as before.",
            to_do="Try them over the last year first.",
        )
    parameters = {name: value for name, value in setting.parameters.items() if value != row.parameters[name]}
    reason = request.POST.get("reason", "")
    actions.tune(row.id, by=request.requester, is_on=setting.is_on, parameters=parameters, reason=reason)
    return HttpResponseRedirect(reverse("due:rules"))


def _token(by: Requester, row: Row, setting: Setting) -> str:
    said = [by.organization_id, row.id, row.version, setting.is_on, sorted(setting.parameters.items())]
    return signing.dumps(said, salt=_SALT)


def _was_tried(by: Requester, row: Row, setting: Setting, token: str) -> bool:
    try:
        said = signing.loads(token, salt=_SALT, max_age=timedelta(hours=4))
    except signing.BadSignature:
        return False
    numbers = [list(pair) for pair in sorted(setting.parameters.items())]
    return said == [by.organization_id, row.id, row.version, setting.is_on, numbers]


def _page(
    request: PageRequest, row: Row, setting: Setting, *, is_tried: bool = False, wrong: HallwayError | None = None
) -> HttpResponse:
    by, now = request.requester, clock.now()
    since: datetime = now - YEAR
    run = would_have_fired(by, row.id, setting.parameters, since) if is_tried else None
    is_kept = request.POST.get("act") == "keep"
    values = {
        "row": row,
        "source": row.cites or row.source,
        "numbers": rates.numbers(row, setting.parameters),
        "is_on": setting.is_on,
        "months": rates.months(row.id, queries.noise(by, since.date())),
        "tried": rates.tried(run) if run else None,
        "token": _token(by, row, setting) if is_tried else request.POST.get("tried", "") if is_kept else "",
        "reason": request.POST.get("reason", ""),
        "wrong": wrong,
    }
    return render(request, "due/rule.html", values, status=wrong.status if wrong else 200)
