"""A small town for the gate's tests: organizations of every sort, people, and charts with one item a label."""

import uuid
from datetime import date, timedelta

from hallway import clock
from hallway.consent import actions
from hallway.consent.actions import Composition, Signature
from hallway.directory.models import Organization, Practitioner, PractitionerRole
from hallway.identity.requester import Requester, Role, system
from hallway.ids import AccountId, ChartId, OrganizationId, PractitionerId, ResourceId
from hallway.record import actions as record
from hallway.record.classes import LICENCE_CLASSES, DataClass
from hallway.record.evidence import Labelled

LOADER = system("loader")


def organization(name: str, *, state: str = "MA", side: str = "bh", is_part2: bool = False) -> OrganizationId:
    row = Organization.objects.create(
        fhir_id=f"org-{name.lower()}", name=f"{name} (invented)", state=state, side=side, is_part2=is_part2
    )
    return OrganizationId(row.id)


def person(
    family: str, at: OrganizationId, role: Role, *, licence: str = "none", state: str = "MA", duty: bool = False
):
    row = Practitioner.objects.create(
        fhir_id=f"person-{family.lower()}", family=family, given="Invented", licence=licence, licence_state=state
    )
    PractitionerRole.objects.create(
        fhir_id=f"role-{family.lower()}",
        practitioner=row,
        organization_id=at,
        role=role,
        sud_duty=duty,
        from_on=date(2020, 1, 1),
    )
    return Requester(AccountId(row.id), PractitionerId(row.id), at, role, sud_duty=duty, name=family)


def labelled(
    chart: ChartId,
    source: OrganizationId,
    mask: int,
    *,
    kind: str = "Condition",
    author: int = 0,
    resource_id: str | None = None,
    body: str = "",
) -> Labelled:
    return Labelled(
        resource_type=kind,
        resource_id=ResourceId(resource_id or str(uuid.uuid4())),
        charts=(chart,),
        source_org=source,
        author=PractitionerId(author),
        mask=int(mask),
        body=(body or f'{{"resourceType":"{kind}"}}').encode(),
    )


def new_patient(
    at: OrganizationId,
    *,
    family: str = "Ejemplo",
    given: str = "Marisol",
    born_on: str = "1987-03-02",
    speaks: str = "",
) -> ChartId:
    patient_id = ResourceId(str(uuid.uuid4()))
    chart = record.new_chart(patient_id)
    body = '{"resourceType":"Patient","name":[{"family":"%s","given":["%s"]}],%s"gender":"female"}'
    born = f'"birthDate":"{born_on}",' if born_on else ""
    spoken = (
        f'"communication":[{{"language":{{"coding":[{{"code":"{speaks}"}}]}},"preferred":true}}],' if speaks else ""
    )
    actions.store(
        [
            labelled(
                chart,
                at,
                DataClass.GENERAL,
                kind="Patient",
                resource_id=patient_id,
                body=body % (family, given, born + spoken),
            )
        ],
        by=LOADER,
    )
    return chart


def put(chart: ChartId, source: OrganizationId, mask: int, *, kind: str = "Condition", author: int = 0) -> str:
    one = labelled(chart, source, mask, kind=kind, author=author)
    actions.store([one], by=LOADER)
    return one.resource_id


def signed(
    chart: ChartId,
    kind: str = "release",
    *,
    of: Requester,
    to: Requester,
    witness: Requester,
    by: Requester | None = None,
) -> uuid.UUID:
    """The patient signs, before ``by`` or ``to``, that the practice of ``of`` may write to that of ``to``."""
    by = by or to
    classes = int(DataClass.GENERAL | DataClass.MH | DataClass.PART2 | LICENCE_CLASSES)
    if kind == "release":
        classes &= ~int(DataClass.PART2)
    form = actions.compose_consent(
        Composition(
            chart_id=chart,
            kind=kind,
            discloser_org=of.organization_id,
            recipient_org=to.organization_id,
            classes=classes,
            expires_at=clock.now() + timedelta(days=365),
        ),
        by=by,
    )
    signature = Signature("typed", b"Marisol Ejemplo", witness=witness.practitioner_id)
    actions.sign_consent(form, signature, by=by, expected_version=1)
    return form
