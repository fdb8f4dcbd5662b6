"""One form a step. What is typed is parsed here; whether it may be done is the step's own question."""

from collections.abc import Iterable

from django import forms

from hallway.screening.instruments.shapes import Instrument, Question
from hallway.screening.safety.rows import Choice, book
from hallway.screening.safety.said import Said
from hallway.screening.safety.states import Step
from hallway.web.chart.forms import WordsField

LANGUAGES = (("en", "English"), ("es", "Spanish"))
PLACES = (
    (Step.HERE.value, "Here, with somebody"),
    (Step.APART.value, "On the telephone or by video"),
    (Step.LEFT.value, "They have left"),
)
CONTACTS = (
    ("reached", "Reached, and safe for now"),
    ("not_reached", "Not reached: once more within a day"),
    ("in_danger", "Reached, and in danger: the steps open again"),
    ("died", "Has died: no more contacts"),
)


def _words(label: str, *, required: bool = False, missing: str = "", rows: int = 3) -> WordsField:
    return WordsField(
        label=label,
        required=required,
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": missing, "max_length": "Keep it under 8,000 letters."},
    )


def _radio(label: str, choices: Iterable[tuple[str, str]], missing: str) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, choices=list(choices), widget=forms.RadioSelect, error_messages={"required": missing}
    )


def _rows(rows: Iterable[Choice]) -> list[tuple[str, str]]:
    return [(one.id, one.title) for one in rows]


class StepForm(forms.Form):
    """What every step sends: which it is, and a signed id, so that a press sent twice writes once."""

    step = forms.CharField(widget=forms.HiddenInput, max_length=24)
    token = forms.CharField(widget=forms.HiddenInput, max_length=200)

    def taken(self) -> Step:
        """The step that this form takes; the form is valid."""
        return Step(self.cleaned_data["step"])

    def said(self, once: str) -> Said:
        """What was said; the form is valid."""
        given = self.cleaned_data
        return Said(
            once=once,
            code=given.get("code", ""),
            words=given.get("words", ""),
            language=given.get("language", "en"),
        )


class TakeForm(StepForm):
    """I have it."""


class WhereForm(StepForm):
    """Where the person is now."""

    code = _radio("Where are they now?", PLACES, "Say where they are.")
    words = _words("What you know. By telephone or video: the address where they are, and whom we could send", rows=2)

    def taken(self) -> Step:
        """The place says which step it is."""
        return Step(self.cleaned_data["code"])

    def said(self, once: str) -> Said:
        """What is known of it alone: the place is the step."""
        return Said(once=once, words=self.cleaned_data["words"])

    def clean(self) -> dict[str, object]:
        """An address where they are not with us."""
        given = super().clean() or {}
        if given.get("code") == Step.APART and not given.get("words"):
            self.add_error("words", "Ask for the address first: without it nobody can be sent to help.")
        return given


class CalledForm(StepForm):
    """Called after they left, not reached."""

    words = _words("Whom you called, and when", rows=2)


class JudgementForm(StepForm):
    """The clinician's judgement."""

    code = _radio("How high is the risk, as you judge it?", _rows(book().risk), "Choose how high it is.")
    words = _words(
        "What you found: thoughts, intent, plan, means, what holds them",
        required=True,
        missing="Write what you found. A score does not stand for it.",
        rows=5,
    )


class PlanForm(StepForm):
    """The six parts."""

    language = _radio("Language of the plan", LANGUAGES, "Choose a language.")

    def __init__(self, *args: object, **kwargs: object) -> None:
        """Parts come from their table."""
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        for part in book().part:
            field = _words(
                part.title["en"], required=True, missing=f"{part.title['en']}: write it, or “none for now”.", rows=2
            )
            field.help_text = part.hint
            self.fields[part.id] = field

    def said(self, once: str) -> Said:
        """Parts by id."""
        given = self.cleaned_data
        return Said(once=once, language=given["language"], parts={one.id: given[one.id] for one in book().part})

    def part_fields(self) -> list[forms.BoundField]:
        """The parts, in order."""
        return [self[one.id] for one in book().part]


