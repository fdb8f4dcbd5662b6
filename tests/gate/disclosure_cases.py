"""The lines of ``tests/golden/disclosures.txt``: what each asks, and what the engine answers, as text.

A line is ``ask``, ``form``, ``owed`` or ``control``, then what is asked, then ``=>`` and the answer.
"""

from datetime import timedelta

from hallway.consent.law import owing, validity
from hallway.consent.law.asking import Aim
from hallway.consent.law.disclosing import decide
from hallway.consent.tables.disclosures import mask_of
from tests.gate.questions import PARTS, TODAY, form, question

CHANGES = {
    "expired": {"expires_on": TODAY - timedelta(days=1)},
    "ended_by_event": {"expires_on": None, "expires_event": "end of the study", "event_occurred": True},
    "revoked": {"revoked": True},
    "known_false": {"known_false": True},
    "no_end": {"expires_on": None},
    "end_none": {"expires_on": None, "expires_event": "none"},
    "by_event": {"expires_on": None, "expires_event": "end of treatment"},
    "end_in_18_months": {"expires_on": TODAY + timedelta(days=517)},
    "of_everything": {"classes": ~0},
    "of_mental_health": {"classes": mask_of(["GENERAL", "MH"])},
    "for_two_aims": {"aims": frozenset({Aim.TREAT, Aim.PAY})},
    "for_court_too": {"aims": frozenset({Aim.LEGAL, Aim.TREAT})},
    "for_sale_too": {"aims": frozenset({Aim.TREAT, Aim.SALE})},
    "for_another": {"fits": False},
}


def signed(text):
    """A form from words: kind, "in CA", "when circumstance ...", "without element ...", "for AIM ...", changes."""
    kind, *rest = text.split()
    lists = {"when": [], "without": [], "in": [], "for": [], "": []}
    at = ""
    for word in rest:
        if word in lists:
            at = word
        else:
            lists["" if word in CHANGES else at].append(word)
    more = {key: value for word in lists[""] for key, value in CHANGES[word].items()}
    if lists["for"]:
        more["aims"] = frozenset(Aim(aim) for aim in lists["for"])
    state = lists["in"][0] if lists["in"] else ""
    return form(kind, state=state, circumstances=lists["when"], without=lists["without"], **more)


def asked(text):
    """A question with the forms that stand after each plus sign."""
    what, *forms = text.split(" + ")
    return question(what, *(signed(one) for one in forms))


def answer(kind, text):
    """(what the golden line says, the ids of rows that were hit)."""
    return {"ask": _ask, "form": _form, "owed": _owed, "control": _control}[kind](text)


def _ask(text):
    verdict = decide(asked(text))
    parts = [str(verdict.outcome)]
    parts += [f"needs {'; '.join(verdict.needs)}"] if verdict.needs else []
    parts += [f"by {' '.join(verdict.rule_ids)}"]
    parts += [f"held back {' '.join(verdict.held_back)}"] if verdict.held_back else []
    parts += [f"do {' '.join(verdict.obligations)}"] if verdict.obligations else []
    ground = (verdict.blocking.rule_id,) if verdict.blocking else ()
    parts += [f"ground {ground[0]}"] if ground else []
    return " | ".join(parts), {*verdict.rule_ids, *verdict.held_back, *ground}


def _form(text):
    wrong = [one.rule_id for one in validity.defects(signed(text), TODAY)]
    return (f"does not count: {' '.join(wrong)}" if wrong else "counts"), set(wrong)


def _owed(text):
    occasion, *words = text.split()
    state = next((word for word in words if len(word) == 2), "")
    rows = owing.owed(occasion, on=TODAY, state=state, facts=frozenset(words))
    return " ".join(_term(row) for row in rows), {row.id for row in rows}


def _term(row):
    terms = {"d": row.days, "+d": row.extra_days, "bd": row.business_days, "y": row.years}
    said = ",".join(f"{count}{unit}" for unit, count in terms.items() if count)
    return f"{row.id}({said})" if said else row.id


def _control(text):
    classes, patient, *rest = (part.strip() for part in text.split(";"))
    words = rest[0].split() if rest else []
    state = next((word for word in words if len(word) == 2), "")
    facts = frozenset(words) - {state}
    who = PARTS["patient"](patient.split()[1:])["patient"]
    row = owing.who_controls(who, mask_of(classes.split()), on=TODAY, state=state, facts=facts)
    return f"{row.id}: {row.who}; a parent or representative: {row.parent}", {row.id}
