"""Every route x {nobody, wrong role, other organization, ended session, other patient} is refused, by GET and POST.

The routes come from the URL table itself. A new route that names something this file cannot make stands in
``uncovered`` and fails; nobody has to remember to add it.
"""

import re
import uuid
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from hallway import clock
from hallway.consent import actions as consent
from hallway.consent.denials.blocking import Refusal
from hallway.consent.rights import asks
from hallway.consent.tests import town
from hallway.consultation import actions as reports
from hallway.directory.models import PractitionerRole
from hallway.identity import actions, granting, registering, scopes
from hallway.identity.login import Hat
from hallway.identity.models import LoginSession
from hallway.identity.registering import Registration
from hallway.identity.requester import PATIENT_SIDE, Requester, Role
from hallway.ids import NOBODY, AccountId, OrganizationId, ReferralId
from hallway.loops import refusing
from hallway.loops.models import Loop
from hallway.record.classes import DataClass
from hallway.referral import actions as referrals
from hallway.referral.tests import hall as halls
from hallway.screening.asking import actions as screening
from hallway.screening.safety import actions as safety
from hallway.talking import actions as talking
from hallway.triggers.tests.made import fire
from hallway.web.middleware import COOKIE

NOT_BEHIND_THE_DOOR = {"static", "fhir"}


@dataclass(frozen=True)
class Route:
    pattern: str
    view: object

    @property
    def access(self):
        return self.view.access

    @property
    def names(self) -> list[str]:
        return re.findall(r"<(?:\w+:)?(\w+)>", self.pattern)

    def path(self, known: dict[str, object]) -> str:
        return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(known[found[1]]), self.pattern)


def routes(resolver: URLResolver | None = None, prefix: str = "") -> list[Route]:
    found: list[Route] = []
    for entry in (resolver or get_resolver()).url_patterns:
        whole = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            found += routes(entry, whole)
        elif isinstance(entry, URLPattern):
            found.append(Route(whole, entry.callback))
    return found


def guarded() -> list[Route]:
    return [route for route in routes() if not route.access.public]


@dataclass
class World:
    hall: halls.Hall
    known: dict[str, object]

    def client(self, who: Requester, role: Role | None = None, *, organization: int = 0) -> Client:
        """A browser of ``who``, in a role that may be another than their own."""
        account = actions.create_account(
            f"{uuid.uuid4()}@example.test",
            "Somebody",
            practitioner_id=NOBODY if role in PATIENT_SIDE else who.practitioner_id,
            chart_id=self.hall.chart if role is Role.PATIENT else None,
        )
        opened = actions.open_verified(account)
        place = OrganizationId(organization or who.organization_id)
        acting = {"chart_id": self.hall.chart, "representative_id": 1} if role is Role.REPRESENTATIVE else {}
        actions.wear(opened.session_id, Hat(0, role or who.role, place, "A practice", **acting))
        client = Client()
        client.cookies[COOKIE] = opened.token
        return client


@pytest.fixture
def world(fresh_db):
    hall = halls.build()
    hall.consent_back()
    referral = hall.sent()
    loop = Loop.objects.filter(referral_id=referral.id).first()
    hall.do(hall.therapist, referrals.accept_referral, referral)
    hall.do(hall.therapist, referrals.book_visit, referral, starts_at=clock.now())
    hall.do(hall.therapist, referrals.record_visit_kept, referral)
    report = reports.draft_report(hall.therapist, ReferralId(referral.id))
    therapist = hall.therapist
    PractitionerRole.objects.update_or_create(
        practitioner_id=therapist.practitioner_id,
        organization_id=therapist.organization_id,
        role=str(therapist.role),
        defaults={"fhir_id": "r-therapist", "from_on": clock.today(), "free_since": clock.now()},
    )
    knock = referrals.ask_handoff(hall.pcp, ReferralId(_draft(hall)), asked=[hall.therapist.practitioner_id])
    emergency = consent.open_emergency(
        hall.therapist, hall.chart, category=_category(), nature=_nature(), reason="Unconscious, overdose suspected."
    )
    known = {
        "chart_id": hall.chart,
        "referral_id": referral.id,
        "report_id": report.id,
        "loop_id": loop.id,
        "handoff_id": knock.id,
        "consent_id": hall.consent_back("release"),
        "emergency_id": emergency,
        "denial_id": _refused(hall),
        "safety_id": safety.press(hall.pcp, hall.chart),
        "told_id": uuid.uuid4(),
        "rule_id": "US-TREAT",
        "firing_id": _fired(hall),
        "rule": "T1",
        "service": "patient-view",
        "resource_id": uuid.uuid4(),
        "passkey_id": 1,
        "step": "accept",
        "account_id": 1,
        "kind": "question",
        "ask_id": _asked(hall),
        "link_id": uuid.uuid4(),
        "paper_id": consent.keep_paper(hall.chart, b"%PDF-1.7", purpose="form", by=hall.pcp),
        "token": "x" * 26,
        "secret": "x" * 26,
        **_programs(),
        "ehr_id": 1,
        "tie_id": 1,
        "ticket": "x" * 43,
        **_talks(hall),
        "sitting_id": _answered(hall),
        "instrument": "phq-9",
    }
    return World(hall, known)


def _talks(hall):
    """A thread of both practices, and what the PCP asked of the therapist."""
    to = hall.therapist.organization_id
    due_at = clock.now() + timedelta(days=10)
    asked = talking.request(hall.chart, by=hall.pcp, to_org=to, wanted=("medicines",), words="Which?", due_at=due_at)
    return {"thread_id": talking.send(hall.chart, by=hall.pcp, to_org=to, words="Since when?"), "request_id": asked}


