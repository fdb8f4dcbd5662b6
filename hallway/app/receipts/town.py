"""The town of a drill: practices in four states, two programs, patients who sign, take back, restrict and are treated.

Everything is drawn from one seed and told through the product's own doors wherever there is one; a form is put down as
it stands after signing, with the ledger line of its step.
"""

import random
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from hallway import clock, ids
from hallway.app.prove import facts
from hallway.consent import actions as consent
from hallway.consent.models import Consent, Determination, EmergencyAccess, Restriction
from hallway.consent.tables.emergency import categories
from hallway.consent.tables.forms import form_rule
from hallway.directory.models import CareTeamMember, Organization, Practitioner, PractitionerRole
from hallway.identity.models import Account
from hallway.identity.requester import Requester, Role, system
from hallway.ids import AccountId, ChartId, OrganizationId, PractitionerId, ResourceId
from hallway.labels.source import Source
from hallway.ledger import lines
from hallway.record import actions as record
from hallway.record import queries
from hallway.record.classes import DataClass

STATES = ("MA", "CT", "ME", "CA", "CT", "MA", "ME")
PROGRAMS = frozenset({2, 4})
"""Places of STATES that are substance use programs."""
ROLES = (Role.PCP, Role.THERAPIST, Role.PSYCHIATRIST, Role.FRONT_DESK, Role.BILLER, Role.PRIVACY_OFFICER)
KINDS = ("condition", "observation", "encounter", "note")
CARRIED = tuple(
    DataClass[name]
    for name in (
        *("HIV", "GENETIC", "REPRO", "GENDER", "DV", "MINOR_CONSENTED", "PATIENT_RESTRICTED", "MA_SOCIAL_WORKER"),
        *("CT_PSYCHIATRIC", "MA_COUNSELOR", "CT_SOCIAL_WORKER"),
    )
)
FORMS = ("release", "release", "part2", "part2_tpo", "hiv")
ORDINARY = sum(
    one.value
    for one in DataClass
    if one.name not in ("PSYTHER_NOTE", "SUD_COUNSEL_NOTE", "PART2", "UNCLASSIFIED", "HIV", "SELF_PAY_RESTRICTED")
)


@dataclass(slots=True)
class Chart:
    """A patient's chart: what stands in it, by whom, and who asks about it."""

    id: ChartId
    patient: ResourceId
    account: AccountId
    teams: list[OrganizationId]
    things: list[tuple[str, ResourceId, OrganizationId, PractitionerId]] = field(
        default_factory=list[tuple[str, ResourceId, OrganizationId, PractitionerId]]
    )


@dataclass(slots=True)
class Town:
    """Everybody and everything, and the dice."""

    dice: random.Random
    organizations: list[OrganizationId] = field(default_factory=list[OrganizationId])
    people: list[Requester] = field(default_factory=list[Requester])
    charts: list[Chart] = field(default_factory=list[Chart])

    def staff(self, organization: OrganizationId) -> list[Requester]:
        """The people of a practice."""
        return [one for one in self.people if one.organization_id == organization]


def build(dice: random.Random, charts: int) -> Town:
    """Practices, people, and charts with a first history."""
    town = Town(dice)
    for place, state in enumerate(STATES):
        organization = Organization.objects.create(
            fhir_id=f"drill-{place}", name=f"Place {place}", state=state, is_part2=place in PROGRAMS
        )
        town.organizations.append(OrganizationId(organization.id))
        for role in ROLES:
            town.people.append(_person(town, OrganizationId(organization.id), role, duty=place in PROGRAMS))
    for _ in range(charts):
        town.charts.append(_chart(town))
    return town


def _person(town: Town, organization: OrganizationId, role: Role, *, duty: bool) -> Requester:
    number = len(town.people)
    has_duty = duty and town.dice.random() < 0.7
    person = Practitioner.objects.create(fhir_id=f"person-{number}", family=f"Somebody{number}", given="Drill")
    PractitionerRole.objects.create(
        fhir_id=f"role-{number}", practitioner=person, organization_id=organization, role=role.value,
        sud_duty=has_duty, from_on=clock.today() - timedelta(days=900),
    )  # fmt: skip
    account = Account.objects.create(
        login_name=f"drill-{number}", name=f"Somebody {number}", practitioner_id=person.id, created_at=clock.now()
    )
    return Requester(AccountId(account.id), PractitionerId(person.id), organization, role, sud_duty=has_duty)


