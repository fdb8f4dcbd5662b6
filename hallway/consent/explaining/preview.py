"""The gate sentence: what the law says about an act of sharing, before it is done. Reads facts, releases nothing."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal
from uuid import UUID

from hallway import clock
from hallway.consent import rules
from hallway.consent.grants import compiler, licences, plans
from hallway.consent.law.facts import ChartFacts, Form, Place
from hallway.consent.rules import Setting, Verdict
from hallway.consent.tables.library import JURISDICTIONS, Holder, Relation, Rule
from hallway.consent.tables.states_of_the_union import STATE_NAMES
from hallway.directory.models import Organization, OrganizationKind, PractitionerRole
from hallway.identity.requester import Requester
from hallway.ids import ChartId, ConsentId, OrganizationId, PractitionerId
from hallway.record.classes import DataClass
from hallway.record.evidence import Purpose

GateVerdict = Literal["open", "pen_before", "pen_signed", "shut"]
REPORT_KIND = "DocumentReference"
_NO_PROVIDERS = (OrganizationKind.PAYER, OrganizationKind.NETWORK)
FORM_BY_NEED = (
    ("psy_auth", "psychotherapy"),
    ("sud_note_consent", "sud_counseling"),
    ("part2_consent", "part2"),
    ("hiv_consent", "hiv"),
    ("state_consent", "release"),
    ("authorization", "release"),
)
_HEADLINES: dict[str, str] = {
    "open": "You may send this without a signature.",
    "passed_on": "You may pass this on for treatment, with its notice.",
    "own": "This stays within the practice.",
    "pen_signed": "The patient signed for this.",
    "determined": "You recorded why it is needed.",
    "pen_before": "This needs the patient's signature first.",
    "shut": "This stays with you.",
}
_FOR_ALL_IS_NOT_IT = "The form for all who treat, which is signed, does not open this."
_RESTRICTED = "The patient asked for it to stay here, and the practice agreed."
_RESTRICTION_CITATION = "45 CFR 164.522(a)(1)(iii)"


@dataclass(frozen=True, slots=True)
class Preview:
    """Verdict in bold, reason in plain words, citation, one link (``pages.md`` section 6).

    ``form_kind`` is the form to prepare when a signature is missing, with ``classes`` as its classes; ``consent_id``
    the one that already holds, ``signed_at`` its time. ``verified`` is false when a rule in it has not been checked.
    """

    verdict: GateVerdict
    headline: str
    reason: str
    citation: str
    rule_ids: tuple[str, ...]
    verified: bool
    form_kind: str
    consent_id: ConsentId | None
    obligations: tuple[str, ...]
    classes: int = 0
    signed_at: datetime | None = None

    @property
    def flows(self) -> bool:
        """Whether it may leave as it is: by law, or by a form that the patient signed."""
        return self.verdict in ("open", "pen_signed")


@dataclass(frozen=True, slots=True)
class _Act:
    """The act of sharing that is asked about, with everything the rules look at."""

    facts: ChartFacts
    place: Place
    way: compiler.Way
    purpose: Purpose
    classes: int
    verdicts: tuple[Verdict, ...]
    restricted: bool


def preview(  # noqa: PLR0913 - the contract names each side of the act
    *,
    chart_id: ChartId,
    discloser_practitioner: PractitionerId,
    discloser_org: OrganizationId,
    recipient_practitioner: PractitionerId,
    recipient_org: OrganizationId,
    purpose: Purpose = Purpose.TREATMENT,
    classes: int | None = None,
    kind: str = REPORT_KIND,
    asker: Requester | None = None,
) -> Preview:
    """May the discloser send content of ``classes`` (default: what they would write) to the recipient now?

    For treatment the recipient counts as treating, because sending makes it so. Pass ``asker`` when somebody else than
    the discloser asks (the way back): the discloser's agreed restrictions are then not told, and no form is that the
    asker's practice is no party to.
    """
    now = clock.now()
    told = asker is None or asker.organization_id == discloser_org
    near = plans.places([discloser_org, recipient_org])
    place = near.get(discloser_org, Place(discloser_org, "", is_part2=False))
    facts = compiler.in_force(plans.load_facts([chart_id])[0], now)
    facts = replace(facts, places=facts.places | near)
    if asker is not None and not told:
        facts = known_to(facts, asker.organization_id)
    way = compiler.Way(
        relation(facts, discloser_org, recipient_org, recipient_practitioner, purpose=purpose),
        recipient_org,
        practitioner=recipient_practitioner,
    )
    asked = licences.usual_classes(discloser_practitioner, discloser_org) if classes is None else classes
    holder: Holder = "program" if place.is_part2 else "holder"
    verdicts = rules.judge(
        Setting(way.relation, purpose, place.state, holder, now.date(), compiler.abroad(facts, place, recipient_org)),
        compiler.openers(facts, discloser_org, way, purpose),
        author=discloser_practitioner,
        kind=kind,
        duty=_has_duty(recipient_practitioner, recipient_org),
    )
    restricted = told and bool(compiler.barred_classes(facts, discloser_org, way) & asked)
    asked_verdicts = tuple(verdict for verdict in verdicts if verdict.data_class & asked)
    return _sentence(_Act(facts, place, way, purpose, asked, asked_verdicts, restricted))


def known_to(facts: ChartFacts, organization: OrganizationId) -> ChartFacts:
    """The facts without forms that this practice may not know of: that one was signed tells of a program.

    A form that names the practice is its own; one for all who treat is theirs while they are on the care team.
    """
    if any(member.organization == organization for member in facts.members):
        return facts
    return replace(facts, forms=tuple(form for form in facts.forms if form.recipient_org == organization))


def relation(facts: ChartFacts, source: int, recipient: int, person: int, *, purpose: Purpose) -> Relation:
    """How the recipient stands to the source, once something is sent: for treatment, sending makes it treating."""
    if source == recipient:
        roles = PractitionerRole.objects.filter(practitioner_id=person, organization_id=recipient)
        medical = roles.filter(role__in=rules.MEDICAL_ROLES).exists()
        return Relation.OWN_MEDICAL if medical and purpose is Purpose.TREATMENT else Relation.OWN
    treats = any(member.organization == recipient for member in facts.members)
    if treats or (purpose is Purpose.TREATMENT and not _is_no_provider(recipient)):
        return Relation.TREATING
    return Relation.NAMED


def _is_no_provider(organization: int) -> bool:
    return Organization.objects.filter(id=organization, kind__in=_NO_PROVIDERS).exists()


def _has_duty(person: int, organization: int) -> bool:
    roles = PractitionerRole.objects.filter(practitioner_id=person, organization_id=organization, sud_duty=True)
    return bool(person) and roles.exists()


def _sentence(act: _Act) -> Preview:
    if act.restricted:
        return _made(act, "shut", "shut", reason=_RESTRICTED, citation=_RESTRICTION_CITATION)
    blocking = rules.leading(act.verdicts)
    if not act.verdicts or (blocking is not None and blocking.blocking is None):
        return _made(act, "shut", "shut", reason="Nobody has said yet what kind of content this is.", citation="")
    if blocking is not None and blocking.blocking is not None:
        return _blocked(act, blocking.blocking)
    return _flowing(act)


def _blocked(act: _Act, row: Rule) -> Preview:
    if row.outcome == "deny" or row.sud_duty:
        return _made(act, "shut", "shut", reason=row.sentence, citation=row.citation)
    form = _form(act)
    verdict: GateVerdict = "shut" if form in ("psychotherapy", "sud_counseling") else "pen_before"
    reason = f"{row.sentence} {_FOR_ALL_IS_NOT_IT}" if _has_form_for_all(act) else row.sentence
    return _made(act, verdict, verdict, reason=reason, citation=row.citation, form=form)


def _has_form_for_all(act: _Act) -> bool:
    """Whether a form for all who treat is signed that speaks of this act, and yet does not open it."""
    speaking = {one.id for one in compiler.openers(act.facts, act.place.id, act.way, act.purpose)}
    return any(form.kind == "part2_tpo" and form.id in speaking for form in act.facts.forms)


def _form(act: _Act) -> str:
    """The narrowest form that opens what is shut; the program's own covers the state's consent too."""
    needs = {need for verdict in act.verdicts if verdict.blocking for need in verdict.blocking.needs}
    return next((form for need, form in FORM_BY_NEED if need in needs), "release")


def _flowing(act: _Act) -> Preview:
    used = {opener for verdict in act.verdicts for opener in verdict.openers}
    form = next((form for form in act.facts.forms if form.id in used), None)
    if used:
        row = next(_opened_rule(verdict) for verdict in act.verdicts if verdict.openers)
        key = "pen_signed" if form else "determined"
        return _made(act, "pen_signed", key, reason=row.sentence, citation=row.citation, held=form)
    if act.way.relation in (Relation.OWN, Relation.OWN_MEDICAL):
        key = "own"
    else:
        key = "passed_on" if act.classes & DataClass.PART2 else "open"
    row = act.verdicts[-1].rules[0] if key == "passed_on" else act.verdicts[0].rules[0]
    return _made(act, "open", key, reason=row.sentence, citation=row.citation)


def _opened_rule(verdict: Verdict) -> Rule:
    """The row that a form opened."""
    return next((row for row in verdict.rules if row.outcome == "needs"), verdict.rules[0])


def _made(
    act: _Act,
    verdict: GateVerdict,
    headline: str,
    *,
    reason: str,
    citation: str,
    form: str = "",
    held: Form | None = None,
) -> Preview:
    governing = [row for one in act.verdicts for row in one.rules]
    flowing = [(one.data_class.name, row) for one in act.verdicts if one.flows for row in one.rules]
    return Preview(
        verdict=verdict,
        headline=_HEADLINES[headline],
        reason=_with_state(reason, act),
        citation=citation,
        rule_ids=tuple(dict.fromkeys(row.id for row in governing)),
        verified=all(row.verified for row in governing),
        form_kind=form,
        consent_id=ConsentId(UUID(held.id)) if held else None,
        obligations=tuple(dict.fromkeys(f"{name}/{duty}" for name, row in flowing for duty in row.obligations)),
        classes=act.classes,
        signed_at=held.span.from_at if held else None,
    )


def _with_state(reason: str, act: _Act) -> str:
    """Where no overlay is loaded for the discloser's state, the sentence says so."""
    state = act.place.state
    if not state or state in JURISDICTIONS or act.place.id == act.way.organization:
        return reason
    return f"{reason} No {STATE_NAMES.get(state, state)} rules are loaded."
