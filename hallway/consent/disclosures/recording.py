"""Recording what leaves outside the record, agencies' statements, and giving accountings. For the own practice only.

What is handed over by telephone, fax, post or in person is asked of the law first (``disclosing.decide``): it is
refused, or stands on record with its verdict. What had left before anybody asked is on record too, as what it was.
"""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from hallway import clock, ids
from hallway.consent import gate
from hallway.consent.disclosures import disclosed
from hallway.consent.disclosures.accounting import Account, account
from hallway.consent.grants import compiler, licences, plans
from hallway.consent.law import disclosing, validity
from hallway.consent.law.asking import (
    Aim,
    Discloser,
    PatientFacts,
    Question,
    Recipient,
    RecipientKind,
    SignedForm,
    Tie,
    Verdict,
)
from hallway.consent.law.facts import ChartFacts, Form, Place
from hallway.consent.models import AccountingGiven, AccountingHold, Disclosure
from hallway.consent.rights.minors import years
from hallway.consent.tables.accountings import ORAL_DAYS, AccountingKind
from hallway.directory.models import Organization, OrganizationKind
from hallway.errors import HallwayError, Kind
from hallway.identity.requester import Requester, Role
from hallway.ids import NOBODY, ChartId, PractitionerId
from hallway.ledger import lines
from hallway.record.classes import LICENCE_CLASSES, DataClass
from hallway.storage import connection
from hallway.storage.connection import transaction

KEEPERS = (Role.PRIVACY_OFFICER, Role.FRONT_DESK)
"""Who keeps the accountings of a practice."""
CHANNELS = {
    "phone": "Telephone",
    "fax": "Fax",
    "post": "Post",
    "in_person": "Handed over",
    "electronic": "Electronically",
    "court": "In court",
}
ADULT = 40
"""The age that is asked with where no birth date is known: no right of a minor or a parent follows from it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """What somebody wants to hand over, or has. ``consent_id`` is the form it rests on, where it rests on one.

    ``author`` wrote it; nobody: any clinician of the practice may have. ``treats`` when the recipient treats or treated
    the patient, which nobody knows of somebody outside unless it is said.
    """

    chart_id: ChartId
    at: datetime
    recipient_kind: RecipientKind
    recipient: str
    address: str
    recipient_state: str
    aim: Aim
    classes: int
    description: str
    channel: str
    facts: frozenset[str] = frozenset()
    consent_id: str = ""
    author: PractitionerId = NOBODY
    treats: bool = False
    once: UUID | None = None
    """What the page that asks was given when it was opened: sent twice, it is one disclosure."""


def forms_of(by: Requester, chart_id: ChartId) -> list[Form]:
    """The forms in force by which this practice may let something go. Raises NOT_FOUND as the gate does."""
    gate.release(by, chart_id)
    return [form for form in _facts(chart_id).forms if form.discloser_org == by.organization_id]


def judged(asked: Handover, *, by: Requester) -> Verdict:
    """What the law says of a handover. Raises NOT_FOUND as the gate does; else never."""
    release = gate.release(by, asked.chart_id)
    here = int(release.requester.organization_id)
    place, facts = plans.places([here])[here], _facts(asked.chart_id)
    on = asked.at.date()
    header = disclosed.header(by, asked.chart_id)
    born = header.birth_date if header else None
    return disclosing.decide(
        Question(
            on=on,
            purpose=asked.aim,
            classes=_classes(asked, place, facts),
            discloser=Discloser(
                state=place.state,
                is_part2_program=place.is_part2,
                holder="program" if place.is_part2 else "holder",
            ),
            recipient=_recipient(asked),
            patient=PatientFacts(
                age=years(born, on) if born else ADULT, state=place.state, deceased=bool(header and header.deceased)
            ),
            facts=asked.facts,
            forms=_signed(facts, asked, place.state),
        )
    )


def _recipient(asked: Handover) -> Recipient:
    """Whoever receives. Somebody outside stands in no directory, so no tie is assumed that nobody has stated."""
    return Recipient(
        kind=asked.recipient_kind,
        state=asked.recipient_state,
        relation=Tie.TREATING if asked.treats else Tie.NAMED,
        covered_entity=asked.recipient_kind in (RecipientKind.PROVIDER, RecipientKind.PLAN),
        responsible_for_care=asked.treats and asked.recipient_kind is RecipientKind.PROVIDER,
    )


_BY_SOURCE = int(DataClass.MH | DataClass.PART2 | LICENCE_CLASSES)


def _classes(asked: Handover, place: Place, facts: ChartFacts) -> int:
    """What the desk says it holds, and what its source and the patient's restrictions make of it besides.

    A program's record is one whatever stands in it (42 CFR 2.11), and a licence binds what its holder wrote: neither
    is left to a tick.
    """
    mask = asked.classes | (int(DataClass.PART2) if place.is_part2 else 0)
    if asked.author:
        mask |= licences.usual_classes(asked.author, place.id) & _BY_SOURCE
    elif mask & DataClass.MH:
        mask |= licences.anybodys_classes(place.id) & int(LICENCE_CLASSES)
    if mask & _kept_from(asked, place, facts):
        mask |= DataClass.PATIENT_RESTRICTED
    return int(mask)


def _kept_from(asked: Handover, place: Place, facts: ChartFacts) -> int:
    """The classes that agreed restrictions keep from this recipient, who is known by name alone.

    One toward a health plan holds toward every plan: nobody at a desk can tell which is meant.
    """
    mine = [limit for limit in facts.limits if limit.source_org in (0, place.id)]
    named = Organization.objects.in_bulk({limit.recipient_org for limit in mine} - {0})
    mask = 0
    for limit in mine:
        other = named.get(limit.recipient_org)
        is_plan = other is not None and other.kind == OrganizationKind.PAYER
        if (
            limit.recipient_org == 0
            or (is_plan and asked.recipient_kind is RecipientKind.PLAN)
            or (other is not None and _is_called(other.name, asked.recipient))
        ):
            mask |= limit.classes
    return mask


def _is_called(name: str, said: str) -> bool:
    """Whether a name as it was said may be this one: one of the two stands in the other."""
    one, other = (" ".join(text.casefold().split()) for text in (name, said))
    return one in other or other in one


class RefusedError(HallwayError):
    """An error of the asking room that is also the law's no to a handover, which leaves its line."""

    def __init__(self, error: HallwayError, asked: Handover, verdict: Verdict) -> None:
        """The same words and code; what was refused beside them."""
        super().__init__(error.kind, error.code, what=error.what, undone=error.undone, to_do=error.to_do)
        self.asked, self.verdict = asked, verdict


