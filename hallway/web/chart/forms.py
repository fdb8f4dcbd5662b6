"""What a clinician types into a chart, parsed into typed values. A wrong value is answered in a sentence."""

import re
import unicodedata
from datetime import date, datetime

from django import forms

from hallway import clock
from hallway.web.chart import marks, scores, words

ICD_10_CODE = re.compile(r"[A-TV-Z]\d[0-9A-Z](?:\.[0-9A-Z]{1,4})?")
DOSE = re.compile(r"\d[\d,]*(?:\.\d+)?(?:[-/]\d[\d,.]*)? ?(?:mg|mcg|g|mL|units?|mEq)(?:/\w+)?", re.IGNORECASE)
UNSAFE_DOSE = re.compile(r"(?<!\d)\.\d|\d\.0+(?!\d)")
STOP_REASONS = (
    ("", "Choose a reason"),
    ("side_effect", "Side effect"),
    ("not_working", "Not working"),
    ("not_needed", "No longer needed"),
    ("interaction", "Does not go with another medicine"),
    ("patient_choice", "The patient's choice"),
    ("changed_dose", "Replaced by another dose"),
)


def clean_words(text: str) -> str:
    """Text in any script, with line ends made plain; other control characters are refused, never dropped silently."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x0b", "\n").replace("\x0c", "\n")
    if any(unicodedata.category(one) == "Cc" and one not in "\n\t" for one in text):
        raise forms.ValidationError("There is a character here that cannot be kept. Type this part again.")
    return text.strip()


class WordsField(forms.CharField):
    """A line or more of words."""

    def to_python(self, value: object) -> str:
        """The words, cleaned."""
        return clean_words(super().to_python(value) or "")


class DayField(forms.DateField):
    """A calendar day that has come already, typed as 06/09/2026."""

    def __init__(self, **more: object) -> None:
        """Typed first; the browser's calendar second."""
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        messages = {"invalid": "That day does not exist. Use a day like 06/09/2026.", "required": "Say which day."}
        super().__init__(
            widget=widget,
            input_formats=["%Y-%m-%d", "%m/%d/%Y"],
            error_messages=messages,
            **more,  # type: ignore[arg-type]
        )

    def clean(self, value: object) -> date | None:
        """The day; one in the future has not happened and cannot be charted."""
        day = super().clean(value)
        if day is not None and day > clock.now().astimezone(words.ZONE).date():
            raise forms.ValidationError("That day has not come yet. Use today or a day before.")
        if day is not None and day.year < 1900:
            raise forms.ValidationError("That day is too long ago. Use a day after 1900.")
        return day


class Form(forms.Form):
    """Every writing form. ``token`` is the id the server gave with the form, so twice pressed is once kept."""

    token = forms.CharField(widget=forms.HiddenInput)


class NoteForm(Form):
    """A progress note, and the visit it belongs to where there was one."""

    on = DayField(label="Day")
    with_visit = forms.BooleanField(label="This was a visit", required=False, initial=True)
    reason = WordsField(label="Why the patient came", required=False, max_length=200)
    text = WordsField(
        label="Note",
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 12}),
        error_messages={
            "required": "The note is empty. Write at least a word.",
            "max_length": "This note is too long.",
        },
    )
    marks = forms.MultipleChoiceField(
        label="Mark this note",
        required=False,
        choices=marks.CHOICES,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "One of the marks is not known. Choose from the list."},
    )


class PrivateNoteForm(Form):
    """A psychotherapy note: content of a session, kept apart, for its author only."""

    on = DayField(label="Day")
    text = WordsField(
        label="Note",
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 10}),
        error_messages={
            "required": "The note is empty. Write at least a word.",
            "max_length": "This note is too long.",
        },
    )


class ScoreForm(Form):
    """A total; the answers themselves are not asked here."""

    instrument = forms.ChoiceField(
        choices=[(one.key, f"{one.name}, {one.about}") for one in scores.instruments() if one.loinc]
    )
    total = forms.IntegerField(
        error_messages={"required": "Give the total.", "invalid": "Give the total as a whole number."}
    )
    item_9 = forms.TypedChoiceField(
        label="Item 9",
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", "Not asked"), ("0", "0"), ("1", "1"), ("2", "2"), ("3", "3")],
    )
    on = DayField(label="Day")

    def clean(self) -> dict[str, object]:
        """The total must lie inside its instrument, and be at least item 9."""
        kept = super().clean() or {}
        chosen = next((one for one in scores.instruments() if one.key == kept.get("instrument")), None)
        total, answer = kept.get("total"), kept.get("item_9")
        if chosen and isinstance(total, int) and not 0 <= total <= chosen.full:
            self.add_error("total", f"A {chosen.name} total lies between 0 and {chosen.full}.")
        if chosen and chosen.key != "phq-9" and answer is not None:
            self.add_error("item_9", "Item 9 belongs to the PHQ-9. Leave it at Not asked.")
        elif isinstance(total, int) and isinstance(answer, int) and total < answer:
            self.add_error("item_9", "Item 9 cannot be more than the total.")
        return kept


class ProblemForm(Form):
    """A problem in words, with a code where one is known."""

    words = WordsField(
        label="Problem", max_length=200, error_messages={"required": "Say what the problem is, in your words."}
    )
    code = forms.CharField(label="ICD-10-CM code", required=False, max_length=8)
    since = DayField(label="Since", required=False)

    def clean_code(self) -> str:
        """A code in the form of ICD-10-CM, or nothing."""
        code = str(self.cleaned_data.get("code", "")).strip().upper()
        if code and not ICD_10_CODE.fullmatch(code):
            raise forms.ValidationError("That is not an ICD-10-CM code. Use one like F32.1, or leave it empty.")
        return code


class MedicineForm(Form):
    """A medicine the reader prescribes: full name, dose with its unit, how it is taken."""

    name = WordsField(label="Medicine", max_length=120, error_messages={"required": "Give the full generic name."})
    dose = forms.CharField(label="Dose", max_length=40, error_messages={"required": "Give the dose with its unit."})
    how = WordsField(label="How it is taken", max_length=200, error_messages={"required": "Say how it is taken."})
    reason = WordsField(label="What for", required=False, max_length=200)

    def clean_dose(self) -> str:
        """0.5 not .5, 5 not 5.0, with a unit: the safety lists' forms, or a sentence."""
        dose = str(self.cleaned_data.get("dose", "")).strip()
        if UNSAFE_DOSE.search(dose):
            raise forms.ValidationError("Write 0.5, not .5, and 5, not 5.0.")
        if not DOSE.fullmatch(dose):
            raise forms.ValidationError("Give a number and a unit, like 25 mg.")
        _, shown, _ = words.one_dose(f"x {dose}")
        return shown or dose


class StopForm(Form):
    """Why a medicine ends."""

    reason = forms.ChoiceField(
        label="Why does it end?", choices=STOP_REASONS, error_messages={"required": "Choose why it ends."}
    )
    version = forms.CharField(widget=forms.HiddenInput, max_length=16)


def instant_of(day: date, now: datetime) -> str:
    """A dateTime on ``day``: now for today, noon for a day before, because nobody typed a time."""
    local = now.astimezone(words.ZONE)
    if day == local.date():
        return local.isoformat(timespec="seconds")
    return datetime(day.year, day.month, day.day, 12, tzinfo=words.ZONE).isoformat()
