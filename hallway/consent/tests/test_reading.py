"""How hard forms are to read: Flesch-Kincaid grade in English, Fernandez-Huerta in Spanish, of every form as a whole.

Flesch-Kincaid: 0.39 words/sentence + 11.8 syllables/word - 15.59, wanted at most 8. Fernandez-Huerta:
206.84 - 60 syllables/word - 1.02 words/sentence; 60 to 70 is read in grades 8 and 9, so at least 65 is wanted.
"""

import re

import pytest

from hallway.consent.tables.forms import statements, strictest
from hallway.consent.tables.phrases import phrases, skins
from hallway.consent.tables.scripts import script_for
from hallway.record.classes import DataClass

KINDS = ("release", "part2", "part2_tpo", "psychotherapy", "sud_counseling", "hiv")
STATES = ("MA", "CT", "CA", "ME")
GRADE, EASE = 8.0, 65.0
_VOWELS_ES = "aeiouáéíóúü"


def syllables_en(word):
    """Groups of vowels, a silent last e taken off; never none."""
    word = word.lower()
    count = len(re.findall(r"[aeiouy]+", word))
    if word.endswith("e") and not word.endswith(("le", "ee")) and count > 1:
        count -= 1
    if word.endswith("ed") and not word.endswith(("ted", "ded")) and count > 1:
        count -= 1
    return max(1, count)


def syllables_es(word):
    """Vowels, two together counted once where one is a weak i or u without an accent."""
    word = word.lower().replace("qu", "q").replace("gue", "ge").replace("gui", "gi")
    nuclei = 0
    at = 0
    while at < len(word):
        if word[at] in _VOWELS_ES:
            nuclei += 1
            while at + 1 < len(word) and word[at + 1] in _VOWELS_ES and (word[at] in "iuü" or word[at + 1] in "iuü"):
                at += 1
        at += 1
    return max(1, nuclei)


def counted(text, syllables):
    sentences = [one for one in re.split(r"[.?!:;]+", text) if re.search(r"\w", one)]
    words = re.findall(r"[^\W\d_]+", text)
    return len(words) / len(sentences), sum(map(syllables, words)) / len(words)


def grade_en(text):
    per_sentence, per_word = counted(text, syllables_en)
    return 0.39 * per_sentence + 11.8 * per_word - 15.59


def ease_es(text):
    per_sentence, per_word = counted(text, syllables_es)
    return 206.84 - 60 * per_word - 1.02 * per_sentence


def prose(kind, state, language):
    """Every whole sentence of a form with everything on it: the hardest there is. Its short headings are left out."""
    everything = sum(int(one) for one in DataClass)
    texts = statements(language)
    return " ".join(texts[name] for name in strictest(kind, frozenset({state}), everything).statements)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_form_reads_at_grade_eight_or_easier_in_english_and_in_spanish(kind, state):
    assert grade_en(prose(kind, state, "en")) <= GRADE
    assert ease_es(prose(kind, state, "es")) >= EASE


def test_the_scripts_and_the_plans_headings_read_as_easily():
    for language, hard in (("en", grade_en), ("es", ease_es)):
        script = script_for(language)
        said = " ".join((script.opening, *script.points, script.question))
        assert hard(said) <= GRADE if language == "en" else hard(said) >= EASE
    for skin in skins().values():
        assert grade_en(" ".join(skin.lines_en)) <= GRADE
        assert ease_es(" ".join(skin.lines_es)) >= EASE
        assert not skin.verified, "nobody has seen a plan's own form"


def test_the_measure_knows_hard_words_from_easy_ones():
    hard = "Notwithstanding aforementioned authorization, redisclosure contraindications necessitate interpretation."
    assert grade_en(hard) > 12
    assert grade_en("You can say no. We will still help you.") < 4
    assert ease_es("Usted puede decir que no. Le vamos a ayudar igual.") > 80
    assert ease_es("La autorización anteriormente mencionada imposibilita la retransmisión institucional.") < 40


@pytest.mark.parametrize(
    ("word", "count"), [("usted", 2), ("tratamiento", 4), ("cuidado", 3), ("días", 2), ("quiera", 2)]
)
def test_spanish_syllables(word, count):
    assert syllables_es(word) == count


def test_no_phrase_or_statement_is_left_in_english_in_spanish():
    for name, text in statements("es").items():
        assert text != statements("en")[name]
    same = [name for name, text in phrases("es").items() if text == phrases("en")[name]]
    assert same == []


def test_what_a_form_says_is_pinned_to_its_edition():
    """Whoever changes a word raises the edition of its row and the one of wording.toml, then pins the new hash here."""
    import hashlib

    said = [*statements("en").items(), *statements("es").items(), *phrases("en").items(), *phrases("es").items()]
    assert hashlib.sha256(repr(sorted(said)).encode()).hexdigest()[:16] == PINNED


PINNED = "7c60bb663385f304"
