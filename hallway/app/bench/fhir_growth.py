"""Figure ``search_growth``: ten named searches among few patients and among a hundred times as many.

Asked at the product's own door, in the process that times it, so that no network hides the growth; ``_total=none``, 20
to a page. Once by a reader whose practice treats everybody, once by one whose practice treats the first patients only
while the network around it grows. One line a search, and a last one with the search that grew the most.

Every answer is compared with an oracle that knows what was charted: how many, which, in which order, and that nothing
of the program whose records are withheld is among it.
"""

import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from multiprocessing import get_context
from statistics import median
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

import msgspec
from django.db import connections

from hallway.app.bench import fhir_people, scratch
from hallway.app.bench.fhir_people import LOINC, NEWEST, NUMBERS, RARE, RESOURCES, Fact, People, Person
from hallway.app.bench.figure import Figure
from hallway.app.bench.record_client import wrong
from hallway.app.prove import asking
from hallway.app.prove.asking import Ask
from hallway.app.prove.cast import sign_in
from hallway.errors import HallwayError
from hallway.fhirapi import door

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

PAGE = 20
TEMPLATES = 250
WARM = 7
"""Searches of a kind that are not counted: after five, PostgreSQL may choose a plan for all values of a statement."""
READERS = {"pcp": "a practice that treats everybody", "psychiatrist": "a practice that treats the first ones only"}


class _Asked(NamedTuple):
    """One search: its address, and what of the templates it must find.

    ``alone``: no copy is found with it. ``rare``: only the first copies are, however many follow.
    """

    path: str
    query: str
    found: Sequence[Fact] | Sequence[Person]
    alone: bool = False
    rare: bool = False


_Maker = Callable[[People, int], _Asked]


def run(*, patients: int, growth: int, samples: int) -> Iterator[Figure]:
    """The ten searches by both readers among ``patients``, and among ``growth`` times as many.

    Both stand beside each other, each asked by a process of its own, in turns: what slows the machine slows both.
    """
    templates = min(patients, TEMPLATES)
    few, many = patients // templates, patients // templates * growth
    with scratch.database("growth") as url:
        made = fhir_people.take_templates(templates)
        fhir_people.multiply(made, 1, few - 1, first_ones=True)
        _let_go()
        with scratch.copy("growth_small") as small_url:
            begun = time.perf_counter()
            fhir_people.multiply(made, few, many - 1, first_ones=False)
            spent = time.perf_counter() - begun
            _let_go()
            small = _Population(made, small_url, times={"pcp": few, "psychiatrist": few}, rare_times=few)
            large = _Population(made, url, times={"pcp": many, "psychiatrist": few}, rare_times=few)
            with asked_in(small) as before, asked_in(large) as after:
                found = {reader: _in_turns(reader, before, after, samples) for reader in READERS}
    shape = f"{templates * many:,} : {templates * few:,} patients of {RESOURCES} resources"
    checked = f"{2 * samples} answers equal the oracle's; asked in turns; copies made in {spent:.0f} s"
    for reader, words in READERS.items():
        lines = [
            Figure("search_growth", after, "ms, p50", before, after / before, f"{name}: {shape}, by {words}", checked)
            for name, (before, after) in found[reader].items()
        ]
        yield from lines
        worst = max(lines, key=lambda one: one.ratio or 0)
        yield replace(worst, dataset=f"grown most of the ten: {worst.dataset}")


def _let_go() -> None:
    door.close()
    connections.close_all()


class _Population(NamedTuple):
    """A database, and how many copies of each template a reader finds in it."""

    made: People
    url: str
    times: Mapping[str, int]
    rare_times: int


_Timed = Callable[[str, str, int], float]
"""Reader, search and number of the sample -> milliseconds of the answer, which was found right."""


