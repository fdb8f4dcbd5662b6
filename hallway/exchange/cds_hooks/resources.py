"""The hook's request as a decision request, and decisions as cards. Pure but for the limits of ``decisions.asked``."""

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from hallway.consent.law.asking import Aim, RecipientKind, Tie
from hallway.exchange.cds_hooks.tables.services import CONSULT
from hallway.exchange.decisions import asked
from hallway.exchange.decisions.actions import NO_CONSENT, PERMIT, Decided, Decision
from hallway.exchange.decisions.asked import DecisionRequest, Identifier, Item, Party, Patient
from hallway.exchange.decisions.resources import Json, obligation

NPI = "http://hl7.org/fhir/sid/us-npi"
ACT_CODE = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
LABELS: dict[str, str] = {
    "PSY": "mental health",
    "PSYTHPN": "psychotherapy notes",
    "42CFRPart2": "substance use program",
    "HIV": "HIV",
    "GDIS": "genetic disease",
    "SDV": "sexual assault and violence",
}
"""Labels of HL7 v3 ActCode that are asked about one by one where the hook names no content."""
WHOLE = "everything-else"


class Context(Struct, frozen=True, rename="camel"):
    """What the hook tells. ``actor`` is the recipient; ``content`` are the items, none meaning the whole record."""

    patient_id: Annotated[tuple[Identifier, ...], Meta(min_length=1, max_length=10)]
    actor: Annotated[tuple[Identifier, ...], Meta(min_length=1, max_length=10)]
    purpose_of_use: Annotated[str, Meta(max_length=40)] = "TREAT"
    scope: Annotated[str, Meta(max_length=40)] = "patient-privacy"
    content: Annotated[tuple[Item, ...], Meta(max_length=asked.MOST_ITEMS)] = ()


class Call(Struct, frozen=True, rename="camel"):
    """A call of the service. What CDS Hooks adds besides (``fhirServer``, ``prefetch``) is passed over unread."""

    hook: str
    hook_instance: Annotated[str, Meta(min_length=1, max_length=64)]
    context: Context
    extension: dict[str, object] | UnsetType = UNSET


# Purposes of use as HL7 v3 ActReason spells them, beside our own words.
_AIMS = {"TREAT": Aim.TREAT, "HPAYMT": Aim.PAY, "HOPERAT": Aim.OPS, "ETREAT": Aim.EMERG, "HRESCH": Aim.RESEARCH,
         "PUBHLTH": Aim.PH, "PATRQT": Aim.INDIVIDUAL, "HLEGAL": Aim.LEGAL}  # fmt: skip


def parse(body: bytes) -> DecisionRequest:
    """The hook's call as a decision request. Raises as ``decisions.asked.parse``."""
    call = asked.decoded(body, Call)
    if call.hook != CONSULT:
        raise asked.not_understood("hook")
    aim = _AIMS.get(call.context.purpose_of_use) or _own(call.context.purpose_of_use)
    items = call.context.content or _by_label()
    asked.refuse_doubles(items)
    return DecisionRequest(
        patient=Patient(call.context.patient_id), recipient=_recipient(call.context.actor), purpose=aim, items=items
    )


def _own(word: str) -> Aim:
    if word not in {aim.value for aim in Aim}:
        raise asked.not_understood("context.purposeOfUse")
    return Aim(word)


def _recipient(actors: tuple[Identifier, ...]) -> Party:
    """The actor by NPI or by reference. One of whom nothing is known counts as somebody without any tie."""
    for one in actors:
        if one.system == NPI and len(one.value) == len("1234567890") and one.value.isdecimal():
            return Party(npi=one.value)
        if one.value.startswith(("Organization/", "Practitioner/")):
            return Party(reference=one.value)
    return Party(kind=RecipientKind.OTHER, relation=Tie.NAMED)


def _by_label() -> tuple[Item, ...]:
    """The whole record, label by label."""
    whole = Item(id=WHOLE, type="Observation", security=("N",))
    return (whole, *(Item(id=code, type="Observation", security=(code,)) for code in LABELS))


def cards(decided: Decided, *, by_label: bool) -> Json:
    """One card for each item, which it names by id; or one for the whole record with what must be left out."""
    if by_label:
        return {"cards": [_whole(decided)]}
    return {"cards": [_card(one, decided, {"itemId": one.item_id}) for one in decided.decisions]}


def _card(one: Decision, decided: Decided, more: Json) -> Json:
    return {
        "summary": one.code,
        "detail": one.verdict.sentence,
        "indicator": "info" if one.code == PERMIT else "warning",
        "source": {"label": "Hallway"},
        "extension": {
            "decision": one.code,
            "dateTime": decided.at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "outcome": one.verdict.outcome.value,
            "ruleIds": list(one.verdict.rule_ids),
            "needs": list(one.verdict.needs),
            "obligations": [
                {"id": {"system": "urn:hallway:obligation", "code": found["code"]}, **_parameter(found)}
                for found in map(obligation, one.verdict.obligations)
            ],
            **more,
        },
    }


def _parameter(found: Json) -> Json:
    return {"parameters": {"value": found["value"]}} if "value" in found else {}


def _whole(decided: Decided) -> Json:
    """One answer for the whole record: that of ordinary content, and an obligation to leave out each label it shuts."""
    by_id = {one.item_id: one for one in decided.decisions}
    whole = by_id[WHOLE]
    shut = [code for code in LABELS if by_id[code].code != PERMIT]
    card = _card(whole, decided, {})
    extension = card["extension"]
    assert isinstance(extension, dict)
    if shut and whole.code != NO_CONSENT:
        codes: list[Json] = [{"system": ACT_CODE, "code": code} for code in shut]
        redact: Json = {"id": {"system": ACT_CODE, "code": "REDACT"}, "parameters": {"codes": codes}}
        extension["obligations"] = [*extension["obligations"], redact]
    return card


def asks_by_label(request: DecisionRequest) -> bool:
    """Whether the hook named no content, so that the record is asked about label by label."""
    return request.items[0].id == WHOLE
