"""Is this form a valid consent? Pure; asked when it is prepared, when it is signed, and before every compilation.

A form that misses an element counts as absent (164.508(b)(2), 42 CFR 2.31(c)).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from hallway.consent.law.asking import Aim, SignedForm
from hallway.consent.law.facts import Form
from hallway.consent.tables.elements import Element, binds, complete, elements
from hallway.consent.tables.forms import form_rule
from hallway.record.classes import DataClass

HIV_FORM_PURPOSES = 1


@dataclass(frozen=True, slots=True)
class Elements:
    """The elements of a form, as far as law asks for them."""

    kind: str
    state: str
    discloser_org: int
    recipient_org: int
    classes: int
    purposes: tuple[str, ...]
    statements: tuple[str, ...]
    expires_at: datetime | None
    expires_event: str
    points: int = 12
    begins_at: datetime | None = None
    longer_asked: bool = False


def missing(form: Elements) -> list[str]:
    """The elements that are missing or not allowed, as codes; empty for a valid form.

    ``discloser``, ``recipient``, ``purpose``, ``classes``, ``not_on_this_form``, ``expiry``, ``too_long``,
    ``print_size``, ``statement:ID``.
    """
    rule = form_rule(form.kind, form.state)
    checks = (
        ("discloser", form.discloser_org <= 0),
        ("recipient", form.recipient_org <= 0 and form.kind != "part2_tpo"),
        ("purpose", not form.purposes or (form.kind == "hiv" and len(form.purposes) > HIV_FORM_PURPOSES)),
        ("classes", form.classes == 0 or form.classes & rule.must != rule.must),
        ("not_on_this_form", form.classes & ~rule.may != 0 or _hiv_on_a_general_form(form)),
        ("expiry", not _expiry_holds(form, rule.expiry)),
        ("too_long", _too_long(form, rule.most_days)),
        ("print_size", form.points < rule.points),
    )
    absent = [f"statement:{name}" for name in rule.statements if name not in form.statements]
    return [code for code, wrong in checks if wrong] + absent


def _hiv_on_a_general_form(form: Elements) -> bool:
    """Massachusetts wants the HIV release distinct from consent to release anything else (c.111 s.70F)."""
    return form.kind != "hiv" and form.state == "MA" and bool(form.classes & DataClass.HIV)


def _expiry_holds(form: Elements, wanted: str) -> bool:
    if wanted == "date":
        return form.expires_at is not None
    if wanted == "date_or_event":
        return form.expires_at is not None or form.expires_event not in ("", "none")
    return form.expires_at is not None or form.expires_event != ""


def _too_long(form: Elements, most_days: int) -> bool:
    """California: at most a year, unless the signer asked for a later day (Civ. Code s.56.11)."""
    if not most_days or form.longer_asked or form.expires_at is None or form.begins_at is None:
        return False
    return form.expires_at - form.begins_at > timedelta(days=most_days)


@dataclass(frozen=True, slots=True)
class Defect:
    """One thing wrong with a signed form: the row, the law, and the words for the person at the desk."""

    rule_id: str
    citation: str
    words: str


TPO = frozenset({Aim.TREAT, Aim.PAY, Aim.OPS})
OWN_CLASSES = {
    "psychotherapy": int(DataClass.PSYTHER_NOTE),
    "sud_counseling": int(DataClass.SUD_COUNSEL_NOTE | DataClass.PART2),
    "hiv": int(DataClass.HIV),
}
"""What a form that the law wants apart may be for, beside GENERAL, which every item carries."""
PLAIN = int(DataClass.GENERAL)


def _within_a_year(form: SignedForm) -> bool:
    """An end by date, at most one year after the signature, or an event."""
    if form.expires_on is None or form.signed_on is None:
        return form.expires_on is None and form.expires_event not in ("", "none")
    signed = form.signed_on
    last = date(signed.year + 1, signed.month, 28 if (signed.month, signed.day) == (2, 29) else signed.day)
    return form.expires_on <= last


def _mixed_classes(form: SignedForm) -> bool:
    """Raises KeyError for a kind that the law does not want apart: a row that asks this of one is wrong."""
    return form.classes & ~(OWN_CLASSES[form.kind] | PLAIN) != 0


TESTS: dict[str, Callable[[SignedForm, date], bool]] = {
    "expired": lambda form, on: form.expires_on is not None and form.expires_on < on,
    "event_occurred": lambda form, _: form.event_occurred,
    "revoked": lambda form, _: form.revoked,
    "known_false": lambda form, _: form.known_false,
    "no_end": lambda form, _: form.expires_on is None and form.expires_event in ("", "none"),
    "no_end_part2": lambda form, _: _no_end_part2(form),
    "no_end_date": lambda form, _: form.expires_on is None,
    "longer_than_a_year": lambda form, _: not _within_a_year(form),
    "mixed_with_other_classes": lambda form, _: _mixed_classes(form),
    "mixed_with_other_aims": lambda form, _: len(form.aims) > 1,
    "more_than_one_aim": lambda form, _: len(form.aims) > 1,
    "beyond_tpo": lambda form, _: not form.aims <= TPO,
}
"""What the checker computes itself; true means that the form does not count."""


def _no_end_part2(form: SignedForm) -> bool:
    """Part 2 allows "none" where the form is for treatment, payment and operations, and asks for an end elsewhere."""
    if form.expires_on is not None:
        return False
    return not form.expires_event or (form.expires_event == "none" and not form.aims <= TPO)


def circumstances(form: SignedForm) -> frozenset[str]:
    """The form's circumstances, with "tpo" where an aim is treatment, payment or operations."""
    return form.circumstances | (frozenset({"tpo"}) if form.aims & TPO else frozenset())


