"""Puts the cast on stage: practices, people, accounts and charts, through the actions that a real network uses."""

import uuid
from collections.abc import Sequence
from datetime import date

from hallway.app.demo import cast
from hallway.app.demo.facts import Fact
from hallway.consent import actions as consent
from hallway.directory.models import Organization, Practitioner, PractitionerRole
from hallway.identity import actions as identity
from hallway.identity import keys
from hallway.identity.models import Account
from hallway.identity.requester import Requester, Role, system
from hallway.ids import AccountId, ChartId, OrganizationId, PractitionerId, ResourceId
from hallway.labels.actions import label_many
from hallway.labels.source import Incoming, Source
from hallway.record import actions as record
from hallway.referral import actions as referral

_NAMESPACE = uuid.UUID("0a4f8d3a-6f4c-5a44-8d67-0f9a4f1c2e77")
BY = system("demo generator")


class Network:
    """The demo's practices and people by their keys, with what is needed to act as any of them."""

    def __init__(self) -> None:
        """Begin empty; ``settle`` fills it."""
        self.organizations: dict[str, Organization] = {}
        self.practitioners: dict[str, Practitioner] = {}
        self.accounts: dict[str, int] = {}

    def settle(self, opened_on: date) -> None:
        """Write every practice, person, role and account; ``opened_on`` is since when the roles are held."""
        for one in cast.ORGANIZATIONS:
            self.organizations[one.key] = self._organization(one, opened_on)
        for person in cast.PEOPLE:
            self._person(person, opened_on)
        # One hash for all: a good hash takes a third of a second, and everybody here has the same printed password.
        Account.objects.filter(is_demo=True).update(password_hash=keys.hash_password(cast.PASSWORD))

    def find(self) -> None:
        """Look up what another process has settled."""
        for one in cast.ORGANIZATIONS:
            self.organizations[one.key] = Organization.objects.get(fhir_id=_fhir_id("organization", one.key))
        accounts = dict(Account.objects.values_list("login_name", "id"))
        for person in cast.PEOPLE:
            found = Practitioner.objects.get(fhir_id=_fhir_id("practitioner", person.login))
            self.practitioners[person.login] = found
            self.accounts[person.login] = accounts[person.login]

    def _organization(self, one: cast.DemoOrganization, opened_on: date) -> Organization:
        return Organization.objects.create(
            fhir_id=_fhir_id("organization", one.key),
            name=one.name,
            side=one.side,
            kind=one.kind,
            specialty=one.specialty,
            state=one.state,
            city=one.city,
            is_part2=one.is_part2,
            part2_basis="federally assisted; holds itself out and provides" if one.is_part2 else "",
            part2_evaluated_on=opened_on if one.is_part2 else None,
            phone=one.phone,
            health_plans=list(one.health_plans),
            languages=["English", "Spanish"],
            on_hallway=one.on_hallway,
        )

    def _person(self, person: cast.DemoPerson, opened_on: date) -> None:
        home = self.organizations[person.roles[0].organization]
        practitioner = Practitioner.objects.create(
            fhir_id=_fhir_id("practitioner", person.login),
            family=person.family,
            given=person.given,
            prefix=person.prefix,
            suffix=person.suffix,
            licence=person.licence,
            licence_state=home.state,
            languages=list(person.languages),
            phone=home.phone,
            best_time="12 to 1",
        )
        self.practitioners[person.login] = practitioner
        for held in person.roles:
            PractitionerRole.objects.create(
                fhir_id=_fhir_id("role", f"{person.login}/{held.organization}/{held.role}"),
                practitioner=practitioner,
                organization=self.organizations[held.organization],
                role=held.role,
                specialty=held.specialty,
                sud_duty=held.sud_duty,
                from_on=opened_on,
            )
        account = identity.create_account(
            person.login,
            practitioner.full_name,
            practitioner_id=PractitionerId(practitioner.id),
            demo=True,
        )
        self.accounts[person.login] = account.id

    def wake(self) -> None:
        """Switch on the presence of those who have it on in the demo."""
        for person in cast.PEOPLE:
            if person.free_now:
                referral.offer_presence(self.requester(person.login), is_free=True)

    def requester(self, login: str, role: str = "") -> Requester:
        """The person as if signed in, in their first role or in ``role``."""
        person = next(one for one in cast.PEOPLE if one.login == login)
        held = next(one for one in person.roles if not role or one.role == role)
        return Requester(
            account_id=AccountId(self.accounts[login]),
            practitioner_id=PractitionerId(self.practitioners[login].id),
            organization_id=OrganizationId(self.organizations[held.organization].id),
            role=Role(held.role),
            sud_duty=held.sud_duty,
            name=self.practitioners[login].full_name,
        )

    def open_chart(self, facts: Sequence[Fact], *, organization: str, person: str, role: str) -> ChartId:
        """A new chart with its first facts, the patient first; ``person`` is its assigned treating clinician."""
        chart_id = record.new_chart(ResourceId(facts[0].id))
        self.store(facts)
        consent.join_team(
            chart_id,
            by=BY,
            organization=OrganizationId(self.organizations[organization].id),
            practitioner=PractitionerId(self.practitioners[person].id),
            role=role,
            basis="assigned",
        )
        return chart_id

    def store(self, facts: Sequence[Fact]) -> None:
        """Label each fact by its own source and store them all in one transaction."""
        consent.store(label_many([Incoming(fact.encoded(), self._source(fact)) for fact in facts]), by=BY)

    def _source(self, fact: Fact) -> Source:
        return Source(
            organization=OrganizationId(self.organizations[fact.organization].id),
            author=PractitionerId(self.practitioners[fact.author].id),
            note_kind=fact.note_kind,
        )


def _fhir_id(kind: str, key: str) -> str:
    return str(uuid.uuid5(_NAMESPACE, f"{kind}/{key}"))
