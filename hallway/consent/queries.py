"""Reads of many charts at once, each gated inside its query by a lateral join on the compiled grants.

``EXISTS`` on the grants made the planner flip to a hash join (48 ms for 1 ms); ``CROSS JOIN LATERAL ... LIMIT 1`` does
not. Every read writes one ledger line that names every chart in the answer, in the same statement.
"""

from collections.abc import Sequence
from datetime import date

from hallway import clock
from hallway.consent.gate import gate_purposes, purpose_for
from hallway.consent.tables.profiles import profiles
from hallway.identity.requester import Requester
from hallway.ids import ChartId
from hallway.record.evidence import Purpose
from hallway.record.stored import PatientHeader


def grant_lateral(alias: str, *, source: str = "source_org_id", author: str = "0") -> str:
    """``CROSS JOIN LATERAL`` that keeps a row of ``alias`` only if one grant lets it flow to the requester.

    The row names its chart (``chart_id``), its label (``mask``), its source and, where it has one, its author column.
    Needs the parameters of ``grant_parameters``. The join yields one row or none, so it neither doubles nor counts.
    """
    return f"""
CROSS JOIN LATERAL (
  SELECT 1 FROM consent_grant gate
  WHERE gate.chart_id = {alias}.chart_id AND gate.grantee_org = %(gate_org)s::int
    AND gate.purpose = ANY(%(gate_purposes)s::text[]) AND gate.source_org = {alias}.{source}
    AND {alias}.mask & ~(gate.allow & %(gate_mask)s::bigint) = 0
    AND gate.from_at <= %(gate_now)s::timestamptz
    AND (gate.until_at IS NULL OR gate.until_at > %(gate_now)s::timestamptz)
    AND (gate.kinds = '{{}}' OR %(gate_kind)s::text = ANY(gate.kinds))
    AND CASE gate.author WHEN 0 THEN true
        WHEN -1 THEN %(gate_practitioner)s::int <> 0 AND {author} = %(gate_practitioner)s::int
        ELSE gate.author = {author} END
    AND CASE gate.grantee_practitioner WHEN 0 THEN NOT (%(gate_practitioner)s::int = ANY(gate.not_practitioners))
        ELSE gate.grantee_practitioner = %(gate_practitioner)s::int END
    AND (gate.roles = '{{}}' OR %(gate_role)s::text = ANY(gate.roles))
    AND (NOT gate.sud_duty OR %(gate_sud_duty)s::bool)
  LIMIT 1
) released
"""  # noqa: S608 - alias and column names come from our own queries, never from a person


GRANT_LATERAL = grant_lateral("gated")
"""The same for a table aliased ``gated`` with columns ``chart_id, source_org_id, mask``."""


def grant_parameters(requester: Requester, kind: str, purpose: Purpose | None = None) -> dict[str, object]:
    """The parameters of ``GRANT_LATERAL`` for rows that stand for resources of ``kind`` (a FHIR type, like Task).

    A role that may not state the purpose, or may not see the kind, gets a mask of zero: no row passes.
    """
    stated = purpose_for(requester, purpose)
    profile = profiles()[requester.role]
    open_kind = stated is not None and profile.narrow((kind,)) is not None
    return {
        "gate_org": 0 if stated is Purpose.INDIVIDUAL else requester.organization_id,
        "gate_purposes": [str(value) for value in gate_purposes(stated)] if stated else [],
        "gate_mask": profile.mask if open_kind else 0,
        "gate_now": clock.now(),
        "gate_kind": kind,
        "gate_practitioner": requester.practitioner_id,
        "gate_role": str(requester.role),
        "gate_sud_duty": requester.sud_duty,
    }


def headers(
    requester: Requester, chart_ids: Sequence[ChartId], purpose: Purpose | None = None
) -> dict[ChartId, PatientHeader]:
    """The patient headers among ``chart_ids`` that this requester may see; the others are simply not there."""
    raise NotImplementedError


def find_patients(
    requester: Requester, text: str, birth_date: date | None = None, *, limit: int = 20
) -> list[PatientHeader]:
    """Patients whose name (words, any order, prefixes) or record number matches, among those one may open."""
    raise NotImplementedError


def roster(requester: Requester, *, limit: int = 50, after: tuple[str, str, int] | None = None) -> list[PatientHeader]:
    """The patients one may open, by family name; ``after`` is (family_key, given_key, chart_id) of the last one."""
    raise NotImplementedError
