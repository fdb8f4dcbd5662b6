"""The patients of the demo: who they are and what their charts say, from a seed. Pure: no database, no clock."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from random import Random

from hallway.app.demo import cast
from hallway.app.demo.archetypes import ARCHETYPES, FAMILY_NAMES, GIVEN_NAMES, Archetype
from hallway.app.demo.facts import Fact, FactWriter

COUNT = 300
CHILD = 2
"""The patient of fourteen, whose mother may act for her; nobody refers her."""


@dataclass(frozen=True, slots=True)
class DemoPatient:
    """One patient before the walk: identity, archetype, home practices and when the story begins."""

    number: int
    given: str
    family: str
    gender: str
    born_on: date
    archetype: Archetype
    pc: str
    bh: str
    pcp: str
    started_at: datetime
    language: str

    @property
    def key(self) -> str:
        """A stable source id, so that a second load recognises the patient."""
        return f"demo-{self.number:03d}"

    @property
    def began_at_bh(self) -> bool:
        """Came through the behavioral door and has no PCP yet (R83)."""
        return self.number % 11 == 5 and self.archetype.goes_to in {"therapist", "psychiatrist"}

    @property
    def has_referral(self) -> bool:
        """Four of five are referred; who needs a medical specialist always is."""
        return self.number % 5 != 2 or self.archetype.goes_to not in {"therapist", "psychiatrist", "sud"}

    @property
    def record_number(self) -> str:
        """The practice's number, as on the board: "MB-10833"."""
        return f"{'MB' if self.pc == cast.MILLBROOK else 'EL'}-{10000 + self.number * 17}"


