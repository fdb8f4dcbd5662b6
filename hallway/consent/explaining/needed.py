"""Which signature does the law ask for, and where none? Exactly those forms are offered, and no other is demanded.

Asking a patient to consent where no law asks for it is itself a risk of information blocking (45 CFR 171, law.md 2.12).
The same rules answer that compile the grants. Reads facts, releases nothing, writes nothing.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from hallway import clock
from hallway.consent import rules
from hallway.consent.explaining import preview, reach
from hallway.consent.forms.composing import Composition
from hallway.consent.grants import compiler, licences, plans
from hallway.consent.law.facts import ChartFacts, Place
from hallway.consent.rules import Opener, Setting, Verdict
from hallway.consent.tables.forms import form_rule
from hallway.consent.tables.library import Holder, Relation, Rule
from hallway.ids import NOBODY, ChartId, OrganizationId, PractitionerId
from hallway.record.classes import LICENCE_CLASSES, DataClass
from hallway.record.evidence import Purpose

ORDINARY = DataClass.GENERAL | DataClass.MH | LICENCE_CLASSES | DataClass.PATIENT_RESTRICTED
"""What a form carries without a tick of its own."""
_ALONE = {"psychotherapy": DataClass.PSYTHER_NOTE, "sud_counseling": DataClass.SUD_COUNSEL_NOTE, "hiv": DataClass.HIV}


@dataclass(frozen=True, slots=True)
class Wish:
    """What one side wants to give to another: ``classes`` beside the ordinary ones that were ticked, FHIR ``kinds``.

    ``holds`` are the classes of what there is to give, as far as the asker may know (0: what the discloser writes).
    """

    chart_id: ChartId
    discloser_org: OrganizationId
    recipient_org: OrganizationId
    recipient_practitioner: PractitionerId
    purposes: tuple[Purpose, ...]
    kinds: tuple[str, ...] = ()
    ticked: int = 0
    holds: int = 0
    discloser_practitioner: PractitionerId = NOBODY


@dataclass(frozen=True, slots=True)
class Ground:
    """Why: a rule's sentence and citation in words for the desk."""

    sentence: str
    citation: str
    verified: bool


@dataclass(frozen=True, slots=True)
class Need:
    """One form that the law asks for: its kind, the classes it must carry, and why."""

    kind: str
    classes: int
    purposes: tuple[Purpose, ...]
    why: Ground


@dataclass(frozen=True, slots=True)
class Answer:
    """What the law asks for between two: forms to sign, what flows without one, and what no form here opens."""

    needs: tuple[Need, ...]
    free: tuple[Ground, ...]
    held: tuple[str, ...]
    shut: tuple[Ground, ...]

    @property
    def needs_nothing(self) -> bool:
        """Whether no signature is missing."""
        return not self.needs and not self.shut


def carries(kind: str, state: str, ticked: int = 0) -> int:
    """The classes a form of this kind carries: ordinary content, what was ticked, and its own class where it has one.

    HIV, genetic and other state classes never stand on it without their tick.
    """
    if kind in _ALONE:
        return int(_ALONE[kind])
    asked = ORDINARY | DataClass(ticked) | (DataClass.PART2 if kind.startswith("part2") else DataClass(0))
    asked = asked & ~DataClass.HIV if state == "MA" else asked
    return int(asked) & form_rule(kind, state).may


def asked_for(wish: Wish, *, asker_org: OrganizationId) -> Answer:
    """What the law asks for before the wish may be granted, by this discloser's licences, state and the patient's data.

    What the asker may not know (another practice's forms and restrictions) never changes the answer.
    """
    now = clock.now()
    place = plans.places([wish.discloser_org]).get(wish.discloser_org, Place(wish.discloser_org, "", is_part2=False))
    facts = compiler.in_force(plans.load_facts([wish.chart_id])[0], now)
    if asker_org == wish.discloser_org:
        facts = reach.as_known_at(wish.discloser_org, facts, now)
    else:
        facts = preview.known_to(facts, asker_org)
    mask = (wish.holds or writes(wish.discloser_org, wish.discloser_practitioner)) | wish.ticked
    judged = [(purpose, one) for purpose in wish.purposes for one in _judged(facts, place, wish, purpose)]
    relevant = [(purpose, one) for purpose, one in judged if one.data_class & mask]
    return _answer(relevant, is_program=place.is_part2)


