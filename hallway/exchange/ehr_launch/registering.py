"""A practice leader registers the practice's own EHR, changes it and ends it."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.db import IntegrityError
from django.db.models import QuerySet

from hallway import clock
from hallway.exchange import outward
from hallway.exchange.cds_hooks.models import CallingSystem
from hallway.exchange.ehr_launch import refusals
from hallway.exchange.ehr_launch.models import Ehr, EhrPerson
from hallway.identity import actions as identity
from hallway.ids import AccountId, OrganizationId
from hallway.storage import connection

LONGEST_NAME, LONGEST_ADDRESS, LONGEST_ID = 120, 300, 200


@dataclass(frozen=True, slots=True)
class Registration:
    """An EHR as its practice describes it. ``client_id`` may come later; ``system_id`` 0: it asks for no cards."""

    name: str
    iss: str
    identifier_system: str
    client_id: str = ""
    way: str = Ehr.Way.PUBLIC
    system_id: int = 0


def register(said: Registration, organization_id: OrganizationId, *, by: AccountId) -> Ehr:
    """Register one. Raises H-XCH-079 for whatever cannot stand, with the field at fault."""
    _refuse_faults(said, organization_id)
    row = Ehr(organization_id=organization_id, created_at=clock.now(), created_by=by)
    return _kept(_filled(row, said))


def change(ehr_id: int, said: Registration, organization_id: OrganizationId, *, expected_version: int) -> Ehr:
    """Change one of the practice's own. Another address is another EHR: whoever was tied to the old one no longer is.

    Raises H-XCH-078 when somebody else changed it first, or it has ended.
    """
    with connection.transaction():
        row = _own(ehr_id, organization_id).select_for_update().filter(version=expected_version).first()
        if row is None:
            raise refusals.changed()
        _refuse_faults(said, organization_id)
        if row.iss != said.iss:
            _untie(row)
        row.version += 1
        return _kept(_filled(row, said))


def end(ehr_id: int, organization_id: OrganizationId, *, by: AccountId) -> bool:
    """End one, with every session that came by it. False when there was none running."""
    with connection.transaction():
        row = _own(ehr_id, organization_id).select_for_update().first()
        if row is None:
            return False
        row.ended_at, row.ended_by = clock.now(), by
        row.save()
        _untie(row)
    return True


def _own(ehr_id: int, organization_id: OrganizationId) -> QuerySet[Ehr]:
    return Ehr.objects.filter(id=ehr_id, organization_id=organization_id, ended_at__isnull=True)


def _untie(row: Ehr) -> None:
    EhrPerson.objects.filter(ehr=row, ended_at__isnull=True).update(ended_at=clock.now())
    identity.end_sessions_from(row.id)


def _filled(row: Ehr, said: Registration) -> Ehr:
    row.name, row.iss, row.client_id = said.name.strip(), said.iss, said.client_id
    row.way, row.identifier_system, row.system_id = said.way, said.identifier_system, said.system_id or None
    return row


def _kept(row: Ehr) -> Ehr:
    try:
        with connection.transaction():
            row.save()
    except IntegrityError:
        raise refusals.cannot_stand("iss", "This address, or this calling system, is registered already.") from None
    return row


def _refuse_faults(said: Registration, organization_id: OrganizationId) -> None:
    systems = CallingSystem.objects.filter(organization_id=organization_id, ended_at__isnull=True)
    named = said.name.strip()
    checks = (
        (0 < len(named) <= LONGEST_NAME and named.isprintable(), "name", "It needs a name of at most 120 characters."),
        (_is_base(said.iss), "iss", "The FHIR address is https, public, and without ? or #."),
        (_is_word(said.client_id) or not said.client_id, "client_id", "The client id is printable, without blanks."),
        (said.way in Ehr.Way.values, "way", "Choose how Hallway proves itself."),
        (_is_word(said.identifier_system), "identifier_system", "Name the system of its patients’ numbers, as a URI."),
        (not said.system_id or systems.filter(id=said.system_id).exists(), "system", "Choose one of your own systems."),
    )
    for holds, field, what in checks:
        if not holds:
            raise refusals.cannot_stand(field, what)


def _is_word(text: str) -> bool:
    return 0 < len(text) <= LONGEST_ID and text.isascii() and text.isprintable() and not set(text) & set(" |,")


def _is_base(text: str) -> bool:
    try:
        outward.check(text)
        parts = urlsplit(text)
    except (outward.OutwardError, ValueError):
        return False
    return len(text) <= LONGEST_ADDRESS and not parts.query and "?" not in text and text.isprintable()
