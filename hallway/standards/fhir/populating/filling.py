"""Walks a questionnaire and fills what can be filled, question by question, group by group."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from urllib.parse import quote

from hallway.standards.fhir.escapes import escaped
from hallway.standards.fhir.path import Items, Node, root
from hallway.standards.fhir.populating import asking, limits
from hallway.standards.fhir.populating.answers import Answer, answer_of
from hallway.standards.fhir.populating.asking import Expression, objects, stated, word
from hallway.standards.fhir.populating.expressions import Reckoner, Refused, Scope, Sources, too_much
from hallway.standards.fhir.search import Json
from hallway.standards.fhir.validation import Issue

_DAYS = {"d": 1, "wk": 7, "mo": 31, "a": 366, "day": 1, "week": 7, "month": 31, "year": 366}
"""Days of a unit of time, the longest it can be."""
_LONGEST = 200 * 366


@dataclass(slots=True)
class Filled:
    """The items of a QuestionnaireResponse, and what could not be filled and why."""

    items: list[Json] = field(default_factory=list[Json])
    issues: list[Issue] = field(default_factory=list[Issue])


def fill(questionnaire: Json, context: Mapping[str, Json], sources: Sources, now: datetime) -> Filled:
    """The answers that can be given. ``context`` are the resources it is opened with, by name.

    Raises HallwayError TOO_LARGE for a questionnaire that asks for more than one call may.
    """
    _refuse_size(questionnaire)
    work = _Filling(questionnaire, sources, now)
    names: dict[str, Items] = {name: [] for name in asking.launched(questionnaire)}
    names.update({name: [root(one)] for name, one in context.items()})
    names["questionnaire"] = [work.reckoner.questionnaire]
    scope = work.widened(questionnaire, names, "Questionnaire")
    work.filled.items = work.level(questionnaire, scope, "Questionnaire")
    return work.filled


def _refuse_size(questionnaire: Json) -> None:
    waiting = [(one, 1) for one in objects(questionnaire, "item")]
    seen = 0
    while waiting:
        one, depth = waiting.pop()
        seen += 1
        if seen > limits.MOST_QUESTIONS or depth > limits.DEEPEST:
            raise too_much()
        waiting += [(child, depth + 1) for child in objects(one, "item")]


class _Filling:
    """One questionnaire on its way."""

    def __init__(self, questionnaire: Json, sources: Sources, now: datetime) -> None:
        self.reckoner = Reckoner(sources, now, questionnaire)
        self.now = now
        self.filled = Filled()
        self.focus = root({"resourceType": "QuestionnaireResponse", "status": "in-progress"})

    def tell(self, code: str, place: str, text: str, *, severity: str = "warning") -> None:
        self.filled.issues.append(Issue(severity, code, place, "H-POP-010", text))

    def widened(self, held: Json, scope: Scope, place: str) -> Scope:
        """The scope with the variables that stand here."""
        for one in asking.variables(held):
            value: Items = []
            try:
                value = self.reckoner.variable(one, scope, self.focus)
            except Refused as why:
                self.tell(why.code, place, f"A variable has no value. {why.text}")
            scope = {**scope, one.name: value}
        return scope

    def level(self, held: Json, scope: Scope, place: str) -> list[Json]:
        """The items of the questions that stand directly in ``held``."""
        found: list[Json] = []
        for number, question in enumerate(objects(held, "item")):
            found += self.question(question, scope, f"{place}.item[{number}]")
        return found

    def question(self, question: Json, scope: Scope, place: str) -> list[Json]:
        kind = word(question, "type")
        if kind == "display":
            return []
        scope = self.widened(question, scope, place)
        if kind == "group":
            scopes = self.contexts(question, scope, place)
            made = [_named(question, item=self.level(question, one, place)) for one in scopes]
            return [one for one in made if one.get("item")]
        answers = self.answers(question, scope, place)
        if answers and question.get("item"):
            below = self.level(question, scope, place)
            answers = [{**one, "item": below} if below else one for one in answers]
        return [_named(question, answer=answers)] if answers else []

    def contexts(self, group: Json, scope: Scope, place: str) -> list[Scope]:
        """The scopes that a group is filled in: one for each thing it is about, or the one around it."""
        one = asking.context(group)
        if one is None:
            return [scope]
        found = self.values(one, scope, place)
        if len(found) > (limits.MOST_REPEATS if group.get("repeats") is True else 1):
            self.tell("too-costly", place, "More was found than the group may hold, so it was left empty.")
            return []
        return [{**scope, one.name: [each]} if one.name else scope for each in found]

    def values(self, one: Expression, scope: Scope, place: str) -> Items:
        """What an expression finds; nothing, and a word about it, where it has no value."""
        try:
            found = self.reckoner.value(one, scope, self.focus)
        except Refused as why:
            self.tell(why.code, place, why.text)
            return []
        if not found:
            self.tell("not-found", place, "Nothing to fill this with was found.", severity="information")
        return found

    # Answers --------------------------------------------------------------------------------------------------------

    def answers(self, question: Json, scope: Scope, place: str) -> list[Answer]:
        """What fills a question: its expression, else an observation, else what is fixed."""
        one = asking.initial(question)
        period = asking.link_period(question)
        if one is not None:
            found = self.values(one, scope, place)
        elif period is not None:
            found = self.observed(question, period, place)
        else:
            return _fixed(question)
        return self.fitting(found, question, place) or _fixed(question)

    def fitting(self, found: Iterable[object], question: Json, place: str) -> list[Answer]:
        """The values as answers. One that is of no use, or more than may stand, leaves the question empty."""
        made: list[Answer] = []
        for value in found:
            one = answer_of(value, question)
            if one is None:
                self.tell("value", place, "What was found is no answer of the type, or of the options, asked for.")
                return []
            if one not in made:
                made.append(one)
        if len(made) > (limits.MOST_REPEATS if question.get("repeats") is True else 1):
            self.tell("too-costly", place, "More was found than the question may hold, so it was left empty.")
            return []
        return made

    def observed(self, question: Json, period: Json, place: str) -> Items:
        """The value of the newest observation of the question's codes within the period."""
        codes = [f"{escaped(word(one, 'system'))}|{escaped(word(one, 'code'))}" for one in objects(question, "code")]
        begin = _begin(self.now, period)
        if not codes or begin is None:
            self.tell("invalid", place, "An observation is asked for without a code, or without a period of time.")
            return []
        query = (
            f"Observation?code={quote(','.join(codes), safe='')}&status=final,amended,corrected"
            f"&date=ge{begin}&_sort=-date&_count=1"
        )
        try:
            found = self.reckoner.asked(query)
        except Refused as why:
            self.tell(why.code, place, why.text)
            return []
        values = _newest(found)
        if not values:
            self.tell("not-found", place, "Nothing to fill this with was found.", severity="information")
        return values


def _newest(found: list[Json]) -> Items:
    return Node(found[0], "Observation").child("value") if found else []


def _begin(now: datetime, period: Json) -> str | None:
    """The first day of a period that ends today; None for one that cannot be reckoned."""
    value, unit = period.get("value"), word(period, "code") or word(period, "unit")
    days = _DAYS.get(unit.rstrip("s") if unit not in _DAYS else unit)
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or days is None:
        return None
    if not 0 < value < _LONGEST * 100_000:
        return None
    return (now - timedelta(days=min(int(value * days), _LONGEST))).date().isoformat()


def _fixed(question: Json) -> list[Answer]:
    """The values that the questionnaire itself begins with."""
    begun = [stated(one) for one in objects(question, "initial")]
    chosen = [stated(one) for one in objects(question, "answerOption") if one.get("initialSelected") is True]
    return [one for one in begun or chosen if one]


def _named(question: Json, **filled: object) -> Json:
    """An item of the response: which question, in its words, and what fills it."""
    text = {"text": question["text"]} if word(question, "text") else {}
    return {"linkId": word(question, "linkId"), **text, **{name: value for name, value in filled.items() if value}}
