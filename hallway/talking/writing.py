"""Labels what one side says, asks whether it may leave, and keeps it. The one way out of this room."""

from collections.abc import Sequence

from hallway import clock, ids
from hallway.consent import actions as consent
from hallway.identity.requester import CLINICIANS, Requester
from hallway.ids import ChartId
from hallway.labels.actions import label
from hallway.labels.source import Conveyed, Source
from hallway.ledger import lines
from hallway.loops.refusing import WithheldError, of_preview
from hallway.record.evidence import Labelled
from hallway.standards.fhir import r4
from hallway.standards.fhir.text import fits
from hallway.talking import refusals, team
from hallway.talking.team import Parties

MAX_TEXT = 4_000


def new_id() -> str:
    """A fresh FHIR id."""
    return str(ids.new_uuid(clock.now()))


def check_clinician(by: Requester) -> None:
    """Words about a patient are a clinician's. Raises H-TLK-001."""
    if by.role not in CLINICIANS:
        raise refusals.not_yours()


def check_text(field: str, text: str, *, wanted: str = "") -> str:
    """The text without its edges. Raises H-TLK-003 for what nobody typed, H-TLK-002 for a wanted one that is empty."""
    kept = text.strip()
    if wanted and not kept:
        raise refusals.missing(field, wanted)
    if not fits(kept, MAX_TEXT):
        raise refusals.bad_text(field)
    return kept


def source(parties: Parties, *, conveyed: Conveyed = "transmitted", carries: int = 0) -> Source:
    """Whose words these are, with what they carry because of who talks to whom."""
    return Source(
        parties.from_org,
        parties.from_person,
        note_kind="message",
        conveyed=conveyed,
        carries=parties.carries | carries,
    )


def judged(parts: Sequence[r4.Part], parties: Parties, *, carries: int = 0) -> list[Labelled]:
    """The resources under their labels, nothing kept yet."""
    return [label(r4.encode(part), source=source(parties, carries=carries)) for part in parts]


def relabelled(raw: bytes, parties: Parties, carries: int) -> Labelled:
    """The next version of something of this side, with the classes that the last one had."""
    return label(raw, source=source(parties, carries=carries))


def check_leaves(chart_id: ChartId, parties: Parties, labelled: Sequence[Labelled], *, route: str) -> None:
    """Ask the gate before anything is sent. Raises WithheldError H-TLK-006 for what may not reach the other side."""
    if parties.from_org == parties.to_org:
        return
    mask = 0
    for one in labelled:
        mask |= one.mask
    said = team.may_reach(chart_id, parties, classes=mask)
    if said.flows:
        return
    refusal = of_preview(
        said,
        chart_id=chart_id,
        route=route,
        discloser=(parties.from_org, parties.from_person),
        recipient=(parties.to_org, parties.to_person),
    )
    raise WithheldError(refusals.needs_consent(), refusal)


def keep(labelled: Sequence[Labelled], *, by: Requester, act: str, chart_id: ChartId, detail: str) -> None:
    """Store it with its ledger line, in the caller's transaction."""
    consent.store(list(labelled), by=by)
    lines.write(lines.step_line(by, act, charts=[chart_id], detail=detail))
