"""The composer: who, what, for what, until when, and at once who would see what. Its three answers have the same size.

It makes exactly the forms that the law asks for. Where the law asks for none it says so, and asks for no signature.
"""

from collections import Counter
from dataclasses import dataclass, replace
from uuid import UUID, uuid5

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST

from hallway import clock, ids
from hallway.consent import actions, gate
from hallway.consent.explaining import reach
from hallway.consent.explaining.reach import Portion
from hallway.consent.forms import papers, talks
from hallway.consent.forms.composing import NOTE_FORMS, Composition, asked_before, drafts_of
from hallway.consent.grants.licences import usual_classes
from hallway.consent.models import ConsentState
from hallway.consent.tables.phrases import skins
from hallway.directory.models import Organization
from hallway.errors import HallwayError, Kind
from hallway.identity.requester import CLINICIANS, Requester, Role
from hallway.ids import NOBODY, ChartId, ConsentId, OrganizationId, PractitionerId, ReferralId
from hallway.record.classes import AUTHOR_ONLY, DataClass
from hallway.standards.fhir import r4
from hallway.storage.connection import transaction
from hallway.web.access import PageRequest, page
from hallway.web.chart import board, words
from hallway.web.chart.reading import Opened, open_chart
from hallway.web.consents import people, picture, planning, questions
from hallway.web.consents.people import Candidate
from hallway.web.consents.planning import Plan
from hallway.web.consents.questions import Choice
from hallway.web.law.words import class_words, first_up

