"""Given a patient's own side, when somebody looks, acts, opens in an emergency or takes back, then it is told."""

import json
from datetime import timedelta

import pytest

from hallway import clock
from hallway.consent import actions as consent
from hallway.consent.models import Consent, EmergencyAccess
from hallway.consent.rights import acting
from hallway.directory.models import Organization
from hallway.identity import actions as identity
from hallway.identity.models import Account
from hallway.ids import AccountId
from hallway.labels.source import Source
from hallway.record.classes import DataClass
from tests.journeys import acts, seed
from tests.journeys.acts import press
from tests.printed import checked

pytestmark = pytest.mark.journey
WHY = "Found unconscious at the bus stop, an overdose is suspected."
SECRET = "PLANTED: she came about something of her own"


def patient_account(world, key: str) -> Account:
    given = seed.PATIENTS[key].given
    return identity.create_account(f"{key}@example.org", given, chart_id=world.charts[key], demo=True)


def parent_account(world, key: str) -> tuple[int, Account]:
    entry = acting.Entry(name="Paula Muestra", relation="mother", authority="parent", document="Birth certificate")
    made = acting.add_representative(world.charts[key], entry, by=world.requester("deskwell"))
    account = identity.create_account("paula@example.org", "Paula Muestra", demo=True)
    acting.give_sign_in(made, AccountId(account.id), by=world.requester("deskwell"))
    return made, account


def test_the_glass_is_broken_told_and_reviewed(walk):
    world = seed.practices()
    chart = seed.open_chart(world, "marisol")

    # Given Marisol, unknown to the specialists, found unconscious, when their cardiologist seeks her by name and day
    heart = walk.come_in(world.accounts["heartwright"])
    heart.goto(walk.address("/emergency/find/"))
    walk.check(heart, "emergency-find")
    heart.get_by_label("Family name").fill("Ejemplo")
    heart.get_by_label("First name").fill("Marisol")
    heart.get_by_label("Birth date").fill("03/14/1955")
    heart.get_by_label("Medicines and allergies").check()
    heart.get_by_label("What is the emergency?").select_option("overdose")
    heart.get_by_label("Why do you need it now?").fill(WHY)
    press(heart, "Store this and open for 30 minutes")

    # then her medicines stand open with the end in sight, and her notes do not
    heart.get_by_text("Emergency access is open").wait_for()
    assert "Metformin" in heart.content()
    assert "Stopped cooking" not in heart.content()
    walk.check(heart, "emergency-stranger")
    press(heart, "Close now")
    walk.check(heart, "emergency-mine")
    heart.get_by_role("link", name="The patient was told").first.click()
    walk.check(heart, "emergency-tell")
    press(heart, "The patient was told")
    assert EmergencyAccess.objects.get(chart_id=chart).patient_told_at is not None

    # and the privacy officer reads why, and Marisol reads all of it
    guard = walk.come_in(world.accounts["guardwell"])
    guard.goto(walk.address("/emergency/"))
    walk.check(guard, "emergency-reviews")
    press(guard, "It was right")
    marisol = walk.come_in(patient_account(world, "marisol"))
    marisol.goto(walk.address("/my-care/"))
    walk.check(marisol, "my-home", dark=True)
    marisol.goto(walk.address("/my-care/emergencies/"))
    assert WHY in marisol.content()
    assert "It was right" in marisol.content()
    walk.check(marisol, "my-emergencies")


def test_a_patient_who_prefers_spanish_reads_and_takes_back_in_spanish(walk):
    world = seed.practices()
    chart = seed.open_chart(world, "marisol")
    by, to = world.requester("carewell"), world.requester("hearwell")
    asked = consent.Composition(
        chart_id=chart, kind="release", discloser_org=by.organization_id, recipient_org=to.organization_id,
        classes=int(DataClass.GENERAL), expires_at=clock.now() + timedelta(days=90),
    )  # fmt: skip
    form = consent.compose_consent(asked, by=by)
    consent.sign_consent(form, consent.Signature("typed", b"Marisol Ejemplo"), by=by, expected_version=1)
    carewell = walk.come_in(world.accounts["carewell"])
    carewell.goto(walk.address(f"/charts/{chart}/medicines/"))

    marisol = walk.come_in(patient_account(world, "marisol"))
    marisol.goto(walk.address("/my-care/seen/"))
    marisol.get_by_text("Para atenderle.").first.wait_for()
    walk.check(marisol, "my-seen-spanish")
    marisol.get_by_role("link", name="Cambiar quién puede ver qué").click()
    walk.check(marisol, "my-sharing-spanish")
    marisol.get_by_role("link", name="Leerla o retirarla").click()
    walk.check(marisol, "my-form-spanish")
    marisol.get_by_role("button", name="Retirarla ahora").click()
    marisol.get_by_text("Retirado").first.wait_for()
    assert Consent.objects.get(id=form).state == "revoked"
    marisol.get_by_role("link", name="In English").click()
    marisol.get_by_role("link", name="En español").wait_for()


