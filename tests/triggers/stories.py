"""What happens to patients: one story for each trigger, sometimes with the answer that keeps it silent."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

from tests.triggers.charting import (
    BH,
    CLINIC,
    DAY,
    HOSPITAL,
    ICD,
    LOINC,
    NEXT_PC,
    OWN_CODES,
    PC,
    PROGRAM,
    Pen,
    appointment,
    coded,
    consent,
    episode,
    message,
    order,
    org,
    pressure,
    problem,
    ref,
    report,
    request,
    result,
    task,
    visit,
)

Story = Callable[[Pen, datetime], None]


def _maybe_tell(pen: Pen, place: str, at: datetime, *about: str) -> None:
    """Now and then somebody tells the other side the next day."""
    if pen.mischief and pen.dice.random() < 0.3:
        to = org(PC) if place != PC else org(BH)
        pen.put(place, message(at + DAY, to, *about), at + DAY)


def t1(pen: Pen, at: datetime) -> None:
    first = pen.put(BH, order(at, "sertraline", mg=50, days=40), at)
    _maybe_tell(pen, BH, at, first)


def t2(pen: Pen, at: datetime) -> None:
    drug = pen.dice.choice(("venlafaxine", "bupropion", "escitalopram"))
    first = order(at, drug, mg=75, days=200)
    name = pen.put(BH, first, at)
    pen.change(name, order(at, drug, mg=150, days=200), at + 20 * DAY)
    _maybe_tell(pen, BH, at + 20 * DAY, name)
    pen.change(name, order(at, drug, mg=150, days=200, status="stopped"), at + 60 * DAY)


def intake(pen: Pen, at: datetime) -> None:
    """T3, T4, T5, T11: first visits of both sides, with what was known before and is noted then."""
    pen.put(PC, problem(at - 300 * DAY, "E11.9"), at - 300 * DAY, arrives_at=at)
    first = pen.put(BH, visit(at), at)
    pen.put(BH, problem(at + 3 * DAY, "F33.1"), at + 3 * DAY)
    pen.put(BH, result(at + 4 * DAY, "75624-7", pen.dice.choice((12, 14))), at + 4 * DAY)
    pen.put(PC, visit(at + 20 * DAY), at + 20 * DAY)
    _maybe_tell(pen, BH, at, first)


def t6(pen: Pen, at: datetime) -> None:
    place = pen.dice.choice((PC, BH))
    pen.put(place, visit(at - 40 * DAY), at - 40 * DAY)
    kind = pen.dice.randrange(4)
    if kind == 0:
        one = pen.put(place, problem(at, pen.dice.choice(("C50.911", "I50.9", "N18.3"))), at)
    elif kind == 1:
        pen.put(place, result(at - 30 * DAY, "44261-6", 6), at - 30 * DAY)
        one = pen.put(place, result(at, "44261-6", 15), at)
    elif kind == 2:
        flag = {"resourceType": "Flag", "status": "active", "period": {"start": at.isoformat()}}
        one = pen.put(place, flag | {"code": {"text": "Risk"}}, at)
    else:
        one = pen.put(place, visit(at, status="in-progress", cls="PHP"), at)
    _maybe_tell(pen, place, at, one)


def t7(pen: Pen, at: datetime) -> None:
    code = pen.dice.choice(("ect", "tms", "clozapine"))
    pen.put(BH, request(at, OWN_CODES, code), at)
    if pen.mischief and pen.dice.random() < 0.4:
        pen.put(BH, task(at + DAY, "information-request", org(PC)), at + DAY)
    pen.put(BH, order(at + 5 * DAY, pen.dice.choice(("lithium", "naltrexone")), mg=50, days=60), at + 5 * DAY)


def referred(pen: Pen, at: datetime) -> None:
    """T8, T14, T15: a referral from primary care, the first visit, and no report."""
    own = str(uuid.UUID(int=pen.dice.getrandbits(128), version=4))
    body = request(at, LOINC, "57133-1", performer=[ref(org(BH))], identifier=[{"value": f"urn:uuid:{own}"}])
    asked = pen.put(PC, body, at)
    roll = pen.dice.random() if pen.mischief else 1
    if roll < 0.2:
        pen.do("clock", BH, at + timedelta(hours=2), kind="accept", referral=own)
    elif roll < 0.5:
        pen.put(BH, task(at + DAY, "referral", org(PC), status="accepted", basedOn=[ref(asked)]), at + DAY)
    pen.put(BH, visit(at + 9 * DAY, basedOn=[ref(asked)]), at + 9 * DAY)
    if 0.5 < roll < 0.8:
        pen.put(BH, report(at + 12 * DAY), at + 12 * DAY)


def t9(pen: Pen, at: datetime) -> None:
    code, value = pen.dice.choice((("44261-6", 16), ("70274-6", 12), ("75626-2", 6), ("55758-7", 4), ("82667-7", 5)))
    pen.put(PC, result(at, code, value), at)
    if pen.mischief and pen.dice.random() < 0.4:
        pen.put(PC, request(at + DAY, LOINC, "57133-1"), at + DAY)


def t10(pen: Pen, at: datetime) -> None:
    upper = pen.dice.choice((150, 165, 190))
    one = pen.put(BH, pressure(at, upper, 95), at)
    pen.put(BH, result(at + 3 * DAY, "2345-7", 240), at + 3 * DAY)
    pen.put(BH, result(at + 9 * DAY, "2951-2", 118, interpretation=[coded("", "LL")]), at + 9 * DAY)
    _maybe_tell(pen, BH, at, one)


def t12(pen: Pen, at: datetime) -> None:
    place = pen.dice.choice((BH, PC))
    if place == PC:
        pen.put(PC, problem(at - 5 * DAY, "F41.1"), at - 5 * DAY)
    pen.put(place, visit(at), at)
    if pen.mischief and pen.dice.random() < 0.5:
        other, again = "pc" if place == BH else "bh", pen.dice.choice((25, 80))
        pen.do("offer", place, at + timedelta(hours=2), side=other, again_on=(at + again * DAY).date())
        if pen.dice.random() < 0.5:
            # Then they want it after all: the referral is owed for a month and never sent.
            subject = str(uuid.UUID(int=pen.dice.getrandbits(128), version=4))
            yes = {"side": other, "again_on": (at + 90 * DAY).date(), "answer": "wants"}
            pen.do("offer", place, at + 50 * DAY, **yes)
            pen.do("clock", place, at + 50 * DAY, kind="refer", subject=subject)
            pen.do("unclock", place, at + 80 * DAY, subject=subject)
    for days in (40, 70, 100):
        pen.put(place, visit(at + days * DAY), at + days * DAY)
    if pen.mischief:
        # Meanwhile a list of one's own people came, or who treats outside the network.
        code, on = pen.dice.choice(("", "elsewhere-pc", "elsewhere-bh")), at + 60 * DAY
        body = {"resourceType": "CareTeam", "status": "active", "period": {"start": on.isoformat()}}
        pen.put(place, body | ({"category": [coded(OWN_CODES, code)]} if code else {}), on)


def t13(pen: Pen, at: datetime) -> None:
    place = pen.dice.choice((BH, PC))
    pen.put(place, request(at, OWN_CODES, "self-referral"), at)
    roll = pen.dice.random() if pen.mischief else 0
    if roll > 0.75:
        pen.put(HOSPITAL, appointment(at + 6 * DAY, pen.dice.choice(("booked", "cancelled"))), at + 3 * DAY)
    elif roll > 0.5:
        pen.put(place, message(at + 4 * DAY, "Patient/1", code="outreach"), at + 4 * DAY)


def t16(pen: Pen, at: datetime) -> None:
    place, to = pen.dice.choice(((BH, PC), (PC, BH)))
    asked = pen.put(place, task(at, "information-request", org(to), groupIdentifier={"value": f"g{at:%y%m%d}"}), at)
    if pen.mischief and pen.dice.random() < 0.4:
        day = pen.dice.choice((5, 30))
        pen.put(to, message(at + day * DAY, org(place), asked), at + day * DAY)


def stay(pen: Pen, at: datetime) -> None:
    """T17 and T19: admitted elsewhere, for the mind or not."""
    reason = pen.dice.choice(("F33.2", "F20.9", "J18.9", "T14.91"))
    pen.put(BH, visit(at - 20 * DAY), at - 20 * DAY)
    out = at + 6 * DAY
    name = pen.put(HOSPITAL, visit(at, status="in-progress", cls="IMP", reasonCode=[coded(ICD, reason)]), at)
    body = visit(at, cls="IMP", hours=144, reasonCode=[coded(ICD, reason)])
    pen.change(name, body, out + timedelta(hours=5))
    if pen.mischief and pen.dice.random() < 0.4:
        pen.put(pen.dice.choice((BH, PC)), appointment(out + pen.dice.choice((4, 20)) * DAY), out, arrives_at=out + DAY)


def t17(pen: Pen, at: datetime) -> None:
    body = visit(at, cls="IMP", hours=120, reasonCode=[coded(ICD, "F33.2")])
    pen.put(HOSPITAL, body, at, arrives_at=at + 6 * DAY)


def t19(pen: Pen, at: datetime) -> None:
    pen.put(BH, visit(at - 20 * DAY), at - 20 * DAY)
    pen.put(HOSPITAL, visit(at, status="in-progress", cls="IMP", reasonCode=[coded(ICD, "J18.9")]), at)
    if pen.mischief and pen.dice.random() < 0.4:
        body = {"resourceType": "Procedure", "status": "completed", "performedDateTime": (at + 2 * DAY).isoformat()}
        pen.put(BH, body | {"code": {"text": "Medication reconciliation"}}, at + 2 * DAY)


def t18(pen: Pen, at: datetime) -> None:
    where = pen.put(HOSPITAL, visit(at, cls="EMER", hours=5), at)
    reason = pen.dice.choice(("F10.129", "F41.0", "R45.851", "S52.501A")) if pen.mischief else "F10.129"
    pen.put(HOSPITAL, problem(at, reason, encounter=ref(where)), at)
    if pen.mischief and pen.dice.random() < 0.4:
        pen.put(PC, visit(at + 3 * DAY), at + 3 * DAY)


def t20(pen: Pen, at: datetime) -> None:
    one, other = pen.dice.choice((("lithium", "ibuprofen"), ("alprazolam", "oxycodone"), ("sertraline", "warfarin")))
    pen.put(BH, order(at, one, mg=20, days=120), at)
    second = pen.put(PC, order(at + 20 * DAY, other, mg=20, days=30), at + 20 * DAY)
    _maybe_tell(pen, PC, at + 20 * DAY, second)


def t21(pen: Pen, at: datetime) -> None:
    pen.put(BH, order(at, pen.dice.choice(("olanzapine", "risperidone")), mg=10, days=420), at)
    pen.put(PC, result(at + 2 * DAY, "29463-7", 81), at + 2 * DAY)
    pen.put(PC, result(at + 80 * DAY, "4548-4", 5.6), at + 80 * DAY)


def t22(pen: Pen, at: datetime) -> None:
    drug, code = pen.dice.choice((("lithium", "14334-7"), ("valproate", "4086-5"), ("clozapine", "751-8")))
    pen.put(BH, order(at, drug, mg=600, days=240), at)
    for days in (8, 60, 190):
        pen.put(pen.dice.choice((BH, PC)), result(at + days * DAY, code, 0.8), at + days * DAY)


def t23(pen: Pen, at: datetime) -> None:
    place = pen.dice.choice((BH, PC))
    pen.put(place, result(at, "44260-8", 2), at)
    line = {"linkId": "93247-5", "code": [{"system": LOINC, "code": "93247-5"}], "answer": [{"valueInteger": 1}]}
    body = {"resourceType": "QuestionnaireResponse", "status": "completed", "authored": at.isoformat(), "item": [line]}
    pen.put(place, body, at)
    if pen.mischief and pen.dice.random() < 0.4:
        pen.do("clock", place, at + timedelta(minutes=20), kind="safety")


def t24(pen: Pen, at: datetime) -> None:
    code = pen.dice.choice(("44261-6", "70274-6"))
    pen.put(BH, visit(at - DAY), at - DAY)
    for days, value in ((0, 17), (30, 15), (62, 16), (120, 14), (150, pen.dice.choice((8, 13)))):
        pen.put(pen.dice.choice((BH, PC)), result(at + days * DAY, code, value), at + days * DAY)
    if pen.mischief and pen.dice.random() < 0.4:
        pen.put(BH, message(at + 80 * DAY, org(PC), code="consultant-review"), at + 80 * DAY)


def t25(pen: Pen, at: datetime) -> None:
    pen.put(BH, problem(at - 200 * DAY, "F31.9"), at - 200 * DAY, arrives_at=at - 100 * DAY)
    one = pen.put(PC, problem(at, "Z33.1"), at)
    pen.put(BH, order(at + 30 * DAY, "sertraline", mg=50, days=90), at + 30 * DAY)
    _maybe_tell(pen, BH, at, one)


def t26(pen: Pen, at: datetime) -> None:
    for days in (0, 12):
        pen.put(BH, visit(at + days * DAY), at + days * DAY)
    for days in (20, 27):
        pen.put(BH, appointment(at + days * DAY, "noshow"), at + days * DAY)
    if pen.mischief and pen.dice.random() < 0.3:
        pen.put(BH, appointment(at + 90 * DAY), at + 90 * DAY, arrives_at=at + 60 * DAY)


def t27(pen: Pen, at: datetime) -> None:
    name = pen.put(BH, episode(at - 100 * DAY), at - 100 * DAY)
    pen.change(name, episode(at - 100 * DAY, days=100), at + timedelta(hours=3))
    if pen.mischief and pen.dice.random() < 0.4:
        pen.put(BH, report(at + DAY), at + DAY)


def t28(pen: Pen, at: datetime) -> None:
    place = pen.dice.choice((BH, PC, CLINIC)) if pen.mischief else BH
    name = pen.put(place, consent(at, days=120), at)
    if pen.dice.random() < 0.4:
        pen.change(name, consent(at, days=120, status="inactive"), at + 40 * DAY)
    elif pen.mischief and pen.dice.random() < 0.5:
        pen.put(place, consent(at + 100 * DAY, days=400), at + 100 * DAY)


def t29(pen: Pen, at: datetime) -> None:
    pen.put(BH, visit(at - 60 * DAY), at - 60 * DAY)
    pen.do("joined", NEXT_PC, at)
    if pen.mischief and pen.dice.random() < 0.4:
        pen.put(BH, report(at + 2 * DAY), at + 2 * DAY)


def t30(pen: Pen, at: datetime) -> None:
    pen.put(PC, problem(at - 90 * DAY, "I10"), at - 90 * DAY)
    pen.put(BH, problem(at - 60 * DAY, "G47.00"), at - 60 * DAY)
    place = pen.dice.choice((PC, BH))
    if pen.mischief:
        # A visit soon after a word is owed nothing, and puts off none that is long after it.
        pen.put(PC, message(at - 50 * DAY, org(BH)), at - 50 * DAY)
        pen.put(place, visit(at + 60 * DAY), at + 60 * DAY)
    pen.put(place, visit(at), at)


def t31(pen: Pen, at: datetime) -> None:
    pen.put(BH, problem(at - 30 * DAY, "F10.20"), at - 30 * DAY)
    pen.put(PC, result(at, "4548-4", 9.8), at)
    pen.put(PC, pressure(at + 10 * DAY, 152, 88), at + 10 * DAY)


def t32(pen: Pen, at: datetime) -> None:
    subject = str(uuid.UUID(int=pen.dice.getrandbits(128), version=4))
    place = pen.dice.choice((PC, BH))
    pen.do("clock", place, at, kind="tell_patient", subject=subject)
    if pen.mischief and pen.dice.random() < 0.5:
        pen.do("unclock", place, at + pen.dice.choice((0, 9)) * DAY + timedelta(minutes=5), subject=subject)


def program(pen: Pen, at: datetime) -> None:
    """A substance use program treats and charts; nothing of it flows to anybody else."""
    pen.do("joined", PROGRAM, at - DAY)
    pen.put(PROGRAM, visit(at), at)
    pen.put(PROGRAM, problem(at, "F11.20"), at)
    pen.put(PROGRAM, order(at + 2 * DAY, "buprenorphine", mg=8, days=300), at + 2 * DAY)
    pen.put(PROGRAM, result(at + 9 * DAY, "44260-8", 1), at + 9 * DAY)
    pen.put(PROGRAM, pressure(at + 40 * DAY, 188, 99), at + 40 * DAY)


STORIES: dict[str, Story] = {
    "T1": t1, "T2": t2, "T3": intake, "T4": intake, "T5": intake, "T6": t6, "T7": t7, "T8": referred, "T9": t9,
    "T10": t10, "T11": intake, "T12": t12, "T13": t13, "T14": referred, "T15": referred, "T16": t16, "T17": t17,
    "T18": t18, "T19": t19, "T20": t20, "T21": t21, "T22": t22, "T23": t23, "T24": t24, "T25": t25, "T26": t26,
    "T27": t27, "T28": t28, "T29": t29, "T30": t30, "T31": t31, "T32": t32,
}  # fmt: skip
MORE: tuple[Story, ...] = (stay, program)
