"""Instruments and their results as FHIR R4: Questionnaire, QuestionnaireResponse, Observations. Pure.

Observations follow US Core's screening and assessment profile (R4 4.0.1, US Core 9.0.0): category survey, the total
with its LOINC code, what it means as interpretation, and every critical question by itself, derived from the response.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from hallway.ids import ResourceId
from hallway.screening.instruments.reading import Reading, read_observation, read_response
from hallway.screening.instruments.shapes import (
    ANSWER_SYSTEM,
    LOINC,
    QUESTION_SYSTEM,
    QUESTIONNAIRE,
    Band,
    Choice,
    Instrument,
    Question,
    Scored,
    Text,
    When,
)
from hallway.standards.fhir import codec

__all__ = ["Filing", "Reading", "observations", "questionnaire", "read_observation", "read_response", "response", "url"]

Json = dict[str, object]

TRANSLATION = "http://hl7.org/fhir/StructureDefinition/translation"
ORDINAL = "http://hl7.org/fhir/StructureDefinition/ordinalValue"
WEIGHT = "http://hl7.org/fhir/StructureDefinition/itemWeight"
SURVEY = "http://terminology.hl7.org/CodeSystem/observation-category"
INTERPRETATION = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"
UCUM = "http://unitsofmeasure.org"
_PROFILES = "http://hl7.org/fhir/us/core/StructureDefinition/"
LOINC_NOTICE = (
    "This material contains content from LOINC (http://loinc.org). LOINC is copyright (c) 1995-2024, Regenstrief "
    "Institute, Inc. and the LOINC Committee, and is available at no cost under the license at "
    "http://loinc.org/license."
)


@dataclass(frozen=True, slots=True)
class Filing:
    """Who answered what about whom, and when. References as FHIR writes them: ``Patient/...``.

    ``at`` is a dateTime. ``author`` is who took the answers down, ``source`` who gave them where that is known.
    """

    subject: str
    at: str
    author: str
    source: str = ""
    encounter: str = ""
    language: str = "en"


def url(instrument: Instrument) -> str:
    """The canonical address of the Questionnaire."""
    return f"{QUESTIONNAIRE}{instrument.key}"


def link_id(question: Question) -> str:
    """What ties an answer to its question: the LOINC code where there is one, as US Core writes it."""
    return f"/{question.code}" if question.code else question.key


def questionnaire(instrument: Instrument, language: str = "en") -> bytes:
    """The instrument in one language, with the other ones it has as translations.

    Without text in that language the questions carry their codes and answers alone.
    """
    has_loinc = any(question.code for question in instrument.questions) or bool(instrument.panel_code)
    notices = [LOINC_NOTICE] * has_loinc + [instrument.notice] * bool(instrument.notice)
    introduction = [{"linkId": "introduction", "type": "display", **_words("text", instrument.introduction, language)}]
    return codec.encode(
        {
            "resourceType": "Questionnaire",
            "language": language,
            "url": url(instrument),
            "version": "1",
            "name": "".join(part.capitalize() for part in instrument.key.split("-")),
            **_words("title", instrument.title, language),
            "status": "active",
            "subjectType": ["Patient"],
            **({"copyright": " ".join(notices)} if notices else {}),
            **({"code": [_loinc(instrument.panel_code)]} if instrument.panel_code else {}),
            "item": [
                *(introduction if instrument.introduction else ()),
                *(_item(instrument, question, language) for question in instrument.questions),
            ],
        }
    )


def _words(name: str, text: Text, language: str) -> Json:
    """A text element with its translations; empty where the text is not there in that language."""
    if language not in text:
        return {}
    others = [
        {
            "url": TRANSLATION,
            "extension": [{"url": "lang", "valueCode": other}, {"url": "content", "valueString": words}],
        }
        for other, words in text.items()
        if other != language
    ]
    return {name: text[language], **({f"_{name}": {"extension": others}} if others else {})}


def _loinc(code: str) -> Json:
    return {"system": LOINC, "code": code}


def _item(instrument: Instrument, question: Question, language: str) -> Json:
    return {
        "linkId": link_id(question),
        "code": [_question_coding(instrument, question)],
        **_words("text", question.text, language),
        "type": "choice",
        **_enabled(instrument, question.ask_if),
        "answerOption": [
            {
                "extension": [{"url": ORDINAL, "valueDecimal": choice.points}],
                "valueCoding": _coding(instrument, choice, language),
            }
            for choice in instrument.choices(question.key)
        ],
    }


def _question_coding(instrument: Instrument, question: Question) -> Json:
    return (
        _loinc(question.code)
        if question.code
        else {"system": QUESTION_SYSTEM, "code": f"{instrument.key}|{question.key}"}
    )


def _coding(instrument: Instrument, choice: Choice, language: str) -> Json:
    """The answer as a code, with its words and their translations."""
    found: Json = {"system": choice.system, "code": choice.code}
    if not choice.code:
        found = {"system": ANSWER_SYSTEM, "code": f"{instrument.key}|{choice.key}"}
    return {**found, **_words("display", choice.text, language)}


def _enabled(instrument: Instrument, when: When) -> Json:
    """What ``ask_if`` is in FHIR. Empty where FHIR's one level of any or all cannot say it: then it is always shown."""
    tests = [test for line in when for test in line]
    if not tests or any(test.scale for test in tests) or any(len(line) > 1 for line in when):
        return {}
    rows = [
        {
            "question": link_id(instrument.question(test.question)),
            "operator": "=",
            "answerCoding": _bare(instrument, choice),
        }
        for test in tests
        for choice in instrument.choices(test.question)
        if choice.key in test.answers
    ]
    return {"enableWhen": rows, **({"enableBehavior": "any"} if len(rows) > 1 else {})}


