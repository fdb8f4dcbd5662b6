"""The safety plan on paper: PDF/UA-1 in both languages, 988 on it whatever else is."""

from pathlib import Path

import pytest

from hallway.screening.safety import printing
from hallway.screening.safety.rows import book, crisis_line
from hallway.standards import pdf
from tests.printed.checked import check


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_plan_is_accessible_and_bears_the_crisis_line(language):
    said, line = printing.WORDS[language], crisis_line()
    words = {
        **said,
        "language": language,
        "patient": "Marisol Ejemplo",
        "birth_on": "03/14/1955",
        "number": "",
        "practice": "Millbrook",
        "phone": "555-0110",
        "made_on": "11/22/2026",
        "parts": [{"title": one.title[language], "text": "A word #1 of *it*."} for one in book().part],
        "foot": "Printed",
        "crisis": f"{line.number}. {line.how[language]}",
    }
    text = check(pdf.printed(Path(printing.TEMPLATE), words), language=language, title=said["title"])
    assert "988" in text
    assert "A word #1 of *it*." in text
    assert all(one.title[language] in text for one in book().part)
