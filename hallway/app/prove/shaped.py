"""Requests that chance alone would seldom make: those whose parts belong together, as a chart and an item of it."""

import copy
import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from hallway.app.prove.cast import MARKER, Cast
from hallway.app.prove.facts import NUMBERS

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Shaped:
    """A question without its exit. ``values`` fill the parts of the address; ``callers`` empty for whoever may ask."""

    values: dict[str, str]
    callers: tuple[str, ...] = ()
    method: str = "GET"
    query: str = ""
    form: Pairs = ()
    sent: bytes = b""
    """JSON, sent with the caller's session as a bearer token, as a program would."""
    bearer: str = ""
    """An access token in place of the caller's session."""
    cookie: str = ""
    """A further cookie of the caller's browser."""
    headers: Pairs = ()


def aside(dice: random.Random, why: str) -> random.Random:
    """Dice that follow from these and take nothing from them, so that what is drawn afterwards stays as it was."""
    return random.Random(f"{why}/{copy.copy(dice).random()}")  # noqa: S311 - repeatable on purpose


def _or_hidden(item: str, hidden: Sequence[str], dice: random.Random) -> str:
    """One in four is hidden, where anything is."""
    return dice.choice(hidden) if hidden and dice.random() < 0.25 else item


def make_link(cast: Cast, dice: random.Random) -> Shaped:
    """A link for a form that waits."""
    return Shaped({}, method="POST", form=(("form", dice.choice(cast.known["consent_id"])),))


def sign(cast: Cast, dice: random.Random) -> Shaped:
    """The page to sign a form on: one of this side, or one that nobody here may know of."""
    hidden = cast.known.get("hidden_consent", [])
    forms = hidden if hidden and dice.random() < 0.25 else cast.known["consent_id"]
    callers = ("pcp", "therapist") if dice.random() < 0.8 else ()
    return Shaped({}, callers, query=urlencode({"form": dice.choice(forms)}))


def why(cast: Cast, dice: random.Random) -> Shaped:
    """An item of a chart by its type; one in four is hidden, and so is the chart at times."""
    chart, item = dice.choice(cast.known["item"]).split("/")
    item = _or_hidden(item, cast.known.get("hidden_resource", []), dice)
    if dice.random() < 0.1:
        chart = dice.choice(cast.known.get("hidden_chart", [chart]))
    kind = cast.kinds.get(item, "DocumentReference")
    callers = ("pcp", "therapist", "psychiatrist") if dice.random() < 0.7 else ()
    query = "" if kind == "DocumentReference" else urlencode({"kind": kind})
    return Shaped({"chart_id": chart, "resource_id": item}, callers, query=query)


def stop_medicine(cast: Cast, dice: random.Random) -> Shaped:
    """The page to end a medicine on: one of the asker's practice, or one that is hidden."""
    hidden = [one for one in cast.known.get("hidden_resource", []) if cast.kinds.get(one) == "MedicationRequest"]
    chart, item = dice.choice(cast.known["medicine"]).split("/")
    item = _or_hidden(item, hidden, dice)
    return Shaped({"chart_id": chart, "resource_id": item}, ("pcp",) if dice.random() < 0.7 else ())


def paper(cast: Cast, dice: random.Random) -> Shaped:
    """A paper that waits for somebody, or one that no caller may know of."""
    caller = dice.choice(("therapist", "pcp"))
    query = dice.choice(cast.known[f"paper_of_{caller}"])
    hidden = cast.known.get("hidden_resource", [])
    if hidden and dice.random() < 0.3:
        asked = {"chart": dice.choice(cast.known["chart_id"]), "kind": "DocumentReference", "id": dice.choice(hidden)}
        query = urlencode(asked)
    return Shaped({}, (caller,) if dice.random() < 0.7 else (), query=query)


def decide(cast: Cast, dice: random.Random) -> Shaped:
    """A decision about such a paper."""
    asked = paper(cast, dice)
    choice = dice.choice(("general", "psychotherapy", "keep"))
    form = (*parse_qsl(asked.query), ("version", "1"), ("choice", choice))
    return Shaped({}, asked.callers, method="POST", form=form)


def undo(cast: Cast, dice: random.Random) -> Shaped:
    """A decision taken back."""
    return Shaped({}, ("therapist",), method="POST", form=(("id", dice.choice(cast.known["decision"])),))


