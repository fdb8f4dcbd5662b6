"""From a choice to exactly the forms that the law asks for, and to a plain word where it asks for none."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from hallway.consent.actions import Composition
from hallway.consent.explaining import needed
from hallway.consent.explaining.needed import Answer, Ground, Need, Wish
from hallway.consent.explaining.reach import Portion
from hallway.consent.forms.composing import NOTE_FORMS, rule_of
from hallway.consent.forms.papers import last_instant, zone_of
from hallway.consent.tables.forms import FormRule
from hallway.directory.models import Organization
from hallway.ids import NOBODY, ChartId, OrganizationId, PractitionerId, ReferralId
from hallway.record.classes import AUTHOR_ONLY, DataClass
from hallway.record.evidence import Purpose
from hallway.web.consents.questions import ONE_CLASS_FORMS, Choice

FOR_ALL = "part2_tpo"
"""The single consent that names a class of recipients instead of persons."""


@dataclass(frozen=True, slots=True)
class Made:
    """One form that will be prepared: what it says, to whom it lets go, why the law asks for it, what it must hold."""

    composition: Composition
    giver: str
    receiver: str
    why: Ground | None
    rule: FormRule


@dataclass(frozen=True, slots=True)
class NotAsked:
    """Two between whom no signature is missing, or none that a form could bring: a rule's sentence says why."""

    giver: str
    receiver: str
    grounds: tuple[Ground, ...]
    is_signed: bool
    is_shut: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """What a choice comes to. Nothing is asked for that no law asks for, unless the patient wants it on paper."""

    forms: tuple[Made, ...]
    not_asked: tuple[NotAsked, ...]
    left_shut: tuple[Need, ...] = ()
    """What a form for all who treat does not open, and the form that would."""

    @property
    def compositions(self) -> list[Composition]:
        """The forms to prepare."""
        return [one.composition for one in self.forms]

    @property
    def asks_members(self) -> bool:
        """Whether a licence wants each member of a family to sign."""
        return any(one.rule.members for one in self.forms)


@dataclass(frozen=True, slots=True)
class Desk:
    """Where the choice is made: the chart, the practice, what it holds as far as the reader may know."""

    chart_id: ChartId
    practice: Organization
    reader: PractitionerId
    patient_state: str
    portions: Counter[Portion]
    referral_id: ReferralId | None = None
    receiver: PractitionerId = NOBODY
    """Who receives the way back: the reader, where they treat; else the practice."""


def plan(choice: Choice, desk: Desk) -> Plan:
    """The forms of a choice, each for one recipient, so that one can be taken back and the others stay."""
    if choice.form == FOR_ALL:
        composed = _composition(choice, desk, FOR_ALL, there=True, pair=(0, 0), classes=0)
        made = Made(composed, desk.practice.name, "all who treat", None, _rule(composed, desk.practice))
        return Plan((made,), (), needed.left_shut(composed, _held(choice, desk) | choice.ticked))
    organizations = {one.id: one for one in Organization.objects.filter(id__in=[to for to, _ in choice.recipients])}
    forms: list[Made] = []
    not_asked: list[NotAsked] = []
    for organization, person in choice.recipients:
        other = organizations.get(organization)
        if other is None:
            continue
        for there in choice.ways:
            found, said = _between(choice, desk, other, person, there=there)
            forms += found
            not_asked += said
    return Plan(tuple(forms), tuple(not_asked))


def _between(
    choice: Choice, desk: Desk, other: Organization, person: int, *, there: bool
) -> tuple[list[Made], list[NotAsked]]:
    """One direction between this practice and another."""
    giver, receiver = (desk.practice, other) if there else (other, desk.practice)
    if choice.form in ONE_CLASS_FORMS:
        composed = _composition(choice, desk, choice.form, there=True, pair=(other.id, person), classes=0)
        return [Made(composed, giver.name, receiver.name, None, _rule(composed, giver))], []
    answer = needed.asked_for(
        _wish(choice, desk, other, person, there=there), asker_org=OrganizationId(desk.practice.id)
    )
    forms = [
        Made(composed, giver.name, receiver.name, why, _rule(composed, giver))
        for kind, classes, why in _kinds(choice, answer, is_program=giver.is_part2)
        for composed in [_composition(choice, desk, kind, there=there, pair=(other.id, person), classes=classes)]
    ]
    return forms, list(_unasked(answer, giver.name, receiver.name, has_forms=bool(forms)))


