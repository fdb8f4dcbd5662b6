"""From the call to the answer: which questionnaire, about whom, and the response with the labels of what filled it."""

from typing import cast

import msgspec

from hallway import clock
from hallway.consent.grants import notices
from hallway.exchange.terminology import queries as terminology
from hallway.fhirapi import answers, bundles, plans, shared
from hallway.fhirapi.answers import Answer
from hallway.fhirapi.asked import Asked, refused
from hallway.fhirapi.operations import parameters
from hallway.fhirapi.operations.parameters import Called
from hallway.fhirapi.operations.populate.chart import Chart
from hallway.fhirapi.search import scoped
from hallway.fhirapi.writing import accepting
from hallway.ids import ResourceId
from hallway.record import queries
from hallway.record.classes import DataClass
from hallway.record.stored import Stored, instant, security, security_bits
from hallway.standards.fhir import codec
from hallway.standards.fhir.populating.asking import word
from hallway.standards.fhir.populating.filling import Filled, fill
from hallway.standards.fhir.search import Json

_CONTEXT = {"context": ("name", "content")}
_RESTRICTED = "R"
WEIGHT = 10
"""As how many searches a call counts in its Bundle: its expressions may take a second."""


def answer(asked: Asked) -> Answer:
    """Parameters with ``response``, and ``issues`` for what could not be filled.

    Raises NOT_FOUND for a questionnaire or patient that is not there, or not for the asker.
    """
    called = parameters.called(
        asked,
        *("questionnaire", "questionnaireRef", "canonical", "subject", "local"),
        whole=("questionnaire",),
        parted=_CONTEXT,
    )
    if called.texts.get("local") and not called.flag("local"):
        raise refused("Hallway fills a questionnaire from what it holds; it is not asked without.")
    asked.budget.take(WEIGHT)
    patient = _patient(asked, called)
    questionnaire = _questionnaire(asked, called)
    return plans.with_fresh_plan(lambda fresh: _filled(called, questionnaire, Chart(asked, patient, fresh=fresh)))


def _filled(called: Called, questionnaire: Json, chart: Chart) -> Answer:
    context = _context(called, chart)
    filled = fill(questionnaire, context, chart, clock.now())
    held = list(chart.seen.values())
    owed = notices.owed(chart.releases, held)
    named = [("response", codec.encode(_response(questionnaire, context, chart, filled)))]
    if filled.issues:
        named.append(("issues", answers.outcome_of(filled.issues)))
    if owed:
        named.append(("notices", bundles.told(owed)))
    listed = [{"name": name, "resource": msgspec.Raw(raw)} for name, raw in named]
    return Answer(200, msgspec.json.encode({"resourceType": "Parameters", "parameter": listed}))


# Which is meant ------------------------------------------------------------------------------------------------------


def _patient(asked: Asked, called: Called) -> str:
    """The id of the one whom the answers are about; the patient a program was launched with, where none is named."""
    text = called.text("subject").removeprefix(f"{asked.base}/")
    held = asked.scopes.chart_id if asked.scopes is not None else None
    if not text and held is not None:
        return queries.patient_of(held) or ""
    kind, _, name = text.partition("/")
    if kind != "Patient" or not name:
        raise refused("Name the patient in subject, as a reference: Patient/ID.")
    return name


def _questionnaire(asked: Asked, called: Called) -> Json:
    """The questionnaire of the address, sent along, referred to, or of a canonical address."""
    sent = called.resources.get("questionnaire", ())
    ways = [name for name in ("questionnaireRef", "canonical") if called.text(name)]
    if len(sent) + len(ways) + ("id" in asked.parts) != 1 or called.texts.get("questionnaire"):
        raise refused("Name one questionnaire: by its id, as a resource, by a reference, or by its canonical address.")
    if sent:
        return _checked(sent[0])
    found = _stored(asked, called)
    if found is None:
        raise plans.not_found()
    return codec.decode(found.json_bytes())


def _checked(raw: bytes) -> Json:
    """A questionnaire that was sent along. Raises IssuesError for what R4 forbids."""
    whole = accepting.read(raw, "Questionnaire").resource
    return {name: value for name, value in whole.items() if name != "id"}


def _stored(asked: Asked, called: Called) -> Stored | None:
    narrowed = scoped.criteria_of(asked, "Questionnaire", "r")
    text = asked.parts.get("id") or called.text("questionnaireRef").removeprefix(f"{asked.base}/")
    canonical = called.text("canonical")
    if text.startswith(("http://", "https://", "urn:")):
        canonical, text = text, ""
    if canonical:
        found = terminology.named("Questionnaire", canonical, asked.requester.organization_id)
        text = found.id if found is not None else ""
    return shared.one(asked, "Questionnaire", ResourceId(text.removeprefix("Questionnaire/")), narrowed)


def _context(called: Called, chart: Chart) -> dict[str, Json]:
    """What the questionnaire is opened with: the patient, whoever asks, and what the call names.

    What is hidden, missing or beyond the program's scopes has no value: one answer for all.
    """
    wanted = {"patient": f"Patient/{chart.patient}"}
    for one in called.parted.get("context", ()):
        name, content = one.text("name"), one.text("content")
        if not name or not content or name == "patient":
            raise refused("A context has a name of its own, and a reference as its content.")
        wanted[name] = content
    found: dict[str, Json] = {}
    for name, reference in wanted.items():
        one = chart.opened(reference)
        if one is not None:
            found[name] = one
    user = chart.user() if "user" not in wanted else None
    return found if user is None else {**found, "user": user}


# The response --------------------------------------------------------------------------------------------------------


def _response(questionnaire: Json, context: dict[str, Json], chart: Chart, filled: Filled) -> Json:
    labels = _labels(chart)
    canonical = _canonical(questionnaire)
    encounter = context.get("encounter", {})
    return {
        "resourceType": "QuestionnaireResponse",
        **({"meta": {"security": labels}} if labels else {}),
        **({"questionnaire": canonical} if canonical else {}),
        "status": "in-progress",
        "subject": {"reference": f"Patient/{chart.patient}"},
        **({"encounter": {"reference": f"Encounter/{encounter['id']}"}} if _is_visit(encounter) else {}),
        "authored": instant(clock.now()).decode(),
        **({"item": filled.items} if filled.items else {}),
    }


def _is_visit(one: Json) -> bool:
    return one.get("resourceType") == "Encounter"


def _canonical(questionnaire: Json) -> str:
    """The address that the response says it answers."""
    url, version = word(questionnaire, "url"), word(questionnaire, "version")
    if url:
        return f"{url}|{version}" if version else url
    name = word(questionnaire, "id")
    return f"Questionnaire/{name}" if name else ""


def _labels(chart: Chart) -> list[Json]:
    """The labels of all that was read for the answers, so that what is sent back carries no less.

    That it is restricted is said only where no label says why: a reason that nobody knows would shut it for everybody.
    """
    mask = 0
    for one in chart.seen.values():
        mask |= one.mask
    told = cast("list[Json]", msgspec.json.decode(b"[" + security(mask) + b"]"))
    why = [one for one in told if one["code"] != _RESTRICTED]
    known = 0
    for one in why:
        known |= security_bits([str(one["system"]), str(one["code"])])
    return told if mask & ~known & ~int(DataClass.GENERAL) else why