def group(cast: Cast, dice: random.Random) -> Shaped:
    """The patients of the caller's practice, mostly that of primary care, or of another."""
    practice = cast.known["practice"][0] if dice.random() < 0.6 else dice.choice(cast.known["practice"])
    return Shaped({"id": practice}, ("pcp", "desk", "leader") if dice.random() < 0.7 else ())


def match(cast: Cast, dice: random.Random) -> Shaped:
    """Somebody of this side, somebody hidden, or nobody at all."""
    family, given = dice.choice((("Ejemplo", "Marisol"), ("Beispiel", "Otto"), (f"Ejem{MARKER}", "Marisol")))
    born = dice.choice(("1985-04-12", "1979-08-30", "1962-09-30"))
    who = {"resourceType": "Patient", "name": [{"family": family, "given": [given]}], "birthDate": born}
    if dice.random() < 0.3:
        who = {"resourceType": "Patient", "identifier": [{"system": NUMBERS, "value": born}]}
    named = [{"name": "resource", "resource": who}, {"name": "count", "valueInteger": dice.choice((1, 5))}]
    return Shaped({}, method="POST", sent=parameters(named[: dice.choice((1, 2))]))


def merge(cast: Cast, dice: random.Random) -> Shaped:
    """Whether two patients may be merged, one hidden or unknown at times. Mostly asked and not done: it would stay."""
    pool = [*cast.known["patient_id"] * 3, *cast.known.get("hidden_patient", []), *cast.known.get("nobody", [])]
    pair = [dice.choice(pool), dice.choice(pool)]
    named: list[dict[str, object]] = [
        {"name": name, "valueReference": {"reference": f"Patient/{one}"}}
        for name, one in zip(("source-patient", "target-patient"), pair, strict=True)
    ]
    if aside(dice, "merge").random() < 0.8:
        named.append({"name": "preview", "valueBoolean": True})
    return Shaped({}, ("leader", "privacy") if dice.random() < 0.8 else (), method="POST", sent=parameters(named))


def _patient(cast: Cast, dice: random.Random) -> str:
    """A patient whom the caller may know, or may not."""
    return dice.choice(
        cast.known["patient_id"] * 3 + cast.known.get("hidden_patient", []) + cast.known.get("nobody", [])
    )


def lastn(cast: Cast, dice: random.Random) -> Shaped:
    """The last observations of somebody."""
    asked = [("patient", f"Patient/{_patient(cast, dice)}"), ("max", dice.choice(("1", "2", "9")))]
    asked += [("category", "survey")] if dice.random() < 0.2 else []
    return Shaped({}, query=urlencode(asked))


def docref(cast: Cast, dice: random.Random) -> Shaped:
    """Documents of somebody, of a kind that notes here are of, or the summaries."""
    asked = [("patient", _patient(cast, dice))]
    asked += [("type", dice.choice(("11506-3", "34117-2", "34133-9")))] if dice.random() < 0.7 else []
    asked += [("start", "2020-01-01"), ("end", "2027-01-01")] if dice.random() < 0.6 else []
    return Shaped({}, query=urlencode(asked))


def posted(made: Callable[[Cast, random.Random], Shaped]) -> Callable[[Cast, random.Random], Shaped]:
    """The same question as a Parameters resource."""

    def shaped(cast: Cast, dice: random.Random) -> Shaped:
        asked = made(cast, dice)
        named = [{"name": name, "valueString": value} for name, value in parse_qsl(asked.query)]
        return Shaped(asked.values, asked.callers, method="POST", sent=parameters(named))

    return shaped


def of_patient(cast: Cast, dice: random.Random) -> Shaped:
    """Everything, or a summary, of somebody; bounds at times."""
    asked = [("_count", dice.choice(("1", "3", "50")))] if dice.random() < 0.5 else []
    asked += [("start", "2026-01-01")] if dice.random() < 0.2 else []
    asked += [("_since", "2026-11-01T00:00:00Z")] if dice.random() < 0.2 else []
    return Shaped({"id": _patient(cast, dice)}, query=urlencode(asked))


def summary(cast: Cast, dice: random.Random) -> Shaped:
    """A summary of somebody."""
    return Shaped({"id": _patient(cast, dice)}, query="_format=json" if dice.random() < 0.3 else "")