CHECKED_WHEN_STORED = frozenset({"recipient_covered", "psychiatric", "social_worker", "longer_at_signers_request"})
"""Circumstances whose elements every stored form meets: it names its recipient, its use, its scope, and its end."""
SIGNED_BY = {
    "patient": frozenset({"minor_signed"}),
    "minor": frozenset({"minor_signed"}),
    "representative": frozenset({"representative_authority"}),
}


def whole(form: Form, state: str, aims: frozenset[Aim], *, on: date) -> frozenset[str]:
    """Every word of a form that ``missing`` found complete when it was stored, and whose signature it bears."""
    held = CHECKED_WHEN_STORED | (frozenset({"tpo"}) if aims & TPO else frozenset())
    named = frozenset({"hiv_named"}) if form.classes & DataClass.HIV else frozenset[str]()
    return complete(form.kind, state, held, on) | SIGNED_BY.get(form.signer, frozenset()) | named


def as_asked(form: Form, state: str, *, on: date, fits: bool = True) -> SignedForm:
    """A stored form that holds, as the engine asks for one; ``state`` is the discloser's."""
    ends = form.span.until_at
    aims = frozenset(Aim(purpose) for purpose in form.purposes if purpose in Aim.__members__.values())
    # Without a date a stored form ends by an event, but for the one kind that may have no end at all.
    event = "none" if form.kind == "part2_tpo" else "end_of_treatment"
    return SignedForm(
        kind=form.kind,
        elements=whole(form, state, aims, on=on),
        aims=aims,
        classes=form.classes,
        state=state,
        circumstances=CHECKED_WHEN_STORED,
        signed_on=form.span.from_at.date(),
        expires_on=ends.date() if ends else None,
        expires_event="" if ends else event,
        fits=fits,
    )


def defects(form: SignedForm, on: date, more: frozenset[str] = frozenset()) -> tuple[Defect, ...]:
    """Everything that is wrong with a signed form on a day, in the order of the law; empty for a valid one.

    ``more`` are circumstances that the disclosure at hand brings, whatever the form says of itself.
    """
    held = circumstances(form) | more
    return tuple(
        Defect(row.id, row.citation, row.words)
        for row in elements().values()
        if binds(row, form.kind, form.state, held, on=on) and _fails(row, form, on)
    )


def _fails(row: Element, form: SignedForm, on: date) -> bool:
    return TESTS[row.test](form, on) if row.test else row.asks not in form.elements