@contextmanager
def asked_in(population: _Population) -> Generator[_Timed]:
    """A process that asks in one database. Raises HallwayError when one of its answers is wrong."""
    ours, theirs = get_context("fork").Pipe()
    asker = get_context("fork").Process(target=_answer, args=(theirs, population), daemon=True)
    asker.start()

    def timed(reader: str, name: str, number: int) -> float:
        ours.send((reader, name, number))
        found = ours.recv()
        if isinstance(found, str):
            raise wrong(found)
        return float(found)

    try:
        yield timed
    finally:
        ours.send(None)
        asker.join()


def _answer(pipe: "Connection", population: _Population) -> None:
    """In the process: what is asked for until nothing is; words in place of a time where an answer was wrong."""
    scratch.point_at(population.url)
    tokens = {reader: sign_in(population.made.cast, reader) for reader in READERS}
    while (wanted := pipe.recv()) is not None:
        reader, name, number = wanted
        search = SEARCHES[name](population.made, number)
        begun = time.perf_counter()
        body = _ask(search, tokens[reader])
        spent = 1000 * (time.perf_counter() - begun)
        times = population.rare_times if search.rare else population.times[reader]
        try:
            _compare(name, search, body, times)
        except HallwayError as error:
            pipe.send(error.what)
        else:
            pipe.send(spent)
    _let_go()


def _in_turns(reader: str, before: _Timed, after: _Timed, samples: int) -> dict[str, tuple[float, float]]:
    """Search -> p50 among few and among many. Each sample asks for something else where the search names something."""
    found: dict[str, tuple[float, float]] = {}
    for name in SEARCHES:
        spent = [
            (before(reader, name, abs(number)), after(reader, name, abs(number))) for number in range(-WARM, samples)
        ][WARM:]
        found[name] = median(one for one, _ in spent), median(one for _, one in spent)
    return found


def _ask(asked: _Asked, token: str) -> bytes:
    reply = asking.call(_ROOT, Ask("bench", "bench", token, asked.path, query=asked.query + f"&_count={PAGE}"))
    if reply.status != 200:
        raise wrong("A search of the bench was refused.")
    return reply.body


_ROOT = asking.root()

# What is asked, and what must be found --------------------------------------------------------------------------------


def _person(made: People, number: int) -> Person:
    return made.persons[(7 + 211 * number) % len(made.persons)]


def _flowing(made: People, test: Callable[[Fact], bool]) -> list[Fact]:
    return [one for one in made.facts if not one.withheld and test(one)]


def _identifier(made: People, number: int) -> _Asked:
    person = _person(made, number)
    return _Asked("/fhir/Patient", f"identifier={quote(f'{NUMBERS}|{person.number}')}", [person], alone=True)


def _name(made: People, number: int) -> _Asked:
    family = _person(made, number).family
    found = [one for one in made.persons if one.family.startswith(family)]
    return _Asked("/fhir/Patient", f"family={family.lower()}", found)


def _birthdate(made: People, number: int) -> _Asked:
    born = _person(made, number).born
    return _Asked("/fhir/Patient", f"birthdate={born}", [one for one in made.persons if one.born == born])


def _code_and_date(made: People, number: int) -> _Asked:
    """A result that few have, since a day."""
    since = NEWEST - timedelta(days=400 + number)
    found = _flowing(made, lambda one: one.code == RARE and one.at >= since)
    asked = f"code={quote(f'{LOINC}|{RARE}')}&date=ge{_text(since)}"
    return _Asked("/fhir/Observation", asked, found, rare=True)


def _status(made: People, number: int) -> _Asked:
    return _Asked("/fhir/Observation", "status=final", _flowing(made, lambda one: one.status == "final"))


def _category(made: People, number: int) -> _Asked:
    """Within one chart."""
    person = (7 + 211 * number) % len(made.persons)
    found = _flowing(made, lambda one: one.person == person and one.category == "vital-signs")
    patient = _patient_id(made, person)
    return _Asked("/fhir/Observation", f"patient={patient}&category=vital-signs", found, alone=True)


def _updated(made: People, number: int) -> _Asked:
    """A feed of what changed, from the oldest on; its order is checked, and that it is full."""
    found = _flowing(made, lambda one: one.kind == "Encounter")
    return _Asked("/fhir/Encounter", "_lastUpdated=gt2026-01-01&_sort=_lastUpdated", found)