def test_a_patient_reads_who_saw_what_and_leaves_one_practice_out(walk):
    world = seed.practices()
    chart = seed.open_chart(world, "otis")
    by = world.requester("steadman")
    seed.treated_by(world, chart, "steadman", "heartwright", basis="encounter")
    made = consent.compose_consent(
        consent.Composition(
            chart_id=chart,
            kind="part2_tpo",
            discloser_org=by.organization_id,
            recipient_org=0,
            classes=int(DataClass.GENERAL | DataClass.PART2),
        ),
        by=by,
    )
    now = clock.now() - timedelta(minutes=5)
    Consent.objects.filter(id=made).update(
        state="signed",
        signed_at=now,
        signer="patient",
        signature_kind="typed",
        signature=b"Otis Fixture",
        explained_by=1,
    )
    consent.rebuild_grants([chart])

    # Given Otis, whose doctor has looked, when he opens his side
    carewell = walk.come_in(world.accounts["carewell"])
    carewell.goto(walk.address(f"/charts/{chart}/medicines/"))
    otis = walk.come_in(patient_account(world, "otis"))
    otis.goto(walk.address("/my-care/seen/"))
    assert "Dr. Priya Carewell" in otis.content()
    assert "To care for you." in otis.content()
    walk.check(otis, "my-seen")
    for page in ("record", "people", "kept", "asks", "contact", "sharing/now", "asks/new/restriction"):
        otis.goto(walk.address(f"/my-care/{page}/"))
        walk.check(otis, f"my-{page.replace('/', '-')}")
    paper = otis.request.get(walk.address("/my-care/record.pdf"))
    assert checked.broken_rules(paper.body()) == []

    # when he leaves the specialists out of his form for all who treat him
    otis.goto(walk.address("/my-care/sharing/"))
    walk.check(otis, "my-sharing")
    otis.get_by_role("link", name="Read it or take it back").first.click()
    otis.get_by_label("Commonwell Specialty Group").check()
    walk.check(otis, "my-form")
    press(otis, "Leave that one out")

    # then the others keep it, and they do not
    row = Consent.objects.get(id=made)
    assert row.state == "signed"
    assert row.not_for_orgs == [world.organizations["commonwell"].pk]


def test_a_parent_is_refused_by_a_practice_and_told_the_lawful_least(walk):
    world = seed.practices()
    chart = seed.open_chart(world, "maya")
    _, account = parent_account(world, "maya")

    # Given Maya's mother, who may act, when the doctor has reason to believe that she is not safe with her
    paula = walk.come_in(account, "For Maya")
    paula.goto(walk.address("/my-care/record/"))
    assert "Metformin" in paula.content()
    walk.check(paula, "parent-record")
    paula.goto(walk.address("/my-care/kept/"))
    walk.check(paula, "parent-kept")
    doctor = walk.come_in(world.accounts["carewell"])
    doctor.goto(walk.address(f"/acting/{chart}/"))
    walk.check(doctor, "acting")
    acts.open_details(doctor, "Do not treat as representative")
    doctor.get_by_label("I reasonably believe in abuse or danger").check()
    doctor.get_by_label("Why? Only this practice").fill("She told me of threats at home, twice.")
    press(doctor, "Keep this practice")
    walk.check(doctor, "acting-declined")

    # then nothing of the practice's reaches her any more, no page tells why, and nothing says what there is
    paula.goto(walk.address("/my-care/record/"))
    assert "Nothing can be shown to you here now" in paula.content()
    assert "Metformin" not in paula.content()
    assert "threats" not in paula.content()
    walk.check(paula, "parent-refused")
    paula.goto(walk.address("/role"))
    assert "threats" not in paula.content()


