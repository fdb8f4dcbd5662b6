"""Answers as they come in FHIR, before they are understood: code, words, number. Pure."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from hallway.screening.instruments.shapes import LOINC, QUESTION_SYSTEM
from hallway.standards.fhir import r4

_CODE = re.compile(r"(?:^|/)(\d{1,6}-\d)$")
_WEIGHTS = frozenset(
    {"http://hl7.org/fhir/StructureDefinition/ordinalValue", "http://hl7.org/fhir/StructureDefinition/itemWeight"}
)
_YES_NO = {"Y": "yes", "N": "no", "373066001": "yes", "373067005": "no"}
"""HL7 v2 table 0136 and SNOMED CT, as they arrive; their words follow only where none came."""


@dataclass(frozen=True, slots=True)
class Said:
    """One answer: ``mark`` is the LOINC code (``is_code``) or link id of its question, ``asked`` the question's words.

    ``is_text``: it came as a string where a code or number belongs.
    """

    mark: str = ""
    is_code: bool = False
    asked: str = ""
    codes: tuple[str, ...] = ()
    words: str = ""
    number: Decimal | None = None
    is_text: bool = False

    @property
    def whole(self) -> int | None:
        """The number, where it is a whole one."""
        return int(self.number) if self.number is not None and self.number == int(self.number) else None


def plain(words: str) -> str:
    """Letters and digits alone, small: what two writings of the same words share."""
    return "".join(sign for sign in words.lower() if sign.isalnum())


def items(listed: Iterable[r4.QuestionnaireResponseItem]) -> Iterator[Said]:
    """Every answer of a response, at any depth."""
    for entry in listed:
        link = entry.link_id or ""
        found = _CODE.search(link)
        mark = found[1] if found else link.removeprefix("/")
        for answer in entry.answer:
            yield _answer(answer, mark, is_code=found is not None, asked=entry.text or "")
            yield from items(answer.item)
        yield from items(entry.item)


def _answer(answer: r4.QuestionnaireResponseItemAnswer, mark: str, *, is_code: bool, asked: str) -> Said:
    if answer.value_coding is not None:
        return _coded((answer.value_coding,), "", Said(mark, is_code, asked))
    number = answer.value_decimal if answer.value_decimal is not None else answer.value_integer
    if number is None and answer.value_quantity is not None:
        number = answer.value_quantity.value
    return _bare(Said(mark, is_code, asked), answer.value_boolean, answer.value_string, number)


def _bare(said: Said, boolean: bool | None, text: str | None, number: Decimal | int | None) -> Said:
    if boolean is not None:
        return Said(said.mark, said.is_code, said.asked, words="yes" if boolean else "no")
    if text is not None:
        digits = Decimal(text) if re.fullmatch(r"\s*\d{1,3}\s*", text, re.ASCII) else None
        return Said(said.mark, said.is_code, said.asked, words=text, number=digits, is_text=True)
    return Said(said.mark, said.is_code, said.asked, number=None if number is None else Decimal(number))


def _coded(codings: Iterable[r4.Coding], text: str, said: Said) -> Said:
    listed = list(codings)
    ours = [one for one in listed if one.system in (LOINC, None) or (one.system or "").startswith("urn:hallway")]
    codes = tuple(coding.code for coding in ours if coding.code)
    displays = [coding.display for coding in listed if coding.display]
    known = [_YES_NO[coding.code] for coding in listed if coding.code in _YES_NO]
    weights = [
        extension.value_decimal for coding in listed for extension in coding.extension if extension.url in _WEIGHTS
    ]
    number = next((weight for weight in weights if weight is not None), None)
    words = next((one for one in [*displays, text, *known] if one), "")
    return Said(said.mark, said.is_code, said.asked, codes, words, number)


def values(observation: r4.Observation) -> Iterator[Said]:
    """The observation's own value and those of its components, under each of their codes that may be ours."""
    yield from _values(observation)
    for part in observation.component:
        yield from _values(part)


def _values(part: r4.Observation | r4.ObservationComponent) -> Iterator[Said]:
    for coding in part.code.coding if part.code else ():
        if coding.code and coding.system in (LOINC, QUESTION_SYSTEM):
            said = Said(coding.code.split("|")[-1], coding.system == LOINC)
            if part.value_codeable_concept is not None:
                concept = part.value_codeable_concept
                yield _coded(concept.coding, concept.text or "", said)
                continue
            number = part.value_quantity.value if part.value_quantity is not None else part.value_integer
            yield _bare(said, part.value_boolean, part.value_string, number)
