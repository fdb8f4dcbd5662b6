"""A customer's licensed text for an instrument whose text does not ship: read, checked against the shell, joined to it.

One TOML file an instrument and language, in a folder outside the repository. The words stay the customer's: they are in
no file, no dump and no answer of ours but the page on which the question is asked and the resource that carries it.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from hallway.errors import HallwayError, Kind
from hallway.screening.instruments.shapes import Choice, Instrument, Language, Question, Text


class Pack(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file. ``licence`` says who gave leave, when and to whom: without it a text is not loaded."""

    instrument: str
    language: str
    licence: str
    questions: Mapping[str, str]
    answers: Mapping[str, Mapping[str, str]]
    title: str = ""
    introduction: str = ""
    notice: str = ""
    leads: Mapping[str, str] = {}


def read(folder: Path) -> list[Pack]:
    """Every pack of a folder, in order of name; none where the folder is not there. Raises H-INS-001, H-INS-003."""
    return [_decoded(path) for path in sorted(folder.glob("*.toml"))] if folder.is_dir() else []


def _decoded(path: Path) -> Pack:
    try:
        return msgspec.toml.decode(path.read_bytes(), type=Pack)
    except OSError:
        raise _refused("H-INS-003", path.name, "it cannot be read by this user") from None
    except (msgspec.MsgspecError, ValueError):
        raise _refused("H-INS-001", path.name, "it is not TOML with the keys of a text pack") from None


def join(instrument: Instrument, pack: Pack) -> Instrument:
    """The instrument with the pack's language. Raises H-INS-002 with everything that does not fit."""
    found = list(faults(instrument, pack))
    if found:
        raise _refused("H-INS-002", f"{pack.instrument} ({pack.language})", "; ".join(found))
    language = Language(code=pack.language, verified=True, source=pack.licence)
    return msgspec.structs.replace(
        instrument,
        title=_with(instrument.title, pack, pack.title),
        introduction=_with(instrument.introduction, pack, pack.introduction),
        notice=pack.notice or instrument.notice,
        questions=tuple(_question(question, pack) for question in instrument.questions),
        answer_lists={
            name: tuple(_choice(choice, pack, pack.answers[name][choice.key]) for choice in choices)
            for name, choices in instrument.answer_lists.items()
        },
        language_packs=(*instrument.language_packs, language),
    )


def _with(text: Text, pack: Pack, words: str) -> Text:
    return {**text, pack.language: words} if words else text


def _question(question: Question, pack: Pack) -> Question:
    text = _with(question.text, pack, pack.questions[question.key])
    return msgspec.structs.replace(
        question, text=text, lead=_with(question.lead, pack, pack.leads.get(question.key, ""))
    )


def _choice(choice: Choice, pack: Pack, words: str) -> Choice:
    return msgspec.structs.replace(choice, text=_with(choice.text, pack, words))


def faults(instrument: Instrument, pack: Pack) -> Iterable[str]:
    """What keeps a pack from being used, in sentences that repeat none of its words."""
    if not pack.licence.strip():
        yield "it names no licence: say who gave leave, when and to whom"
    if pack.language in instrument.languages:
        yield "the text in that language is here already and is not replaced"
    yield from _unlike("questions", {question.key for question in instrument.questions}, pack.questions)
    yield from _unlike("answer lists", set(instrument.answer_lists), pack.answers)
    for name in set(instrument.answer_lists) & set(pack.answers):
        keys = {choice.key for choice in instrument.answer_lists[name]}
        yield from _unlike(f"answers of {name}", keys, pack.answers[name])
    if set(pack.leads) - {question.key for question in instrument.questions}:
        yield "leads of questions that the instrument does not have"


def _unlike(what: str, keys: set[str], given: Mapping[str, object]) -> Iterable[str]:
    lacking = sorted(key for key in keys if not given.get(key))
    unknown = len(set(given) - keys)
    if lacking:
        yield f"{what} without text: {', '.join(lacking)}"
    if unknown:
        yield f"{unknown} {what} that the instrument does not have"


def _refused(code: str, name: str, what: str) -> HallwayError:
    return HallwayError(
        Kind.INCORRECT,
        code,
        what=f"The instrument text {name} cannot be used: {what}.",
        undone="Nothing was started.",
        to_do="Mend the file, or take it out of the folder of instrument texts.",
    )