def _kinds(choice: Choice, answer: Answer, *, is_program: bool) -> Iterator[tuple[str, int, Ground | None]]:
    """Each form's kind with the classes the law wants on it; one at the patient's own wish where none is needed."""
    for need in answer.needs:
        yield need.kind, need.classes, need.why
    if not answer.needs and choice.patient_asks:
        yield "part2" if is_program else "release", 0, None


def _unasked(answer: Answer, giver: str, receiver: str, *, has_forms: bool) -> Iterator[NotAsked]:
    if answer.shut:
        yield NotAsked(giver, receiver, answer.shut[:2], is_signed=False, is_shut=True)
    if not has_forms and (answer.free or answer.held):
        yield NotAsked(giver, receiver, answer.free[:1], is_signed=bool(answer.held), is_shut=False)


def _wish(choice: Choice, desk: Desk, other: Organization, person: int, *, there: bool) -> Wish:
    here = OrganizationId(desk.practice.id)
    if there:
        return Wish(
            desk.chart_id, here, OrganizationId(other.id), PractitionerId(person), choice.purposes,
            kinds=choice.kinds, ticked=choice.ticked, holds=_held(choice, desk),
        )  # fmt: skip
    return Wish(
        desk.chart_id, OrganizationId(other.id), here, desk.receiver, (Purpose.TREATMENT,),
        kinds=choice.kinds, ticked=0, discloser_practitioner=PractitionerId(person),
    )  # fmt: skip


def _held(choice: Choice, desk: Desk) -> int:
    """The ordinary classes of what this practice holds of the ticked kinds, and of what its people would write."""
    mask = needed.writes(OrganizationId(desk.practice.id), desk.reader)
    for portion in desk.portions:
        if not choice.kinds or portion.kind in choice.kinds:
            mask |= portion.mask
    return mask & int(needed.ORDINARY | DataClass.PART2) & ~int(AUTHOR_ONLY)


def _composition(
    choice: Choice, desk: Desk, kind: str, *, there: bool, pair: tuple[int, int], classes: int
) -> Composition:
    """What one form says. ``classes`` are those the law named; ordinary ones go along, others by their tick alone."""
    here, other = OrganizationId(desk.practice.id), OrganizationId(pair[0])
    state = desk.practice.state if there else ""
    ticked = (choice.ticked if there else 0) | classes
    ends = (
        last_instant(choice.until_on, desk.practice.timezone if there else zone_of(other)) if choice.until_on else None
    )
    return Composition(
        chart_id=desk.chart_id,
        kind=kind,
        discloser_org=here if there else other,
        recipient_org=other if there else here,
        discloser_practitioner=desk.reader if kind in NOTE_FORMS else NOBODY,
        recipient_practitioner=PractitionerId(pair[1]) if there else desk.receiver,
        classes=needed.carries(kind, state, ticked & ~int(AUTHOR_ONLY)),
        purposes=choice.purposes if there else (Purpose.TREATMENT,),
        kinds=() if kind in ONE_CLASS_FORMS else choice.kinds,
        expires_at=ends,
        expires_event="" if ends else choice.until,
        tell_withheld=choice.tell and there,
        referral_id=desk.referral_id,
        states=(desk.patient_state,) if desk.patient_state else (),
        language=choice.language,
        large_print=choice.large,
        longer_asked=choice.longer,
        skin=choice.skin,
        template_id=choice.template if there else None,
        members=choice.members,
        patient_asks=choice.patient_asks,
        licences=classes,
    )


def _rule(composed: Composition, giver: Organization) -> FormRule:
    return rule_of(composed, giver.state)
