"""A report says where each line comes from, the same about private notes whether or not there are any."""

from dataclasses import replace

from hallway.web.referrals.tests import made
from hallway.web.reports import composing, reading
from hallway.web.reports.compose_views import added_lines

COMPOSER = composing.ComposerUrls("/u", "/c", "/s")
URLS = reading.Urls("/c", "/r", "/p", "/n", "/a")


def compose(view=None):
    view = view or made.report(state="draft", is_author=True)
    return composing.composer(view, now=made.NOW, urls=COMPOSER, answer=None, errors=())


def test_every_drafted_line_names_its_source():
    lines = [line for section in compose().sections for line in section.lines]
    assert lines
    assert all(line.source for line in lines)


def test_what_stays_is_said_in_the_same_words_whatever_there_is():
    one = compose()
    other = compose(replace(made.report(state="draft", is_author=True), sections=()))
    assert one.gates[-1] == other.gates[-1] == composing.STAYS


def test_what_was_typed_comes_back_when_it_could_not_be_saved():
    view = made.report(state="draft", is_author=True)
    page = composing.composer(view, now=made.NOW, urls=COMPOSER, answer="My words", errors=())
    assert page.answer == "My words"


def test_a_reader_sees_whose_own_line_it_is_and_no_line_that_was_left_out():
    view = made.report()
    first = view.sections[0]
    hidden = replace(first, lines=(replace(first.lines[0], is_kept=False),))
    view = replace(view, sections=(hidden, *view.sections[1:]))
    page = reading.read(view, now=made.NOW, urls=URLS, acknowledge=None)
    assert "Seen" not in [section.name for section in page.sections]
    sources = [line.source for section in page.sections for line in section.lines]
    assert "Added by Tess Hearwell" in sources
    assert "Added by you" not in sources


def test_opening_a_report_does_not_close_it_and_the_page_says_so():
    page = reading.read(made.report(), now=made.NOW, urls=URLS, acknowledge=None)
    assert "Reading does not close it" in page.sentence


def test_an_amended_report_says_its_edition():
    page = reading.read(replace(made.report(), edition=2), now=made.NOW, urls=URLS, acknowledge=None)
    assert "edition 2" in page.notices[0].text


def test_lines_of_ones_own_go_to_a_known_section_or_nowhere():
    post = {"add-plan": " Walk daily ", "add-text": "Sodium", "add-section": "asks"}
    assert added_lines(post, ("plan", "asks")) == [("plan", "Walk daily"), ("asks", "Sodium")]
    assert added_lines({"add-text": "x", "add-section": "other"}, ("plan",)) == []
