"""What one instrument's file says, typed. Every name here is a key of the TOML, or a property computed from keys."""

from collections.abc import Mapping
from datetime import date
from typing import Literal

import msgspec

LOINC = "http://loinc.org"
QUESTIONNAIRE = "urn:hallway:questionnaire:"
"""What the address of each instrument's Questionnaire begins with."""
QUESTION_SYSTEM = "urn:hallway:instrument-question"
"""Ours, for a question, scale or total without a LOINC code: ``asq|q1``, ``gad-2|total``."""
ANSWER_SYSTEM = "urn:hallway:instrument-answer"
"""Ours, for an answer or band without a LOINC code: ``asq|refused``."""

Text = Mapping[str, str]
"""Language (``en``, ``es``) to words."""
Level = Literal["urgent", "high", "look"]
"""``urgent``: do not leave the person alone. ``high``: a clinician asks today. ``look``: a clinician looks at it."""


class _Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A table of the file; a key it does not know is an error, so that a slip of the pen is seen."""


class Choice(_Row, frozen=True, kw_only=True):
    """One answer that may be given. ``code`` is empty where none was seen in a source."""

    key: str
    text: Text = {}
    points: int = 0
    code: str = ""
    system: str = LOINC
    is_no_answer: bool = False
    """Offered on the form, and counted as missing: "don't know / refused"."""


class Test(_Row, frozen=True, kw_only=True):
    """True where the question has one of the answers, or the scale (``total`` or a scale's key) reaches a figure."""

    question: str = ""
    answers: tuple[str, ...] = ()
    scale: str = ""
    at_least: int = 0


When = tuple[tuple[Test, ...], ...]
"""Any of these lines, each with all its tests. Without a line it is never true."""


class Who(_Row, frozen=True, kw_only=True):
    """Whom a row speaks of. No gender named: everybody. Ages in whole years, ``until_age`` not included.

    An unknown birth date fits every age; an unknown gender fits only where ``unknown`` is named.
    """

    genders: tuple[str, ...] = ()
    from_age: int = 0
    until_age: int = 200


EVERYBODY = Who()


class Question(_Row, frozen=True, kw_only=True):
    """One question. ``ask_if`` empty: asked always; else asked where it is true, and missing where it is not known.

    ``lead`` stands above it where its block has another introduction than the instrument. ``code`` is LOINC, or empty.
    """

    key: str
    answers: str
    """Key of the answer list."""
    text: Text = {}
    code: str = ""
    is_scored: bool = True
    subscale: str = ""
    ask_if: When = ()
    only_for: Who = EVERYBODY
    lead: Text = {}


class Scale(_Row, frozen=True, kw_only=True):
    """A score of some of the questions: those that name it as ``subscale``, or ``questions``.

    ``sum`` adds points; ``count`` counts answers with at least ``counted_from`` points.
    """

    key: str
    words: Text
    how: Literal["sum", "count"] = "sum"
    counted_from: int = 1
    questions: tuple[str, ...] = ()
    code: str = ""


class Scoring(_Row, frozen=True, kw_only=True):
    """``sum`` adds the points of every scored question; ``none``: the instrument has no total, only bands or scales.

    ``low`` and ``high`` are the least and the greatest total there is.
    """

    total: Literal["sum", "none"]
    low: int = 0
    high: int = 0
    is_higher_worse: bool = True


class Band(_Row, frozen=True, kw_only=True):
    """A range of the total or of a scale, or what is true (``when``). ``severity`` orders bands, 0 the mildest.

    Of several whose ``when`` holds the severest counts. ``code`` is a LOINC answer, empty where none was seen.
    """

    key: str
    words: Text
    severity: int
    low: int = 0
    high: int = 0
    scale: str = "total"
    when: When = ()
    is_rest: bool = False
    """Where nothing severer holds and nothing is missing."""
    who: Who = EVERYBODY
    code: str = ""


class CutOff(_Row, frozen=True, kw_only=True):
    """From here on the screen is positive. Rows that are not ``is_default`` are offered to a practice, not used."""

    at_least: int = 0
    scale: str = "total"
    when: When = ()
    who: Who = EVERYBODY
    is_default: bool = True
    source: str = ""
    verified: bool = True


class CriticalRow(_Row, frozen=True, kw_only=True):
    """An answer (or a scale that reaches ``at_least``) which a clinician must see whatever the total is."""

    level: Level
    words: str
    """What it says, for the clinician; never the instrument's own words."""
    question: str = ""
    answers: tuple[str, ...] = ()
    scale: str = ""
    at_least: int = 0
    band: str = ""
    """For a finding that came without its answers ("high risk"): the band that says the same."""
    about: Literal["suicide", "violence", "other"] = "suicide"
    source: str = ""
    verified: bool = True


ChangeKind = Literal["minimal", "reliable", "meaningful", "response", "remission", "relapse"]


class ChangeRow(_Row, frozen=True, kw_only=True):
    """How much change means something: ``points``, ``percent`` of the baseline, or reaching ``below`` or ``at``.

    ``minimal`` is the least difference that matters to a patient, ``reliable`` more than error of measurement. Sources
    disagree: ``is_default`` marks the row used until a practice chooses another.
    """

    kind: ChangeKind
    source: str
    points: float = 0
    percent: float = 0
    below: int | None = None
    at: int | None = None
    is_default: bool = False
    verified: bool = True


class Interval(_Row, frozen=True, kw_only=True):
    """Days after which it is due again, as a screen and in treatment; None where the source gives none."""

    words: str
    screen_days: int | None = None
    treat_days: int | None = None
    source: str = ""
    verified: bool = False


class Step(_Row, frozen=True, kw_only=True):
    """What is asked next: where this is positive or, if given, ``when`` holds. ``carries``: question here to there."""

    to: str
    when: When = ()
    carries: Mapping[str, str] = {}


class Language(_Row, frozen=True, kw_only=True):
    """One language of the text. Not ``verified``: somebody must compare it with the official one, and ``why``."""

    code: str
    verified: bool = False
    source: str = ""
    why: str = ""


class Fault(_Row, frozen=True, kw_only=True):
    """A code that others publish for this instrument and that is wrong: read with care, reported, never copied.

    ``means`` is the question it stood for, empty where its answer cannot stand for it. ``answer`` where an answer's
    code is wrong, with the answer that was meant.
    """

    code: str
    words: str
    means: str = ""
    answer: str = ""


class Spread(_Row, frozen=True, kw_only=True):
    """One answer of a question that others put with several answers at once, and we put as a question for each.

    ``code`` is their question, ``answer`` theirs; where it was given our question ``means`` is answered with ``given``,
    where others were given in its place with ``otherwise``.
    """

    code: str
    answer: str
    means: str
    given: str
    otherwise: str


class Instrument(_Row, frozen=True, kw_only=True):
    """One instrument. ``verified`` false: ``unverified`` says what nobody has compared with its source."""

    key: str
    name: str
    title: Text
    about: Text
    """What it looks for, two or three words: "depression"."""
    scoring: Scoring
    questions: tuple[Question, ...]
    answer_lists: Mapping[str, tuple[Choice, ...]]
    licence: str
    source: str
    verified: bool
    interval: Interval
    notice: str = ""
    """What must stand beside the text wherever it is shown or printed."""
    text_ships: bool = True
    unverified: tuple[str, ...] = ()
    introduction: Text = {}
    language_packs: tuple[Language, ...] = ()
    scales: tuple[Scale, ...] = ()
    bands: tuple[Band, ...] = ()
    cut_offs: tuple[CutOff, ...] = ()
    critical: tuple[CriticalRow, ...] = ()
    change: tuple[ChangeRow, ...] = ()
    steps_to: tuple[Step, ...] = ()
    faults: tuple[Fault, ...] = ()
    spread: tuple[Spread, ...] = ()
    who: Who = EVERYBODY
    answered_by: Literal["patient", "parent", "clinician"] = "patient"
    is_behavioral: bool = True
    """Whether its answers are behavioral health content. Labels nothing: ``labels/tables`` must know it, by a test."""
    is_fixed: bool = False
    """The licence forbids any change of the wording."""
    panel_code: str = ""
    total_code: str = ""
    names: tuple[str, ...] = ()
    """Other systems' names of it in a Questionnaire's URL or title, in small letters without signs."""

    @property
    def languages(self) -> tuple[str, ...]:
        """Languages in which every word of it is here; English first. Empty where the text does not ship."""
        return tuple(pack.code for pack in self.language_packs)

    @property
    def has_text(self) -> bool:
        """Whether it can be asked on a screen as it stands."""
        return bool(self.language_packs)

    @property
    def scored(self) -> tuple[Question, ...]:
        """The questions that count."""
        return tuple(question for question in self.questions if question.is_scored)

    @property
    def score_code(self) -> str:
        """LOINC of the total; of the whole, where there is no total and a finding stands for it. May be empty."""
        return self.total_code or (self.panel_code if self.scoring.total == "none" else "")

    def question(self, key: str) -> Question:
        """The question of that key. Raises KeyError for one it does not have."""
        for question in self.questions:
            if question.key == key:
                return question
        raise KeyError(key)

    def choices(self, key: str) -> tuple[Choice, ...]:
        """What may be answered to the question of that key. Raises KeyError as ``question`` does."""
        return self.answer_lists[self.question(key).answers]

    def choice(self, question: str, answer: str) -> Choice | None:
        """The answer of that key to the question of that key, if it has one."""
        return next((choice for choice in self.choices(question) if choice.key == answer), None)


class Person(msgspec.Struct, frozen=True):
    """What a cut-off may depend on: ``gender`` as FHIR has it (male, female, other, unknown), ``on`` the day asked."""

    birth_on: date | None
    gender: str
    on: date

    @property
    def age(self) -> int | None:
        """Whole years on the day; None where the birth date is not known."""
        if self.birth_on is None:
            return None
        return (
            self.on.year
            - self.birth_on.year
            - ((self.on.month, self.on.day) < (self.birth_on.month, self.birth_on.day))
        )


def fits(who: Who, person: Person) -> bool:
    """Whether a row speaks of this person."""
    age = person.age
    return (not who.genders or (person.gender or "unknown") in who.genders) and (
        age is None or who.from_age <= age < who.until_age
    )


class Critical(msgspec.Struct, frozen=True):
    """One answer that must be seen. ``code`` is the question's LOINC code, or its key where it has none."""

    question_key: str
    code: str
    level: Level
    words: str
    about: str = "suicide"


class Scored(msgspec.Struct, frozen=True):
    """What the answers say. ``total`` and each scale are None as long as an answer that counts is missing.

    ``is_positive`` is True as soon as that is certain, False only where nothing is missing, else None; ``band`` too.
    """

    instrument_key: str
    total: int | None
    subscales: Mapping[str, int | None]
    band: Band | None
    is_positive: bool | None
    critical: tuple[Critical, ...]
    missing: tuple[str, ...]
    is_complete: bool
