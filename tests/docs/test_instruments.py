"""The page of the instruments says what their files say."""

from tools.build_instrument_docs import PAGE, render


def test_the_page_of_the_instruments_is_fresh():
    assert PAGE.read_text() == render(), "Run: python -m tools.build_instrument_docs"
