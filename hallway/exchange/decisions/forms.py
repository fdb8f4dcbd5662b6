"""The patient's stored forms and the recorded facts, as the engine asks for them."""

from datetime import date

from hallway.consent import validity
from hallway.consent.asking import Aim, SignedForm
from hallway.consent.facts import ChartFacts, Form
from hallway.exchange.decisions.parties import Towards


def signed_forms(facts: ChartFacts, holder: int, towards: Towards, *, on: date, state: str) -> tuple[SignedForm, ...]:
    """The forms under which this holder may let something go. ``facts`` are those in force: valid, not taken back."""
    return tuple(
        _form(one, on=on, state=state, fits=_fits(one, facts, towards))
        for one in facts.forms
        if one.discloser_org == holder
    )


def _form(one: Form, *, on: date, state: str, fits: bool) -> SignedForm:
    # Without a date a stored form ends by an event, but for the one kind that may have no end at all.
    ends, event = one.span.until_at, "none" if one.kind == "part2_tpo" else "end_of_treatment"
    aims = frozenset(Aim(purpose) for purpose in one.purposes if purpose in Aim.__members__.values())
    return SignedForm(
        kind=one.kind,
        elements=validity.whole(one, state, aims, on=on),
        aims=aims,
        classes=one.classes,
        state=state,
        circumstances=validity.CHECKED_WHEN_STORED,
        signed_on=one.span.from_at.date(),
        expires_on=ends.date() if ends else None,
        expires_event="" if ends else event,
        fits=fits,
    )


def _fits(one: Form, facts: ChartFacts, towards: Towards) -> bool:
    """Whether the form names this recipient: by name, or as one of those who treat."""
    if one.recipient_org == 0:
        treats = any(member.organization == towards.organization for member in facts.members)
        return one.kind == "part2_tpo" and treats and towards.organization not in one.not_for
    return one.recipient_org == towards.organization and one.recipient_practitioner in (0, towards.practitioner)


def recorded(facts: ChartFacts, holder: int, towards: Towards, said: tuple[str, ...]) -> frozenset[str]:
    """Facts that bear on it: determinations recorded here, and circumstances that the gateway has on record."""
    judged = {
        fact.need
        for fact in facts.judgements
        if fact.discloser_org == holder and fact.recipient_org == towards.organization
    }
    return frozenset(judged | set(said))


def barred_classes(facts: ChartFacts, holder: int, towards: Towards) -> int:
    """The classes that the patient's agreed restrictions keep from this recipient."""
    mask = 0
    for limit in facts.limits:
        if limit.binds(holder, towards.organization, towards.practitioner):
            mask |= limit.classes
    return mask
