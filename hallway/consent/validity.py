"""Is this form a valid consent? Pure; asked when it is prepared, when it is signed, and before every compilation.

A form that misses an element counts as absent (164.508(b)(2), 42 CFR 2.31(c)).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

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
