"""What a score says, and what it refuses to say."""

from datetime import date

from hallway.screening.instruments import library, scoring
from hallway.screening.instruments.shapes import Person

ADULT = Person(birth_on=date(1980, 5, 1), gender="female", on=date(2026, 11, 22))


def test_a_total_with_a_missing_answer_is_not_a_score_yet_item_9_fires():
    found = scoring.score(library.instrument("phq-9"), {"q9": "1"}, ADULT)
    assert found.total is None
    assert found.band is None
    assert [(one.question_key, one.code, one.level) for one in found.critical] == [("q9", "44260-8", "high")]
    assert len(found.missing) == 8