def codes(cast: Cast, dice: random.Random) -> Shaped:
    """A code of a set, or none of it."""
    url = dice.choice(("http://hl7.org/fhir/ValueSet/administrative-gender", "urn:nowhere"))
    return Shaped({}, query=urlencode([("url", url), ("code", dice.choice(("male", "x")))]))


def expand(cast: Cast, dice: random.Random) -> Shaped:
    """The codes of a set."""
    return Shaped({}, query=urlencode([("url", "http://hl7.org/fhir/ValueSet/administrative-gender"), ("filter", "a")]))


def in_system(cast: Cast, dice: random.Random) -> Shaped:
    """A code of one of R4's own systems."""
    asked = [("url", "http://hl7.org/fhir/administrative-gender"), ("code", dice.choice(("male", "x")))]
    return Shaped({}, query=urlencode(asked))


def parameters(named: Sequence[object]) -> bytes:
    """A Parameters resource."""
    return json.dumps({"resourceType": "Parameters", "parameter": list(named)}).encode()


def danger(cast: Cast, dice: random.Random) -> Shaped:
    """Safety steps of the PCP's practice, mostly by its clinicians, or of somebody who is hidden."""
    opened = _or_hidden(dice.choice(cast.known["safety_id"]), cast.known.get("hidden_safety", []), dice)
    return Shaped({"safety_id": opened}, ("pcp", "manager") if dice.random() < 0.7 else ())


def told_of_danger(cast: Cast, dice: random.Random) -> Shaped:
    """A word about a danger, mostly by those who were told."""
    told = dice.choice(cast.known["told_id"])
    return Shaped({"told_id": told}, ("therapist", "psychiatrist") if dice.random() < 0.7 else ())


def end_danger(cast: Cast, dice: random.Random) -> Shaped:
    """An end of safety steps without saying how: of this side's, or of somebody's who is hidden."""
    opened = _or_hidden(dice.choice(cast.known["safety_id"]), cast.known.get("hidden_safety", []), dice)
    callers = ("pcp", "manager") if dice.random() < 0.8 else ()
    return Shaped({"safety_id": opened}, callers, method="POST", form=(("version", "1"),))


def order_labs(cast: Cast, dice: random.Random) -> Shaped:
    """Tests that somebody took on are ordered, mostly by themselves."""
    who, firing = dice.choice(cast.known["labs_firing"]).split("/")
    firing = _or_hidden(firing, cast.known.get("hidden_firing", []), dice)
    return Shaped({"firing_id": firing}, (who,) if dice.random() < 0.8 else (), method="POST")


SHAPED: dict[str, Callable[[Cast, random.Random], Shaped]] = {
    "chart:stop_medicine": stop_medicine,
    "consents:link": make_link,
    "consents:sign": sign,
    "consents:why": why,
    "due:ordered": order_labs,
    "fhir:/fhir/Group/{id}": group,
    "fhir:/fhir/CodeSystem/$validate-code": in_system,
    "fhir:/fhir/DocumentReference/$docref": docref,
    "fhir:/fhir/Observation/$lastn": lastn,
    "fhir:/fhir/Patient/{id}/$everything": of_patient,
    "fhir:/fhir/Patient/{id}/$summary": summary,
    "fhir:/fhir/ValueSet/$expand": expand,
    "fhir:/fhir/ValueSet/$validate-code": codes,
    "fhir:POST /fhir/CodeSystem/$validate-code": posted(in_system),
    "fhir:POST /fhir/DocumentReference/$docref": posted(docref),
    "fhir:POST /fhir/Observation/$lastn": posted(lastn),
    "fhir:POST /fhir/Patient/{id}/$everything": posted(of_patient),
    "fhir:POST /fhir/Patient/{id}/$summary": posted(summary),
    "fhir:POST /fhir/ValueSet/$expand": posted(expand),
    "fhir:POST /fhir/ValueSet/$validate-code": posted(codes),
    "fhir:POST /fhir/Patient/$match": match,
    "fhir:POST /fhir/Patient/$merge": merge,
    "fhir:POST /fhir/Patient/$unmerge": merge,
    "review:decide": decide,
    "review:file": paper,
    "review:paper": paper,
    "review:undo": undo,
    "safety:close": end_danger,
    "safety:plan": danger,
    "safety:show": danger,
    "safety:tell": danger,
    "safety:told": told_of_danger,
}
"""Exits whose questions are made here."""