class MeansForm(StepForm):
    """Means safety."""

    code = _radio("What was agreed about means?", _rows(book().means), "Choose what was agreed.")
    words = _words("Who helps, by when", rows=2)


class LineForm(StepForm):
    """988 shown."""

    language = _radio("In which language did they see it?", LANGUAGES, "Choose the language.")


class FollowUpForm(StepForm):
    """When to be in touch again."""

    code = _radio(
        "When will somebody be in touch again?",
        [(str(one.hours), one.title) for one in book().contact],
        "Choose when.",
    )


class ContactForm(StepForm):
    """The follow-up contact."""

    code = _radio("How did it go?", CONTACTS, "Choose how it went.")
    words = _words("What was said and agreed", rows=3)


class QuestionsForm(StepForm):
    """A screener's questions, in its own words."""

    def __init__(
        self, *args: object, instrument: Instrument, language: str, others: Iterable[Instrument] = (), **kwargs: object
    ) -> None:
        """Questions and answers come from the instrument's file; ``others`` may be asked in its place."""
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.instrument, self.language, self.others = instrument, language, tuple(others)
        for question in instrument.questions:
            choices = [(one.key, one.text.get(language, one.key)) for one in instrument.choices(question.key)]
            lead = question.lead.get(language, "")
            words = question.text.get(language, question.key)
            self.fields[self._name(question)] = forms.ChoiceField(
                label=f"{lead.rstrip('.:')}: {words}" if lead else words,
                choices=choices,
                widget=forms.RadioSelect,
                required=False,
            )
            if question.ask_if:
                self.fields[self._name(question)].help_text = "Asked only where an earlier answer calls for it."

    def clean(self) -> dict[str, object]:
        """One answer at least."""
        given = super().clean() or {}
        if not any(given.get(self._name(one)) for one in self.instrument.questions):
            self.add_error(None, "Mark the answers that were given.")
        return given

    def said(self, once: str) -> Said:
        """Answers by question."""
        given = self.cleaned_data
        named = ((one.key, given.get(self._name(one))) for one in self.instrument.questions)
        answers = {key: answer for key, answer in named if answer}
        return Said(once=once, language=self.language, instrument=self.instrument.key, answers=answers)

    def question_fields(self) -> list[forms.BoundField]:
        """The questions, in order."""
        return [self[self._name(one)] for one in self.instrument.questions]

    def _name(self, question: Question) -> str:
        """A field of this instrument alone: others number their questions alike."""
        return f"q-{self.instrument.key}-{question.key}"


class CloseForm(forms.Form):
    """How it ends."""

    disposition = _radio("How does it end?", [(one.id, one.title) for one in book().disposition], "Choose how it ends.")
    words = _words("In your words, where the end asks for them", rows=3)
    version = forms.IntegerField(widget=forms.HiddenInput)
    token = forms.CharField(widget=forms.HiddenInput, max_length=200)


class TellForm(forms.Form):
    """Telling a practice, or putting on record that somebody outside is told."""

    to_org = forms.IntegerField(required=False, widget=forms.HiddenInput)
    recipient = forms.CharField(required=False, max_length=24, widget=forms.HiddenInput)
    words = _words("What you add in your words", rows=2)
    stated = forms.BooleanField(required=False)
    token = forms.CharField(widget=forms.HiddenInput, max_length=200)

    def said(self, once: str) -> Said:
        """What was said; the form is valid."""
        given = self.cleaned_data
        return Said(
            once=once,
            words=given["words"],
            to_org=given["to_org"] or 0,
            recipient=given["recipient"],
            has_stated=given["stated"],
        )


FORM_BY_STEP: dict[str, type[StepForm]] = {
    "take": TakeForm,
    "where": WhereForm,
    "called": CalledForm,
    "judgement": JudgementForm,
    "plan": PlanForm,
    "means": MeansForm,
    "line": LineForm,
    "follow_up": FollowUpForm,
    "contact": ContactForm,
}
"""Forms that need nothing but their table, by the id of the step's row."""
