"""What the callers may not know: facts of others, put into a world by the same actions that real work uses.

Each is a function of the cast and a random source. It touches only people and places that no caller belongs to, other
patients, or classes that stay with their author; whether the gate agrees is what the proof finds out.
"""

import contextlib
import random
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from hallway import clock
from hallway.app.prove import asking, dues, facts, network, screened, talks, walk
from hallway.app.prove.cast import MARKER, Cast
from hallway.consent import actions as consent
from hallway.consent.models import Grant
from hallway.errors import HallwayError
from hallway.identity.requester import system
from hallway.ids import ReferralId, ResourceId
from hallway.loops.models import Loop
from hallway.record import actions as record
from hallway.record.classes import LICENCE_CLASSES, DataClass
from hallway.referral import actions as referrals
from hallway.referral.models import Referral
from hallway.referral.sight import look
from hallway.referral.states import State
from hallway.screening.safety import actions as safety
from hallway.screening.safety.said import Said
from hallway.screening.safety.states import Step
from hallway.storage.connection import transaction

Secret = Callable[[Cast, random.Random], None]

SUD_CODES = ("F11.20", "F10.20", "F14.10", "F12.10")


def stranger_patient(cast: Cast, dice: random.Random) -> None:
    """A patient of an unrelated practice, whose name begins like one the callers know."""
    name = f"Ejem{MARKER.lower()}{dice.randrange(1000)}"
    key = f"stranger-{dice.randrange(10**9)}"
    network.chart(cast, key, "Marisol", name, born="1985-04-12", home="stranger")
    of, at = cast.patients[key], clock.now()
    network.store(
        cast,
        "stranger",
        [facts.condition(of, dice.choice(("I10", "F33.1")), at - timedelta(days=n)) for n in range(dice.randrange(4))],
    )
    cast.know("hidden_chart", cast.charts[key])
    cast.know("hidden_patient", of)


def psychotherapy_note(cast: Cast, dice: random.Random) -> None:
    """Another therapist's psychotherapy note about a shared patient."""
    of = _shared(cast, dice)
    words = f"{MARKER} " * dice.randrange(1, 60)
    at = clock.now() - timedelta(days=dice.randrange(90))
    _hide(cast, network.store(cast, "colleague", [facts.note(of, words, at)], note="psychotherapy"))


def program_record(cast: Cast, dice: random.Random) -> None:
    """A substance use program without consent treats a shared patient: it has charted, and who it is is withheld."""
    of, at = _shared(cast, dice), clock.now() - timedelta(days=dice.randrange(300))
    content = [
        facts.condition(of, dice.choice(SUD_CODES), at),
        facts.medicine(of, dice.choice(("1010600", "7407", dues.IBUPROFEN)), at),
        facts.encounter(of, at),
        facts.observation(of, "44261-6", dice.randrange(27), at),
    ]
    _hide(cast, network.store(cast, "counselor", content[: dice.randrange(1, 5)]))
    consent.join_team(
        next(cast.charts[key] for key, patient in cast.patients.items() if patient == of),
        by=system("prove"),
        organization=cast.organizations["harbor"],
        basis="encounter",
        practitioner=cast.practitioners["counselor"],
    )


def other_program(cast: Cast, dice: random.Random) -> None:
    """A program that nobody here has heard of treats a shared patient: that it does is itself protected."""
    of, at = _shared(cast, dice), clock.now() - timedelta(days=dice.randrange(300))
    _hide(cast, network.store(cast, "bridger", [facts.condition(of, dice.choice(SUD_CODES), at)]))
    consent.join_team(
        next(cast.charts[key] for key, patient in cast.patients.items() if patient == of),
        by=system("prove"),
        organization=cast.organizations["bridge"],
        basis="encounter",
        practitioner=cast.practitioners["bridger"],
    )


def program_note(cast: Cast, dice: random.Random) -> None:
    """A substance use counseling note, of a length of its own."""
    of = _shared(cast, dice)
    words = f"{MARKER} " * dice.randrange(1, 200)
    _hide(cast, network.store(cast, "counselor", [facts.note(of, words, clock.now())], note="sud_counseling"))


def changed_secret(cast: Cast, dice: random.Random) -> None:
    """A withheld resource gets another version, or is deleted."""
    of, rid, at = _shared(cast, dice), facts.new_id(), clock.now()
    chart_id = next(cast.charts[key] for key, patient in cast.patients.items() if patient == of)
    for _ in range(dice.randrange(2, 4)):
        network.store(cast, "counselor", [facts.condition(of, dice.choice(SUD_CODES), at, rid=rid)])
    if dice.random() < 0.5:
        record.delete("Condition", ResourceId(rid), chart_id=chart_id, by=cast.callers["counselor"])
    _hide(cast, [rid])


def right_come_and_gone(cast: Cast, dice: random.Random) -> None:
    """The plans of a shared chart were compiled anew: a right of others came and went."""
    charts = [cast.charts[key] for key in ("marisol", "otto")]
    with transaction():
        record.bump_epoch(dice.sample(charts, dice.randrange(1, 3)))


def busy_elsewhere(cast: Cast, dice: random.Random) -> None:
    """Other people read and write elsewhere, so every counter and sequence of the database has moved on."""
    for _ in range(dice.randrange(1, 3)):
        stranger_patient(cast, dice)


def unjudged_paper(cast: Cast, dice: random.Random) -> None:
    """A paper of a kind that nobody named, at a behavioral health practice: unclassified, so for its author alone."""
    of = _shared(cast, dice)
    words = f"{MARKER} " * dice.randrange(1, 40)
    _hide(cast, network.store(cast, "colleague", [facts.note(of, words, clock.now())]))


