"""The composer: five questions, and at once who would see what. Its three answers have the same size."""

from collections import Counter
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST

from hallway.consent import actions, gate, reach
from hallway.consent.licences import usual_classes
from hallway.consent.reach import Portion
from hallway.consent.tables.forms import form_rule
from hallway.directory.models import Organization
from hallway.identity.requester import CLINICIANS, Role
from hallway.ids import ChartId, ConsentId, OrganizationId, PractitionerId, ReferralId
from hallway.record.classes import AUTHOR_ONLY
from hallway.storage.connection import transaction
from hallway.web.access import PageRequest, page
from hallway.web.chart import board
from hallway.web.chart.reading import Opened, open_chart
from hallway.web.consents import people, picture, questions
from hallway.web.consents.people import Candidate
from hallway.web.consents.questions import Choice

COMPOSERS = (*sorted(CLINICIANS), Role.FRONT_DESK)
KINDS = (*questions.ALWAYS, *(kind for one in questions.CATEGORIES for kind in one.kinds))


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything the composer stands on for one reader and chart."""

    opened: Opened
    practice: Organization
    first: list[Candidate]
    others: list[Candidate]
    choice: Choice

    @property
    def chosen(self) -> list[Candidate]:
        """The people ticked or added, in the order of the page."""
        return [one for one in (*self.first, *self.others) if one.pair in self.choice.recipients]


@page(*COMPOSERS, patient=True)
@require_http_methods(["GET", "POST"])
def compose(request: PageRequest, chart_id: int) -> HttpResponse:
    """Ask the five questions; on an answer, prepare the forms and go on to it."""
    desk = _desk(request, ChartId(chart_id))
    wrong = questions.missing(desk.choice, today=desk.opened.today) if request.method == "POST" else []
    if request.method == "POST" and not wrong:
        return _answered(request, desk)
    values = {**_values(desk), "wrong": dict(wrong), "wrong_list": wrong, **_page_values(request, desk)}
    return render(request, "consents/compose.html", values, status=422 if wrong else 200)


@page(*COMPOSERS, patient=True)
@require_POST
def preview(request: PageRequest, chart_id: int) -> HttpResponse:
    """The picture and the checks for what is ticked now; swapped in while the questions are asked."""
    desk = _desk(request, ChartId(chart_id))
    return render(request, "consents/_preview.html", _values(desk))


def _answered(request: PageRequest, desk: Desk) -> HttpResponse:
    answer = request.POST.get("answer", "")
    reader, chart_id = request.requester, desk.opened.chart_id
    made = questions.compositions(
        desk.choice,
        chart_id=chart_id,
        discloser=OrganizationId(desk.practice.id),
        state=desk.practice.state,
        referral_id=_referral(request),
    )
    with transaction():
        prepared = [actions.compose_consent(one, by=reader) for one in made]
        if answer == "no":
            for consent_id in prepared:
                actions.decline_consent(consent_id, "does_not_want", by=reader, expected_version=1)
    if answer == "sign":
        return HttpResponseRedirect(signing_address(prepared, after=_after(request)))
    return HttpResponseRedirect(_after(request) or reverse("chart:consents", args=[chart_id]))


def signing_address(prepared: list[ConsentId], *, after: str = "") -> str:
    """Where several forms of one choice are signed with one hand."""
    query = [("form", str(one)) for one in prepared] + ([("after", after)] if after else [])
    return f"{reverse('consents:sign')}?{urlencode(query)}"


def _after(request: PageRequest) -> str:
    """Back to the referral that asked for the form, where one did."""
    referral = _referral(request)
    return reverse("referrals:show", args=[referral]) if referral else ""


def _referral(request: PageRequest) -> ReferralId | None:
    sent = request.POST if request.method == "POST" else request.GET
    try:
        return ReferralId(UUID(sent.get("referral", "")))
    except ValueError:
        return None


def _desk(request: PageRequest, chart_id: ChartId) -> Desk:
    opened = open_chart(request.requester, chart_id, kinds=KINDS, route="consents/compose")
    practice = Organization.objects.filter(id=request.requester.organization_id).first()
    if practice is None:
        raise gate.not_found()
    everybody = people.candidates(but=OrganizationId(practice.id))
    asked = request.GET if request.method == "GET" else request.POST
    form = asked.get("kind", "")
    form = form if form in questions.FORM_NAMES else "part2" if practice.is_part2 else "release"
    sent = {name: asked.getlist(name) for name in ("to", "what", "for", "until", "until_on", "tell")}
    if request.method == "GET":
        sent = {"for": ["TREAT"], "until": ["year"], "tell": ["no"], **{k: v for k, v in sent.items() if v}}
    choice = questions.parse(sent, form=form, today=opened.today)
    first, others = people.first_and_others(everybody, near=[*choice.recipients, *_near(opened)])
    return Desk(opened, practice, first[:8], [*first[8:], *others], choice)


def _near(opened: Opened) -> list[tuple[int, int]]:
    """Those who wrote what this reader may see: the shared care, as far as it is known here."""
    made = board.board(opened.facts, opened.roster, opened.reader, header=opened.header, at=opened.at)
    return [(int(one.place.id), int(one.person.id)) for one in made.team]


def _values(desk: Desk) -> dict[str, object]:
    """The picture and the checks."""
    opened, choice = desk.opened, desk.choice
    practice = OrganizationId(desk.practice.id)
    made = questions.compositions(choice, chart_id=opened.chart_id, discloser=practice, state=desk.practice.state)
    now, then = reach.now_and_then(opened.chart_id, practice, made)
    who = board.pronouns(opened.header)
    columns = [one.column() for one in desk.chosen]
    return {
        "chart_id": opened.chart_id,
        "who": who,
        "practice": desk.practice,
        "picture": picture.draw(
            _portions(opened, practice), columns, now=now, then=then, who=who, usual=_usual(opened)
        ),
        "form_name": questions.FORM_NAMES[choice.form],
        "forms": len(made),
        "citation": form_rule(choice.form, desk.practice.state).citation,
        "still": questions.missing(choice, today=opened.today),
        "is_part2": choice.form.startswith(("part2", "sud")),
        "is_apart": choice.form in questions.ONE_CLASS_FORMS,
    }


def _usual(opened: Opened) -> Portion:
    """What this reader would write at this practice, as the gate would see it."""
    reader = opened.reader
    return Portion("", reader.practitioner_id, usual_classes(reader.practitioner_id, reader.organization_id))


def _portions(opened: Opened, practice: OrganizationId) -> Counter[Portion]:
    """What this practice holds as far as this reader may see it, counted by what the gate tells apart.

    Notes of sessions are in no count, also for their author.
    """
    found: Counter[Portion] = Counter()
    for kind in KINDS:
        for one in opened.facts.stored(kind):
            if one.source_org == practice and not one.mask & AUTHOR_ONLY:
                found[Portion(kind, PractitionerId(one.author), one.mask)] += 1
    return found


def _page_values(request: PageRequest, desk: Desk) -> dict[str, object]:
    """The questions as they stand."""
    who, choice = board.pronouns(desk.opened.header), desk.choice
    return {
        "header": desk.opened.header,
        "pronoun": who.key,
        "choice": choice,
        "kind": choice.form,
        "referral": request.GET.get("referral", "") or request.POST.get("referral", ""),
        "first": [{"who": one, "ticked": one.pair in choice.recipients} for one in desk.first],
        "others": desk.others,
        "categories": [
            {"key": one.key, "words": picture.category_words(one, who), "ticked": one.key in choice.categories}
            for one in questions.CATEGORIES
        ],
        "purposes": [
            {"key": key.value, "words": text, "ticked": key in choice.purposes} for key, text in questions.PURPOSES
        ],
        "in_a_year": questions.in_a_year(desk.opened.today),
        "may_apart": desk.opened.reader.role in (Role.THERAPIST, Role.PSYCHIATRIST),
    }