def _chart(town: Town) -> Chart:
    patient_id = facts.new_id()
    home, *others = town.dice.sample(town.organizations, 3)
    by = town.dice.choice(town.staff(home)[:3])
    number = len(town.charts)
    born = f"19{40 + number % 50}-0{1 + number % 9}-15"
    body = facts.patient(patient_id, f"Given{number}", f"Family{number}", born)
    consent.store([body], by=by, source=Source(home, by.practitioner_id))
    chart_id = queries.chart_of(patient_id)
    assert chart_id is not None
    account = Account.objects.create(
        login_name=f"patient-{number}", name=f"Patient {number}", chart_id=chart_id, created_at=clock.now()
    )
    chart = Chart(chart_id, patient_id, AccountId(account.id), [home, *others])
    for organization in chart.teams[: town.dice.choice((1, 2, 3))]:
        consent.join_team(chart_id, by=system("drill"), organization=organization, basis="encounter")
    for _ in range(14):
        write(town, chart)
    return chart


def write(town: Town, chart: Chart) -> None:
    """Somebody who treats, or treated, charts something."""
    dice = town.dice
    organization = dice.choice(chart.teams)
    by = dice.choice(town.staff(organization)[:3])
    kind = dice.choice(KINDS)
    at, of = clock.now(), chart.patient
    body = {
        "condition": lambda: facts.condition(of, dice.choice(("I10", "F32.1", "E11.9")), at),
        "observation": lambda: facts.observation(of, "44261-6", dice.randrange(28), at),
        "encounter": lambda: facts.encounter(of, at),
        "note": lambda: facts.note(of, "Seen today.", at),
    }[kind]()
    note = dice.choice(("progress", "progress", "psychotherapy")) if kind == "note" else ""
    carries = int(dice.choice(CARRIED)) if dice.random() < 0.4 else 0
    source = Source(organization, by.practitioner_id, note_kind=note, carries=carries)
    for written in consent.store([body], by=by, source=source):
        chart.things.append((written.kind, written.id, organization, by.practitioner_id))


def write_again(town: Town, chart: Chart) -> None:
    """A condition or a value changes: its next version, sometimes with another label; or it is deleted."""
    dice = town.dice
    changing = [one for one in chart.things if one[0] == "Condition"]
    if not changing:
        return
    kind, rid, organization, author = dice.choice(changing)
    by = dice.choice(town.staff(organization)[:3])
    if dice.random() < 0.2:
        record.delete(kind, rid, chart_id=chart.id, by=by)
        chart.things = [one for one in chart.things if one[1] != rid]
        return
    body = facts.condition(chart.patient, dice.choice(("I10", "F41.1", "E78.5")), clock.now(), rid=rid)
    carries = int(dice.choice(CARRIED)) if dice.random() < 0.5 else 0
    consent.store([body], by=by, source=Source(organization, author, carries=carries))


def sign(town: Town, chart: Chart) -> None:
    """A form is signed. It ends some day, or with the treatment."""
    dice, now = town.dice, clock.now()
    kind, discloser = dice.choice(FORMS), dice.choice(chart.teams)
    state = STATES[town.organizations.index(discloser)]
    rule = form_rule(kind, state)
    recipient = dice.choice([one for one in town.organizations if one != discloser])
    is_for_all = kind == "part2_tpo" and dice.random() < 0.7
    row = Consent(
        id=ids.new_uuid(now), chart_id=chart.id, kind=kind, state="signed", version=2, discloser_org_id=discloser,
        discloser_state=state, recipient_org_id=0 if is_for_all else recipient,
        classes=(ORDINARY & rule.may) | rule.must, purposes=["TREAT"] if kind == "hiv" else ["TREAT", "PAY", "OPS"],
        statements=list(rule.statements), composed_at=now, composed_by=1, composed_org_id=discloser,
        expires_at=now + timedelta(days=dice.choice((20, 90, 360))), signer="patient", signature_kind="drawn",
        signature=b"<svg/>", signed_at=now, explained_by=1, point_size=14,
    )  # fmt: skip
    row.save(force_insert=True)
    _step(row, "consent.signed")


