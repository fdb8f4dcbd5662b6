"""Answers to a behavioral instrument carry their class wherever they were asked, with text and without."""

from datetime import date

import pytest

from hallway.ids import ResourceId
from hallway.labels import content
from hallway.record.classes import DataClass
from hallway.screening.instruments import library, resources, scoring
from hallway.screening.instruments.resources import Filing
from hallway.screening.instruments.shapes import Instrument, Person

UNKNOWN = (
    "Answers to {0} would be filed without their class. In hallway/labels/tables, add questionnaire:{0} and {0}| to "
    "words.csv and its LOINC codes to loinc.csv; or say is_behavioral = false in its file"
)
SOMEBODY = Person(birth_on=date(1980, 5, 1), gender="female", on=date(2026, 11, 22))


@pytest.mark.parametrize("instrument", library.shipped(), ids=lambda one: one.key)
def test_whatever_is_filed_of_a_behavioral_instrument_is_behavioral_content(instrument: Instrument):
    for language in (*instrument.languages, "xx"):
        filing = Filing("Patient/p", "2026-01-01T10:00:00Z", "Practitioner/x", language=language)
        for place in (0, -1):
            answers = {one.key: instrument.choices(one.key)[place].key for one in instrument.questions}
            scored = scoring.score(instrument, answers, SOMEBODY)
            made = resources.observations(
                instrument, answers, scored, filing, response_id=ResourceId("r"), new_id=lambda: ResourceId("o")
            )
            for body in (resources.response(instrument, answers, filing), *made):
                is_behavioral = bool(content.of_content(body).mask & DataClass.MH)
                assert is_behavioral or not instrument.is_behavioral, UNKNOWN.format(instrument.key)


def test_answers_about_violence_at_home_have_their_class():
    instrument = library.instrument("ahc-hrsn")
    body = resources.response(instrument, {"threaten": "5"}, Filing("Patient/p", "2026-01-01", "Practitioner/x"))
    assert content.of_content(body).mask & DataClass.DV


def test_a_response_from_elsewhere_that_holds_links_and_answers_alone_is_known_by_its_links():
    body = b'{"resourceType":"QuestionnaireResponse","item":[{"linkId":"/93249-1","answer":[{"valueCoding":{"system":'
    body += b'"http://loinc.org","code":"LA33-6"}}]}]}'
    assert content.of_content(body).mask & DataClass.MH
