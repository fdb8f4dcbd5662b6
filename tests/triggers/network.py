"""Three simulated years of an invented network, day by day: charted, delivered, looked at, and computed again."""

import json
import random
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from time import perf_counter

from hallway import clock
from hallway.app import wiring
from hallway.app.bench.triggers import work_off
from hallway.app.witness import moments
from hallway.app.witness.moments import Answer, Clock, Kept, Practice, Record, Scan, Thing, Treats, Version
from hallway.consent import actions as consent
from hallway.consent.tests import town
from hallway.directory.models import Organization
from hallway.identity.requester import Requester, Role
from hallway.ids import ChartId
from hallway.loops.actions import Owed, close_subject, open_loop
from hallway.loops.tables.clocks import LoopKind
from hallway.record import queries as record
from hallway.record.classes import DataClass
from hallway.standards.fhir import dates
from hallway.storage.connection import cursor
from hallway.triggers import actions, looking
from hallway.triggers.models import Firing, Offer
from tests.triggers.charting import BH, CLINIC, DAY, HOSPITAL, NEXT_PC, PC, PROGRAM, Pen, Sent
from tests.triggers.stories import MORE, STORIES

BEGUN = datetime(2023, 11, 1, tzinfo=UTC)
DAYS = 3 * 365
FAR = BEGUN + 5 * 365 * DAY
SIDES = {PC: "pc", NEXT_PC: "pc", BH: "bh", PROGRAM: "bh", CLINIC: "other", HOSPITAL: "other"}
ROLES = {PC: Role.PCP, NEXT_PC: Role.PCP, BH: Role.PSYCHIATRIST, PROGRAM: Role.THERAPIST, CLINIC: Role.PCP}
SHARED, ALONE_PC, ALONE_BH = (PC, BH, CLINIC), (PC,), (BH,)
Key = tuple[str, str]
Life = tuple[tuple[str, ...], list[Sent]]