def group_session(cast: Cast, dice: random.Random) -> None:
    """A shared patient sat in a session with a patient whom no caller knows: it flows only if both charts let it."""
    stranger_patient(cast, dice)
    other = ResourceId(cast.known["hidden_patient"][-1])
    _hide(cast, network.store(cast, "stranger", [facts.group_session((_shared(cast, dice), other), clock.now())]))


def right_used_and_gone(cast: Cast, dice: random.Random) -> None:
    """A caller could read the program's records for a moment, did, and the right was taken back."""
    chart_id = cast.charts[dice.choice(("marisol", "otto"))]
    program_record(cast, dice)
    grant = Grant.objects.create(
        chart_id=chart_id,
        grantee_org=cast.callers["pcp"].organization_id,
        purpose="TREAT",
        relation="treating",
        source_org=cast.organizations["harbor"],
        allow=int(DataClass.GENERAL | DataClass.MH | DataClass.PART2 | LICENCE_CLASSES),
        from_at=clock.now(),
        rule_ids=["US-TREAT", "US-P2-CONSENT"],
    )
    record.bump_epoch([chart_id])
    patient = next(cast.patients[key] for key, chart in cast.charts.items() if chart == chart_id)
    path = f"/fhir/Patient/{patient}/$everything"
    asking.call(asking.root(), asking.Ask("warm", "pcp", cast.tokens["pcp"], path))
    with transaction():
        grant.delete()
        record.bump_epoch([chart_id])


def program_answer(cast: Cast, dice: random.Random) -> None:
    """The program answers another practice's referral: whether it took the patient on, and when, is its own record."""
    program = cast.callers["counselor"]
    at = Referral.objects.get(id=cast.known["program_referral"][dice.randrange(2)])
    key = ReferralId(at.pk)
    # The version as the program sees it: not every step is told to both sides.
    version = look(program, key).version
    if at.state == State.SENT:
        answers = (referrals.accept_referral, referrals.waitlist_referral)
        at = dice.choice(answers)(program, key, expected_version=version)
    elif at.state == State.ACCEPTED:
        starts_at = clock.now() + timedelta(days=dice.randrange(1, 9))
        at = referrals.book_visit(program, key, expected_version=version, starts_at=starts_at)
    for loop_id in Loop.objects.filter(referral_id=at.pk).values_list("id", flat=True):
        cast.know("hidden_loop", loop_id)


def form_elsewhere(cast: Cast, dice: random.Random) -> None:
    """The patient lets the program tell another practice, or says no to it."""
    by = cast.callers["counselor"]
    chart_id = cast.charts[dice.choice(("marisol", "otto"))]
    consent.join_team(chart_id, by=system("prove"), organization=by.organization_id, basis="encounter")
    form = consent.compose_consent(
        consent.Composition(
            chart_id=chart_id,
            kind="part2",
            discloser_org=by.organization_id,
            recipient_org=cast.organizations["elm"],
            recipient_practitioner=cast.practitioners["stranger"],
            classes=int(DataClass.GENERAL | DataClass.MH | DataClass.PART2),
        ),
        by=by,
    )
    if dice.random() < 0.7:
        consent.sign_consent(form, consent.Signature("drawn", walk.STROKES), by=by, expected_version=1)
    else:
        consent.decline_consent(form, "not_now", by=by, expected_version=1)
    cast.know("hidden_consent", form)


def emergency_elsewhere(cast: Cast, dice: random.Random) -> None:
    """Somebody at another practice opened a category in an emergency."""
    opened = consent.open_emergency(
        cast.callers["stranger"], cast.charts[dice.choice(("marisol", "otto"))], category="medicines",
        nature="acute_illness", reason=f"{MARKER} nobody to ask",
    )  # fmt: skip
    cast.know("hidden_emergency", opened)


def danger_elsewhere(cast: Cast, dice: random.Random) -> None:
    """A program opened its safety steps for a shared patient, and judged."""
    chart = cast.charts[dice.choice(("marisol", "otto"))]
    by = cast.callers["counselor"]
    consent.join_team(chart, by=system("prove"), organization=by.organization_id, basis="encounter")
    opened = safety.press(by, chart)
    cast.know("hidden_safety", opened)
    judged = Said(once=str(facts.new_id()), code="high", words=f"{MARKER} a plan and means")
    # A planted leak may keep a plan that ended: then the program does not see its own new right, and goes no further.
    with contextlib.suppress(HallwayError):
        safety.take_step(by, opened, Step.JUDGEMENT, judged)
        _hide(cast, [judged.once])


SECRETS: tuple[Secret, ...] = (
    stranger_patient,
    psychotherapy_note,
    program_record,
    other_program,
    program_note,
    changed_secret,
    right_come_and_gone,
    busy_elsewhere,
    unjudged_paper,
    group_session,
    right_used_and_gone,
    program_answer,
    form_elsewhere,
    emergency_elsewhere,
    danger_elsewhere,
    screened.program_screening,
    talks.program_talks,
)


BY_NAME = {secret.__name__: secret for secret in SECRETS}


def chosen(dice: random.Random, *, most: int = 3) -> list[str]:
    """Names of some secrets to be hidden in a world."""
    return [dice.choice(SECRETS).__name__ for _ in range(dice.randrange(1, most + 1))]


def hide(cast: Cast, dice: random.Random, *, most: int = 3) -> list[str]:
    """Put some secrets into the world in force; their names."""
    names = chosen(dice, most=most)
    for name in names:
        BY_NAME[name](cast, dice)
    return names


def _shared(cast: Cast, dice: random.Random) -> ResourceId:
    return cast.patients[dice.choice(("marisol", "otto"))]


def _hide(cast: Cast, ids: list[str]) -> None:
    for one in ids:
        cast.know("hidden_resource", str(UUID(one)))
