"""Makes every ``Labelled``: decodes, finds the patient, judges, indexes."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import ParamSpec, TypeVar

from hallway import clock, ids
from hallway.directory import queries as directory
from hallway.directory.models import Organization, Practitioner
from hallway.errors import HallwayError, Kind
from hallway.ids import SHARED_CHART, ChartId, ResourceId, is_ours
from hallway.labels import rules
from hallway.labels.reading import Check, Draft, DraftError, read, read_all
from hallway.labels.rules import Judgement, SourceFacts
from hallway.labels.source import Incoming, Source
from hallway.record import actions as record
from hallway.record import queries
from hallway.record.classes import OF_A_VISIT, DataClass
from hallway.record.evidence import Labelled
from hallway.record.rising import NAMES, OWN
from hallway.record.stored import Stored
from hallway.standards.fhir import r4
from hallway.standards.fhir.compartment import SHARED_KINDS
from hallway.standards.fhir.dates import dated_at
from hallway.standards.fhir.search import index, wide

_OF_A_VISIT = int(OF_A_VISIT)
P = ParamSpec("P")
R = TypeVar("R")

_MAY_BE_NOBODYS = SHARED_KINDS | {"Schedule", "Slot"}


def label(resource: bytes | r4.Part, *, source: Source) -> Labelled:
    """Judge one resource of ours (references are server ids) and make it ready to store.

    A resource without ``id`` gets one; a Patient of a new id gets a chart, in the caller's transaction. Raises
    HallwayError UNPROCESSABLE when it is not FHIR R4, names no patient although its type demands one, or names a
    patient we do not have.
    """
    return label_many([Incoming(resource, source)])[0]


def label_many(incoming: Sequence[Incoming], check: Check | None = None) -> list[Labelled]:
    """Judge resources that come together: they may name each other, and the patient may be among them.

    ``check`` is asked about each as it is decoded. Raises DraftError with the place of the first that is refused.
    """
    drafts = read_all(incoming, check)
    now = clock.now()
    for draft in drafts:
        draft.resource_id = draft.resource_id or ResourceId(str(ids.new_uuid(now)))
    charts = _charts(drafts)
    judged = _judge(drafts, charts)
    return [_labelled(draft, own, pair) for draft, own, pair in zip(drafts, charts, judged, strict=True)]


def relabelled(stored: Stored, charts: Sequence[ChartId], *, mask: int, basis: tuple[str, ...]) -> Labelled:
    """The same content under the label that a person has given it, ready to be stored as its next version.

    ``mask`` is its own label; what it names adds to it as ever.
    """
    draft = read(Incoming(stored.json_bytes(), Source(stored.source_org, stored.author), stored.id))
    own = Judgement(mask, basis)
    named = queries.masks_of(charts, sorted(draft.about())) if draft.about() else {}
    made = _labelled(draft, tuple(charts), (own, rules.combine(own, named.values())))
    return replace(made, body=stored.body, meta=stored.meta)


def _labelled(draft: Draft, charts: tuple[ChartId, ...], judged: tuple[Judgement, Judgement]) -> Labelled:
    found, ranges = index(draft.kind, draft.resource, draft.meta)
    dated = dated_at(draft.kind, draft.resource)
    if ranges and (marks := wide(draft.kind, ranges, dated)):
        found = (*found, *marks)
    own, judgement = judged
    if names := draft.about():
        found = (*found, *(f"{NAMES}{kind}/{rid}" for kind, rid in sorted(names)))
    if own.mask != judgement.mask:
        found = (*found, f"{OWN}{own.mask}")
    return Labelled(
        resource_type=draft.kind,
        resource_id=draft.resource_id or ResourceId(""),
        charts=charts,
        source_org=draft.source.organization,
        author=draft.source.author,
        mask=judgement.mask,
        body=draft.body,
        meta=draft.meta,
        tokens=found,
        ranges=ranges,
        dated_at=dated,
        basis=judgement.basis,
    )


# Whose it is ---------------------------------------------------------------------------------------------------------


def _charts(drafts: Sequence[Draft]) -> list[tuple[ChartId, ...]]:
    """The charts of each draft: by compartment, else by what it names or is named by, else the chart it is for."""
    known = _patient_charts(drafts)
    found = [_placed(n, _by_compartment, draft, known) for n, draft in enumerate(drafts)]
    missing = [n for n, charts in enumerate(found) if charts is None]
    if missing:
        by_key = {(d.kind, str(d.resource_id)): c for d, c in zip(drafts, found, strict=True) if c}
        named_by = _named_by(drafts, {(drafts[n].kind, str(drafts[n].resource_id)) for n in missing})
        for n in missing:
            found[n] = _placed(n, _by_company, drafts[n], by_key, named_by)
    return [charts or () for charts in found]


def _placed(index: int, place: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run ``place``; what it refuses is refused with the draft's place in the list."""
    try:
        return place(*args, **kwargs)
    except HallwayError as error:
        raise DraftError(index, error) from error