@contextmanager
def keeping_refusals(by: Requester) -> Generator[None]:
    """Leave the line of the no that ends the work in this context, once that work is undone; the error goes on.

    Inside somebody's own transaction nothing is left: it would be undone with it.
    """
    try:
        yield
    except RefusedError as error:
        if not connection.in_transaction():
            with transaction():
                _note(by, "disclosure.refused", error.asked, ",".join(error.verdict.rule_ids))
        raise


def record_disclosure(asked: Handover, *, by: Requester, had_left: bool = False) -> tuple[UUID | None, Verdict]:
    """Put a handover on record, with its ledger line; its id and the verdict.

    None for the id when the law denies it and it had not left: then nothing may be handed over, and the refusal leaves
    its line. Raises NOT_FOUND as the gate does.
    """
    with transaction():
        plans.lock([asked.chart_id])
        verdict = judged(asked, by=by)
        if not verdict.permits and not had_left:
            _note(by, "disclosure.refused", asked, ",".join(verdict.rule_ids))
            return None, verdict
        number, is_there = _number(asked, by)
        if is_there:
            return number, verdict
        row = Disclosure.objects.create(
            id=number,
            chart_id=asked.chart_id,
            discloser_org_id=by.organization_id,
            disclosed_at=asked.at,
            recorded_at=clock.now(),
            recorded_by=by.practitioner_id,
            recipient_kind=asked.recipient_kind.value,
            recipient=asked.recipient,
            address=asked.address,
            aim=asked.aim.value,
            classes=asked.classes,
            description=asked.description,
            channel=asked.channel,
            facts=sorted(asked.facts),
            consent_ids=[asked.consent_id] if asked.consent_id else [],
            outcome=verdict.outcome.value,
            rule_ids=list(verdict.rule_ids),
            obligations=list(verdict.obligations) if verdict.permits else ["breach_assessment", "tell_privacy_officer"],
            had_left=had_left,
        )
        _note(by, "disclosure.recorded", asked, f"disclosure/{row.id} {verdict.outcome} {','.join(verdict.rule_ids)}")
    return row.id, verdict


