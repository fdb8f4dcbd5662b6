"""A Consent sent to Hallway prepares a form. It opens nothing: the patient signs it here, or nobody does."""

from datetime import UTC, datetime, time

from hallway.consent import actions
from hallway.consent.actions import Composition
from hallway.consent.models import ConsentKind
from hallway.exchange.workflow import people, refusals
from hallway.identity.requester import Requester
from hallway.ids import OrganizationId
from hallway.record.classes import DataClass
from hallway.record.evidence import Purpose
from hallway.record.stored import Stored
from hallway.standards.fhir import r4

_PURPOSES = {"TREAT": Purpose.TREATMENT, "HPAYMT": Purpose.PAYMENT, "HOPERAT": Purpose.OPERATIONS}
_CLASSES = {
    "PSY": DataClass.MH, "42CFRPart2": DataClass.PART2, "HIV": DataClass.HIV, "GDIS": DataClass.GENETIC,
    "SDV": DataClass.SEX_ASSAULT,
}  # fmt: skip
"""HL7's codes for the classes that have one; ours are the names of the classes."""
_OURS = "urn:hallway:data-class"
_KIND = "urn:hallway:consent-kind"
_PREPARED = ("draft", "proposed")


def wants(by: Requester, raw: bytes, current: Stored | None) -> bool:
    """Every Consent."""
    return True


def do(by: Requester, raw: bytes, current: Stored | None) -> None:
    """Prepare the form. Raises UNPROCESSABLE for one that stands already, FORBIDDEN to whom it benefits."""
    sent = r4.decode(raw, r4.Consent)
    if current is not None:
        raise refusals.no_step("A form is signed, declined or taken back in Hallway, by the patient.", field="Consent")
    if sent.status not in _PREPARED:
        raise refusals.only_by_signature()
    composition = composition_of(by, sent)
    if composition.recipient_org == by.organization_id:
        raise refusals.benefits_you()
    actions.compose_consent(composition, by=by)


def composition_of(by: Requester, sent: r4.Consent) -> Composition:
    """What the form will say. What a form cannot say is refused, never dropped."""
    provision = sent.provision
    if provision is None or provision.type not in (None, "permit") or provision.provision:
        raise refusals.no_step("Permit something, in one provision.", field="Consent.provision")
    if provision.data or provision.code or provision.action or provision.data_period is not None:
        raise refusals.no_step("A form speaks of classes and types, not of single things.", field="Consent.provision")
    actors = [one.reference for one in provision.actor if one.reference is not None]
    place, person = people.party(actors, "Consent.provision.actor")
    discloser = people.party(sent.organization, "Consent.organization")[0] if sent.organization else by.organization_id
    classes = _classes(provision.security_label)
    return Composition(
        chart_id=people.chart_of(sent.patient, "Consent.patient"),
        kind=_kind(sent, classes),
        discloser_org=OrganizationId(discloser),
        recipient_org=place,
        recipient_practitioner=person,
        classes=classes,
        kinds=tuple(one.code or "" for one in provision.class_),
        purposes=_purposes(provision.purpose),
        expires_at=_end(provision.period),
    )


def _classes(labels: tuple[r4.Coding, ...]) -> int:
    found = 0
    for one in labels:
        known = DataClass.__members__.get(one.code or "") if one.system == _OURS else _CLASSES.get(one.code or "")
        if known is None:
            raise refusals.no_step("Name classes that a form can carry.", field="Consent.provision.securityLabel")
        found |= int(known)
    return found or int(DataClass.GENERAL)


def _kind(sent: r4.Consent, classes: int) -> str:
    named = [one.code for concept in sent.category for one in concept.coding if one.system == _KIND and one.code]
    if named:
        return named[0]
    if classes & DataClass.PART2:
        return str(ConsentKind.PART2)
    return str(ConsentKind.HIV if classes & DataClass.HIV else ConsentKind.RELEASE)


def _purposes(codings: tuple[r4.Coding, ...]) -> tuple[Purpose, ...]:
    found = tuple(_PURPOSES[one.code] for one in codings if one.code in _PURPOSES)
    if len(found) != len(codings):
        raise refusals.no_step("A form's purposes are TREAT, HPAYMT, HOPERAT.", field="Consent.provision.purpose")
    return found or (Purpose.TREATMENT,)


def _end(period: r4.Period | None) -> datetime | None:
    if period is None or not period.end:
        return None
    text = period.end
    if len(text) == len("2026-01-01"):
        return datetime.combine(datetime.fromisoformat(text).date(), time.max, tzinfo=UTC)
    return people.instant(text, "Consent.provision.period.end")