def _chained(made: People, number: int) -> _Asked:
    person = (7 + 211 * number) % len(made.persons)
    found = _flowing(made, lambda one: one.person == person and one.kind == "Observation")
    named = quote(f"{NUMBERS}|{made.persons[person].number}")
    return _Asked("/fhir/Observation", f"patient.identifier={named}", found, alone=True)


def _has(made: People, number: int) -> _Asked:
    """Patients in whose charts a result stands that few have, and no more of them in a large network."""
    persons = sorted({one.person for one in made.facts if one.code == RARE})
    asked = f"_has:Observation:patient:code={quote(f'{LOINC}|{RARE}')}"
    return _Asked("/fhir/Patient", asked, [made.persons[one] for one in persons], rare=True)


def _window(made: People, number: int) -> _Asked:
    first, last = NEWEST - timedelta(days=40 + 9 * number), NEWEST - timedelta(days=10 + 9 * number)
    found = _flowing(made, lambda one: one.kind == "Encounter" and first <= one.at < last)
    return _Asked("/fhir/Encounter", f"date=ge{_text(first)}&date=lt{_text(last)}", found)


def _text(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _patient_id(made: People, person: int) -> str:
    """The Patient id of a template."""
    with connections["owner"].cursor() as opened:
        opened.execute(
            "SELECT c.patient_id::text FROM record_chart c JOIN record_header h USING (chart_id)"
            " WHERE h.record_number = %s",
            [made.persons[person].number],
        )
        ((found,),) = opened.fetchall()
        return str(found)


SEARCHES: dict[str, _Maker] = {
    "identifier": _identifier,
    "name": _name,
    "birthdate": _birthdate,
    "code and date": _code_and_date,
    "status": _status,
    "category of a patient": _category,
    "last updated": _updated,
    "chained identifier": _chained,
    "_has": _has,
    "date window": _window,
}

# Comparing -----------------------------------------------------------------------------------------------------------


def _compare(name: str, asked: _Asked, body: bytes, times: int) -> None:
    """Raises HallwayError when an answer is not what the oracle says; each template is there ``times`` times."""
    entries = [entry["resource"] for entry in msgspec.json.decode(body).get("entry", [])]
    found = [one for one in entries if one["resourceType"] != "OperationOutcome"]
    times = 1 if asked.alone else times
    wanted = len(asked.found) * times
    if len(found) != min(PAGE, wanted):
        raise wrong(f"The search '{name}' gave {len(found)} of {wanted}.")
    if len({one["id"] for one in found}) != len(found):
        raise wrong(f"The search '{name}' gave something twice.")
    keys = [_key(one) for one in found]
    if not set(keys) <= {_known(one) for one in asked.found}:
        raise wrong(f"The search '{name}' gave what it should not.")
    if found and found[0]["resourceType"] != "Patient" and name != "last updated":
        newest = sorted((one.at for one in asked.found if isinstance(one, Fact)), reverse=True)[:PAGE]
        dates = [at for at in newest for _ in range(times)][:PAGE]
        if [one[0] for one in keys] != [_text(at) for at in dates]:
            raise wrong(f"The search '{name}' did not give the newest first.")


def _key(resource: dict[str, Any]) -> tuple[str, str]:
    """What tells a resource of a template from others, as the oracle knows it."""
    match resource["resourceType"]:
        case "Patient":
            return resource["name"][0]["family"], resource["birthDate"]
        case "Encounter":
            return _utc(resource["period"]["start"]), resource["status"]
        case _:
            return _utc(resource["effectiveDateTime"]), resource["code"]["coding"][0]["code"]


def _utc(text: str) -> str:
    return _text(datetime.fromisoformat(text))


def _known(one: Fact | Person) -> tuple[str, str]:
    if isinstance(one, Person):
        return one.family, one.born
    return _text(one.at), one.status if one.kind == "Encounter" else one.code