def take_back(town: Town, chart: Chart) -> None:
    """A signed form of the chart is revoked."""
    row = Consent.objects.filter(chart_id=chart.id, state="signed").order_by("id").first()
    if row is not None:
        row.state, row.version = "revoked", row.version + 1
        row.revoked_at, row.revoked_by, row.revocation_channel = clock.now(), 1, "written"
        row.save()
        _step(row, "consent.revoked")


def _step(row: Consent, act: str) -> None:
    consent.rebuild_grants([ChartId(row.chart_id)])
    lines.write(lines.step_line(system("drill"), act, charts=[row.chart_id], detail=f"consent/{row.id}/{row.version}"))


def restrict(town: Town, chart: Chart) -> None:
    """The patient keeps something from somebody; a wish that stood already ends."""
    dice, now = town.dice, clock.now()
    held = Restriction.objects.filter(chart_id=chart.id, ended_at=None).first()
    if held is not None:
        held.ended_at, held.ended_by, held.ended_basis = now, 1, "patient_written"
        held.save()
    else:
        Restriction.objects.create(
            id=ids.new_uuid(now), chart_id=chart.id, source_org_id=dice.choice([0, *chart.teams]),
            recipient_org_id=dice.choice([0, *chart.teams]), classes=int(dice.choice((DataClass.MH, DataClass.DV))),
            basis="2.26", agreed_at=now, agreed_by=1, agreed_org_id=chart.teams[0],
        )  # fmt: skip
    consent.rebuild_grants([chart.id])


def determine(town: Town, chart: Chart) -> None:
    """A clinician records a judgement that opens a licence rule."""
    discloser, recipient = chart.teams[0], chart.teams[1]
    need, one = town.dice.choice(
        (("six_facts", DataClass.MA_SOCIAL_WORKER), ("clinician_determination", DataClass.CT_PSYCHIATRIC))
    )
    author = town.dice.choice(town.staff(discloser)[:3]).practitioner_id
    Determination.objects.create(
        id=ids.new_uuid(clock.now()), chart_id=chart.id, discloser_org_id=discloser,
        discloser_practitioner_id=author, recipient_org_id=recipient, classes=int(one), need=need,
        made_at=clock.now(), patient_informed_at=clock.now(),
    )  # fmt: skip
    consent.rebuild_grants([chart.id])


def open_emergency(town: Town, chart: Chart) -> UUID:
    """A clinician breaks the glass for a while."""
    by = town.dice.choice(town.staff(town.dice.choice(town.organizations))[:3])
    now = clock.now()
    row = EmergencyAccess.objects.create(
        id=ids.new_uuid(now), chart_id=chart.id, organization_id=by.organization_id,
        practitioner_id=by.practitioner_id, account_id=by.account_id, category=town.dice.choice(list(categories())),
        nature="overdose", reason="found unconscious", opened_at=now, ends_at=now + timedelta(minutes=30),
    )  # fmt: skip
    consent.rebuild_grants([chart.id])
    return row.id


def move(town: Town, chart: Chart) -> None:
    """A practice begins to treat, or ends."""
    organization = town.dice.choice(town.organizations)
    held = CareTeamMember.objects.filter(chart_id=chart.id, organization_id=organization, until_at=None).first()
    if held is not None:
        consent.leave_team(chart.id, by=system("drill"), member_id=held.id)
    else:
        consent.join_team(chart.id, by=system("drill"), organization=organization, basis="encounter")


CHANGES = (write, write_again, write_again, sign, sign, take_back, restrict, determine, open_emergency, move)