def _patient_charts(drafts: Sequence[Draft]) -> Mapping[str, ChartId]:
    """Chart of every patient named in the drafts; a new Patient's chart is opened here."""
    own = [str(draft.resource_id) for draft in drafts if draft.kind == "Patient"]
    named = {rid for draft in drafts for rid in draft.patients if is_ours(rid)}
    named |= {rid for draft in drafts if not draft.patients for kind, rid in draft.named() if kind == "Patient"}
    wanted = sorted({*own, *named})
    known: dict[str, ChartId] = {}
    if wanted:
        known |= dict(queries.charts_of([ResourceId(rid) for rid in wanted]).items())
    for rid in own:
        if rid not in known:
            known[rid] = record.new_chart(ResourceId(rid))
    return known


def _by_compartment(draft: Draft, known: Mapping[str, ChartId]) -> tuple[ChartId, ...] | None:
    if draft.kind in SHARED_KINDS:
        return (SHARED_CHART,)
    patients = list(draft.patients)
    if draft.kind == "Patient":
        patients.insert(0, str(draft.resource_id))
    if not patients:
        patients = sorted(rid for kind, rid in draft.named() if kind == "Patient")
    if any(rid not in known for rid in patients):
        raise HallwayError(
            Kind.UNPROCESSABLE,
            "H-LAB-004",
            what="A resource names a patient whom Hallway does not have.",
            undone="Nothing was stored.",
            to_do="Send the Patient resource first, or with it.",
        )
    return tuple(dict.fromkeys(known[rid] for rid in patients)) or None


def _named_by(drafts: Iterable[Draft], wanted: set[tuple[str, str]]) -> dict[tuple[str, str], list[Draft]]:
    found: dict[tuple[str, str], list[Draft]] = {}
    for draft in drafts:
        for key in draft.named() & wanted:
            found.setdefault(key, []).append(draft)
    return found


def _by_company(
    draft: Draft,
    by_key: Mapping[tuple[str, str], tuple[ChartId, ...]],
    named_by: Mapping[tuple[str, str], list[Draft]],
) -> tuple[ChartId, ...]:
    """A resource of no compartment: the chart it is written for, or those of its company, or nobody's, or refused."""
    if draft.source.chart_id is not None:
        return (draft.source.chart_id,)
    company = {key for key in draft.named() if key in by_key}
    company |= {(d.kind, str(d.resource_id)) for d in named_by.get((draft.kind, str(draft.resource_id)), [])}
    charts = sorted({chart for key in company for chart in by_key.get(key, ()) if chart})
    if charts:
        return tuple(charts)
    if draft.kind in _MAY_BE_NOBODYS:
        return (SHARED_CHART,)
    raise HallwayError(
        Kind.UNPROCESSABLE,
        "H-LAB-005",
        what="A resource that tells of a patient names none.",
        undone="Nothing was stored.",
        to_do="Name the patient in it.",
    )


# What it is ----------------------------------------------------------------------------------------------------------


