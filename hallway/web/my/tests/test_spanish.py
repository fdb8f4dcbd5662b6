"""A patient who prefers Spanish reads sharing and who saw what in Spanish, with the same links and the same buttons."""

import re
from datetime import UTC, date, datetime

import pytest

from hallway.consent.explaining import looks
from hallway.web.consents.words import STATE_WORDS
from hallway.web.my import plain, seen, spanish
from hallway.web.my.tests.test_pages import enter, marisol, signed, world

__all__ = ["enter", "marisol", "world"]


def test_every_text_that_is_put_together_has_its_spanish():
    texts = [*plain.KIND_WORDS.values(), plain.OTHER, plain.WHOLE, *plain.WHY.values(), *plain.LAW.values()]
    for text in (*texts, *plain.ROLE_WORDS.values(), *STATE_WORDS.values(), "Staff", "For your care.", "and"):
        assert spanish.said(text, "es") != text or text.startswith("45 CFR 164.502"), text
        assert spanish.said(text, "en") == text
    with pytest.raises(KeyError):
        spanish.said("nobody has translated this", "es")


def test_kinds_and_days_are_said_as_a_person_says_them():
    def say(text):
        return spanish.said(text, "es")

    assert plain.kinds_words(["MedicationRequest", "Encounter", "Composition"], say) == (
        "sus medicinas, sus visitas y notas y cartas"
    )
    assert spanish.long_day(date(2026, 6, 9), "es") == "martes 9 de junio de 2026"
    assert spanish.long_day(date(2026, 6, 9), "en") == "Tuesday, June 9, 2026"
    assert spanish.month(2026, 6, "es") == "Junio de 2026"


def shape(page):
    """Where its links lead and what its forms send, in order; the switch of languages apart."""
    main = page.partition('<main id="main"')[2].partition("</main>")[0]
    links = [one for one in re.findall(r'href="([^"]+)"', main) if not one.startswith("?lang")]
    return links, re.findall(r'name="(\w+)" value="(?!.{40})([^"]*)"', main), main.count("<button"), main.count("<h")


@pytest.mark.parametrize("page", ["sharing/", "seen/", "form"])
def test_both_languages_offer_the_same(world, marisol, page):
    form = signed(world)
    where = f"/my-care/sharing/{form}/" if page == "form" else f"/my-care/{page}"
    english = marisol.get(f"{where}?lang=en").content.decode()
    told = marisol.get(where).content.decode()
    assert '<div lang="es">' in told, "the record says that she prefers Spanish"
    assert '<div lang="es">' not in english
    assert "¿Está en crisis?" in told
    if page != "seen/":
        assert "Tratamiento, y para que trabajen juntos en mi cuidado" in told
        assert "Hasta el " in told
    assert shape(told) == shape(english)


def test_a_line_of_who_saw_it_is_wholly_spanish():
    look = _look(datetime(2026, 6, 9, 16, tzinfo=UTC))
    line = seen.line_of(look, "es")
    assert (line.role, line.saw) == ("Atención primaria", "Sus medicinas y sus visitas")
    assert (line.why, line.on) == ("Para atenderle.", "martes 9 de junio de 2026")


def _look(at):
    fields = dict.fromkeys(looks.Look.__dataclass_fields__)
    made = fields | {
        "on": at.date(), "last_at": at, "role": "pcp", "purpose": "TREAT",
        "kinds": ("MedicationRequest", "Encounter"), "was_listed_only": False,
    }  # fmt: skip
    return looks.Look(**made)
