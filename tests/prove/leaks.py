"""Leaks of the kinds that published systems have or that were met here, to be planted in the pages for a moment."""

import dataclasses
import logging
import os

import psycopg
from django.http import HttpResponse

from hallway.app.prove.asking import Ask
from hallway.consent import gate
from hallway.consent import queries as consent_queries
from hallway.consent.explaining import reach
from hallway.consent.forms import standing
from hallway.consent.models import Consent, EmergencyAccess
from hallway.consultation import printing
from hallway.directory.models import CareTeamMember, Organization
from hallway.errors import HallwayError, Kind
from hallway.loops import queries as loops
from hallway.record import queries as record
from hallway.record.stored import Stored
from hallway.referral import sight
from hallway.web import errors, health, middleware
from hallway.web.chart import reading

COLUMNS = "kind, resource_id::text, version, updated_at, dated_at, source_org, author, mask, meta, body"


def unfiltered(sql, *values):
    """What a query behind no gate would see, in the world in force."""
    with psycopg.connect(os.environ["HALLWAY_DATABASE_URL"]) as owner:
        return owner.execute(sql, values).fetchall()


def count(sql="SELECT count(*) FROM record_resource", *values):
    return unfiltered(sql, *values)[0][0]


def whole_chart(chart_id):
    rows = unfiltered(f"SELECT {COLUMNS} FROM record_resource WHERE chart_id = %s ORDER BY 2", chart_id)
    return [Stored._make(row) for row in rows]


def behind_every_page(monkeypatch, change):
    """``change`` the answer of every page."""
    real = middleware.SessionMiddleware.__call__

    def called(self, request):
        response = real(self, request)
        change(request, response)
        return response

    monkeypatch.setattr(middleware.SessionMiddleware, "__call__", called)


def header_on_every_page(monkeypatch, name, value):
    """One more header."""
    behind_every_page(monkeypatch, lambda request, response: response.headers.__setitem__(name, value()))


# What goes along with an answer ----------------------------------------------------------------------------------


def cookie_that_counts(monkeypatch):
    """A cookie of what is new counts for everybody."""
    behind_every_page(monkeypatch, lambda request, response: response.set_cookie("new", str(count())))


def server_timing(monkeypatch):
    """A header for the operator tells how many rows the database looked at."""
    header_on_every_page(monkeypatch, "Server-Timing", lambda: f"db;desc={count()}")


def etag_from_the_epoch(monkeypatch):
    """The entity tag of a page rises with every right on the chart, whoever's."""

    header_on_every_page(monkeypatch, "ETag", lambda: f'"{count("SELECT sum(epoch) FROM record_chart")}"')


def redirect_that_knows(monkeypatch):
    """Where one is sent says what waits there."""

    def change(request, response):
        if response.status_code == 302:
            response.headers["Location"] += f"?new={count()}"

    behind_every_page(monkeypatch, change)


def freshness_by_the_last_write(monkeypatch):
    """How long a page may be kept follows from when anything was last written."""

    def change(request, response):
        age = count("SELECT extract(epoch FROM max(updated_at))::bigint %% 600 FROM record_resource")
        response.headers["Cache-Control"] = f"private, max-age={age}"

    behind_every_page(monkeypatch, change)


def comment_in_the_page(monkeypatch):
    """A comment left from debugging."""
    behind_every_page(
        monkeypatch, lambda request, response: setattr(response, "content", response.content + b"<!-- %d -->" % count())
    )


def blanks_at_the_end(monkeypatch):
    """The page is as long as if nothing had been left out."""
    behind_every_page(
        monkeypatch, lambda request, response: setattr(response, "content", response.content + b" " * (count() % 97))
    )


def link_to_a_next_page(monkeypatch):
    """A Link header for a page that holds only what is withheld."""

    def change(request, response):
        if count("SELECT count(*) FROM record_chart") > 5:
            response.headers["Link"] = '</patients/?after=1>; rel="next"'

    behind_every_page(monkeypatch, change)


def only_in_the_fragment(monkeypatch):
    """The whole page is right; the part that htmx fetches again is not."""

    def change(request, response):
        if getattr(request, "htmx", False):
            response.content = response.content + b"%d" % count()

    behind_every_page(monkeypatch, change)


def line_in_the_log(monkeypatch):
    """The log says how much was left out."""
    change = lambda request, response: logging.getLogger("hallway.leak").warning(f"{count()} rows")  # noqa: E731
    behind_every_page(monkeypatch, change)


