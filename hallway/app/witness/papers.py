"""Is a stored form a valid consent: the elements of law, asked again from the table of forms by words."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from hallway.app.witness.rows import CLASSES, Toml, listed, read, tables_of


@dataclass(frozen=True, slots=True)
class Written:
    """A form as it was written and signed."""

    kind: str
    state: str
    from_org: int
    to_org: int
    classes: frozenset[str]
    purposes: Collection[str]
    statements: Collection[str]
    begins: datetime
    expires_at: datetime | None
    expires_event: str
    points: int
    longer_asked: bool


def is_valid(form: Written) -> bool:
    """Whether nothing is missing and nothing stands on it that may not. An unknown kind of form is none."""
    rows = [row for row in tables_of(read_forms(), "form") if row["kind"] == form.kind]
    extra = [
        row for row in tables_of(read_forms(), "addition") if row["kind"] == form.kind and row["state"] == form.state
    ]
    return bool(rows) and _names_all(form) and _carries(form, rows[0]) and _printed(form, [rows[0], *extra])


_forms: list[Toml] = []


def read_forms() -> Toml:
    """The table of forms, read once."""
    if not _forms:
        _forms.append(read("forms.toml"))
    return _forms[0]


def _names_all(form: Written) -> bool:
    """Who gives, who receives, what for: "my treating providers" stands on the consent for all of them only."""
    receives = form.to_org > 0 or form.kind == "part2_tpo"
    one_release = form.kind != "hiv" or len(form.purposes) == 1
    return form.from_org > 0 and receives and bool(form.purposes) and one_release


def _carries(form: Written, row: Toml) -> bool:
    """What law wants apart stands on no other form; what the form is for stands on it."""
    only = frozenset(listed(row, "only"))
    may = only or CLASSES - frozenset(listed(row, "forbids"))
    must = frozenset(listed(row, "requires")) or only
    hiv_apart = form.state == "MA" and form.kind != "hiv" and "HIV" in form.classes
    return bool(form.classes) and must <= form.classes <= may and not hiv_apart


def _printed(form: Written, rows: list[Toml]) -> bool:
    """Every statement, the end, the longest life, the size of print."""
    statements = {name for row in rows for name in listed(row, "statements")}
    points = max(int(str(row.get("points") or 0)) for row in rows)
    most = max(int(str(row.get("most_days") or 0)) for row in rows)
    too_long = (
        most > 0
        and not form.longer_asked
        and form.expires_at is not None
        and form.expires_at - form.begins > timedelta(days=most)
    )
    return (
        statements <= set(form.statements)
        and _ends(form, str(rows[-1]["expiry"]))
        and form.points >= points
        and not too_long
    )


def _ends(form: Written, wanted: str) -> bool:
    if form.expires_at is not None:
        return True
    allowed = {"date": set[str](), "date_or_event": {form.expires_event} - {"none"}, "any": {form.expires_event}}
    return bool(form.expires_event) and form.expires_event in allowed[wanted]