def _bare(instrument: Instrument, choice: Choice) -> Json:
    return {name: value for name, value in _coding(instrument, choice, "").items() if name in {"system", "code"}}


def response(
    instrument: Instrument,
    answers: Mapping[str, str],
    filing: Filing,
    *,
    resource_id: ResourceId | None = None,
    is_finished: bool = True,
) -> bytes:
    """The answers as given, each under its question; a question without an answer does not appear."""
    items: list[Json] = []
    for question in instrument.questions:
        choice = instrument.choice(question.key, answers.get(question.key, ""))
        if choice is not None:
            said = {"valueCoding": _said(instrument, choice, filing.language)}
            text = _plain("text", question.text, filing.language)
            items.append({"linkId": link_id(question), **text, "answer": [said]})
    return codec.encode(
        {
            "resourceType": "QuestionnaireResponse",
            **_identity(resource_id, "us-core-questionnaireresponse"),
            "language": filing.language,
            "questionnaire": url(instrument),
            "status": "completed" if is_finished else "in-progress",
            "subject": {"reference": filing.subject},
            **_encounter(filing),
            "authored": filing.at,
            "author": {"reference": filing.author},
            **({"source": {"reference": filing.source}} if filing.source else {}),
            **({"item": items} if items else {}),
        }
    )


def _identity(resource_id: ResourceId | None, profile: str) -> Json:
    return {**({"id": resource_id} if resource_id else {}), "meta": {"profile": [_PROFILES + profile]}}


def _encounter(filing: Filing) -> Json:
    return {"encounter": {"reference": filing.encounter}} if filing.encounter else {}


def _plain(name: str, text: Text, language: str) -> Json:
    words = text.get(language) or text.get("en")
    return {name: words} if words else {}


def _said(instrument: Instrument, choice: Choice, language: str) -> Json:
    words = _plain("display", choice.text, language)
    return {"extension": [{"url": WEIGHT, "valueDecimal": choice.points}], **_bare(instrument, choice), **words}


def observations(
    instrument: Instrument,
    answers: Mapping[str, str],
    scored: Scored,
    filing: Filing,
    *,
    response_id: ResourceId,
    new_id: Callable[[], ResourceId],
) -> list[bytes]:
    """The score (where nothing is missing) and each critical question that was answered.

    A total with a missing answer is not written; a finding without a total (C-SSRS, ASQ, TAPS) is written as its words.
    """
    made: list[Json] = []
    if scored.total is not None or (instrument.scoring.total == "none" and scored.band is not None):
        made.append(_score(instrument, scored))
    for key in dict.fromkeys(row.question for row in instrument.critical if row.question):
        choice = instrument.choice(key, answers.get(key, ""))
        if choice is not None:
            question = instrument.question(key)
            code = {"coding": [_question_coding(instrument, question)], **_plain("text", question.text, "en")}
            words = _plain("text", choice.text, "en")
            value = {"coding": [_said(instrument, choice, "en")], **words}
            made.append({"code": code, "valueCodeableConcept": value})
    frame: Json = {"status": "final", "category": [{"coding": [{"system": SURVEY, "code": "survey"}]}]}
    about: Json = {
        "subject": {"reference": filing.subject},
        **_encounter(filing),
        "effectiveDateTime": filing.at,
        "performer": [{"reference": filing.author}],
        "derivedFrom": [{"reference": f"QuestionnaireResponse/{response_id}"}],
    }
    profile = "us-core-observation-screening-assessment"
    return [
        codec.encode({"resourceType": "Observation", **_identity(new_id(), profile), **frame, **one, **about})
        for one in made
    ]


def _score(instrument: Instrument, scored: Scored) -> Json:
    """The total or the finding, its band and its scales."""
    code = instrument.score_code
    coding = _loinc(code) if code else {"system": QUESTION_SYSTEM, "code": f"{instrument.key}|total"}
    what = "total" if scored.total is not None else "finding"
    made: Json = {"code": {"coding": [coding], "text": f"{instrument.name} {what}"}}
    if scored.total is not None:
        made["valueQuantity"] = _quantity(scored.total)
        made["interpretation"] = _interpretation(scored)
    elif scored.band is not None:
        made["valueCodeableConcept"] = _band_concept(instrument, scored.band)
        made["interpretation"] = _interpretation(scored)
    parts = list(_scales(instrument, scored))
    return {
        **{name: value for name, value in made.items() if value},
        **({"component": parts} if parts else {}),
    }


def _quantity(value: int) -> Json:
    return {"value": value, "unit": "{score}", "system": UCUM, "code": "{score}"}


def _interpretation(scored: Scored) -> list[Json]:
    """Positive or negative, and the band in words."""
    if scored.is_positive is None and scored.band is None:
        return []
    code = {True: "POS", False: "NEG", None: ""}[scored.is_positive]
    coded: Json = {"coding": [{"system": INTERPRETATION, "code": code}]} if code else {}
    return [{**coded, **(_plain("text", scored.band.words, "en") if scored.band else {})}]


def _band_concept(instrument: Instrument, band: Band) -> Json:
    coding = _loinc(band.code) if band.code else {"system": ANSWER_SYSTEM, "code": f"{instrument.key}|{band.key}"}
    return {"coding": [coding], **_plain("text", band.words, "en")}


def _scales(instrument: Instrument, scored: Scored) -> Iterable[Json]:
    for scale in instrument.scales:
        value = scored.subscales.get(scale.key)
        if value is not None:
            coding = (
                _loinc(scale.code)
                if scale.code
                else {"system": QUESTION_SYSTEM, "code": f"{instrument.key}|{scale.key}"}
            )
            yield {
                "code": {"coding": [coding], **_plain("text", scale.words, "en")},
                "valueQuantity": _quantity(value),
            }