def _answered(hall):
    """Answers that the PCP typed in."""
    return screening.type_in(
        hall.chart, by=hall.pcp, mode="visit", paper=screening.Paper(answers={"phq-2": {"q1": "1"}})
    )


def _programs():
    """A program, its question, and a number that no grant has."""
    said = Registration("Pocket", "Pocket People", "public", "openid", redirect_uris=("https://pocket.example/done",))
    app = registering.register(said, by=AccountId(1)).app
    asked = granting.Asked(app, "https://pocket.example/done", scopes.parse("openid"), "state", "c" * 43)
    return {"app_id": app.id, "grant_id": 1, "ask": granting.keep_ask(asked)}


def _asked(hall):
    """A patient's question to the PCP's practice."""
    patient = Requester(AccountId(77), NOBODY, OrganizationId(0), Role.PATIENT, chart_id=hall.chart)
    return asks.ask(
        patient, asks.Wish(organization=hall.pcp.organization_id, kind="question", words="Who looked at my record?")
    )


def _refused(hall):
    """A no to the PCP about what the therapist's practice holds."""
    asked = {"discloser_org": hall.therapist.organization_id, "recipient_org": hall.pcp.organization_id}
    found = {"purpose": "TREAT", "classes": 1, "outcome": "DENY_NEEDS", "rule_ids": ("MA-SW",), "form_kind": "release"}
    return refusing.refuse(Refusal(chart_id=hall.chart, route="preview", **asked, **found), by=hall.pcp)


def _fired(hall):
    """A finding of the therapist's practice."""
    org = hall.therapist.organization_id
    own = town.put(hall.chart, org, DataClass.GENERAL)
    return fire(hall.chart, org=org, causes=[("Condition", own, org, DataClass.GENERAL)])


def _draft(hall):
    return referrals.draft_referral(
        hall.pcp, hall.request(question="Another question?", recipient_type="psychiatrist")
    ).id


def _category() -> str:
    from hallway.consent.emergency.access import categories

    return next(iter(categories()))


def _nature() -> str:
    from hallway.consent.emergency.access import NATURES

    return next(iter(NATURES))


def shorn(response) -> bytes:
    """The page without the masks of its CSRF tokens and without the id that was asked for."""
    page = re.sub(rb'value="[A-Za-z0-9]{64}"', b"", response.content)
    return page.replace(response.wsgi_request.path.encode(), b"")


def both(client: Client, path: str):
    return [client.get(path), client.post(path, {})]


def test_no_route_is_uncovered(world):
    uncovered = [route.pattern for route in routes() if set(route.names) - set(world.known)]
    assert uncovered == []


def test_nobody_is_sent_to_the_door_from_every_route(world):
    for route in guarded():
        for response in both(Client(), route.path(world.known)):
            assert response.status_code == 302, route.pattern
            assert response.headers["Location"].startswith("/sign-in"), route.pattern


def test_an_ended_session_is_sent_to_the_door_from_every_route(world):
    signed_out, idle = world.client(world.hall.pcp), world.client(world.hall.pcp)
    signed_out.post("/sign-out")
    newest = LoginSession.objects.order_by("-id").first()
    LoginSession.objects.filter(id=newest.id).update(seen_at=clock.now() - timedelta(minutes=16))
    for client in (signed_out, idle):
        for route in guarded():
            for response in both(client, route.path(world.known)):
                assert response.status_code == 302, route.pattern
                assert response.headers["Location"].startswith("/sign-in"), route.pattern


def test_every_wrong_role_gets_the_one_not_found(world):
    plain = world.client(world.hall.pcp).get("/nothing/at/all")
    for role in Role:
        if role is Role.SYSTEM:
            continue
        client = world.client(world.hall.pcp, role)
        for route in guarded():
            if not route.access.roles or role in route.access.roles:
                continue
            for response in both(client, route.path(world.known)):
                assert response.status_code == plain.status_code == 404, (route.pattern, role)
                assert b"There is nothing here that you may open." in response.content, (route.pattern, role)


@pytest.mark.parametrize("who", ["other organization", "same role elsewhere"])
def test_another_organization_learns_nothing_from_any_patients_route(world, who):
    """What is there answers as what was never there: the same status, and the same page but for the id asked for."""
    unknown = {**world.known, **{name: uuid.uuid4() for name in world.known if name.endswith("_id")}}
    unknown |= {"chart_id": 987654, "passkey_id": 1, "account_id": 1}
    clients: dict[Role, Client] = {}
    for route in guarded():
        if not route.access.patient:
            continue
        roles = sorted(route.access.roles - {Role.PATIENT})
        role = world.hall.other.role if who == "other organization" and world.hall.other.role in roles else roles[0]
        client = clients.setdefault(role, world.client(world.hall.other, role))
        with clock.stopped_at(clock.now()):  # a page says when it was made
            answers = zip(both(client, route.path(world.known)), both(client, route.path(unknown)), strict=True)
            followers = [
                (here, nowhere, followed(client, here), followed(client, nowhere)) for here, nowhere in answers
            ]
        for here, nowhere, real, never in followers:
            assert here.status_code == nowhere.status_code, (route.pattern, here.status_code, nowhere.status_code)
            assert real.status_code in {400, 404, 405, 422}, (route.pattern, real.status_code)
            assert shorn(real) == shorn(never), route.pattern


def followed(client: Client, response):
    """An empty form sends everybody back to the page it stands on, which then refuses."""
    return client.get(response.headers["Location"]) if response.status_code == 302 else response


def test_a_patient_reaches_no_page_of_another_persons_chart(world):
    client = world.client(world.hall.pcp, Role.PATIENT)
    for route in guarded():
        if route.access.patient:
            for response in both(client, route.path({**world.known, "chart_id": world.hall.chart + 1})):
                assert response.status_code == 404, route.pattern
