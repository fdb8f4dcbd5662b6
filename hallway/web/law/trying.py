"""The form that tries the rules: a question without a patient, and the engine's verdict on it. Stores nothing."""

from collections.abc import Mapping
from datetime import timedelta

from django import forms
from django.http import QueryDict

from hallway import clock
from hallway.consent.law import disclosing, validity
from hallway.consent.law.asking import (
    Aim,
    Discloser,
    PatientFacts,
    Question,
    Recipient,
    RecipientKind,
    SignedForm,
    Tie,
    Verdict,
)
from hallway.consent.law.conditions import CONDITIONS
from hallway.consent.tables.disclosures import words
from hallway.consent.tables.elements import elements
from hallway.directory.models import Licence
from hallway.record.classes import LICENCE_CLASSES, DataClass
from hallway.web.law.words import aim_words, class_word, first_up, recipient_words

STATES = (("", "No state's rules"), ("CT", "Connecticut"), ("MA", "Massachusetts"), ("CA", "California"))
TIES = (
    (Tie.TREATING.value, "Treats the patient"),
    (Tie.OWN.value, "The same practice"),
    (Tie.FORMER.value, "Treated the patient before"),
    (Tie.NAMED.value, "Nothing but what a form says"),
)
FACTS = tuple((word, said[:1].upper() + said[1:]) for word, said in words()["fact"].items() if word not in CONDITIONS)
OLDEST = 120


class TryForm(forms.Form):
    """Who, what, to whom, for what."""

    what = forms.MultipleChoiceField(
        label="What it holds",
        choices=[(one.name, first_up(class_word(one))) for one in DataClass if not one & LICENCE_CLASSES],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose what it holds."},
    )
    purpose = forms.ChoiceField(label="For what", choices=[(aim.value, aim_words(aim)) for aim in Aim])
    state = forms.ChoiceField(label="State of the one who holds it", choices=STATES, required=False)
    licence = forms.ChoiceField(label="Licence of the author", choices=Licence.choices, required=False)
    program = forms.BooleanField(label="A substance use program holds it", required=False)
    recipient = forms.ChoiceField(
        label="Who would receive it",
        choices=[(one.value, recipient_words(one)) for one in RecipientKind],
    )
    recipient_state = forms.ChoiceField(label="State of the recipient", choices=STATES, required=False)
    tie = forms.ChoiceField(label="The recipient and the patient", choices=TIES)
    author = forms.BooleanField(label="The recipient wrote it", required=False)
    age = forms.IntegerField(label="Age of the patient", min_value=0, max_value=OLDEST, initial=40)
    recorded = forms.MultipleChoiceField(
        label="What was recorded beforehand", choices=FACTS, widget=forms.CheckboxSelectMultiple, required=False
    )
    signed = forms.MultipleChoiceField(
        label="What the patient signed, whole and for this recipient",
        choices=[(kind, said[:1].upper() + said[1:]) for kind, said in words()["form"].items()],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )


def asked(sent: QueryDict) -> TryForm:
    """The form as it was sent; unbound where nothing was asked."""
    return TryForm(sent if "purpose" in sent else None, initial={"purpose": "TREAT", "tie": "treating", "age": 40})


def verdict(given: Mapping[str, object]) -> Verdict:
    """What the engine says, today."""
    return disclosing.decide(question(given))


def question(given: Mapping[str, object]) -> Question:
    """The form's answers as a question. ``given`` is a valid form's."""
    what, recorded, signed = given["what"], given["recorded"], given["signed"]
    assert isinstance(what, list)
    assert isinstance(recorded, list)
    assert isinstance(signed, list)
    mask = 0
    for name in what:
        mask |= DataClass[str(name)]
    program = bool(given["program"])
    return Question(
        on=clock.today(),
        purpose=Aim(str(given["purpose"])),
        classes=int(mask),
        discloser=Discloser(
            state=str(given["state"]),
            licence=str(given["licence"]),
            is_part2_program=program,
            holder="program" if program else "holder",
        ),
        recipient=Recipient(
            kind=RecipientKind(str(given["recipient"])),
            state=str(given["recipient_state"]),
            relation=Tie(str(given["tie"])),
            responsible_for_care=given["tie"] == Tie.TREATING,
            is_author=bool(given["author"]),
        ),
        patient=PatientFacts(age=int(str(given["age"])), state=str(given["state"])),
        facts=frozenset(str(one) for one in recorded),
        forms=tuple(_form(str(kind), int(mask), Aim(str(given["purpose"])), str(given["state"])) for kind in signed),
    )


def _form(kind: str, classes: int, aim: Aim, state: str) -> SignedForm:
    """A form of that kind with every element, for exactly what is asked."""
    today, aims = clock.today(), frozenset({aim})
    return SignedForm(
        kind=kind,
        elements=frozenset(row.asks for row in elements().values() if row.asks),
        aims=aims,
        classes=classes,
        state=state,
        circumstances=validity.CHECKED_WHEN_STORED,
        signed_on=today,
        expires_on=today + timedelta(days=90),
    )
