"""What is typed to find a person and to write down a new one: any script, accents, apostrophes; nothing unprintable."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from django import forms

from hallway import clock

_DATE = re.compile(r"^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$|^(\d{4})-(\d{1,2})-(\d{1,2})$")
GENDERS = (("", "Not asked yet"), ("female", "Female"), ("male", "Male"), ("other", "Other"), ("unknown", "Unknown"))
PRONOUNS = (("", "Not asked yet"), ("she/her", "she/her"), ("he/him", "he/him"), ("they/them", "they/them"))
OLDEST = 130
"""Years back that a birth date may lie."""


@dataclass(frozen=True, slots=True)
class Sought:
    """What a search field meant: words of a name or a record number, and a birth date where one was typed."""

    text: str
    birth_date: date | None


def read_date(text: str) -> date | None:
    """A date as people type it here, ``3/14/1955`` or ``1955-03-14``; None when it is none."""
    match = _DATE.match(text.strip())
    if match is None:
        return None
    month, day, year, iso_year, iso_month, iso_day = match.groups()
    try:
        return date(int(iso_year or year), int(iso_month or month), int(iso_day or day))
    except ValueError:
        return None


def sought(text: str) -> Sought:
    """Take the birth date out of what was typed; the rest is a name or a number."""
    plain = "".join(character for character in text[:100] if unicodedata.category(character) != "Cc")
    words, born = [], None
    for word in plain.replace(",", " ").split():
        found = read_date(word)
        if found:
            born = found
        else:
            words.append(word)
    return Sought(" ".join(words), born)


def _refuse_control(text: str) -> str:
    if any(unicodedata.category(character) == "Cc" for character in text):
        raise forms.ValidationError("Use letters, marks and blanks. Something here cannot be printed.")
    return text.strip()


class PatientForm(forms.Form):
    """A new patient of this practice."""

    family = forms.CharField(label="Family name", max_length=120, error_messages={"required": "Type a family name."})
    given = forms.CharField(label="Given names", max_length=120, error_messages={"required": "Type a given name."})
    birth_date = forms.CharField(
        label="Birth date",
        max_length=10,
        error_messages={"required": "Type a birth date, like 03/14/1955."},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "placeholder": "mm/dd/yyyy"}),
    )
    gender = forms.ChoiceField(label="Gender", choices=GENDERS, required=False)
    pronouns = forms.ChoiceField(label="Pronouns", choices=PRONOUNS, required=False)
    record_number = forms.CharField(label="Record number", max_length=40, required=False)
    phone = forms.CharField(label="Phone", max_length=40, required=False)

    def clean_family(self) -> str:
        """Any script."""
        return _refuse_control(self.cleaned_data["family"])

    def clean_given(self) -> str:
        """Any script."""
        return _refuse_control(self.cleaned_data["given"])

    def clean_record_number(self) -> str:
        """As the practice writes it."""
        return _refuse_control(self.cleaned_data["record_number"])

    def clean_phone(self) -> str:
        """As it is dialled."""
        return _refuse_control(self.cleaned_data["phone"])

    def clean_birth_date(self) -> date:
        """A day that exists, not in the future, of somebody who may be alive."""
        born = read_date(self.cleaned_data["birth_date"])
        if born is None:
            raise forms.ValidationError("That day does not exist. Type month, day and year, like 03/14/1955.")
        today = clock.today()
        if born > today:
            raise forms.ValidationError("That day has not come yet. Check the year.")
        if today.year - born.year > OLDEST:
            raise forms.ValidationError(f"That is more than {OLDEST} years ago. Check the year.")
        return born