def lives(patients: int, stories: int, seed: int) -> Iterator[Life]:
    """Who treats each patient from the start, and all that arrives about them. Every story is told, whoever has it."""
    dice = random.Random(seed)
    rules = [*STORIES.values(), *MORE]
    shared = [story for story in rules if story not in (STORIES["T9"], STORIES["T12"])]
    deck: list = []
    for number in range(patients):
        treating = (SHARED, SHARED[:2], SHARED[:2])[number % 3]
        if number % 4 == 3:
            treating = (ALONE_PC, ALONE_BH)[number // 4 % 2]
        pen = Pen(number, dice, (*treating, NEXT_PC, PROGRAM, HOSPITAL))
        for place in range(stories):
            deck = deck or dice.sample(shared, len(shared))
            told = deck.pop() if len(treating) > 1 else (STORIES["T9"], STORIES["T12"], dice.choice(rules))[place % 3]
            # The first patients' stories come as they happened; those of the others late, twice, wrong.
            pen.mischief = 0.0 if number < 4 and place % 2 else 0.25
            told(pen, BEGUN + timedelta(days=dice.randrange(310, DAYS - 130), minutes=dice.randrange(300, 900)))
        if number % 9 == 8:
            pen.do("die", treating[0], BEGUN + timedelta(days=dice.randrange(DAYS - 90, DAYS)))
        yield treating, _one_after_another(pen.sent)


def _one_after_another(sent: list[Sent]) -> list[Sent]:
    """In the order of arrival, no two at one instant, so that versions are clear."""
    ordered = sorted(sent, key=lambda one: one.arrives_at)
    return [replace(one, arrives_at=one.arrives_at + timedelta(seconds=n)) for n, one in enumerate(ordered)]


@dataclass
class Seat:
    """One practice at one chart: what it may know, and what it should have been told."""

    practice: int
    place: str
    side: str
    refs: frozenset[str]
    kept: Kept = field(default_factory=Kept)
    scan: Scan | None = None
    clocks: dict[str, Clock] = field(default_factory=dict[str, Clock])
    answers: list[Answer] = field(default_factory=list[Answer])


@dataclass
class Patient:
    """One chart: who treats since when, and every version of everything that was charted."""

    chart: ChartId
    seats: dict[str, Seat] = field(default_factory=dict[str, Seat])
    since: dict[str, datetime] = field(default_factory=dict[str, datetime])
    held: dict[str, tuple[str, list[Version]]] = field(default_factory=dict[str, tuple[str, list[Version]]])
    is_dead: bool = False

    def things(self, place: str, ids: dict[str, int]) -> list[Thing]:
        """What flows to a practice: its own, and what is charted at any other but the program."""
        found: list[Thing] = []
        for rid, (source, versions) in self.held.items():
            if source in (place, *(one for one in ids if one != PROGRAM)):
                *past, last = versions
                one = moments.thing(last.body, rid, ids[source], last.stored_at, past=tuple(past))
                found += [one] if one else []
        return found

    def scanned(self, place: str, ids: dict[str, int]) -> Scan:
        """Everything anew."""
        seat = self.seats[place]
        known = [one for one in self.since if one in (place, *(each for each in SIDES if each != PROGRAM))]
        team = tuple(Treats(ids[one], SIDES[one], self.since[one]) for one in known)
        more = (tuple(seat.clocks.values()), tuple(seat.answers), self.is_dead)
        practice = Practice(seat.practice, seat.side, team, seat.refs, *more)
        return Scan(Record(self.things(place, ids), practice, FAR))


@dataclass
class Told:
    """What came of it, by rule."""

    fired: Counter[str] = field(default_factory=Counter)
    states: Counter[tuple[str, str]] = field(default_factory=Counter)
    hows: Counter[str] = field(default_factory=Counter)
    resources: int = 0
    looking: float = 0.0
    scanning: float = 0.0
    compared: int = 0


class Network:
    """The practices and patients, and what both computations say of them."""

    def __init__(self, lives: list[Life], *, seed: int, step: timedelta = DAY, is_worked: bool = False) -> None:
        """Everybody is there a day before the first arrives. ``is_worked``: jobs are run by the worker."""
        self.step, self.dice, self.told, self.is_worked, self._heard = step, random.Random(seed), Told(), is_worked, 0
        with clock.stopped_at(BEGUN - DAY):
            self.ids = {name: town.organization(name, side=SIDES[name], is_part2=name == PROGRAM) for name in SIDES}
            Organization.objects.filter(id=self.ids[HOSPITAL]).update(on_hallway=False)
            self.people = {name: self._person(name) for name in ROLES}
            self.patients = [self._patient(treating) for treating, _ in lives]
            self._hear()
        self.sent = sorted((one for _, sent in lives for one in sent), key=lambda one: one.arrives_at)

    def _person(self, name: str) -> Requester:
        return town.person(f"of-{name}", self.ids[name], ROLES[name])

    def _patient(self, treating: Iterable[str]) -> Patient:
        one = Patient(town.new_patient(self.ids[next(iter(treating))]))
        for place in treating:
            self._join(one, place)
        return one

    def _join(self, patient: Patient, place: str) -> None:
        if place in patient.since:
            return
        who = self.people[place]
        consent.join_team(
            patient.chart,
            by=town.LOADER,
            organization=who.organization_id,
            practitioner=who.practitioner_id,
            basis="assigned",
            role=str(who.role.value),
        )
        name = place.lower()
        refs = {f"Organization/org-{name}", f"Practitioner/person-of-{name}", f"PractitionerRole/role-of-{name}"}
        patient.since[place] = clock.now()
        patient.seats[place] = Seat(int(self.ids[place]), place, SIDES[place], frozenset(refs))

    # What arrives --------------------------------------------------------------------------------------------------

    def live(self) -> Told:
        """All three years; both computations agree after every step."""
        waiting = list(reversed(self.sent))
        at = BEGUN
        while at < BEGUN + DAYS * DAY:
            at += self.step
            changed: set[int] = set()
            while waiting and waiting[-1].arrives_at <= at:
                one = waiting.pop()
                with clock.stopped_at(one.arrives_at):
                    self._take(one)
                changed.add(one.patient)
            self._look(at, is_changed=bool(changed))
            self._scan(at, changed)
            self._compare(changed, at)
        self._compare(set(range(len(self.patients))), at)
        self._count()
        return self.told

    def _take(self, one: Sent) -> None:
        patient = self.patients[one.patient]
        if one.verb:
            getattr(self, f"_{one.verb}")(patient, one)
            return
        org, kind = self.ids[one.place], one.body["resourceType"]
        mask = int(DataClass.PART2 | DataClass.GENERAL) if one.place == PROGRAM else int(DataClass.GENERAL)
        body = json.dumps(one.body, separators=(",", ":"))
        stored = town.labelled(patient.chart, org, mask, kind=kind, resource_id=one.rid, body=body)
        consent.store([replace(stored, dated_at=dates.dated_at(kind, one.body))], by=town.LOADER)
        patient.held.setdefault(one.rid, (one.place, []))[1].append(Version(one.body, clock.now()))
        self.told.resources += 1
        self.told.hows[one.how or "as it happened"] += 1

    def _joined(self, patient: Patient, one: Sent) -> None:
        self._join(patient, one.place)

    def _clock(self, patient: Patient, one: Sent) -> None:
        seat = patient.seats.get(one.place)
        if seat is None:
            return
        subject, org = str(one.more.get("subject") or uuid.UUID(int=self.dice.getrandbits(128))), self.ids[one.place]
        kind, referral = LoopKind(one.more["kind"]), str(one.more.get("referral", ""))
        # One that has written nothing yet has no grant of its own: the clock goes by who wrote the patient down.
        first = self.ids[next(iter(patient.since))]
        open_loop(
            Owed(
                patient.chart,
                kind,
                org,
                org,
                org if org in record.sources_of(patient.chart) else first,
                int(DataClass.GENERAL),
                subject_id=uuid.UUID(subject),
                referral_id=uuid.UUID(referral) if referral else None,
            )
        )
        seat.clocks[subject] = Clock(kind.value, subject, int(org), clock.now(), None, referral)
        looking.look_again(org, [patient.chart])

    def _unclock(self, patient: Patient, one: Sent) -> None:
        seat, subject = patient.seats[one.place], one.more["subject"]
        close_subject(uuid.UUID(subject), closed_as="done")
        seat.clocks[subject] = replace(seat.clocks[subject], closed_at=clock.now())
        looking.look_again(self.ids[one.place], [patient.chart])

    def _offer(self, patient: Patient, one: Sent) -> None:
        said = one.more.get("answer", "not_now")
        answer = Answer(one.more["side"], clock.now(), one.more["again_on"], said == "wants")
        Offer.objects.create(
            chart_id=patient.chart,
            organization_id=self.ids[one.place],
            practitioner_id=self.people[one.place].practitioner_id,
            side=answer.side,
            answer=said,
            at=answer.at,
            again_on=answer.again_on,
        )
        patient.seats[one.place].answers.append(answer)
        looking.look_again(self.ids[one.place], [patient.chart])

    def _die(self, patient: Patient, one: Sent) -> None:
        body = '{"resourceType":"Patient","gender":"female","deceasedBoolean":true}'
        rid = record.patient_of(patient.chart)
        stored = town.labelled(patient.chart, self.ids[one.place], 1, kind="Patient", resource_id=rid, body=body)
        consent.store([stored], by=town.LOADER)
        patient.is_dead = True

    # Both computations ---------------------------------------------------------------------------------------------

    def _look(self, at: datetime, *, is_changed: bool) -> None:
        begun = perf_counter()
        with clock.stopped_at(at):
            if is_changed:
                self._hear()
            looking.look_due(at)
        self.told.looking += perf_counter() - begun

    def _hear(self) -> None:
        """What waits in the outbox: by the worker itself, or read from its table, which is quicker."""
        if self.is_worked:
            work_off()
            return
        with cursor() as opened:
            wanted = "SELECT id, args FROM procrastinate_jobs WHERE id > %s AND task_name = 'hallway.heard' ORDER BY id"
            news = opened.execute(wanted, (self._heard,)).fetchall()
        for number, references in news:
            self._heard = number
            wiring.tell(references)

    def _scan(self, at: datetime, changed: set[int]) -> None:
        begun = perf_counter()
        for number, patient in enumerate(self.patients):
            for place, seat in patient.seats.items():
                if seat.scan is None or number in changed:
                    seat.scan = patient.scanned(place, self.ids)
                seat.kept.look(*seat.scan.at(at))
        self.told.scanning += perf_counter() - begun

    def _compare(self, which: set[int], at: datetime) -> None:
        """Each practice's firings on these charts: none missed, none twice, and each in the state it should have."""
        found: defaultdict[tuple[int, int], dict[Key, str]] = defaultdict(dict)
        charts = [int(self.patients[number].chart) for number in which]
        rows = Firing.objects.filter(chart_id__in=charts, rule__in=moments.COVERED)
        for chart, org, rule, occasion, state in rows.values_list(
            "chart_id", "organization_id", "rule", "occasion", "state"
        ):
            assert (rule, occasion) not in found[chart, org], "none twice"
            found[chart, org][rule, occasion] = state
        for number in sorted(which):
            patient = self.patients[number]
            for seat in patient.seats.values():
                wanted, held = seat.kept.states(), found[int(patient.chart), seat.practice]
                assert held == wanted, self._said(at, patient, seat, held)
                self.told.compared += 1
                self._close_one(patient, seat, at)

    def _said(self, at: datetime, patient: Patient, seat: Seat, held: dict[Key, str]) -> str:
        """Where the two part: each such moment as the rules kept it and as it was computed again, and its rule's."""
        wanted = seat.kept.states()
        apart = sorted(key for key in {*held, *wanted} if held.get(key) != wanted.get(key))
        rules = {rule for rule, _ in apart}
        near = [f"{key}: {one}" for key, one in sorted(seat.kept.held.items()) if key[0] in rules]
        lines = [f"{key}: kept {held.get(key)}, computed {wanted.get(key)}" for key in apart]
        rows = Firing.objects.filter(chart_id=patient.chart, organization_id=seat.practice, rule__in=rules)
        kept = [f"{one.occasion}: {one.state} of {one.group} at {one.occurred_at} on {one.causes}" for one in rows]
        return "\n".join([f"{at:%Y-%m-%d}, {seat.place}, chart {patient.chart}", *lines, *near, *kept])

    def _close_one(self, patient: Patient, seat: Seat, at: datetime) -> None:
        """Now and then somebody closes what is open; the therapist of the program has no duty to see all of it."""
        opened = [key for key, state in sorted(seat.kept.states().items()) if state == "open" and key[0] != "T32"]
        if not opened or seat.place == PROGRAM or self.dice.random() > 0.1:
            return
        key = self.dice.choice(opened)
        row = Firing.objects.get(chart_id=patient.chart, organization_id=seat.practice, rule=key[0], occasion=key[1])
        with clock.stopped_at(at):
            actions.close(row.id, by=self.people[seat.place], state="done", expected_version=row.version)
        seat.kept.close(key, "done")

    def _count(self) -> None:
        for patient in self.patients:
            for seat in patient.seats.values():
                for (rule, _), state in seat.kept.states().items():
                    self.told.fired[rule] += 1
                    self.told.states[rule, state] += 1