def left_shut(form: Composition, holds: int) -> tuple[Need, ...]:
    """What a form for all who treat leaves shut of the classes in ``holds``, one by one, and the form that opens it.

    It meets the consent that Part 2 asks for and no other: what a licence's state wants to be asked for stays.
    """
    place = plans.places([form.discloser_org]).get(form.discloser_org, Place(form.discloser_org, "", is_part2=False))
    holder: Holder = "program" if place.is_part2 else "holder"
    signed = Opener("draft", rules.COVERS[form.kind], form.classes, kinds=form.kinds)
    found: dict[DataClass, list[tuple[Purpose, Verdict]]] = {}
    for purpose in form.purposes:
        setting = Setting(Relation.TREATING, purpose, place.state, holder, clock.today())
        for kind in form.kinds or (preview.REPORT_KIND,):
            for one in rules.judge(setting, (signed,), kind=kind):
                if one.data_class & holds and _waits_for_a_form(one, is_program=place.is_part2):
                    found.setdefault(one.data_class, []).append((purpose, one))
    return tuple(_opened_by(verdicts, is_program=place.is_part2) for verdicts in found.values())


def _waits_for_a_form(verdict: Verdict, *, is_program: bool) -> bool:
    """Whether a law wants a form for it; not where it is kept to the kinds that a purpose needs."""
    row = verdict.blocking
    return row is not None and row.outcome == "needs" and bool(_form_for(verdict, is_program=is_program))


def _opened_by(verdicts: list[tuple[Purpose, Verdict]], *, is_program: bool) -> Need:
    by_purpose: dict[Purpose, list[Verdict]] = {}
    for purpose, one in verdicts:
        by_purpose.setdefault(purpose, []).append(one)
    return _need(_form_for(verdicts[0][1], is_program=is_program), by_purpose)


def writes(organization: OrganizationId, practitioner: PractitionerId) -> int:
    """The classes of what this person writes there, or of what anybody there writes where no person is named."""
    if practitioner:
        return licences.usual_classes(practitioner, organization)
    return licences.anybodys_classes(organization, on=clock.today())


def _judged(facts: ChartFacts, place: Place, wish: Wish, purpose: Purpose) -> Iterator[Verdict]:
    relation = preview.relation(
        facts, wish.discloser_org, wish.recipient_org, wish.recipient_practitioner, purpose=purpose
    )
    way = compiler.Way(relation, wish.recipient_org, practitioner=wish.recipient_practitioner)
    holder: Holder = "program" if place.is_part2 else "holder"
    abroad = compiler.abroad(facts, place, wish.recipient_org)
    setting = Setting(relation, purpose, place.state, holder, clock.today(), abroad)
    found = compiler.openers(facts, wish.discloser_org, way, purpose)
    for kind in wish.kinds or (preview.REPORT_KIND,):
        yield from rules.judge(setting, found, author=wish.discloser_practitioner, kind=kind)


def _answer(judged: list[tuple[Purpose, Verdict]], *, is_program: bool) -> Answer:
    blocked: dict[str, dict[Purpose, list[Verdict]]] = {}
    shut: list[Rule] = []
    for purpose, verdict in judged:
        if verdict.flows:
            continue
        kind = _form_for(verdict, is_program=is_program)
        if kind:
            blocked.setdefault(kind, {}).setdefault(purpose, []).append(verdict)
        elif verdict.blocking is not None:
            shut.append(verdict.blocking)
    flowing = [one for _, one in judged if one.flows]
    return Answer(
        needs=tuple(_need(kind, by_purpose) for kind, by_purpose in blocked.items()),
        free=_grounds(row for one in flowing if not one.openers for row in one.rules[:1]),
        held=tuple(dict.fromkeys(opener for one in flowing for opener in one.openers)),
        shut=_grounds(shut),
    )


def _form_for(verdict: Verdict, *, is_program: bool) -> str:
    """The narrowest form for what is shut; a program's own form covers its state's consent too. Empty: no form."""
    row = verdict.blocking
    if row is None or row.outcome == "deny" or row.sud_duty:
        return ""
    needs = row.needs or ("authorization",)
    kind = next((form for need, form in preview.FORM_BY_NEED if need in needs), "release")
    return "part2" if kind == "release" and is_program else kind


def _need(kind: str, by_purpose: dict[Purpose, list[Verdict]]) -> Need:
    verdicts = [one for found in by_purpose.values() for one in found]
    classes = 0
    for one in verdicts:
        classes |= one.data_class
    leading = rules.leading(verdicts)
    row = leading.blocking if leading else None
    assert row is not None
    return Need(kind, classes, tuple(by_purpose), Ground(row.sentence, row.citation, row.verified))


def _grounds(rows: Iterable[Rule]) -> tuple[Ground, ...]:
    """Each sentence once."""
    return tuple(dict.fromkeys(Ground(row.sentence, row.citation, row.verified) for row in rows))
