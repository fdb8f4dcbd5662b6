"""What must be true of the instruments' files, and what a customer's text must be to be joined to one."""

from pathlib import Path

import msgspec
import pytest

from hallway.errors import HallwayError
from hallway.screening.instruments import checking, library, packs
from hallway.screening.instruments.packs import Pack
from hallway.screening.instruments.shapes import CutOff, Fault, Instrument, Language, Step, Test

EPDS = library.instrument("epds")


def test_every_instrument_is_here_and_none_contradicts_itself():
    keys = [one.key for one in library.shipped()]
    assert len(keys) >= 21
    assert keys == sorted(keys)
    assert checking.faults(library.shipped()) == []


def test_text_ships_where_the_licence_allows_and_nowhere_else():
    without = {"epds", "isi", "mdq", "vanderbilt-parent", "whodas-12"}
    assert {one.key for one in library.shipped() if not one.has_text} == without
    assert {one.key for one in library.shipped() if not one.text_ships} == without
    for one in library.shipped():
        words = [*one.introduction.values(), *(text for question in one.questions for text in question.text.values())]
        assert bool(words) == one.has_text
        assert one.licence
        assert one.notice or not one.has_text or one.key == "audit-c"


def test_spanish_is_here_for_what_is_asked_of_everybody():
    spanish = {one.key for one in library.shipped() if "es" in one.languages}
    assert spanish >= {"phq-2", "phq-9", "gad-2", "gad-7", "audit-c", "cssrs", "asq", "pc-ptsd-5", "hvs"}
    assert all(pack.why for one in library.shipped() for pack in one.language_packs if not pack.verified)


def broken(**changed: object) -> Instrument:
    return msgspec.structs.replace(library.instrument("phq-2"), **changed)


PHQ_2 = library.instrument("phq-2")
BREAKS = [
    (broken(panel_code="55757-8"), "check digit"),
    (broken(scoring=msgspec.structs.replace(PHQ_2.scoring, high=9)), "goes from 0 to 6"),
    (broken(bands=PHQ_2.bands[:1]), "leave a gap"),
    (broken(bands=(PHQ_2.bands[0], msgspec.structs.replace(PHQ_2.bands[1], low=4))), "leave a gap"),
    (broken(questions=(PHQ_2.questions[0], PHQ_2.questions[0])), "there twice"),
    (broken(language_packs=(*PHQ_2.language_packs, Language(code="fr", verified=True))), "not there in fr"),
    (broken(language_packs=(Language(code="es"),)), "why it is not verified"),
    (broken(text_ships=False), "does not let ship"),
    (broken(cut_offs=(CutOff(when=((Test(question="q9", answers=("1",)),),)),)), "q9, which is not there"),
    (broken(cut_offs=(CutOff(when=((Test(question="q1", answers=("4",)),),)),)), "q1 does not have"),
    (broken(steps_to=(Step(to="phq-99"),)), "phq-99, which is not there"),
    (broken(steps_to=(Step(to="phq-9", carries={"q1": "q77"}),)), "q77 of phq-9"),
    (broken(faults=(Fault(code="44250-9", words="No."),)), "called a fault and used"),
    (broken(verified=False), "does not say what is not verified"),
]


@pytest.mark.parametrize(("instrument", "said"), BREAKS)
def test_a_file_that_contradicts_itself_is_refused(instrument: Instrument, said: str):
    others = [one for one in library.shipped() if one.key != instrument.key]
    assert any(said in fault for fault in checking.faults([*others, instrument]))


def pack(**changed: object) -> Pack:
    made = Pack(
        instrument="epds",
        language="en",
        licence="A letter to this practice, 2026",
        questions={question.key: f"Words of {question.key}" for question in EPDS.questions},
        answers={
            name: {choice.key: f"Answer {choice.key}" for choice in EPDS.answer_lists[name]}
            for name in EPDS.answer_lists
        },
    )
    return msgspec.structs.replace(made, **changed)


def test_a_licensed_text_joins_its_shell_and_changes_no_score():
    joined = packs.join(EPDS, pack())
    assert joined.languages == ("en",)
    assert joined.question("q10").text == {"en": "Words of q10"}
    assert [choice.points for choice in joined.choices("q10")] == [3, 2, 1, 0]
    assert checking.faults([*(one for one in library.shipped() if one.key != "epds"), EPDS]) == []


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"licence": " "}, "names no licence"),
        ({"questions": {"q1": "Words"}}, "questions without text: q10"),
        ({"answers": {}}, "answer lists without text"),
        ({"leads": {"q11": "Words"}}, "leads of questions"),
    ],
)
def test_a_text_that_does_not_fit_is_refused_and_none_of_its_words_repeated(changed: dict[str, object], said: str):
    with pytest.raises(HallwayError) as raised:
        packs.join(EPDS, pack(**changed))
    assert said in str(raised.value)
    assert "Words" not in str(raised.value)


def test_a_text_that_ships_is_not_replaced():
    phq_2 = pack(
        instrument="phq-2", questions={"q1": "a", "q2": "b"}, answers={"frequency": dict.fromkeys("0123", "c")}
    )
    with pytest.raises(HallwayError, match="is here already"):
        packs.join(PHQ_2, phq_2)


def test_a_folder_of_texts_is_read_and_a_file_that_is_none_stops_the_start(tmp_path: Path):
    assert packs.read(tmp_path / "nowhere") == []
    written = [
        'instrument = "gad-2"',
        'language = "fr"',
        'licence = "A letter"',
        "[questions]",
        'q1 = "Un"',
        'q2 = "Deux"',
    ]
    written += ["[answers.frequency]", *(f'{key} = "Mot {key}"' for key in "0123")]
    (tmp_path / "gad-2.fr.toml").write_text("\n".join(written))
    (read,) = packs.read(tmp_path)
    assert packs.join(library.instrument("gad-2"), read).choices("q2")[3].text["fr"] == "Mot 3"
    (tmp_path / "other.toml").write_text("questions = 3")
    with pytest.raises(HallwayError, match=r"other\.toml"):
        packs.read(tmp_path)
