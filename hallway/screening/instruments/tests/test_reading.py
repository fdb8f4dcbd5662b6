"""What other systems send: US Core's examples, and the faults that published resources have."""

import json
from datetime import date
from pathlib import Path

import pytest

from hallway.ids import ResourceId
from hallway.screening.instruments import library, resources, scoring
from hallway.screening.instruments.checking import is_loinc
from hallway.screening.instruments.resources import Filing, Reading, read_observation, read_response
from hallway.screening.instruments.shapes import LOINC, Person
from hallway.standards.fhir import codec, r4
from hallway.standards.fhir.validation import claimed_profiles, validate

SOMEBODY = Person(birth_on=date(1987, 2, 20), gender="female", on=date(2026, 11, 22))
FILING = Filing(subject="Patient/p", at="2026-11-22T10:00:00-05:00", author="Practitioner/x")
SNOMED = "http://snomed.info/sct"


def coded(code: str, display: str = "", system: str = LOINC, weight: int | None = None) -> dict[str, object]:
    extension = [{"url": "http://hl7.org/fhir/StructureDefinition/ordinalValue", "valueDecimal": weight}]
    coding = {"system": system, "code": code, **({"display": display} if display else {})}
    return {"valueCoding": {**coding, **({"extension": extension} if weight is not None else {})}}


def respond(*items: tuple[str, dict[str, object]], of: str = "", texts: tuple[str, ...] = ()) -> Reading | None:
    listed = [{"linkId": link, "answer": [answer]} for link, answer in items]
    for item, text in zip(listed, texts, strict=False):
        item["text"] = text
    body = {"resourceType": "QuestionnaireResponse", "status": "completed", "questionnaire": of, "item": listed}
    return read_response(r4.decode(json.dumps(body).encode(), r4.QuestionnaireResponse))


def observed(code: str, **value: object) -> Reading | None:
    body = {"resourceType": "Observation", "status": "final", "code": {"coding": [{"system": LOINC, "code": code}]}}
    return read_observation(r4.decode(json.dumps({**body, **value}).encode(), r4.Observation))


def example(shared_data: Path, name: str) -> Reading:
    body = (shared_data / "us-core-examples" / f"QuestionnaireResponse-{name}.json").read_bytes()
    found = read_response(r4.decode(body, r4.QuestionnaireResponse))
    assert found is not None
    return found


def again(found: Reading) -> Reading:
    """Read, written by us, and read once more."""
    written = resources.response(library.instrument(found.instrument_key), found.answers, FILING)
    back = read_response(r4.decode(written, r4.QuestionnaireResponse))
    assert back is not None
    return back


def test_us_cores_phq_9_goes_round(shared_data: Path):
    found = example(shared_data, "phq-9-example")
    scored = scoring.score(library.instrument("phq-9"), found.answers, SOMEBODY)
    assert (found.instrument_key, found.sent_total, scored.total, found.faults) == ("phq-9", 12, 12, ())
    assert scored.band
    assert (scored.band.key, scored.is_positive, scored.critical) == ("moderate", True, ())
    assert again(found).answers == found.answers
    assert len(found.answers) == 10


def test_us_cores_audit_c_is_reported_not_copied(shared_data: Path):
    found = example(shared_data, "AUDIT-C")
    assert (found.instrument_key, found.answers, found.sent_total) == ("audit-c", {"q2": "0", "q3": "0"}, None)
    assert any("68517-2" in words for words in found.faults)
    scored = scoring.score(library.instrument("audit-c"), found.answers, SOMEBODY)
    assert (scored.total, scored.is_positive, scored.missing) == (None, None, ("q1",))
    assert b"68517-2" not in resources.questionnaire(library.instrument("audit-c"))
    assert again(found).answers == found.answers


def test_us_cores_taps_goes_round_and_its_answer_in_words_is_reported(shared_data: Path):
    found = example(shared_data, "TAPS")
    assert found.instrument_key == "taps"
    assert found.answers == dict.fromkeys(("tobacco", "five_drinks", "four_drinks", "drugs", "medicines"), "0")
    assert found.faults == ("The answer to 96844-6 came as text, not as a code.",)
    scored = scoring.score(library.instrument("taps"), found.answers, SOMEBODY)
    assert scored.band
    assert (scored.band.key, scored.is_positive, scored.is_complete) == ("none", False, True)
    assert again(found).answers == found.answers


def test_us_cores_hunger_vital_sign_goes_round(shared_data: Path):
    found = example(shared_data, "hunger-vital-sign-example")
    assert (found.answers, found.sent_band, found.faults) == ({"q1": "often", "q2": "often"}, "at_risk", ())
    assert again(found).answers == found.answers


