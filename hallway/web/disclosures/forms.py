"""The forms: a handover to be asked about and recorded, and an agency's statement."""

from collections.abc import Sequence
from datetime import date, datetime, time

from django import forms
from django.utils.datastructures import MultiValueDict

from hallway import clock, ids
from hallway.consent.disclosures.recording import CHANNELS, Handover
from hallway.consent.law.asking import Aim, RecipientKind
from hallway.consent.law.facts import Form as SignedForm
from hallway.consent.tables import disclosures as words
from hallway.directory.models import Practitioner
from hallway.ids import ChartId, PractitionerId
from hallway.record.classes import LICENCE_CLASSES, DataClass
from hallway.web.chart.words import ZONE
from hallway.web.law.words import aim_words, class_word

STATES = (("", "Not known"), ("MA", "Massachusetts"), ("CT", "Connecticut"), ("CA", "California"), ("NY", "New York"))
FACTS = (
    "identity_verified", "patient_agreed", "law_requires_it", "court_order", "subpoena", "satisfactory_assurance",
    "good_faith_belief", "serious_and_imminent", "able_to_prevent", "police_paragraph_met", "crime_on_premises",
    "child_abuse", "adult_abuse", "report_only", "medical_emergency", "contract_in_force", "signed_request",
)  # fmt: skip
"""Facts that a front desk can know; a clinician's and counsel's stand in the rules' own try-out."""
WHAT = [one for one in DataClass if not one & (LICENCE_CLASSES | DataClass.UNCLASSIFIED)]


def _begun(text: str) -> str:
    """A text as the beginning of a line."""
    return text[:1].upper() + text[1:]


def _day_input() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class HandoverForm(forms.Form):
    """Who gets what, for what, how, and what is on record for it."""

    on = forms.DateField(
        label="Day",
        widget=_day_input(),
        error_messages={"required": "Give the day.", "invalid": "Give a day."},
    )
    recipient = forms.CharField(
        label="Who receives it", max_length=120, error_messages={"required": "Say who receives it."}
    )
    address = forms.CharField(label="Address, if known", max_length=200, required=False)
    recipient_kind = forms.ChoiceField(
        label="What they are",
        choices=[(one.value, one.value.replace("_", " ").capitalize()) for one in RecipientKind],
        initial=RecipientKind.OTHER.value,
    )
    treats = forms.BooleanField(label="They treat the patient, or treated them", required=False)
    recipient_state = forms.ChoiceField(label="State", choices=STATES, required=False)
    aim = forms.ChoiceField(label="For what", choices=[(one.value, aim_words(one)) for one in Aim], initial="OTHER")
    what = forms.MultipleChoiceField(
        label="What it holds",
        choices=[(one.name, _begun(class_word(one))) for one in WHAT],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose what it holds."},
    )
    author = forms.ChoiceField(
        label="Who wrote it",
        choices=(),
        required=False,
        help_text="Some states bind what a licensed professional wrote. Where nobody is named, every clinician counts.",
    )
    description = forms.CharField(
        label="What it is, in a few words",
        max_length=200,
        error_messages={"required": "Say what it is."},
    )
    channel = forms.ChoiceField(label="How", choices=list(CHANNELS.items()))
    consent = forms.ChoiceField(label="Signed form it rests on", choices=(), required=False)
    facts = forms.MultipleChoiceField(
        label="What is on record for it",
        choices=[(one, _begun(words.plain("fact", one))) for one in FACTS],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    had_left = forms.BooleanField(label="It has left already", required=False)
    once = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        sent: MultiValueDict[str, str] | None,
        *,
        signed: Sequence[SignedForm],
        authors: Sequence[Practitioner],
    ) -> None:
        """``signed`` are the forms in force that it may rest on, ``authors`` the clinicians of the practice."""
        super().__init__(sent, initial={"on": clock.today(), "channel": "phone", "once": ids.new_uuid(clock.now())})
        self._offer("consent", [("", "None"), *((one.id, _named(one)) for one in signed)])
        self._offer("author", [("", "Not known, or several"), *((str(one.id), one.full_name) for one in authors)])

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def clean_on(self) -> date:
        """Not a day to come."""
        on = self.cleaned_data["on"]
        if on > clock.today():
            raise forms.ValidationError("Give a day that is not in the future.")
        return on

    def handover(self, chart_id: ChartId) -> Handover:
        """What was filled in; the form is valid."""
        given = self.cleaned_data
        classes = 0
        for name in given["what"]:
            classes |= DataClass[name]
        now = clock.now()
        at = now if given["on"] == clock.today() else datetime.combine(given["on"], time(12), tzinfo=ZONE)
        return Handover(
            chart_id=chart_id,
            at=at,
            recipient_kind=RecipientKind(given["recipient_kind"]),
            recipient=given["recipient"],
            address=given["address"],
            recipient_state=given["recipient_state"],
            aim=Aim(given["aim"]),
            classes=int(classes),
            description=given["description"],
            channel=given["channel"],
            facts=frozenset(given["facts"]),
            consent_id=given["consent"],
            author=PractitionerId(int(given["author"] or 0)),
            treats=given["treats"],
            once=given["once"],
        )


def _named(one: SignedForm) -> str:
    return f"{one.kind.replace('_', ' ').capitalize()}, signed {one.span.from_at:%m/%d/%Y}"


class HoldForm(forms.Form):
    """An agency's statement that the patient must not be told for a time."""

    recipient = forms.CharField(label="Agency", max_length=120, error_messages={"required": "Say which agency."})
    until_on = forms.DateField(
        label="Until", widget=_day_input(), error_messages={"required": "Give the last day.", "invalid": "Give a day."}
    )
    is_written = forms.BooleanField(label="The statement is in writing", required=False)