def patients(seed: int, until: datetime) -> list[DemoPatient]:
    """All patients, the same for the same seed and day. ``until`` is the demo's present, aware."""
    random = Random(seed)  # noqa: S311 (a demo wants the same people again, not unguessable ones)
    weights = [archetype.weight for archetype in ARCHETYPES]
    found: list[DemoPatient] = []
    for number in range(COUNT):
        given, gender = GIVEN_NAMES[(number * 7 + number // 40) % len(GIVEN_NAMES)]
        in_massachusetts = random.random() < 0.68
        pc = cast.MILLBROOK if in_massachusetts else cast.ELMFORD
        archetype = ARCHETYPES[0] if number == 0 else random.choices(ARCHETYPES, weights)[0]
        bh = cast.HARBOR if archetype.is_sud else cast.NORTHGATE if in_massachusetts else cast.STONEBRIDGE
        pcps = [p.login for p in cast.PEOPLE if any(r.role == "pcp" and r.organization == pc for r in p.roles)]
        found.append(
            DemoPatient(
                number=number,
                given="Marisol" if number == 0 else given,
                family=FAMILY_NAMES[number % len(FAMILY_NAMES)],
                gender="female" if number == 0 else gender,
                born_on=date(1955, 3, 14) if number == 0 else _birth_date(random, until),
                archetype=archetype,
                pc=cast.MILLBROOK if number == 0 else pc,
                bh=cast.NORTHGATE if number == 0 else bh,
                pcp="carewell" if number == 0 else random.choice(pcps),
                started_at=until - timedelta(days=8 if number == 0 else _days_ago(random), hours=random.randint(0, 8)),
                language="Spanish" if number == 0 or random.random() < 0.14 else "English",
            )
        )
    found[CHILD] = _fourteen(found[CHILD], until)
    return found


def _fourteen(grown: DemoPatient, until: datetime) -> DemoPatient:
    """The same chart for a girl of fourteen at Millbrook: what happens to everybody else stays as drawn."""
    born_on = until.date() - timedelta(days=14 * 365 + 220)
    worried = next(one for one in ARCHETYPES if one.key == "panic-thyroid")
    return replace(
        grown,
        given="Maya",
        family="Muestra",
        gender="female",
        born_on=born_on,
        archetype=worried,
        pc=cast.MILLBROOK,
        bh=cast.NORTHGATE,
        pcp="carewell",
        language="English",
    )


def _days_ago(random: Random) -> int:
    """When the story began: a quarter within the last weeks, so that work is in every state today."""
    when = random.random()
    return (
        random.randint(1, 44) if when < 0.25 else random.randint(70, 330) if when < 0.85 else random.randint(331, 1080)
    )


def _birth_date(random: Random, until: datetime) -> date:
    return until.date() - timedelta(days=int(365.25 * random.triangular(19, 88, 52)) + random.randint(0, 364))


SCANNED = 24
"""Of so many patients one has a paper that nobody has judged yet."""


def primary_care_facts(patient: DemoPatient, seed: int, until: datetime) -> Iterator[Fact]:
    """What primary care charted over three years, oldest first."""
    random = Random(f"{seed}/{patient.key}/pc")  # noqa: S311
    write = FactWriter(patient.key, patient.pc, patient.pcp)
    yield write.patient(patient)
    yield write.coverage(random.choice(["Bay Example HMO", "Example Mutual PPO"]))
    first_at = until - timedelta(days=3 * 365 - random.randint(0, 60))
    for condition in patient.archetype.conditions:
        if condition.by == "pc":
            yield write.condition(condition.code, condition.text, first_at - timedelta(days=random.randint(0, 4000)))
    for medicine in patient.archetype.medicines:
        if medicine.by == "pc":
            yield write.medicine(medicine.rxcui, medicine.text, medicine.dosage, first_at)
    if random.random() < 0.25:
        yield write.allergy(
            *random.choice([("Penicillin", "hives"), ("Sulfa medicines", "rash"), ("Latex", "itching")])
        )
    visits = random.randint(5, 10)
    for index in range(visits):
        at = first_at + (until - first_at) * ((index + random.random() * 0.7) / visits)
        yield from _visit(write, random, patient, at)
    if patient.number % SCANNED == 3:
        yield write.paper(until - timedelta(days=1 + patient.number % 20), "Letter from outside, scanned")


@dataclass(frozen=True, slots=True)
class _Course:
    """How somebody's scores run: low, then high from some months before they are referred, then as treatment helps."""

    begins_at: datetime
    helps_from: datetime
    share: float

    @classmethod
    def of(cls, patient: DemoPatient) -> "_Course":
        own = Random(f"{patient.key}/course")  # noqa: S311
        share = own.choices(_AFTER, _OFTEN)[0]
        months = 30 * own.randint(2, 6)
        started_at = patient.started_at
        return cls(started_at - timedelta(days=months), started_at + timedelta(days=20), share)

    def of_full(self, at: datetime) -> float:
        """Which share of the archetype's score stands at ``at``."""
        return 0.3 if at < self.begins_at else 1.0 if at < self.helps_from else self.share


_AFTER, _OFTEN = (0.3, 0.4, 0.5, 1.0), (4, 4, 3, 1)


def _visit(write: FactWriter, random: Random, patient: DemoPatient, at: datetime) -> Iterator[Fact]:
    reason = (
        patient.archetype.concern
        if at >= patient.started_at
        else random.choice(["Follow-up", "Wellness visit", "Refill"])
    )
    encounter = write.encounter(at, reason)
    yield encounter
    yield write.blood_pressure(at, 118 + random.randint(0, 34), 70 + random.randint(0, 22))
    yield write.quantity(at, "29463-7", "Weight", 60 + random.randint(0, 500) / 10, unit="kg")
    codes = {condition.code for condition in patient.archetype.conditions}
    if "E11.65" in codes:
        yield write.quantity(at, "4548-4", "A1c", round(random.uniform(6.8, 10.2), 1), unit="%")
    if codes & {"I10", "I50.9"}:
        yield write.quantity(at, "2951-2", "Sodium", random.randint(133, 143), unit="mmol/L")
        yield write.quantity(at, "33914-3", "eGFR", random.randint(48, 98), unit="mL/min/{1.73_m2}")
    if "E03.9" in codes:
        yield write.quantity(at, "3016-3", "TSH", round(random.uniform(0.6, 6.1), 2), unit="m[IU]/L")
    drift, share = random.randint(-3, 2), _Course.of(patient).of_full(at)
    yield write.score(at, "PHQ-9", max(0, min(27, round(patient.archetype.phq9 * share) + drift)))
    if random.random() < 0.6:
        yield write.score(at, "GAD-7", max(0, min(21, round(patient.archetype.gad7 * share) + drift)))
    yield write.note(at, "progress", f"{reason}. Reviewed medicines and readings. Plan as discussed.", encounter.id)


def behavioral_health_facts(
    patient: DemoPatient, author: str, prescriber: str, *, seed: int, from_at: datetime, until: datetime
) -> Iterator[Fact]:
    """What the other side charted after the first visit: diagnosis, medicines, scores that move, notes of each kind.

    Medicines are the prescriber's: a therapist's licence does not prescribe.
    """
    random = Random(f"{seed}/{patient.key}/bh")  # noqa: S311
    side = "sud" if patient.archetype.is_sud else "bh"
    write = FactWriter(patient.key, patient.bh, author)
    # One writer a person: two would derive the same ids.
    prescribe = write if prescriber == author else FactWriter(patient.key, patient.bh, prescriber)
    for condition in patient.archetype.conditions:
        if condition.by in {side, "bh"}:
            yield write.condition(condition.code, condition.text, from_at)
    for medicine in patient.archetype.medicines:
        if medicine.by in {side, "bh"} and random.random() < 0.8:
            yield prescribe.medicine(medicine.rxcui, medicine.text, medicine.dosage, from_at + timedelta(days=2))
    response = random.choice([0.35, 0.4, 0.45, 0.55, 1.0])
    at = from_at
    for index in range(random.randint(2, 9)):
        if at > until:
            break
        share = 1 - (1 - response) * min(1.0, index / 4)
        encounter = write.encounter(at, "Therapy visit" if side == "bh" else "Program visit")
        yield encounter
        yield write.score(at, "PHQ-9", max(0, min(27, round(patient.archetype.phq9 * share))))
        yield write.score(at, "GAD-7", max(0, min(21, round(patient.archetype.gad7 * share))))
        yield write.note(at, "progress", "Goals reviewed; working on sleep, activity and safety plan.", encounter.id)
        if random.random() < 0.3:
            kind = "sud_counseling" if side == "sud" else "psychotherapy"
            yield write.note(at, kind, "Session content, kept apart by its author.", encounter.id)
        at += timedelta(days=random.choice([7, 14, 14, 28]))
    yield from _unnamed(write, patient, from_at, until)


def _unnamed(write: FactWriter, patient: DemoPatient, from_at: datetime, until: datetime) -> Iterator[Fact]:
    """Now and then a note whose kind nobody said: it waits for its author."""
    if patient.number % SCANNED == 4 and from_at < until:
        words = "Telephone call with the patient about the waiting time.\n\nAsked to be called back in the afternoon."
        yield write.paper(max(from_at, until - timedelta(days=2)), "Untitled note", words)
