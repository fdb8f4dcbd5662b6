"""Leaks in the pages of talking, screening, safety, targets and what is due, to be planted for a moment."""

import dataclasses
import types

from django.urls import reverse

from hallway.app.prove.asking import Ask
from hallway.consent import gate
from hallway.directory.models import CareTeamMember
from hallway.screening.asking import queries as sittings
from hallway.screening.models import Safety, SafetyStep, Sitting
from hallway.screening.safety import printing as plans
from hallway.screening.safety import queries as safety
from hallway.screening.safety import sight
from hallway.screening.safety import telling as tellings
from hallway.screening.schedule import queries as schedule
from hallway.screening.targets import queries as targets
from hallway.talking import checklists, printing, team
from hallway.talking import queries as talking
from hallway.triggers import dry_run
from hallway.triggers import queries as firings
from hallway.web.due import offers, ruling, showing
from hallway.web.messages import threads
from hallway.web.progress import listing
from hallway.web.screening import answers, today
from tests.prove import leaks
from tests.prove.leaks import count, whole_chart

OF_CHART = "SELECT count(*) FROM {} WHERE chart_id = %s"


def in_chart(table, chart_id, more=""):
    return count(OF_CHART.format(table) + more, int(chart_id))


def named_after(header, words):
    """A patient's header whose name goes on with these words."""
    return dataclasses.replace(header, name=f"{header.name} ({words})")


def ungated(monkeypatch, module):
    """What ``module`` reads of a chart is all of it."""

    def read_chart(release, *, kinds=None, **_):
        return [row for row in whole_chart(release.chart_id) if not kinds or row.kind in kinds]

    real = module.record
    held = {name: getattr(real, name) for name in dir(real) if not name.startswith("__")}
    monkeypatch.setattr(module, "record", types.SimpleNamespace(**(held | {"read_chart": read_chart})))


# Talking -----------------------------------------------------------------------------------------------------------


def words_that_wait_for_anybody(monkeypatch):
    """The heading of the messages counts every word that was sent."""
    real = threads._finding
    monkeypatch.setattr(
        threads,
        "_finding",
        lambda *some, **more: f"{real(*some, **more)}: {count('SELECT count(*) FROM talking_message')}",
    )


def last_word_about_the_patient(monkeypatch):
    """When somebody last wrote about the patient is shown, whoever wrote to whom."""
    real = talking.thread_list

    def thread_list(requester, **kw):
        rows = real(requester, **kw)
        return [dataclasses.replace(one, unread=in_chart("talking_message", one.header.chart_id)) for one in rows]

    monkeypatch.setattr(talking, "thread_list", thread_list)


def limit_before_the_gate(monkeypatch):
    """The list of requests is cut to its length before the gate takes out what others asked each other."""
    real = talking.request_page

    def request_page(requester, **kw):
        others = count(
            "SELECT count(*) FROM talking_informationrequest WHERE NOT %s IN (from_org_id, to_org_id)",
            int(requester.organization_id),
        )
        found = real(requester, **kw)
        return dataclasses.replace(found, rows=found.rows[: max(0, 2 - others)])

    monkeypatch.setattr(talking, "request_page", request_page)


def thread_of_so_many(monkeypatch):
    """The head of a thread says which of the patient's threads it is."""
    real = talking.thread_for

    def thread_for(requester, thread_id):
        view = real(requester, thread_id)
        words = f"1 of {in_chart('talking_thread', view.thread.chart_id)}"
        return dataclasses.replace(view, header=named_after(view.header, words))

    monkeypatch.setattr(talking, "thread_for", thread_for)


def request_of_so_many(monkeypatch):
    """The head of a request counts what was ever asked about the patient."""
    real = talking.request_for

    def request_for(requester, request_id):
        view = real(requester, request_id)
        words = str(in_chart("talking_informationrequest", view.request.chart_id))
        return dataclasses.replace(view, header=named_after(view.header, words))

    monkeypatch.setattr(talking, "request_for", request_for)


def partners_by_the_team(monkeypatch):
    """Whom one may write to is everybody on the care team: it names a program."""
    monkeypatch.setattr(team, "as_known_at", lambda source, facts, at: facts)


def check_list_of_the_whole_chart(monkeypatch):
    """A row of the check list is found in what the gate withholds."""
    ungated(monkeypatch, checklists)