CT_FACTS = (
    "Would refuse treatment otherwise", "Treatment is clinically indicated", "Failure to treat would be",
    "Knowing and voluntary", "Mature enough", "signed a statement", "No prescribed medicine",
)  # fmt: skip
STATES = (
    ("MA", ("Lives apart",), "c.112 s.12F"),
    ("CT", CT_FACTS, "s.19a-14c"),
    ("CA", ("Mature enough", "I consulted the young person"), "Fam. Code 6924"),
)


@pytest.mark.parametrize(("state", "facts", "law"), STATES, ids=[one[0] for one in STATES])
def test_at_fourteen_care_of_her_own_stays_hers_until_she_says_otherwise(walk, state, facts, law):
    world = seed.practices()
    Organization.objects.filter(id__in=[one.pk for one in world.organizations.values()]).update(state=state)
    chart = seed.open_chart(world, "maya")
    _, account = parent_account(world, "maya")

    # Given Maya, fourteen, who came by herself, when her doctor writes down that this care is hers
    doctor = walk.come_in(world.accounts["carewell"])
    doctor.goto(walk.address(f"/acting/{chart}/minor/"))
    doctor.get_by_label("Which care?").select_option("mental_health")
    press(doctor, "Write it down")
    assert "does not give this care to the young person alone" in doctor.content(), "nothing is so until it is ticked"
    walk.check(doctor, f"minor-{state}-refused")
    doctor.get_by_label("Which care?").select_option("mental_health")
    for fact in facts:
        doctor.get_by_label(fact).check()
    press(doctor, "Write it down")
    assert law in doctor.content()
    walk.check(doctor, f"minor-{state}")
    write_note(world, chart)

    # then her mother reads the rest and not that, whatever page she opens
    paula = walk.come_in(account, "For Maya")
    paula.goto(walk.address("/my-care/record/"))
    assert "Metformin" in paula.content()
    assert SECRET not in paula.content()
    assert SECRET not in bundle_of(walk, paula)

    # and Maya reads it, lets her mother see it, and changes her mind
    maya = walk.come_in(patient_account(world, "maya"))
    maya.goto(walk.address("/my-care/record/"))
    assert SECRET in maya.content()
    maya.goto(walk.address("/my-care/people/"))
    walk.check(maya, f"minor-{state}-people")
    press(maya, "Let Paula Muestra see it")
    paula.goto(walk.address("/my-care/record/"))
    assert SECRET in paula.content()
    press(maya, "Keep it to myself again")
    paula.goto(walk.address("/my-care/record/"))
    assert SECRET not in paula.content()

    # and when a therapist is to know of it, she signs for that herself, said to be so, and her mother reads of no form
    to = f"{world.organizations['northgate'].pk}-{world.people['hearwell'].pk}"
    doctor.goto(walk.address(f"/consents/new/{chart}/?to={to}&what=notes&asks=yes"))
    doctor.get_by_role("button", name="She signs here").click()
    doctor.wait_for_url("**/consents/sign/**")
    doctor.get_by_label("Or type the full name").fill("Maya Muestra")
    doctor.get_by_role("button", name="Sign", exact=True).click()
    doctor.get_by_text("not eighteen yet").first.wait_for()
    walk.check(doctor, f"minor-{state}-signs")
    doctor.get_by_label("a minor who may agree to this care alone").check()
    doctor.get_by_role("button", name="Sign", exact=True).click()
    doctor.wait_for_url("**/charts/**")
    form = Consent.objects.get(chart_id=chart)
    assert (form.state, form.signer) == ("signed", "minor")
    assert paula.request.get(walk.address("/my-care/sharing/")).status == 404


def write_note(world, chart: int) -> None:
    """A note as the chart's own form stores one: unlabelled, by its author."""
    by = world.requester("carewell")
    write = seed.FactWriter("journey-maya", "millbrook", "carewell")
    note = write.note(clock.now(), "progress", SECRET, write.encounter(clock.now(), "By herself").id)
    body = json.dumps(note.resource).replace("urn:uuid:", "Patient/", 1).encode()
    resource = json.loads(body)
    resource.pop("context", None)
    source = Source(by.organization_id, by.practitioner_id, note_kind="progress")
    consent.store([json.dumps(resource).encode()], by=by, source=source)


def bundle_of(walk, page) -> str:
    """What the download gives, texts decoded."""
    import base64

    answer = page.request.get(walk.address("/my-care/record.json"))
    found = [
        base64.b64decode(content["attachment"].get("data", "")).decode()
        for entry in answer.json()["entry"]
        for content in entry["resource"].get("content", [])
    ]
    return "\n".join(found)
