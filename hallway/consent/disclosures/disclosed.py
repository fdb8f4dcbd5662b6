"""What has left: disclosures on record, and what other practices read here, told again from their ledger lines."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from hallway.consent import queries
from hallway.consent.disclosures.accounting import SUBSTANCE_USE, Entry, Hold
from hallway.consent.law.asking import Aim
from hallway.consent.models import AccountingHold, Consent, Disclosure
from hallway.directory import queries as directory
from hallway.directory.models import Organization
from hallway.errors import HallwayError
from hallway.identity.requester import Requester
from hallway.ids import ChartId, OrganizationId
from hallway.ledger import plans as ledger_plans
from hallway.ledger import queries as ledger
from hallway.ledger.queries import Written
from hallway.record.queries import items_of
from hallway.record.recount import ACTS, Served
from hallway.record.stored import PatientHeader

FURTHEST = timedelta(days=6 * 366)
"""As far back as any accounting reaches."""
KIND_WORDS = {
    "AllergyIntolerance": "allergies",
    "Appointment": "appointments",
    "Composition": "reports",
    "Condition": "problems and diagnoses",
    "DiagnosticReport": "test reports",
    "DocumentReference": "notes and documents",
    "Encounter": "visits",
    "MedicationRequest": "prescriptions",
    "MedicationStatement": "medicines",
    "Observation": "results and scores",
    "Patient": "name and contact",
    "Procedure": "procedures",
    "ServiceRequest": "referrals",
}


def header(by: Requester, chart_id: ChartId) -> PatientHeader | None:
    """The patient's header where the reader may see it."""
    return queries.headers(by, [chart_id]).get(chart_id)


def holds(chart_id: ChartId, organization: OrganizationId) -> list[Hold]:
    """Agencies' statements about this chart's accountings."""
    rows = AccountingHold.objects.filter(chart_id=chart_id, discloser_org_id=organization).order_by("recorded_at", "id")
    return [Hold(row.recipient, row.from_on, row.until_on) for row in rows]


def entries(chart_id: ChartId, organization: OrganizationId, *, at: datetime) -> list[Entry]:
    """Everything of this organization's part of a chart that left it within the time any accounting reaches."""
    since = at - FURTHEST
    return [*_handed_over(chart_id, organization, since), *_read_here(chart_id, organization, since)]


def _handed_over(chart_id: ChartId, organization: OrganizationId, since: datetime) -> Iterator[Entry]:
    rows = Disclosure.objects.filter(chart_id=chart_id, discloser_org_id=organization, disclosed_at__gte=since)
    for row in rows.order_by("disclosed_at", "id"):
        yield Entry(
            first_at=row.disclosed_at,
            last_at=row.disclosed_at,
            count=1,
            recipient=row.recipient,
            address=row.address,
            recipient_kind=row.recipient_kind,
            aim=row.aim,
            classes=row.classes,
            description=row.description,
            consent_ids=frozenset(row.consent_ids),
            facts=frozenset(row.facts),
            rule_ids=tuple(row.rule_ids),
        )


def _read_here(chart_id: ChartId, organization: OrganizationId, since: datetime) -> Iterator[Entry]:
    """What people and programs of other organizations read of this one's part.

    Not what their rules looked at: that gives nobody anything, and would tell which practices treat the patient. Nor
    what a substance use program read of a practice that is none: that it treats the patient is the program's to tell
    (42 CFR 2.13(c)), and no accounting asks for what was read for treatment.
    """
    found = [
        line
        for line in ledger.lines_of(chart_id, since=since)
        if line.act in ACTS
        and line.act != "count"
        and not line.is_by_rules
        and line.organization_id not in (0, organization)
        and line.purpose in Aim.__members__.values()
    ]
    silent = _silent({line.organization_id for line in found}, organization)
    found = [line for line in found if line.organization_id not in silent]
    names = _names({line.organization_id for line in found})
    for_all = _for_all(chart_id)
    told: dict[tuple[object, ...], list[Served]] = {}
    for line in found:
        key = (line.plan, line.position, line.act, line.detail, line.charts)
        if key not in told:
            told[key] = _served(line, organization)
        yield from _entries_of(line, told[key], names, for_all)


def _silent(readers: set[int], organization: OrganizationId) -> set[int]:
    """Programs among the readers, where the practice that is read is none itself."""
    programs = directory.programs({*readers, int(organization)})
    return set() if int(organization) in programs else set(map(int, programs))


def _served(line: Written, organization: OrganizationId) -> list[Served]:
    """The versions of this organization's that a line held; none where that can no longer be told."""
    try:
        return [one for one in items_of(line) if one.source_org == organization]
    except HallwayError:
        return []


def _entries_of(
    line: Written, served: list[Served], names: dict[int, tuple[str, str]], for_all: frozenset[str]
) -> Iterator[Entry]:
    """One entry for what flowed under a form, one for what flowed without."""
    ways = ledger_plans.parse(line.plan)[0]
    by_forms: dict[frozenset[str], list[Served]] = {}
    for one in served:
        way = next((way for way in ways if _fits(way, one)), None)
        by_forms.setdefault(frozenset(way.consent_ids) if way else frozenset(), []).append(one)
    name, address = names.get(line.organization_id, ("An organization", ""))
    for forms, items in by_forms.items():
        classes = 0
        for one in items:
            classes |= one.mask
        yield Entry(
            first_at=line.at,
            last_at=line.at,
            count=1,
            recipient=name,
            address=address,
            recipient_kind="provider",
            aim=line.purpose,
            classes=classes,
            description=_words(items),
            consent_ids=forms,
            through_record=True,
            for_all=bool(forms & for_all) and bool(classes & SUBSTANCE_USE),
        )


def _fits(way: ledger_plans.Way, one: Served) -> bool:
    return (
        way.source_org == one.source_org
        and one.mask & ~way.allow == 0
        and way.author in (0, one.author)
        and (not way.kinds or one.kind in way.kinds)
    )


def _names(organizations: set[int]) -> dict[int, tuple[str, str]]:
    rows = Organization.objects.filter(id__in=organizations).values_list("id", "name", "address", "city", "state")
    return {row[0]: (row[1], ", ".join(part for part in row[2:] if part)) for row in rows}


def _for_all(chart_id: ChartId) -> frozenset[str]:
    """The forms of a chart that name nobody but all who treat."""
    rows = Consent.objects.filter(chart_id=chart_id, recipient_org_id=0).values_list("id", flat=True)
    return frozenset(str(one) for one in rows)


def _words(items: Iterable[Served]) -> str:
    """The kinds of what was read, in plain words, in the order of the alphabet."""
    return ", ".join(sorted({KIND_WORDS.get(one.kind, "other entries") for one in items})).capitalize()