def receipt_by_position(monkeypatch):
    """A receipt number that counts everybody's answers."""

    header_on_every_page(monkeypatch, "X-Receipt", lambda: str(count("SELECT max(id) FROM ledger_answer")))


def outbox_in_a_header(monkeypatch):
    """How many jobs wait tells that somebody worked."""
    header_on_every_page(monkeypatch, "X-Queue", lambda: str(count("SELECT count(*) FROM procrastinate_jobs")))


# What a page says ------------------------------------------------------------------------------------------------


def health_that_boasts(monkeypatch):
    """The open health page says how many charts there are."""
    from django.urls import get_resolver

    def healthz(request):
        return HttpResponse(f"ok {count('SELECT count(*) FROM record_chart')}\n")

    healthz.access = health.healthz.access
    for one in get_resolver().url_patterns:
        if getattr(one, "name", "") == "healthz":
            monkeypatch.setattr(one, "callback", healthz)


def refusal_by_cause(monkeypatch):
    """403 for what is there and 404 for what is not."""
    real = errors.render

    def render(request, error):
        response = real(request, error)
        numbers = [int(part) for part in request.path.split("/") if part.isdigit() and len(part) < 19]
        if response.status_code == 404 and any(
            count("SELECT count(*) FROM record_chart WHERE chart_id = %s", n) for n in numbers
        ):
            response.status_code = 403
        return response

    monkeypatch.setattr(errors, "render", render)


def sorted_by_everybodys_work(monkeypatch):
    """The list of patients is in the order of who was last written about, by anybody."""
    real = consent_queries.roster

    def roster(requester, **kw):
        at = dict(unfiltered("SELECT chart_id, max(updated_at) FROM record_resource GROUP BY 1"))
        return sorted(real(requester, **kw), key=lambda one: at[one.chart_id])

    monkeypatch.setattr(consent_queries, "roster", roster)


def complete_as_you_type(monkeypatch):
    """The search completes names of people whom the reader may not know of."""
    real = consent_queries.find_patients

    def find(requester, text, birth_date=None, **kw):
        names = [row[0] for row in unfiltered("SELECT family_key FROM record_header ORDER BY 1")]
        found = real(requester, text, birth_date, **kw)
        longest = max((name for name in names if name.startswith(text.lower())), key=len, default="")
        return [dataclasses.replace(one, record_number=longest) for one in found]

    monkeypatch.setattr(consent_queries, "find_patients", find)


def badge_of_all_loops(monkeypatch):
    """The number on the worklist's tab counts what the list leaves out."""
    real = loops._counts

    def counts(requester, show, *, known):
        every = count("SELECT count(*) FROM loops_loop")
        return {name: one * every for name, one in real(requester, show, known=known).items()}

    monkeypatch.setattr(loops, "_counts", counts)


def state_word_of_the_program(monkeypatch):
    """Somebody who is no party reads the program's own answer in the referral's state."""
    monkeypatch.setattr(sight, "side_of", lambda requester, referral: sight.Side.SENDER)
    monkeypatch.setattr(gate, "may_know", lambda release, **kw: True)


def names_of_who_wrote(monkeypatch):
    """The list of people on the chart has the authors of what is withheld."""
    real = reading.open_chart

    def opened(reader, chart_id, **kw):
        given = real(reader, chart_id, **kw)
        authors = reading.roster_of(whole_chart(chart_id), also=(reader.organization_id, reader.practitioner_id))
        names = " ".join(sorted(str(one) for one in authors.people.values()))
        return dataclasses.replace(given, header=dataclasses.replace(given.header, record_number=names))

    _everywhere(monkeypatch, "open_chart", real, opened)


def number_of_all_items(monkeypatch):
    """The head of the chart says how much there is in all."""
    real = reading.header_of

    def header_of(facts, chart_id):
        return dataclasses.replace(real(facts, chart_id), record_number=str(len(whole_chart(chart_id))))

    monkeypatch.setattr(reading, "header_of", header_of)


def withheld_ones_greyed(monkeypatch):
    """What may not flow is shown as a grey line without its words."""
    real = record.read_chart

    def read_chart(release, **kw):
        found = real(release, **kw)
        kept = {row.id for row in found}
        kinds = kw.get("kinds")
        rest = [row for row in whole_chart(release.chart_id) if row.id not in kept and (not kinds or row.kind in kinds)]
        return [*found, *(row for row in rest if row.kind in {"Condition", "DocumentReference", "Observation"})]

    monkeypatch.setattr(record, "read_chart", read_chart)


def forms_of_others(monkeypatch):
    """The tab of forms lists those that others hold."""
    monkeypatch.setattr(standing, "_party", lambda requester: ~standing.Q(pk__in=[]))


