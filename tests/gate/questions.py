"""Questions of disclosure in a few words, for tables that people read: "GENERAL MH; TREAT; from MA counselor"."""

from datetime import date, timedelta

from hallway.consent.law.asking import (
    Aim,
    Discloser,
    PatientFacts,
    Question,
    Recipient,
    RecipientKind,
    SignedForm,
    Tie,
)
from hallway.consent.tables.disclosures import mask_of
from hallway.consent.tables.elements import complete, elements

TODAY = date(2026, 11, 21)
TPO = frozenset({Aim.TREAT, Aim.PAY, Aim.OPS})
EVERYTHING = ~0
OWN = {
    "psychotherapy": ("GENERAL", "PSYTHER_NOTE"),
    "sud_counseling": ("GENERAL", "PART2", "SUD_COUNSEL_NOTE"),
    "hiv": ("GENERAL", "HIV"),
}
PART2_FORMS = ("part2", "part2_tpo", "sud_counseling")
ASKED_BY_SOME = {row.asks for row in elements().values() if row.asks and (row.when or row.states)}
"""What the law asks of some forms: a form of these tables has it all, unless it says without."""
TIES = {tie.value for tie in Tie}


def form(kind, *, without=(), aims=None, state="", circumstances=(), **more):
    """A valid form of a kind, but for what ``without`` leaves out and ``more`` changes."""
    wanted = aims or (frozenset({Aim.LEGAL}) if kind == "proceedings" else TPO)
    if kind == "registry":
        wanted = aims or frozenset({Aim.REGISTRY})
    if kind == "hiv":
        wanted = aims or frozenset({Aim.TREAT})
    held = frozenset(circumstances) | ({"recipient_covered"} if kind in PART2_FORMS else set())
    every = held | ({"tpo"} if wanted & TPO else set())
    given = {
        "classes": mask_of(OWN[kind]) if kind in OWN else EVERYTHING,
        "signed_on": TODAY - timedelta(days=30),
        "expires_on": TODAY + timedelta(days=200),
    } | more
    words = (complete(kind, state, frozenset(every), TODAY) | ASKED_BY_SOME) - set(without)
    return SignedForm(kind=kind, elements=words, aims=wanted, state=state, circumstances=held, **given)


def question(text, *forms):
    """A question from words: classes; aim; from ...; to ...; patient ...; facts ... (each part after a semicolon)."""
    classes, aim, *parts = (part.strip() for part in text.split(";"))
    more = {"facts": frozenset()}
    for part in parts:
        head, *words = part.split()
        more |= PARTS[head](words)
    on = more.pop("on", TODAY)
    return Question(on=on, purpose=Aim(aim), classes=mask_of(classes.split()), forms=tuple(forms), **more)


def _from(words):
    state = words[0] if words and len(words[0]) == 2 and words[0].isupper() else ""
    flags = [word for word in words if word != state]
    licence = next((word for word in flags if word not in FROM_FLAGS), "")
    return {
        "discloser": Discloser(
            state=state,
            licence=licence,
            is_part2_program="program" in flags,
            holder="program" if "program" in flags and "holding" not in flags else "holder",
            received_under_notice="notified" in flags,
            covered_entity="uncovered" not in flags,
        )
    }


FROM_FLAGS = {"program", "holding", "notified", "uncovered"}


def _to(words):
    state = next((word for word in words if len(word) == 2 and word.isupper()), "")
    return {
        "recipient": Recipient(
            kind=RecipientKind(words[0]),
            state=state,
            relation=Tie(next((word for word in words if word in TIES), "treating")),
            covered_entity="uncovered" not in words,
            responsible_for_care="bystander" not in words,
            sud_duty="sud_duty" in words,
            is_author="author" in words,
        )
    }


def _patient(words):
    return {
        "patient": PatientFacts(
            age=int(next((word for word in words if word.isdigit()), "40")),
            emancipated="emancipated" in words,
            deceased="deceased" in words,
            has_capacity="incapable" not in words,
            minor_consented="consented" in words,
        )
    }


PARTS = {
    "from": _from,
    "to": _to,
    "patient": _patient,
    "item": lambda words: {"kind": words[0]},
    "facts": lambda words: {"facts": frozenset(words)},
    "on": lambda words: {"on": date.fromisoformat(words[0])},
}
