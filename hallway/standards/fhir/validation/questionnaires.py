"""A QuestionnaireResponse held against its Questionnaire: are these answers to these questions?

Kept in the order of the questionnaire: known questions, their nesting, types, options, limits, how often, and whether
a question was to be answered at all (``enableWhen``).
"""

from collections.abc import Callable
from typing import cast

from hallway.standards.fhir.path import PathError, compile_path, root
from hallway.standards.fhir.validation.answers import Asked, answer_issues, asked_of, mark_of, matches_answer
from hallway.standards.fhir.validation.issues import Found, error, under, warning
from hallway.standards.fhir.validation.running import Json, Run

_UNKNOWN = error("not-found", "question-unknown", "The questionnaire has no such question at this place.")
_ORDER = error("structure", "question-order", "The answers do not stand in the order of the questions.")
_REQUIRED = error("required", "question-required", "A question that must be answered is not.")
_DISABLED = error("value", "question-disabled", "A question is answered that was not to be asked.")
_REPEATED = error("structure", "question-repeats", "A question that is asked once is answered more than once.")
_GROUP = error("structure", "question-nesting", "A group or a display holds no answer of its own.")
_NESTED = error("structure", "question-nesting", "What a question holds stands under its answer.")
_LOST = warning(
    "not-found", "questionnaire-lost", "The questionnaire is not at hand, so the answers were not compared."
)
_FEW = error("required", "question-occurs", "A question has fewer answers than it asks for.")
_MANY = error("structure", "question-occurs", "A question has more answers than it allows.")
_CONDITION = error("value", "question-condition", "A condition asks a question that is not there, or lies within.")
_WHEN = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-enableWhenExpression"
_EXTENSION = "http://hl7.org/fhir/StructureDefinition/questionnaire-"


def listed(held: Json, name: str) -> list[Json]:
    """The objects in a list; nothing where there is none."""
    found = held.get(name)
    return (
        [cast("Json", one) for one in cast("list[object]", found) if isinstance(one, dict)]
        if isinstance(found, list)
        else []
    )


def extension_value(held: Json, url: str) -> object:
    """The value of an extension; None where it does not stand."""
    for one in listed(held, "extension"):
        if one.get("url") == url:
            return next((value for key, value in one.items() if key.startswith("value")), None)
    return None


def response_issues(response: Json, run: Run, is_sound: Callable[[Json], bool]) -> Found:
    """What is wrong with the answers of a sound response; a warning where no sound questionnaire is at hand."""
    url = response.get("questionnaire")
    if not isinstance(url, str):
        return []
    found = run.named(url) or (run.named(url.partition("|")[0]) if "|" in url else None)
    if found is None or not is_sound(found):
        return [_LOST] if run.resolve is not None else []
    return _Comparison(response, found, run).level(response, found, "")


def questionnaire_issues(questionnaire: Json, _: Run) -> Found:
    """What is wrong with the questions among themselves: each condition asks a question that is answered elsewhere."""
    known = set(_link_ids(questionnaire))
    return _conditions(questionnaire, known, "")


def _link_ids(held: Json) -> list[str]:
    found: list[str] = []
    for one in listed(held, "item"):
        found += [str(one.get("linkId")), *_link_ids(one)]
    return found


def _conditions(held: Json, known: set[str], place: str) -> Found:
    found: Found = []
    for at, one in enumerate(listed(held, "item")):
        here = f"{place}.item[{at}]"
        inner = {str(one.get("linkId")), *_link_ids(one)}
        for number, condition in enumerate(listed(one, "enableWhen")):
            question = str(condition.get("question"))
            if question not in known or question in inner:
                found += under([_CONDITION], f"{here}.enableWhen[{number}].question")
        found += _conditions(one, known, here)
    return found