def sheet_that_counts(monkeypatch):
    """A word on paper carries a number of the patient's words in its metadata."""
    real = printing.sheet

    def sheet(view, own, *, by):
        written = in_chart("talking_message", view.thread.chart_id)
        return real(view, own, by=by).replace(b"%%EOF", b"%% %d\n%%%%EOF" % written)

    monkeypatch.setattr(printing, "sheet", sheet)


# Screening ---------------------------------------------------------------------------------------------------------


def due_by_the_whole_chart(monkeypatch):
    """What is due today follows from scores and problems that are withheld."""
    ungated(monkeypatch, schedule)


def not_asked_again_here(monkeypatch):
    """What was asked elsewhere already is left out of the schedule."""
    real = schedule.due_of

    def due_of(requester, one):
        made = real(requester, one)
        asked = {key for row in Sitting.objects.filter(chart_id=one.chart_id) for key in row.instruments}
        return made and dataclasses.replace(made, dues=tuple(due for due in made.dues if due.instrument not in asked))

    monkeypatch.setattr(schedule, "due_of", due_of)


def asked_so_often(monkeypatch):
    """The list of today says how often each patient was asked, by anybody."""
    real = today._row

    def row(header, *rest):
        return real(named_after(header, f"asked {in_chart('screening_sitting', header.chart_id)}"), *rest)

    monkeypatch.setattr(today, "_row", row)


def last_score_of_anybody(monkeypatch):
    """The change of a score is against one that is withheld."""
    real = answers._change

    def change(one, found):
        return f"{real(one, found)} {count(_SCORES)}"

    monkeypatch.setattr(answers, "_change", change)


_SCORES = "SELECT count(*) FROM record_token WHERE kind = 'Observation' AND tokens && ARRAY['code=44261-6']"


def sitting_by_its_number(monkeypatch):
    """Whoever has the number of a sitting reads that there is one."""
    monkeypatch.setattr(sittings, "sitting", lambda requester, key: Sitting.objects.filter(id=key).first())


def answered_before(monkeypatch):
    """The patient's own page says how often they have answered: also at the program, to whoever holds the tablet."""
    leaks.behind_every_page(
        monkeypatch,
        lambda request, response: (
            request.path.startswith("/q/")
            and setattr(response, "content", response.content + b"%d" % count("SELECT count(*) FROM screening_sitting"))
        ),
    )


# Targets -----------------------------------------------------------------------------------------------------------


def entries_beside_each_name(monkeypatch):
    """Each name of the list has the number of the chart's entries since the target was set, withheld ones too."""
    real = targets._treated

    def treated(*given):
        made = real(*given)
        written = in_chart("record_resource", made.header.chart_id)
        return dataclasses.replace(made, header=named_after(made.header, f"{written} entries"))

    monkeypatch.setattr(targets, "_treated", treated)


def scores_ever_taken(monkeypatch):
    """The heading of the list counts the scores that it rests on, and those that it may not rest on."""
    real = listing._finding
    monkeypatch.setattr(listing, "_finding", lambda *some: f"{real(*some)} ({count(_SCORES)} scores)")


# Safety ------------------------------------------------------------------------------------------------------------


def dangers_of_everybody(monkeypatch):
    """The list of safety steps is as long as what runs everywhere."""
    real = safety.running
    running = "SELECT count(*) FROM screening_safety WHERE closed_at IS NULL"
    monkeypatch.setattr(safety, "running", lambda reader: real(reader) * count(running))


def danger_by_its_number(monkeypatch):
    """Whoever has the number of a protocol and the chart reads its steps."""
    real = sight.look

    def look(by, safety_id, *, lock=False):
        row = Safety.objects.filter(id=safety_id).first()
        if row is None:
            raise gate.not_found()
        steps = SafetyStep.objects.filter(safety=row).order_by("position")
        return sight.Sight(row, gate.release(by, row.chart_id), tuple(steps))

    leaks._everywhere(monkeypatch, "look", real, look)


def told_by_the_team(monkeypatch):
    """Whom one may have to tell begins with everybody on the care team."""

    def practices(by, seen):
        members = CareTeamMember.objects.filter(chart_id=seen.safety.chart_id).values_list("organization_id", flat=True)
        return [one for one in tellings.everybody(by) if one.id in set(members)], []

    monkeypatch.setattr(tellings, "practices", practices)


