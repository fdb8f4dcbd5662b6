"""On the phone of a patient: the crisis line in the language of the page, and in both before one is known."""

import pytest
from django.test import Client

from hallway.consent import actions
from hallway.consent.tests.test_forms import composition, program

__all__ = ["program"]
ENGLISH, SPANISH = "Call or text 988", "Línea 988 de Prevención del Suicidio y Crisis"
BORN = {"step": "born", "year": "1987", "month": "3", "day": "2"}


def spoken(page):
    return ENGLISH in page, SPANISH in page


@pytest.mark.parametrize(("language", "said"), [("en", (True, False)), ("es", (False, True))])
def test_each_page_says_where_to_call_in_a_crisis_in_its_own_language(program, language, said):
    pcp, counselor, chart, _ = program
    form = actions.compose_consent(composition(pcp, counselor, chart), by=pcp)
    address = f"/s/{actions.make_link([form], by=pcp).token}/"
    phone = Client()
    first = phone.get(address).content.decode()
    assert spoken(first) == (True, True), "nobody has said yet which language they read"
    page = phone.post(address, BORN | {"language": language}).content.decode()
    assert spoken(page) == said
    assert f'<html lang="{language}"' in page
    last = phone.post(address, {"step": "answer", "answer": "no", "language": language}).content.decode()
    assert spoken(last) == said
    assert "/help" not in last, "there is nothing to sign in to here"
