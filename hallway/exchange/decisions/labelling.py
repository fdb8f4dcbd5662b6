"""What an item of a gateway is: the same labels as for a fact of our own, from its type, labels, codes and source."""

import msgspec

from hallway.consent.grants import licences
from hallway.directory.models import Organization
from hallway.exchange.decisions.asked import Item
from hallway.labels import rules, table
from hallway.labels.rules import SourceFacts
from hallway.record.classes import LICENCE_CLASSES, DataClass

CONFIDENTIALITY = frozenset({"U", "L", "M", "N", "R", "V"})
"""HL7 v3 Confidentiality: how secret, not what of. They neither add nor free."""


def mask_of(item: Item, holder: Organization, *, licence: str, is_program: bool) -> int:
    """The classes of an item. What carries neither a label nor a code, or a label we do not know, is unclassified.

    ``licence`` is the author's, empty where nobody says: then any clinician of the holder may have written it.
    """
    mask = _judged(item, holder, licence=licence or "none", is_program=is_program)
    if not licence and mask & DataClass.MH:
        mask |= licences.anybodys_classes(holder.id) & int(LICENCE_CLASSES)
    return mask


def _judged(item: Item, holder: Organization, *, licence: str, is_program: bool) -> int:
    resource: dict[str, object] = {
        "resourceType": item.type,
        "code": {"coding": [msgspec.to_builtins(coding) for coding in item.codes]},
    }
    facts = SourceFacts(
        side=holder.side,
        kind=holder.kind,
        state=holder.state,
        is_part2=is_program,
        licence=licence,
        licence_state=holder.state,
        note_kind=item.note_kind,
        received_under_notice=item.received_under_notice,
    )
    judged = rules.judge(resource, msgspec.json.encode(resource), facts, sent_security=item.security)
    said = [code for code in item.security if code not in CONFIDENTIALITY]
    unknown = any(not table.of_security(code).mask for code in said)
    nothing_said = not item.security and not item.codes
    if unknown or nothing_said:
        return (judged.mask | DataClass.UNCLASSIFIED) & ~int(DataClass.GENERAL)
    return judged.mask
