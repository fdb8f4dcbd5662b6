"""What stands on a form, word for word: one value that the page, the paper and the kept copy are made from.

From the signature on the words are kept with the form, so a later wording never changes what somebody signed.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from hallway.consent import queries
from hallway.consent.models import Consent, CoSignature, FormTemplate
from hallway.consent.tables.contents import CONTENTS, NAMED_CLASSES
from hallway.consent.tables.forms import statements, strictest
from hallway.consent.tables.phrases import phrases, skins
from hallway.directory.models import Organization, Practitioner
from hallway.identity.requester import Requester
from hallway.ids import ChartId
from hallway.record.classes import DataClass

MONTHS_ES = ("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre",
             "noviembre", "diciembre")  # fmt: skip
_APART = {"psychotherapy": DataClass.PSYTHER_NOTE, "sud_counseling": DataClass.SUD_COUNSEL_NOTE, "hiv": DataClass.HIV}


@dataclass(frozen=True, slots=True)
class Words:
    """Everything printed, in one language. ``heads`` are the headings by name; ``points`` the size of the print."""

    language: str
    points: int
    title: str
    heading: tuple[str, ...]
    heads: dict[str, str]
    patient: str
    born: str
    giver: tuple[str, ...]
    receiver: tuple[str, ...]
    exchange: str
    what: tuple[str, ...]
    named: tuple[str, ...]
    purposes: tuple[str, ...]
    until: str
    know: tuple[str, ...]
    own: tuple[str, ...]
    rule: str

    @property
    def text(self) -> str:
        """All sentences, for counting how hard they are to read."""
        said = (*self.what, *self.named, *self.purposes, self.until, *self.know, *self.own)
        return " ".join(one if one.endswith(".") else f"{one}." for one in said)


def words_of(row: Consent, by: Requester, *, language: str = "") -> Words:
    """The words of a form: the copy kept at signing, else as they would be printed now.

    ``language`` asks for another than the form's, for reading along; what was signed is never translated.
    """
    if row.wording:
        return msgspec.json.decode(row.wording, type=Words)
    return _made(row, by, language if language in ("en", "es") else row.language)


def snapshot(row: Consent, by: Requester) -> str:
    """The words of a form as text to keep."""
    return msgspec.json.encode(_made(row, by, row.language)).decode()


def _made(row: Consent, by: Requester, language: str) -> Words:
    said = phrases(language)
    organizations = {
        one.id: one for one in Organization.objects.filter(id__in=[row.discloser_org_id, row.recipient_org_id])
    }
    persons = {
        one.id: one.full_name
        for one in Practitioner.objects.filter(id__in=[row.discloser_practitioner_id, row.recipient_practitioner_id])
    }
    giver, receiver = organizations[row.discloser_org_id], organizations.get(row.recipient_org_id)
    header = queries.headers(by, [ChartId(row.chart_id)]).get(ChartId(row.chart_id))
    skin = skins().get(row.skin)
    texts = statements(language)
    return Words(
        language=language,
        points=row.point_size,
        title=said["title.exchange" if row.exchange_id and row.kind == "release" else f"title.{row.kind}"],
        heading=(skin.heading(language), *skin.address, *skin.lines(language)) if skin else (),
        heads={name: said[name] for name in said if name.startswith(("head.", "sign.", "state."))}
        | {name: said[name] for name in ("born", "rule", "page", "of", "initials")},
        patient=header.name if header else "",
        born=birth(header.birth_date if header else None, language),
        giver=_place(giver, persons.get(row.discloser_practitioner_id, "")),
        receiver=_place(receiver, persons.get(row.recipient_practitioner_id, "")) if receiver else (said["treating"],),
        exchange=said["both_ways"] if row.exchange_id else "",
        what=_what(row, said),
        named=_named(row, said),
        purposes=tuple(said[f"purpose.{one}"] for one in row.purposes if f"purpose.{one}" in said),
        until=_until(row, said, language, giver.timezone),
        know=tuple(texts[one] for one in row.statements if one in texts),
        own=_own(row),
        rule=strictest(row.kind, frozenset({row.discloser_state} - {""}), row.licences).citation,
    )


def _place(place: Organization, person: str) -> tuple[str, ...]:
    parts = (person, place.name, place.address, ", ".join(filter(None, (place.city, place.state))), place.phone)
    return tuple(part for part in parts if part)


def _what(row: Consent, said: dict[str, str]) -> tuple[str, ...]:
    """The boxes that were ticked, in the words they were asked in."""
    if row.kind in _APART:
        return (said[f"what.{_APART[row.kind].name}"],)
    if not row.kinds:
        return (said["what.all"],)
    return tuple(said[f"what.{one.key}"] for one in CONTENTS if set(one.kinds) & set(row.kinds))


def _named(row: Consent, said: dict[str, str]) -> tuple[str, ...]:
    """Classes said apart: those of a program, and those that were ticked and initialed."""
    if row.kind in _APART:
        return ()
    found = [one for one in NAMED_CLASSES if row.classes & one]
    return tuple(said[f"what.{one.name}"] for one in found if f"what.{one.name}" in said)


def _own(row: Consent) -> tuple[str, ...]:
    template = FormTemplate.objects.filter(id=row.template_id).first() if row.template_id else None
    return tuple(template.blocks) if template else ()


def _until(row: Consent, said: dict[str, str], language: str, zone: str) -> str:
    if row.expires_at is not None:
        last = (row.expires_at.astimezone(ZoneInfo(zone)) - timedelta(seconds=1)).date()
        return f"{said['until.date']} {day(last, language)}"
    return said["until.none" if row.expires_event == "none" else "until.event"]


def day(on: date, language: str) -> str:
    """ "June 9, 2027", "9 de junio de 2027"."""
    if language == "es":
        return f"{on.day} de {MONTHS_ES[on.month - 1]} de {on.year}"
    return f"{on:%B} {on.day}, {on.year}"


def birth(on: date | None, language: str) -> str:
    """A birth date as written in that language; empty when it is not known. In Spanish in words: a reader in the
    United States cannot tell 02/03 from 03/02.
    """
    if on is None:
        return ""
    return day(on, language) if language == "es" else f"{on:%m/%d/%Y}"


@dataclass(frozen=True, slots=True)
class Hand:
    """How a form was answered, for the foot of the paper: lines of text, and the drawing where there is one."""

    lines: tuple[str, ...]
    drawing: bytes


def hand_of(row: Consent, words: Words, *, zone: str) -> Hand:
    """The signature block of a form that was signed; a state line for any other."""
    if row.signed_at is None:
        return Hand((words.heads[f"state.{row.state}"],), b"")
    heads = words.heads
    lines = [f"{heads[f'sign.{row.signer}']}: {_signer(row, words)}, {heads[f'sign.{row.signature_kind}']}"]
    when = (
        day(row.paper_signed_on, words.language)
        if row.paper_signed_on
        else _moment(row.signed_at, words.language, zone)
    )
    lines.append(f"{heads['sign.date']}: {when}")
    for one in CoSignature.objects.filter(consent_id=row.id).order_by("signed_at", "id"):
        lines.append(f"{heads['sign.member']}: {one.name} ({one.relation}), {heads[f'sign.{one.signature_kind}']}")
    there = Practitioner.objects.filter(id__in=[row.explained_by or 0, row.witness or 0])
    names = {one.id: one.full_name for one in there}
    lines += [f"{heads['sign.explained']}: {names[row.explained_by]}"] if row.explained_by in names else []
    lines += [f"{heads['sign.witness']}: {names[row.witness]}"] if row.witness in names else []
    if row.interpreter_name:
        lines.append(f"{heads['sign.interpreter']}: {row.interpreter_name}, {row.interpreter_language}")
    lines += [heads[f"state.{row.state}"]] if row.state in ("revoked", "expired") else []
    lines += _left_out(row, words)
    drawn = bytes(row.signature or b"") if row.signature_kind == "drawn" else b""
    return Hand(tuple(lines), drawn)


def _left_out(row: Consent, words: Words) -> list[str]:
    """For whom a form for all who treat was taken back; words signed before this line was known lack its head."""
    rows = Organization.objects.filter(id__in=row.not_for_orgs).order_by("name")
    said = words.heads.get("state.without") or phrases(words.language)["state.without"]
    return [f"{said}: {', '.join(one.name for one in rows)}."] if row.not_for_orgs else []


def _signer(row: Consent, words: Words) -> str:
    if row.signer == "representative":
        said = f"{row.signer_name}, {words.heads['sign.authority']} {row.signer_authority}"
        return f"{said} ({row.signer_relation})" if row.signer_relation else said
    if row.signature_kind == "typed" and row.signature:
        return bytes(row.signature).decode("utf-8", "replace")
    return words.patient


def _moment(at: datetime, language: str, zone: str) -> str:
    local = at.astimezone(ZoneInfo(zone))
    return f"{day(local.date(), language)}, {local:%H:%M}"
