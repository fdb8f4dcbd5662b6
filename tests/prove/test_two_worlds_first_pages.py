"""The first third of the pages in pairs of worlds."""

from tests.prove.pairs import assert_alike, pages


def test_the_pages_answer_alike_in_both_worlds(stage):
    assert_alike(stage, pages(0), 12)