class _Comparison:
    """One response and one questionnaire."""

    def __init__(self, response: Json, questionnaire: Json, run: Run) -> None:
        self.run = run
        self.finished = response.get("status") in {"completed", "amended"}
        self.answers: dict[str, list[Json]] = {}
        self.questionnaire = questionnaire
        self.response = response
        self.asked: dict[int, Asked] = {}
        self._gather(response)

    def _gather(self, held: Json) -> None:
        for one in listed(held, "item"):
            self.answers.setdefault(str(one.get("linkId")), []).extend(listed(one, "answer"))
            self._gather(one)
            for answer in listed(one, "answer"):
                self._gather(answer)

    def level(self, held: Json, asked: Json, place: str) -> Found:
        """The items that stand directly in ``held``, against the questions directly in ``asked``."""
        questions = listed(asked, "item")
        order = {str(one.get("linkId")): at for at, one in enumerate(questions)}
        given = listed(held, "item")
        found: Found = []
        places: dict[str, list[int]] = {}
        last = -1
        for at, one in enumerate(given):
            places.setdefault(str(one.get("linkId")), []).append(at)
            rank = order.get(str(one.get("linkId")), -1)
            here = f"{place}.item[{at}]"
            if rank < 0:
                found += under([_UNKNOWN], here)
            elif rank < last:
                found += under([_ORDER], here)
            last = max(last, rank)
        for question in questions:
            mine = [(f"{place}.item[{at}]", given[at]) for at in places.get(str(question.get("linkId")), ())]
            found += self.question(question, mine, place)
        return found

    def question(self, question: Json, given: list[tuple[str, Json]], place: str) -> Found:
        """One question and all the items that answer it at one place."""
        if not self.is_enabled(question):
            return [issue for here, one in given if self._is_answered(one) for issue in under([_DISABLED], here)]
        answered = [one for _, one in given if self._is_answered(one)]
        found: Found = []
        if question.get("required") is True and not answered and self.finished and question.get("type") != "display":
            found += under([_REQUIRED], given[0][0] if given else place)
        found += self._counts(question, given, place)
        for here, one in given:
            found += self.one(question, one, here)
        return found

    def _is_answered(self, held: Json) -> bool:
        return bool(listed(held, "answer")) or any(self._is_answered(one) for one in listed(held, "item"))

    def _counts(self, question: Json, given: list[tuple[str, Json]], place: str) -> Found:
        group = question.get("type") == "group"
        count = len(given) if group else sum(len(listed(one, "answer")) for _, one in given)
        here = given[0][0] if given else place
        if question.get("repeats") is not True and (count > 1 or len(given) > 1):
            issue = _REPEATED if self.finished else _REPEATED._replace(severity="warning")
            return under([issue], given[1][0] if len(given) > 1 else here)
        least = extension_value(question, "http://hl7.org/fhir/StructureDefinition/questionnaire-minOccurs")
        most = extension_value(question, "http://hl7.org/fhir/StructureDefinition/questionnaire-maxOccurs")
        if isinstance(least, int) and given and count < least and self.finished:
            return under([_FEW], here)
        return under([_MANY], here) if isinstance(most, int) and count > most else []

    def one(self, question: Json, held: Json, here: str) -> Found:
        """One item of the response."""
        kind = question.get("type")
        answers = listed(held, "answer")
        if kind in {"group", "display"}:
            found = under([_GROUP], here) if answers else []
            return found + self.level(held, question, here)
        found = under([_NESTED], here) if listed(held, "item") else []
        asked = self._asked(question)
        for at, answer in enumerate(answers):
            place = f"{here}.answer[{at}]"
            found += under(answer_issues(asked, answer, self.run), place)
            found += self.level(answer, question, place)
        return found + self._exclusive(question, answers, here)

    def _asked(self, question: Json) -> Asked:
        found = self.asked.get(id(question))
        if found is None:
            found = self.asked[id(question)] = asked_of(question, self.questionnaire)
        return found

    def _exclusive(self, question: Json, answers: list[Json], here: str) -> Found:
        """An option that stands alone (``none of these``) stands alone."""
        alone = [
            one
            for one in listed(question, "answerOption")
            if extension_value(one, f"{_EXTENSION}optionExclusive") is True
        ]
        marks = {mark_of(one) for one in alone}
        many = len(answers) > 1 and any(mark_of(answer) in marks for answer in answers)
        return (
            under(
                [error("value", "question-exclusive", "An answer that excludes all others stands with others.")], here
            )
            if many
            else []
        )

    def is_enabled(self, question: Json) -> bool:
        """Whether a question is to be asked, by the answers that were given."""
        conditions = listed(question, "enableWhen")
        if not conditions:
            return self._expression_holds(question)
        said = [self._holds(one) for one in conditions]
        return any(said) if question.get("enableBehavior") == "any" else all(said)

    def _expression_holds(self, question: Json) -> bool:
        """A condition as FHIRPath; one that cannot be read or run lets the question be asked."""
        held = extension_value(question, _WHEN)
        expression = cast("Json", held).get("expression") if isinstance(held, dict) else None
        if not isinstance(expression, str):
            return True
        try:
            given = self.run.given()._replace(meter=self.run.meter)
            return compile_path(expression).holds(root(self.response), given=given) is not False
        except PathError:
            return True

    def _holds(self, condition: Json) -> bool:
        answers = self.answers.get(str(condition.get("question")), [])
        operator = condition.get("operator")
        wanted = next((value for key, value in condition.items() if key.startswith("answer")), None)
        if operator == "exists":
            return bool(answers) == (wanted is True)
        test = _TESTS.get(str(operator))
        return test is not None and any(test(answer, condition) for answer in answers)


def _value(held: Json, prefix: str) -> object:
    return next((value for key, value in held.items() if key.startswith(prefix) and key != "answerOption"), None)


def _ordered(fits: Callable[[int], bool]) -> Callable[[Json, Json], bool]:
    def test(answer: Json, condition: Json) -> bool:
        left, right = _value(answer, "value"), _value(condition, "answer")
        if isinstance(left, dict) and isinstance(right, dict):
            left, right = cast("Json", left).get("value"), cast("Json", right).get("value")
        try:
            return fits((left > right) - (left < right))  # type: ignore[operator]
        except TypeError:
            return False

    return test


_TESTS: dict[str, Callable[[Json, Json], bool]] = {
    "=": matches_answer,
    "!=": lambda answer, condition: not matches_answer(answer, condition),
    ">": _ordered(lambda found: found > 0),
    "<": _ordered(lambda found: found < 0),
    ">=": _ordered(lambda found: found >= 0),
    "<=": _ordered(lambda found: found <= 0),
}
