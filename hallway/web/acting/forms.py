"""What is typed about somebody who acts for a patient, and about care that is a young person's own."""

from datetime import UTC, date, datetime, time

from django import forms

from hallway import clock
from hallway.consent.rights.acting import ENDED_AS, Entry
from hallway.consent.tables.minors import rows
from hallway.directory.models import Representative
from hallway.web.chart.forms import WordsField
from hallway.web.patients.forms import read_date

ENDED_WORDS = {
    "document_ended": "The paper has ended",
    "of_age": "The patient is of age",
    "emancipated": "The patient is emancipated",
    "patient_asked": "The patient asked",
    "replaced": "Somebody else acts now",
    "mistake": "It was a mistake",
    "died": "They died",
}
AGAINST_WORDS = (
    ("not_treated", "I reasonably believe in abuse or danger, and it is not in the patient's best interest"),
    ("detriment", "California: access would harm the relationship, safety or well-being of the minor"),
    ("professional_no", "State law is silent on this parent's access, and I decide against it"),
)
SERVICE_WORDS = (
    ("mental_health", "Outpatient mental health care"),
    ("substance_use", "Substance use care"),
    ("general", "Medical care"),
    ("reproductive", "Birth control, pregnancy and the like"),
    ("hiv", "Disease dangerous to public health"),
)
FACT_WORDS = {
    "married_or_was": "Married, widowed or divorced",
    "is_parent": "Is a parent",
    "armed_forces": "In the armed forces",
    "pregnant": "Pregnant, or believes to be",
    "lives_apart": "Lives apart and manages their own money",
    "disease_dangerous_to_public_health": "The disease is dangerous to public health",
    "two_physicians": "Two or more physicians found drug dependence",
    "mature_and_informed": "Mature, and gave informed consent",
    "best_interest_not_to_tell": "In their best interest that parents are not told",
    "would_refuse_otherwise": "Would refuse treatment otherwise",
    "clinically_indicated": "Treatment is clinically indicated",
    "failure_detrimental": "Failure to treat would be seriously detrimental",
    "knowing_and_voluntary": "Knowing and voluntary",
    "mature": "Mature enough to take part",
    "signed_statement": "The young person signed a statement of this",
    "no_legend_drugs": "No prescribed medicine is part of it",
    "consulted_minor_first": "I consulted the young person on involving a parent",
}


class EntryForm(forms.Form):
    """Somebody who acts, after the paper was seen."""

    name = WordsField(label="Their full name", max_length=200, error_messages={"required": "Write their full name."})
    relation = forms.ChoiceField(
        label="Who are they to the patient?",
        choices=[("", "Choose"), *Representative.Relation.choices],
        error_messages={"required": "Choose who they are."},
    )
    authority = forms.ChoiceField(
        label="By what right do they act?",
        choices=[("", "Choose"), *Representative.Authority.choices],
        error_messages={"required": "Choose by what right."},
    )
    document = WordsField(
        label="Which paper did you see?", max_length=200, error_messages={"required": "Say which paper you saw."}
    )
    phone = WordsField(label="Phone", max_length=40, required=False)
    until = forms.CharField(label="Last day, if the paper names one", max_length=10, required=False)

    def clean_until(self) -> date | None:
        """A day to come, or none."""
        text = self.cleaned_data["until"].strip()
        found = read_date(text) if text else None
        if text and (found is None or found < clock.today()):
            raise forms.ValidationError("Type a day to come, like 06/30/2027, or leave it empty.")
        return found

    def entry(self) -> Entry:
        """What was typed, for the action."""
        kept = self.cleaned_data
        last = kept["until"]
        return Entry(
            name=kept["name"],
            relation=kept["relation"],
            authority=kept["authority"],
            document=kept["document"],
            phone=kept["phone"],
            until_at=datetime.combine(last, time(23, 59, 59), UTC) if last else None,
        )


class MinorForm(forms.Form):
    """Care to which a young person consented alone: which, and the facts that the state's rows ask for."""

    service = forms.ChoiceField(label="Which care?", choices=[("", "Choose"), *SERVICE_WORDS])
    facts = forms.MultipleChoiceField(
        label="What is so, and written in the record?", required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, state: str, **more: object) -> None:
        """Only the facts that this state's rows know."""
        super().__init__(**more)  # type: ignore[arg-type]
        known = dict.fromkeys(one for row in rows() if row.state == state for facts in row.facts for one in facts)
        field = self.fields["facts"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(one, FACT_WORDS.get(one, one)) for one in known]


ENDINGS = [(key, ENDED_WORDS[key]) for key in ENDED_AS]