def test_us_cores_observations_are_read_one_by_one(shared_data: Path):
    read = {
        path.stem: found
        for path in sorted((shared_data / "us-core-examples").glob("Observation-PHQ9*.json"))
        if (found := read_observation(r4.decode(path.read_bytes(), r4.Observation)))
    }
    answers = {key: answer for found in read.values() for key, answer in found.answers.items()}
    assert {key for key in answers if key.startswith("q")} == {f"q{number}" for number in range(1, 10)}
    total = read["Observation-PHQ9-item-example-44261-6"]
    assert (total.sent_total, total.answers) == (12, {})
    assert total.faults == ("The total came as text, not as a number.",)


GAD_7 = [f"/{question.code}" for question in library.instrument("gad-7").questions]


def test_a_gad_7_answer_coded_with_another_list_is_read_as_meant_and_reported():
    answers = [coded("LA6568-5")] * 7
    answers[1] = coded("LA18938-3")
    found = respond(*zip(GAD_7, answers, strict=True))
    assert found
    assert found.answers["q2"] == "2"
    assert any("LA18938-3" in words for words in found.faults)
    assert b"LA18938-3" not in resources.response(library.instrument("gad-7"), found.answers, FILING)


def test_the_wrong_code_elsewhere_is_no_answer():
    found = respond((GAD_7[2], coded("LA18938-3")))
    assert found
    assert found.answers == {}
    assert found.faults


def test_not_at_all_sure_is_read_as_not_at_all_and_reported():
    found = respond((GAD_7[0], {"valueString": "Not at all sure"}))
    assert found
    assert found.answers == {"q1": "0"}
    assert any("misquoted" in words for words in found.faults)
    assert b"all sure" not in resources.questionnaire(library.instrument("gad-7"))


def test_a_code_and_words_that_contradict_each_other_are_no_answer():
    found = respond(("/44260-8", coded("LA6568-5", "Nearly every day")))
    assert found
    assert found.answers == {}
    assert found.faults


def test_a_number_that_is_not_the_instruments_does_not_move_the_answer():
    found = respond(("/44260-8", coded("LA6571-9", "Nearly every day", weight=0)))
    assert found
    assert found.answers == {"q9": "3"}
    assert found.faults


def test_a_total_that_is_not_the_sum_is_reported():
    items = [(f"/{question.code}", coded("LA6569-3")) for question in library.instrument("phq-2").questions]
    found = respond(*items, ("/55758-7", {"valueDecimal": 6}))
    assert found
    assert (found.instrument_key, found.sent_total) == ("phq-2", 6)
    assert "The total sent is not the sum of the answers sent." in found.faults


@pytest.mark.parametrize(
    "answer",
    [
        coded("LA33-6"),
        coded("373066001", "Yes", SNOMED),
        coded("373066001", "", SNOMED),
        coded("Y", "", "http://terminology.hl7.org/CodeSystem/v2-0136"),
        {"valueBoolean": True},
    ],
)
def test_question_4_of_the_columbia_scale_is_high_however_yes_is_said(answer: dict[str, object]):
    found = respond(("93249-1", answer))
    assert found
    scored = scoring.score(library.instrument("cssrs"), found.answers, SOMEBODY)
    assert scored.band
    assert (scored.band.key, scored.is_positive) == ("high", True)
    assert [one.level for one in scored.critical] == ["urgent"]


def test_a_risk_level_told_without_answers_is_critical():
    found = observed("93374-7", valueCodeableConcept={"text": "High Risk"})
    assert found
    assert (found.instrument_key, found.answers, found.sent_band) == ("cssrs", {}, "high")
    assert [one.level for one in scoring.critical_of(library.instrument("cssrs"), found.sent_band)] == ["urgent"]


def test_codes_published_for_the_asq_fail_their_check_digit_and_are_not_read():
    assert not is_loinc("93267-4")
    found = respond(("/93267-4", coded("LA33-6")), of="http://example.org/Questionnaire/ASQ-Screening-Tool")
    assert found
    assert found.answers == {}
    assert any("check digit" in words for words in found.faults)
    assert respond(("/93267-4", coded("LA33-6"))) is None


def test_an_asq_without_codes_is_known_by_its_words():
    asq = library.instrument("asq")
    texts = tuple(question.text["en"] for question in asq.questions)
    items = [(f"x{number}", coded("373067005", "No", SNOMED)) for number in range(4)]
    found = respond(*items, texts=texts)
    assert found
    assert (found.instrument_key, len(found.answers)) == ("asq", 4)