def emergencies_of_others(monkeypatch):
    """The list for review has what was opened elsewhere."""
    monkeypatch.setattr(standing, "watched_by", lambda requester: ~standing.Q(pk__in=[]))


def emergency_by_its_number(monkeypatch):
    """Whoever has the number of an emergency access reads it."""

    def emergency_for(requester, emergency_id):
        row = EmergencyAccess.objects.filter(id=emergency_id).first()
        if row is None:
            raise gate.not_found()
        return standing._emergency(row)

    monkeypatch.setattr(standing, "emergency_for", emergency_for)


def form_by_its_number(monkeypatch):
    """Whoever has the number of a form is told that it is none of theirs."""
    real = standing.consent_for

    def consent_for(requester, consent_id):
        if Consent.objects.filter(id=consent_id).exists():
            return real(requester, consent_id)
        raise HallwayError(Kind.GONE, "H-TST-003", what="There is no such form.", undone="", to_do="")

    monkeypatch.setattr(standing, "consent_for", consent_for)


def pdf_that_counts(monkeypatch):
    """What a printed report is about stands in its metadata."""
    real = printing.printed

    def printed(view, by):
        return real(view, by).replace(b"%%EOF", b"%% of %d\n%%%%EOF" % count())

    _everywhere(monkeypatch, "printed", real, printed)


def recipients_by_the_team(monkeypatch):
    """The form offers to tell the program, because it treats the patient."""
    monkeypatch.setattr(reach, "as_known_at", lambda source, facts, at: facts)


def team_in_the_picture(monkeypatch):
    """The head of the chart names every practice of the care team."""
    real = reading.header_of

    def header_of(facts, chart_id):
        team = CareTeamMember.objects.filter(chart_id=chart_id).values_list("organization_id", flat=True)
        names = Organization.objects.filter(id__in=list(team)).order_by("name").values_list("name", flat=True)
        return dataclasses.replace(real(facts, chart_id), record_number=", ".join(names))

    monkeypatch.setattr(reading, "header_of", header_of)


def queue_of_everybody(monkeypatch):
    """Papers of other practices wait in this one's queue."""
    real = record.waiting
    everywhere = [row[0] for row in unfiltered("SELECT id FROM directory_organization")] or [1]

    def waiting(organization, *, author=0, charts=None, shutting, limit=200):
        found = [one for org in everywhere for one in real(org, shutting=shutting, limit=limit)]
        return found[:limit]

    monkeypatch.setattr(record, "waiting", waiting)


def _everywhere(monkeypatch, name, real, planted):
    """A function that many modules have taken by name."""
    import sys

    for module in list(sys.modules.values()):
        if getattr(module, name, None) is real and module.__name__.startswith("hallway."):
            monkeypatch.setattr(module, name, planted)


def _find(cast):
    for key in ("pcp", "therapist", "desk"):
        for text in ("Ejem", "Marisol", "ejemplo"):
            yield Ask("patients:find", key, cast.tokens[key], "/patients/find", "POST", form=(("text", text),))


PLANTED = {
    # leak: exits that it stands in, or the questions that meet it
    cookie_that_counts: "^settings:looks|^worklist:worklist",
    server_timing: "^worklist:worklist",
    etag_from_the_epoch: "^worklist:worklist",
    redirect_that_knows: "^sign_in:front|^patients:find",
    freshness_by_the_last_write: "^directory:",
    comment_in_the_page: "^directory:",
    blanks_at_the_end: "^settings:",
    link_to_a_next_page: "^patients:roster",
    only_in_the_fragment: "^worklist:",
    line_in_the_log: "^directory:",
    receipt_by_position: "^referrals:list",
    outbox_in_a_header: "^reports:due",
    health_that_boasts: "^healthz",
    refusal_by_cause: "^chart:",
    sorted_by_everybodys_work: "^patients:roster",
    complete_as_you_type: _find,
    badge_of_all_loops: "^worklist:worklist",
    state_word_of_the_program: "^referrals:show",
    names_of_who_wrote: "^chart:",
    number_of_all_items: "^chart:",
    withheld_ones_greyed: "^chart:",
    forms_of_others: "^chart:consents|^consents:copy",
    emergencies_of_others: "^emergency:reviews",
    emergency_by_its_number: "^emergency:show",
    form_by_its_number: "^consents:copy",
    pdf_that_counts: "^reports:pdf",
    recipients_by_the_team: "^chart:consents|^consents:compose",
    team_in_the_picture: "^chart:",
    queue_of_everybody: "^review:",
}
