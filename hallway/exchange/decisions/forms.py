"""The patient's stored forms and the recorded facts, as the engine asks for them."""

from dataclasses import dataclass
from datetime import date

from hallway.consent.law import validity
from hallway.consent.law.asking import SignedForm
from hallway.consent.law.facts import ChartFacts, Form, Place
from hallway.exchange.decisions.parties import Towards


@dataclass(frozen=True, slots=True)
class Thing:
    """One item as far as forms and determinations tell items apart: its FHIR type, its author (0: not known)."""

    kind: str
    author: int
    mask: int


def signed_forms(
    facts: ChartFacts, place: Place, towards: Towards, thing: Thing, *, on: date
) -> tuple[SignedForm, ...]:
    """The forms under which this holder may let a thing go. ``facts`` are those in force: valid, not taken back."""
    return tuple(
        validity.as_asked(one, place.state, on=on, fits=_covers(one, thing) and _names(one, facts, towards))
        for one in facts.forms
        if one.discloser_org == place.id
    )


def _covers(one: Form, thing: Thing) -> bool:
    """Whether the form speaks of this type, and of what this author wrote."""
    return (not one.kinds or thing.kind in one.kinds) and one.discloser_practitioner in (0, thing.author)


def _names(one: Form, facts: ChartFacts, towards: Towards) -> bool:
    """Whether the form names this recipient: by name, or as one of those who treat."""
    if one.recipient_org == 0:
        treats = any(member.organization == towards.organization for member in facts.members)
        return one.kind == "part2_tpo" and treats and towards.organization not in one.not_for
    return one.recipient_org == towards.organization and one.recipient_practitioner in (0, towards.practitioner)


def recorded(
    facts: ChartFacts, place: Place, towards: Towards, thing: Thing, *, said: tuple[str, ...]
) -> frozenset[str]:
    """Facts that bear on it: determinations recorded here, and circumstances that the gateway has on record.

    A determination opens what its own discloser wrote, and nothing of a colleague's.
    """
    judged = {
        fact.need
        for fact in facts.judgements
        if fact.discloser_org == place.id
        and fact.recipient_org == towards.organization
        and fact.discloser_practitioner == thing.author
        and fact.classes & thing.mask
    }
    return frozenset(judged | set(said))


def barred_classes(facts: ChartFacts, holder: int, towards: Towards) -> int:
    """The classes that the patient's agreed restrictions keep from this recipient."""
    mask = 0
    for limit in facts.limits:
        if limit.binds(holder, towards.organization, towards.practitioner):
            mask |= limit.classes
    return mask
