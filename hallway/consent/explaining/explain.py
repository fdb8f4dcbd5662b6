"""Why something may or may not flow, for readers entitled to know: its readers, its patient, its privacy officer."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from hallway import clock
from hallway.consent import gate, rules
from hallway.consent.explaining import reach
from hallway.consent.grants import compiler, plans
from hallway.consent.law.facts import ChartFacts, Place
from hallway.consent.rules import Setting, Verdict
from hallway.consent.tables.library import Holder
from hallway.identity.requester import Requester, Role
from hallway.ids import ChartId, OrganizationId, PractitionerId, ResourceId
from hallway.record import queries as record
from hallway.record.evidence import Purpose
from hallway.record.stored import Stored


@dataclass(frozen=True, slots=True)
class Reason:
    """One class of an item towards one recipient: flows or not, by which rule, and what would open it."""

    class_name: str
    flows: bool
    rule_id: str
    citation: str
    sentence: str
    needs: tuple[str, ...]
    verified: bool
    rule_ids: tuple[str, ...] = ()
    """Every row that was asked about this class, in the order they were."""
    consent_ids: tuple[str, ...] = ()
    """The forms and determinations it leans on."""


@dataclass(frozen=True, slots=True)
class Flow:
    """What of one source reaches one recipient for treatment, with reasons."""

    source_org: OrganizationId
    recipient_org: OrganizationId
    recipient_practitioner: PractitionerId
    flows: bool
    restricted: bool
    reasons: tuple[Reason, ...]


def explain(requester: Requester, chart_id: ChartId, kind: str, resource_id: ResourceId) -> list[Flow]:
    """To whom an item flows for treatment and why, for its patient and for its source's people who may read it.

    Raises NOT_FOUND for everybody else, and for an item that is not there: the same bytes. The read leaves its line.
    """
    item = record.read_one(gate.release(requester, chart_id), kind, resource_id, route="explain")
    if item is None or not _entitled(requester, item.source_org):
        raise gate.not_found()
    facts = _known(requester, item.source_org, _facts(chart_id))
    return [_flow(facts, item.source_org, way, mask=item.mask, item=item) for way in _others(facts, item.source_org)]


def _entitled(requester: Requester, source: int) -> bool:
    return requester.role is Role.PATIENT or requester.organization_id == source


def _facts(chart_id: ChartId) -> ChartFacts:
    return compiler.in_force(plans.load_facts([chart_id])[0], clock.now())


def _known(requester: Requester, source: int, facts: ChartFacts) -> ChartFacts:
    """The facts that this reader may be told of: all of them for the patient, for staff those of their own practice.

    That somebody else holds records of the patient, or is named on a form between others, is theirs to tell. Found by
    the two-worlds proof.
    """
    if requester.role is Role.PATIENT:
        return facts
    known = reach.as_known_at(OrganizationId(source), facts, clock.now())
    return replace(known, sources=(source,), forms=tuple(one for one in known.forms if one.discloser_org == source))


def _others(facts: ChartFacts, source: int) -> Iterator[compiler.Way]:
    """Every other organization that a grant could speak of, and the persons whom a form or restriction names there."""
    for recipient in compiler.recipients(facts):
        if recipient != source:
            for person in (0, *compiler.people(facts, recipient)):
                for way in compiler.relations(facts, _place(facts, source), recipient):
                    yield replace(way, practitioner=person)


def _place(facts: ChartFacts, source: int) -> Place:
    return facts.places.get(source, Place(source, "", is_part2=False))


def _flow(facts: ChartFacts, source: int, way: compiler.Way, *, mask: int, item: Stored | None) -> Flow:
    verdicts = _verdicts(facts, source, way, item)
    barred = compiler.barred_classes(facts, source, way) & mask
    reasons = tuple(_reason(verdict) for verdict in verdicts if verdict.data_class & mask)
    return Flow(
        source_org=OrganizationId(source),
        recipient_org=OrganizationId(way.organization),
        recipient_practitioner=PractitionerId(way.practitioner),
        flows=not barred and all(reason.flows for reason in reasons),
        restricted=bool(barred),
        reasons=reasons,
    )


def _verdicts(facts: ChartFacts, source: int, way: compiler.Way, item: Stored | None) -> tuple[Verdict, ...]:
    place = _place(facts, source)
    holder: Holder = "program" if place.is_part2 else "holder"
    outside = compiler.abroad(facts, place, way.organization)
    setting = Setting(way.relation, Purpose.TREATMENT, place.state, holder, clock.today(), outside)
    openers = compiler.openers(facts, source, way, Purpose.TREATMENT)
    return rules.judge(setting, openers, author=item.author if item else 0, kind=item.kind if item else "")


def _reason(verdict: Verdict) -> Reason:
    row = verdict.blocking or verdict.rules[-1]
    return Reason(
        class_name=verdict.data_class.name or "",
        flows=verdict.flows,
        rule_id=row.id,
        citation=row.citation,
        sentence=row.sentence,
        needs=() if verdict.flows else row.needs,
        verified=all(rule.verified for rule in verdict.rules),
        rule_ids=tuple(rule.id for rule in verdict.rules),
        consent_ids=verdict.openers,
    )