def banner_of_anybodys_danger(monkeypatch):
    """The chart says that safety steps run, wherever they run."""

    def running_of(release):
        row = Safety.objects.filter(chart_id=release.chart_id, closed_at=None).order_by("-opened_at").first()
        return row and safety._running(row, {})

    monkeypatch.setattr(safety, "running_of", running_of)


def plan_that_counts(monkeypatch):
    """A safety plan on paper has the number of judgements of this patient in its metadata."""
    real = plans.plan

    def plan(by, safety_id):
        judged = count("SELECT count(*) FROM record_resource WHERE kind = 'RiskAssessment'")
        return real(by, safety_id).replace(b"%%EOF", b"%% %d\n%%%%EOF" % judged)

    monkeypatch.setattr(plans, "plan", plan)


# What is due -------------------------------------------------------------------------------------------------------


def medicines_behind_a_finding(monkeypatch):
    """A finding says among how many medicines it was found."""
    real = showing.finding

    def finding(view, *rest, **named):
        taken = in_chart("record_resource", view.chart_id, " AND kind = 'MedicationRequest'")
        made = real(view, *rest, **named)
        return dataclasses.replace(made, heading=f"{made.heading} ({taken})")

    monkeypatch.setattr(showing, "finding", finding)


def noise_of_everybody(monkeypatch):
    """How often a rule fired is counted behind no gate, and for everybody."""
    real = firings.noise

    def noise(requester, since):
        fired = count("SELECT count(*) FROM triggers_firing")
        return [dataclasses.replace(one, fired=fired) for one in real(requester, since)]

    monkeypatch.setattr(firings, "noise", noise)


def dry_run_of_so_many(monkeypatch):
    """A dry run says how many charts there are, the withheld ones too."""
    real = dry_run.would_have_fired

    def would_have_fired(*given):
        return dataclasses.replace(real(*given), of=count("SELECT count(*) FROM record_chart"))

    monkeypatch.setattr(ruling, "would_have_fired", would_have_fired)


def dry_run_by_anothers_rights(monkeypatch):
    """A dry run counts what happened in facts that are withheld."""
    real = dry_run.would_have_fired

    def would_have_fired(*given):
        ran = real(*given)
        hidden = count("SELECT count(*) FROM record_resource WHERE mask & 8 > 0")
        return dataclasses.replace(ran, fired=ran.fired + hidden)

    monkeypatch.setattr(ruling, "would_have_fired", would_have_fired)


def offer_that_vanishes(monkeypatch):
    """Care is not offered any more once enough of the other side treat, programs among them."""

    def is_seen(opened, side):
        programs = CareTeamMember.objects.filter(chart_id=opened.chart_id, organization__is_part2=True)
        return len(set(programs.values_list("organization_id", flat=True))) > 1

    monkeypatch.setattr(offers, "_is_seen", is_seen)


def _tried(cast):
    """A leader tries rules over the last year."""
    for rule in ("T1", "T4", "T12"):
        path = reverse("due:rule", args=[rule])
        yield Ask("due:rule", "leader", cast.tokens["leader"], path, "POST", form=(("act", "try"),))


PLANTED = {
    # leak: exits that it stands in, or the questions that meet it
    words_that_wait_for_anybody: "^messages:list",
    last_word_about_the_patient: "^messages:list",
    limit_before_the_gate: "^messages:list",
    thread_of_so_many: "^messages:thread",
    request_of_so_many: "^messages:request$",
    partners_by_the_team: "^messages:(new|ask|contact)$",
    check_list_of_the_whole_chart: "^messages:(checklist|paper)$",
    sheet_that_counts: "^messages:sheet",
    due_by_the_whole_chart: "^screening:(today|ask)$",
    not_asked_again_here: "^screening:today",
    asked_so_often: "^screening:today",
    last_score_of_anybody: "^screening:answers",
    sitting_by_its_number: "^screening:answers",
    answered_before: "^questions:ask",
    entries_beside_each_name: "^progress:list",
    scores_ever_taken: "^progress:list",
    dangers_of_everybody: "^safety:list",
    danger_by_its_number: "^safety:show",
    told_by_the_team: "^safety:tell",
    banner_of_anybodys_danger: "^chart:overview|^screening:answers",
    plan_that_counts: "^safety:plan",
    medicines_behind_a_finding: "^due:show",
    noise_of_everybody: "^due:rules",
    dry_run_of_so_many: _tried,
    dry_run_by_anothers_rights: _tried,
    offer_that_vanishes: "^due:offer|^chart:overview",
}