def _judge(drafts: Sequence[Draft], charts: Sequence[tuple[ChartId, ...]]) -> list[tuple[Judgement, Judgement]]:
    """Each draft's own label, and that with the classes of what it names and of the visit it belongs to."""
    own = _alone(drafts)
    masks = {(d.kind, str(d.resource_id)): j.mask for d, j in zip(drafts, own, strict=True)}
    visits = [draft.visit() for draft in drafts]
    high = [n for n, draft in enumerate(drafts) if draft.about()]
    outside = {key for n in high for key in drafts[n].about() if key not in masks and key[0] not in SHARED_KINDS}
    outside |= {key for visit in set(visits) if visit and (key := ("Encounter", visit)) not in masks}
    if outside:
        masks |= queries.masks_of(sorted({chart for own_charts in charts for chart in own_charts}), sorted(outside))
    judged = list(own)
    kept = {
        rid: mask & _OF_A_VISIT for (kind, rid), mask in masks.items() if kind == "Encounter" and mask & _OF_A_VISIT
    }
    for n, visit in enumerate(visits) if kept else ():
        judged[n] = rules.combine(own[n], [kept.get(visit, 0)], "LBL-OF-VISIT")
        masks[drafts[n].kind, str(drafts[n].resource_id)] = judged[n].mask
    _rise(drafts, judged, high, masks)
    return list(zip(own, judged, strict=True))


def _alone(drafts: Sequence[Draft]) -> list[Judgement]:
    """Each draft by its own content and source."""
    # By identity: a Bundle has a thousand resources and one or two sources, and a hash of each is not free.
    sources = {id(draft.source): draft.source for draft in drafts}
    facts = _facts_of(set(sources.values()))
    known = {key: facts[source] for key, source in sources.items()}
    found: list[Judgement] = []
    for draft in drafts:
        one = rules.judge(draft.resource, draft.body, known[id(draft.source)], sent_security=draft.security)
        if carried := draft.source.carries:
            row = "LBL-MARK-UNSURE" if carried & int(DataClass.UNCLASSIFIED) else "LBL-CARRIED"
            one = rules.combine(one, [carried], row)
        found.append(one)
    return found


def _rise(
    drafts: Sequence[Draft], judged: list[Judgement], high: Sequence[int], masks: dict[tuple[str, str], int]
) -> None:
    """Settle those that name others. A list may name a document that names a note: in as many rounds as one rises."""
    rising = True
    while rising:
        rising = False
        for n in high:
            draft = drafts[n]
            settled = rules.combine(judged[n], [masks[key] for key in draft.about() if key in masks])
            if settled.mask != judged[n].mask:
                judged[n] = settled
                masks[draft.kind, str(draft.resource_id)] = settled.mask
                rising = True


def _facts_of(sources: Iterable[Source]) -> dict[Source, SourceFacts]:
    """Facts about each source, from the directory in two queries."""
    wanted = list(sources)
    programs = directory.programs({int(one.organization) for one in wanted})
    organizations = Organization.objects.in_bulk(list({int(one.organization) for one in wanted}))
    practitioners = Practitioner.objects.in_bulk(list({int(one.author) for one in wanted if one.author}))
    return {
        one: _facts(one, organizations.get(int(one.organization)), practitioners.get(int(one.author)), programs)
        for one in wanted
    }


def _facts(
    source: Source, organization: Organization | None, author: Practitioner | None, programs: frozenset[int]
) -> SourceFacts:
    if organization is None:
        raise HallwayError(
            Kind.UNPROCESSABLE,
            "H-LAB-006",
            what="The organization that this comes from is not in the directory.",
            undone="Nothing was stored.",
            to_do="Enter the organization first: what a record is depends on who made it.",
        )
    return SourceFacts(
        side=organization.side,
        kind=organization.kind,
        state=organization.state,
        is_part2=int(source.organization) in programs,
        licence=author.licence if author else "none",
        licence_state=author.licence_state if author else "",
        note_kind=source.note_kind,
        received_under_notice=source.received_under_notice,
        conveyed=source.conveyed,
        not_covered=source.not_covered,
    )