MOST_COLUMNS = 4
"""People whom the picture shows where a form names nobody."""
COMPOSERS = (*sorted(CLINICIANS), Role.FRONT_DESK)
NOTE_KEEPERS = (Role.THERAPIST, Role.PSYCHIATRIST)
KINDS = (*questions.ALWAYS, *(kind for one in questions.CATEGORIES for kind in one.kinds))
FIRST = {"for": ["TREAT"], "until": ["year"], "tell": ["no"], "ways": ["one"], "language": ["en"], "print": ["usual"]}
"""What stands on the page before anybody answered; nothing that is shared is among it."""
ASKED = (
    "to", "what", "apart", "for", "until", "until_on", "tell", "ways", "language", "print", "skin", "template",
    "members", "longer", "asks",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything the composer stands on for one reader and chart."""

    opened: Opened
    practice: Organization
    first: list[Candidate]
    others: list[Candidate]
    choice: Choice
    plan: Plan
    at: planning.Desk

    @property
    def chosen(self) -> list[Candidate]:
        """The people ticked or added, in the order of the page; those near, where a form is for all who treat."""
        if self.choice.form == planning.FOR_ALL:
            return self.first[:MOST_COLUMNS]
        return [one for one in (*self.first, *self.others) if one.pair in self.choice.recipients]

    @property
    def missing(self) -> list[tuple[str, str]]:
        """The questions still open, the one for who asks only where a form names persons."""
        open_ones = questions.missing(self.choice, today=self.opened.today)
        return [one for one in open_ones if one[0] != "to" or self.choice.form != planning.FOR_ALL]

    def on_paper(self) -> list[Composition]:
        """The forms that a page signed elsewhere stands for: it is there, whether or not the law would ask for it."""
        asked = replace(self.choice, patient_asks=True)
        return planning.plan(asked, self.at).compositions


@page(*COMPOSERS, patient=True)
@require_http_methods(["GET", "POST"])
def compose(request: PageRequest, chart_id: int) -> HttpResponse:
    """Ask the questions; on an answer, prepare the forms and go on to it."""
    desk = desk_of(request, ChartId(chart_id))
    wrong = desk.missing if request.method == "POST" else []
    if request.method == "POST" and not wrong and not desk.plan.forms:
        wrong = [("to", "No signature is needed for this, so there is no form to sign. Read why beside the picture.")]
    if request.method == "POST" and not wrong:
        try:
            return _answered(request, desk)
        except HallwayError as refused:
            wrong = [_question_of(refused)]
    shown = {**values(desk), "wrong": dict(wrong), "wrong_list": wrong, **page_values(request, desk)}
    return render(request, "consents/compose.html", shown, status=422 if wrong else 200)


@page(*COMPOSERS, patient=True)
@require_POST
def preview(request: PageRequest, chart_id: int) -> HttpResponse:
    """The picture and the checks for what is ticked now; swapped in while the questions are asked."""
    desk = desk_of(request, ChartId(chart_id))
    return render(request, "consents/_preview.html", values(desk))


def _answered(request: PageRequest, desk: Desk) -> HttpResponse:
    answer = request.POST.get("answer", "")
    reader, chart_id = request.requester, desk.opened.chart_id
    exchange = ids.new_uuid(clock.now()) if desk.choice.both_ways and len(desk.plan.forms) > 1 else None
    made = [replace(one, exchange_id=exchange) for one in desk.plan.compositions]
    with transaction():
        prepared = _prepared(made, _once(request), answer, reader)
        if answer == "no":
            for row in drafts_of(prepared):
                if row.state == ConsentState.DRAFT:
                    actions.decline_consent(ConsentId(row.id), "does_not_want", by=reader, expected_version=1)
    if answer == "sign":
        return HttpResponseRedirect(signing_address(prepared, after=_after(request)))
    return HttpResponseRedirect(_after(request) or reverse("chart:consents", args=[chart_id]))


def _prepared(made: list[Composition], once: UUID, answer: str, reader: Requester) -> list[ConsentId]:
    """The forms of one press; the second press finds those of the first, unless they were declined in between."""
    ids_asked = [uuid5(once, f"{answer}/{place}") for place in range(len(made))]
    found = [
        actions.compose_consent(replace(one, once=asked), by=reader) for one, asked in zip(made, ids_asked, strict=True)
    ]
    if answer == "no" or all(row.state == ConsentState.DRAFT for row in drafts_of(found)):
        return found
    return [actions.compose_consent(one, by=reader) for one in made]


def _once(request: PageRequest) -> UUID:
    """What this page sends along with its press, kept while the same page is shown again."""
    try:
        return UUID(request.POST.get("once", ""))
    except ValueError:
        return ids.new_uuid(clock.now())


QUESTIONS = {"expiry": "until", "too_long": "until", "purpose": "for", "classes": "what", "kinds": "what"}


def _question_of(refused: HallwayError) -> tuple[str, str]:
    """Which question a refusal is about, in words; every answer that was given stays. Raises what no answer mends."""
    rests = refused.code == "H-CON-024"
    if refused.kind is not Kind.UNPROCESSABLE and not rests:
        raise refused
    return "choice" if rests else QUESTIONS.get(refused.field or "", "to"), f"{refused.what} {refused.to_do}"


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


def _named(choice: Choice, referral: ReferralId | None) -> str:
    """Whom the page has named so far and what asked for it, to take along to another form of this page."""
    query = [("to", f"{organization}-{person}") for organization, person in choice.recipients]
    return urlencode(query + ([("referral", str(referral))] if referral else []))


def desk_of(request: PageRequest, chart_id: ChartId) -> Desk:
    """What the composer stands on, with the choice as it was sent. Raises NOT_FOUND for a form that is not theirs."""
    opened = open_chart(request.requester, chart_id, kinds=KINDS, route="consents/compose")
    practice = Organization.objects.filter(id=request.requester.organization_id).first()
    if practice is None:
        raise gate.not_found()
    sent = _sent(request, opened)
    choice = questions.parse(sent, form=_form(request, practice, sent.get("kind", [])), today=opened.today)
    whole = [organization for organization, person in choice.recipients if not person]
    everybody = people.candidates(but=OrganizationId(practice.id), whole=whole)
    first, others = people.first_and_others(everybody, near=[*choice.recipients, *_near(opened)])
    portions = _portions(opened, OrganizationId(practice.id))
    reader = opened.reader.practitioner_id
    at = planning.Desk(
        opened.chart_id, practice, reader, _patient_state(opened), portions, _referral(request),
        receiver=reader if opened.reader.role in CLINICIANS else NOBODY,
    )  # fmt: skip
    return Desk(opened, practice, first[:8], [*first[8:], *others], choice, planning.plan(choice, at), at)


def _sent(request: PageRequest, opened: Opened) -> dict[str, list[str]]:
    """The answers as they were sent; on a first look what the address names, or what an earlier form asked.

    Raises NOT_FOUND for a form that is not there for this reader, or not on this chart.
    """
    if request.method != "GET":
        return {name: request.POST.getlist(name) for name in ASKED}
    earlier = request.GET.get("again", "")
    if not earlier:
        named = {name: values for name in ASKED if (values := request.GET.getlist(name))}
        # Of the paper, as long as nobody chose one.
        language = "es" if words.prefers_spanish(opened.facts.patient) else "en"
        return FIRST | {"language": [language]} | named
    before = asked_before(form_id(earlier), by=request.requester)
    if before.chart_id != opened.chart_id:
        raise gate.not_found()
    return {**FIRST, **questions.answers(before, here=request.requester.organization_id)}


def form_id(text: str) -> ConsentId:
    """The id of a form in a sent text. Raises NOT_FOUND for anything else."""
    try:
        return ConsentId(UUID(text))
    except ValueError:
        raise gate.not_found() from None


def _form(request: PageRequest, practice: Organization, earlier: list[str]) -> str:
    """The form asked for by name; notes of sessions only for those who keep them, whatever was sent."""
    asked = next(iter(earlier), "") or (request.GET if request.method == "GET" else request.POST).get("kind", "")
    usual = "part2" if practice.is_part2 else "release"
    if asked in NOTE_FORMS and request.requester.role not in NOTE_KEEPERS:
        raise gate.not_found()
    if asked == planning.FOR_ALL and not practice.is_part2:
        return usual
    return asked if asked in questions.FORM_NAMES else usual


def _patient_state(opened: Opened) -> str:
    """The state in the patient's address, as far as it is known here."""
    for row in opened.facts.stored("Patient"):
        for address in row.view(r4.Patient).address or ():
            if address.state and len(address.state) == len("MA"):
                return address.state.upper()
    return ""


def _near(opened: Opened) -> list[tuple[int, int]]:
    """Those who wrote what this reader may see: the shared care, as far as it is known here."""
    made = board.board(opened.facts, opened.roster, opened.reader, header=opened.header, at=opened.at)
    return [(int(one.place.id), int(one.person.id)) for one in made.team]


def values(desk: Desk) -> dict[str, object]:
    """The picture and the checks."""
    opened, choice, plan = desk.opened, desk.choice, desk.plan
    practice = OrganizationId(desk.practice.id)
    own = [one for one in plan.compositions if one.discloser_org == practice]
    now, then = reach.now_and_then(opened.chart_id, practice, own)
    who = board.pronouns(opened.header)
    columns = [one.column() for one in desk.chosen]
    return {
        "chart_id": opened.chart_id,
        "who": who,
        "practice": desk.practice,
        "picture": picture.draw(desk.at.portions, columns, now=now, then=then, who=who, usual=_usual(opened)),
        "form_name": questions.FORM_NAMES[choice.form],
        "made": plan.forms,
        "not_asked": plan.not_asked,
        "left_shut": [
            {
                "what": first_up(class_words(DataClass(one.classes))),
                "form": questions.FORM_NAMES[one.kind],
                "kind": one.kind,
                "why": one.why,
            }
            for one in plan.left_shut
        ],
        "own_forms": own,
        "still": desk.missing,
        "may_ask": not desk.missing and not plan.forms,
        "asks_members": plan.asks_members or choice.members > 0,
        "members": [{"key": one, "ticked": str(choice.members) == one} for one in questions.MEMBERS],
        "is_part2": choice.form.startswith(("part2", "sud")),
        "is_apart": choice.form in questions.ONE_CLASS_FORMS,
        "is_for_all": choice.form == planning.FOR_ALL,
        "may_apart": opened.reader.role in NOTE_KEEPERS,
        "named": _named(choice, desk.at.referral_id),
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


def page_values(request: PageRequest, desk: Desk) -> dict[str, object]:
    """The questions as they stand."""
    who, choice, opened = board.pronouns(desk.opened.header), desk.choice, desk.opened
    return {
        "header": opened.header,
        "pronoun": who.key,
        "choice": choice,
        "kind": choice.form,
        "once": _once(request),
        "is_again": request.method == "GET" and "again" in request.GET,
        "referral": request.GET.get("referral", "") or request.POST.get("referral", ""),
        "first": [{"who": one, "ticked": one.pair in choice.recipients} for one in desk.first],
        "others": desk.others,
        "categories": [
            {"key": one.key, "words": picture.category_words(one, who), "ticked": one.key in choice.categories}
            for one in questions.CATEGORIES
        ],
        "apart": [
            {"key": one.name, "words": text, "ticked": one.name in choice.apart}
            for one, text in questions.APART_WORDS.items()
        ],
        "purposes": [
            {"key": key.value, "words": text, "ticked": key in choice.purposes} for key, text in questions.PURPOSES
        ],
        "skins": [one for one in skins().values() if desk.practice.state in one.states],
        "templates": papers.templates_at(request.requester, kind=choice.form),
        "in_a_year": questions.in_a_year(opened.today),
        "talk": talks.newest_talk(request.requester, opened.chart_id, today=opened.today),
    }