def test_a_psc_17_of_other_numbering_is_read_by_its_words_never_by_its_numbers():
    instrument = library.instrument("psc-17")
    backwards = list(reversed(instrument.questions))
    items = [(f"q{number}", {"valueInteger": 2 * (number == 1)}) for number in range(1, 18)]
    texts = tuple(question.text["en"] for question in backwards)
    found = respond(*items, of="http://example.org/Questionnaire/PSC-17", texts=texts)
    assert found
    assert [key for key, answer in found.answers.items() if answer == "2"] == ["q17"]
    bare = respond(*items, of="http://example.org/Questionnaire/PSC-17")
    assert bare
    assert bare.answers == {}
    assert any("number differently" in words for words in bare.faults)


def test_several_answers_at_once_are_read_as_one_answer_each():
    found = respond(("/96778-6", coded("LA28580-1")), ("/96778-6", coded("LA32001-2")))
    assert found
    assert {key for key, answer in found.answers.items() if answer == "yes"} == {"mold", "water"}
    assert len(found.answers) == 7
    none = respond(("/96778-6", coded("LA9-3")), ("/71802-3", coded("LA31994-9")))
    assert none
    assert (set(none.answers.values()), none.instrument_key) == ({"no", "worried"}, "ahc-hrsn")


def test_what_was_entered_in_error_is_not_read():
    body = b'{"resourceType":"QuestionnaireResponse","status":"entered-in-error","item":[{"linkId":"/44260-8"}]}'
    assert read_response(r4.decode(body, r4.QuestionnaireResponse)) is None


@pytest.mark.parametrize("instrument", library.all_instruments(), ids=lambda one: one.key)
def test_every_instrument_goes_round_as_response_and_observations(instrument):
    answers = {one.key: instrument.choices(one.key)[-1].key for one in instrument.questions}
    written = resources.response(instrument, answers, FILING)
    back = read_response(r4.decode(written, r4.QuestionnaireResponse))
    assert back
    assert (back.instrument_key, back.answers) == (instrument.key, answers)
    scored = scoring.score(instrument, answers, SOMEBODY)
    made = resources.observations(
        instrument, answers, scored, FILING, response_id=ResourceId("r"), new_id=lambda: ResourceId("o")
    )
    views = [r4.decode(body, r4.Observation) for body in made]
    assert all(view.derived_from[0].reference == "QuestionnaireResponse/r" for view in views)
    read = [found for view in views if (found := read_observation(view))]
    critical = {row.question for row in instrument.critical if row.question}
    assert {key for found in read for key in found.answers} == critical
    if scored.total is not None:
        assert [found.sent_total for found in read if found.sent_total is not None] == [scored.total]
    elif scored.band is not None:
        assert scored.band.key in [found.sent_band for found in read]


@pytest.mark.parametrize("instrument", library.all_instruments(), ids=lambda one: one.key)
def test_what_is_written_keeps_r4_and_us_core(instrument):
    answers = {one.key: instrument.choices(one.key)[-1].key for one in instrument.questions}
    scored = scoring.score(instrument, answers, SOMEBODY)
    made = resources.observations(
        instrument, answers, scored, FILING, response_id=ResourceId("r"), new_id=lambda: ResourceId("o")
    )
    for language in instrument.languages or ("en",):
        made.append(resources.questionnaire(instrument, language))
    for body in (resources.response(instrument, answers, FILING), *made):
        resource = codec.decode(body)
        found = validate(resource, profiles=claimed_profiles(resource))
        assert {(issue.severity, issue.key) for issue in found} <= {("warning", "dom-6")}


def test_a_questionnaire_carries_codes_points_translations_and_conditions():
    made = json.loads(resources.questionnaire(library.instrument("cssrs"), "es"))
    by_link = {item["linkId"]: item for item in made["item"]}
    assert made["language"] == "es"
    assert "Research Foundation for Mental Hygiene" in made["copyright"]
    assert by_link["/93248-3"]["enableWhen"] == [
        {"question": "/93247-5", "operator": "=", "answerCoding": {"system": LOINC, "code": "LA33-6"}}
    ]
    assert by_link["/93246-7"]["_text"]["extension"][0]["extension"][1]["valueString"].startswith("Have you wished")
    nine = json.loads(resources.questionnaire(library.instrument("phq-9")))
    options = next(item for item in nine["item"] if item["linkId"] == "/44260-8")["answerOption"]
    assert [option["valueCoding"]["code"] for option in options] == ["LA6568-5", "LA6569-3", "LA6570-1", "LA6571-9"]


def test_a_shell_without_text_has_a_questionnaire_without_words():
    made = json.loads(resources.questionnaire(library.instrument("epds")))
    assert all("text" not in item for item in made["item"])
    assert all("display" not in option["valueCoding"] for item in made["item"] for option in item["answerOption"])