def _number(asked: Handover, by: Requester) -> tuple[UUID, bool]:
    """The id of this disclosure, and whether the same page has put it on record already."""
    held = Disclosure.objects.filter(id=asked.once).first() if asked.once else None
    if held is not None and (held.chart_id, held.discloser_org_id) == (asked.chart_id, by.organization_id):
        return held.id, True
    return asked.once if asked.once and held is None else ids.new_uuid(clock.now()), False


def _note(by: Requester, act: str, asked: Handover, detail: str) -> None:
    lines.write(lines.step_line(by, act, charts=[asked.chart_id], purpose=asked.aim.value, detail=detail))


def _facts(chart_id: ChartId) -> ChartFacts:
    return compiler.in_force(plans.load_facts([chart_id])[0], clock.now())


def _signed(facts: ChartFacts, asked: Handover, state: str) -> tuple[SignedForm, ...]:
    """The form that the handover rests on, as the engine asks for it: the person at the desk has read whom it names."""
    on = asked.at.date()
    return tuple(validity.as_asked(form, state, on=on) for form in facts.forms if form.id == asked.consent_id)


def hold_back(by: Requester, chart_id: ChartId, *, recipient: str, is_written: bool, until_on: date) -> UUID:
    """Leave an agency's disclosures out of what the patient is given, as its statement asks, for a limited time.

    Raises NOT_FOUND as the gate does, HallwayError H-CON-091 for a time that is over or, by word of mouth, too long.
    """
    gate.release(by, chart_id)
    today = clock.today()
    last = today + timedelta(days=ORAL_DAYS)
    if until_on < today or (not is_written and until_on > last):
        raise HallwayError(
            Kind.UNPROCESSABLE,
            "H-CON-091",
            what="That time is over, or longer than a statement by word of mouth can hold.",
            undone="Nothing was held back.",
            to_do=f"Choose a day to come; without a written statement until {last:%B} {last.day}, {last.year} at most.",
        )
    with transaction():
        row = AccountingHold.objects.create(
            id=ids.new_uuid(clock.now()),
            chart_id=chart_id,
            discloser_org_id=by.organization_id,
            recipient=recipient,
            is_written=is_written,
            from_on=today,
            until_on=until_on,
            recorded_at=clock.now(),
            recorded_by=by.practitioner_id,
        )
        lines.write(lines.step_line(by, "accounting.held", charts=[chart_id], purpose="OPS", detail=f"hold/{row.id}"))
    return row.id


def accountings(by: Requester, chart_id: ChartId) -> Mapping[AccountingKind, Account]:
    """Every accounting of a chart as this practice would give it today. Raises NOT_FOUND as the gate does."""
    gate.release(by, chart_id)
    lines.write(lines.step_line(by, "accounting.read", charts=[chart_id], purpose="OPS"))
    entries = disclosed.entries(chart_id, by.organization_id, at=clock.now())
    holds = disclosed.holds(chart_id, by.organization_id)
    return {kind: account(kind, entries, holds, on=clock.today()) for kind in AccountingKind}


def give(by: Requester, chart_id: ChartId, kind: AccountingKind) -> Account:
    """An accounting as it is given to the patient today; what was given is kept (164.528(d)).

    What an agency's statement holds back is left out of every kind.
    """
    given = accountings(by, chart_id)[kind]
    with transaction():
        row = AccountingGiven.objects.create(
            id=ids.new_uuid(clock.now()),
            chart_id=chart_id,
            discloser_org_id=by.organization_id,
            kind=kind.value,
            from_on=given.from_on,
            until_on=given.until_on,
            given_at=clock.now(),
            given_by=by.practitioner_id,
            rows=[_kept(asdict(entry)) for entry in given.rows],
        )
        lines.write(lines.step_line(by, "accounting.given", charts=[chart_id], purpose="OPS", detail=f"given/{row.id}"))
    return given


def _kept(values: dict[str, object]) -> dict[str, object]:
    """An entry's values as JSON takes them."""
    kept: dict[str, object] = {}
    for name, value in values.items():
        if isinstance(value, datetime):
            kept[name] = value.isoformat()
        elif isinstance(value, frozenset | tuple):
            kept[name] = sorted(str(one) for one in value)
        else:
            kept[name] = value
    return kept
