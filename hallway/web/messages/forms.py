"""What a person types about talking, parsed into typed values. A wrong value is answered in a sentence."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from django import forms

from hallway import clock
from hallway.talking.tables import library
from hallway.talking.views import Card
from hallway.web.chart.forms import DayField, WordsField
from hallway.web.chart.forms import Form as TokenForm
from hallway.web.chart.words import ZONE

Choices = list[tuple[str, str]]
_MOST = 4_000


def _choices(rows: dict[str, str], first: str = "") -> Choices:
    return [("", first), *rows.items()] if first else list(rows.items())


def to_choices(cards: Sequence[Card]) -> Choices:
    """Whom one may talk to: "12-34" is a person of a practice, "12-0" anybody there."""
    return [(f"{one.practice_id}-{one.person}", _said(one)) for one in cards]


def _said(card: Card) -> str:
    at = card.practice if card.on_hallway else f"{card.practice} (not on Hallway)"
    return f"{card.name}, {at}" if card.name else f"Anybody at {at}"


class _To(forms.Form):
    """A form that names whom it is for."""

    to = forms.ChoiceField(
        label="To",
        error_messages={"required": "Choose whom it is for.", "invalid_choice": "Choose one of those offered."},
    )

    def __init__(self, *given: object, cards: Sequence[Card] = (), **more: object) -> None:
        """``cards``: whom one may talk to about this patient."""
        super().__init__(*given, **more)  # type: ignore[arg-type]
        field = self.fields["to"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = to_choices(cards)

    @property
    def recipient(self) -> tuple[int, int]:
        """Practice and person; 0 for nobody in particular."""
        place, _, person = self.cleaned_data["to"].partition("-")
        return int(place), int(person)


class MessageForm(_To):
    """A word to the other side."""

    words = WordsField(
        label="Message",
        max_length=_MOST,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": "The message is empty.", "max_length": "Shorten it to 4,000 characters."},
    )


class AnswerForm(forms.Form):
    """The next word of a thread."""

    words = WordsField(
        label="Your answer",
        max_length=_MOST,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "The answer is empty.", "max_length": "Shorten it to 4,000 characters."},
    )


class AskForm(_To):
    """What is wanted, by when, and what waits for it."""

    wanted = forms.MultipleChoiceField(
        label="What you need",
        choices=lambda: [(one.key, one.words) for one in library.wanted().values()],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose what you need."},
    )
    treatment = forms.ChoiceField(
        label="Treatment that waits for it",
        required=False,
        choices=lambda: [("", "None"), *((one.key, one.words) for one in library.treatments().values())],
        help_text="For a medical evaluation. The treatment is held until the evaluation is back and read.",
    )
    due = forms.DateField(
        label="By when",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d", "%m/%d/%Y"],
        error_messages={"required": "Say by when.", "invalid": "That day does not exist. Use a day like 06/09/2026."},
    )
    words = WordsField(
        label="Your question",
        required=False,
        max_length=_MOST,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"max_length": "Shorten it to 4,000 characters."},
    )

    @property
    def due_at(self) -> datetime:
        """The end of that working day, where the reader is."""
        return datetime.combine(self.cleaned_data["due"], time(17), tzinfo=ZONE)

    @staticmethod
    def soon() -> str:
        """Ten days from today."""
        return (clock.now().astimezone(ZONE).date() + timedelta(days=10)).isoformat()


class ReplyForm(forms.Form):
    """The answer to a request: words, a line for each part of an evaluation, what goes along."""

    words = WordsField(
        label="Your answer",
        max_length=_MOST,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": "The answer is empty.", "max_length": "Shorten it to 4,000 characters."},
    )
    attached = forms.MultipleChoiceField(label="From your chart", required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *given: object, parts: Sequence[str] = (), offered: Choices = (), **more: object) -> None:  # type: ignore[assignment]
        """``parts`` of the evaluation that was asked for; ``offered`` of the own record, as "Kind/id"."""
        super().__init__(*given, **more)  # type: ignore[arg-type]
        for key in parts:
            name = library.parts()[key].words
            self.fields[f"part-{key}"] = WordsField(
                label=name, max_length=1_000, error_messages={"required": f"“{name}” is missing."}
            )
        field = self.fields["attached"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = offered

    @property
    def parts(self) -> dict[str, str]:
        """Part to words."""
        return {key[5:]: text for key, text in self.cleaned_data.items() if key.startswith("part-")}

    @property
    def chosen(self) -> tuple[tuple[str, str], ...]:
        """What goes along, as kind and id."""
        pairs = (one.partition("/") for one in self.cleaned_data["attached"])
        return tuple((kind, rid) for kind, _, rid in pairs)


class FileForm(TokenForm):
    """The note into which an answer is filed."""

    text = WordsField(
        label="Note",
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 14}),
        error_messages={
            "required": "The note is empty. Write at least a word.",
            "max_length": "This note is too long.",
        },
    )


class FileAnywayForm(FileForm):
    """The same of what did not come through Hallway, with the way it came."""

    came = forms.ChoiceField(
        label="How it came",
        choices=lambda: [("", "Choose"), *(one for one in library.words().channel.items() if one[0] != "message")],
        error_messages={"required": "Say how it came."},
    )


class ContactForm(forms.Form):
    """One contact with the other side. Minutes follow from begin and end."""

    with_whom = forms.ChoiceField(label="With whom", required=False)
    direction = forms.ChoiceField(label="Who called", choices=[("out", "We did"), ("in", "They did")])
    channel = forms.ChoiceField(label="How", choices=lambda: _choices(library.words().channel), initial="phone")
    topic = forms.ChoiceField(label="About", choices=lambda: _choices(library.words().topic))
    outcome = forms.ChoiceField(label="Outcome", choices=lambda: _choices(library.words().outcome))
    on = DayField(label="Day")
    began = forms.TimeField(
        label="From",
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"required": "Say when it began.", "invalid": "Use a time like 14:05."},
    )
    ended = forms.TimeField(
        label="Until",
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"required": "Say when it ended.", "invalid": "Use a time like 14:15."},
    )
    words = WordsField(
        label="What was said",
        required=False,
        max_length=_MOST,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": "Shorten it to 4,000 characters."},
    )

    def __init__(self, *given: object, cards: Sequence[Card] = (), **more: object) -> None:
        """``cards``: whom one may have talked to about this patient."""
        super().__init__(*given, **more)  # type: ignore[arg-type]
        field = self.fields["with_whom"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "Somebody else"), *to_choices(cards)]

    @property
    def party(self) -> tuple[int, int]:
        """Practice and person; 0 for somebody not named."""
        place, _, person = (self.cleaned_data["with_whom"] or "0-0").partition("-")
        return int(place), int(person)

    @property
    def times(self) -> tuple[datetime, datetime]:
        """Begin and end, where the reader is."""
        on = self.cleaned_data["on"]
        return (
            datetime.combine(on, self.cleaned_data["began"], tzinfo=ZONE),
            datetime.combine(on, self.cleaned_data["ended"], tzinfo=ZONE),
        )


class ReachForm(forms.Form):
    """How a clinician wants to be reached."""

    channel = forms.ChoiceField(
        label="I prefer",
        choices=lambda: [(key, library.words().channel[key]) for key in ("message", "phone", "fax", "page")],
    )
    phone = WordsField(label="Number for colleagues", required=False, max_length=40)
    best_time = WordsField(label="Best time", required=False, max_length=80)
    note = WordsField(label="A word more", required=False, max_length=120)
    away_until = forms.DateField(
        label="Away until",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d", "%m/%d/%Y"],
        error_messages={"invalid": "That day does not exist. Use a day like 06/09/2026."},
    )
    cover = forms.ChoiceField(label="Who hears for you then", required=False)

    def __init__(self, *given: object, colleagues: Choices = (), **more: object) -> None:  # type: ignore[assignment]
        """``colleagues``: clinicians of the same practice, by id."""
        super().__init__(*given, **more)  # type: ignore[arg-type]
        field = self.fields["cover"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "Anybody of the practice"), *colleagues]
