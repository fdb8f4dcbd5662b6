"""Reads of many charts at once, each gated inside its query by a lateral join on the compiled grants.

``EXISTS`` on the grants made the planner flip to a hash join (48 ms for 1 ms); ``CROSS JOIN LATERAL ... LIMIT 1`` does
not. Every read writes one ledger line that names every chart in the answer, in the same statement.
"""

from collections.abc import Sequence
from datetime import date

from django.db.models import Q, QuerySet

from hallway import clock
from hallway.consent.gate import grantee_of, in_scope, purpose_for
from hallway.consent.grants import soundness
from hallway.consent.models import Consent
from hallway.consent.tables.profiles import profiles
from hallway.directory.models import CareTeamMember
from hallway.identity.requester import PATIENT_SIDE, Requester
from hallway.ids import ChartId, OrganizationId
from hallway.ledger import lines
from hallway.record.classes import LICENCE_CLASSES
from hallway.record.evidence import Purpose
from hallway.record.queries import header_columns, header_from_row, label_now
from hallway.record.resources import fold
from hallway.record.stored import PatientHeader
from hallway.storage import connection


def grant_lateral(
    alias: str, *, source: str = "source_org_id", author: str = "0", columns: str = "1", name: str = "released"
) -> str:
    """``CROSS JOIN LATERAL`` that keeps a row of ``alias`` only if one grant lets it flow to the requester.

    The row names its chart (``chart_id``), its label (``mask``), its source and, where it has one, its author column.
    Needs the parameters of ``grant_parameters``. The join yields one row or none, so it neither doubles nor counts.
    ``columns`` of the grant, as of ``name``, say by which right.
    """
    return f"""
CROSS JOIN LATERAL (
  SELECT {columns} FROM consent_grant gate
  WHERE gate.chart_id = {alias}.chart_id AND gate.source_org = {alias}.{source}
    AND {alias}.mask & ~(gate.allow & %(gate_mask)s::bigint) = 0 AND {grant_stands()}
    AND (gate.kinds = '{{}}' OR %(gate_kind)s::text = ANY(gate.kinds))
    AND CASE gate.author WHEN 0 THEN true
        WHEN -1 THEN %(gate_practitioner)s::int <> 0 AND {author} = %(gate_practitioner)s::int
        ELSE gate.author = {author} END
  LIMIT 1
) {name}
"""  # noqa: S608 - alias and column names come from our own queries, never from a person


_NO_KIND = "none"


def own_desk(source: str = "source_org_id", mask: str = "mask") -> str:
    """SQL of a workflow row's label for a list, as ``gate.may_know`` judges one row: the column ``mask``.

    A practice always knows its own steps: licence classes bind what it tells others, not its own desk. Needs the
    parameters of ``grant_parameters``.
    """
    return f"CASE WHEN {source} = %(gate_org)s THEN {mask} & ~{int(LICENCE_CLASSES)}::bigint ELSE {mask} END AS mask"


def every_label_flows(alias: str, column: str = "also") -> str:
    """SQL that is true where each label in a JSON array of a row of ``alias`` flows to the requester too.

    A label is ``[source, mask, author]`` of a fact that the row rests on, its kind of resource where that is known,
    and its id: then it counts with every class that the fact has by now, though the row was not looked at since. What
    has been taken from the fact counts until then. Needs the parameters of ``grant_parameters`` and ``gate_kinds`` of
    ``kinds_open_to``. Most rows rest on nothing else and are not looked at: the plan of the list stays what it is.
    """
    mask = f"((label.one->>1)::bigint | coalesce({label_now('label.one->>3', '(label.one->>4)::uuid')}, 0))"
    return f"""
CASE WHEN {alias}.{column} = '[]'::jsonb THEN true ELSE NOT EXISTS (
  SELECT 1 FROM jsonb_array_elements({alias}.{column}) AS label (one)
  WHERE NOT (%(gate_kinds)s::text[] = '{{}}'
      OR coalesce(label.one->>3, %(gate_kind)s::text) = ANY(%(gate_kinds)s::text[]))
  OR NOT EXISTS (
    SELECT 1 FROM consent_grant gate
    WHERE gate.chart_id = {alias}.chart_id AND gate.source_org = (label.one->>0)::int
      AND {mask} & ~(gate.allow & %(gate_mask)s::bigint) = 0 AND {grant_stands()}
      AND (gate.kinds = '{{}}' OR coalesce(label.one->>3, %(gate_kind)s::text) = ANY(gate.kinds))
      AND CASE gate.author WHEN 0 THEN true
          WHEN -1 THEN %(gate_practitioner)s::int <> 0 AND (label.one->>2)::int = %(gate_practitioner)s::int
          ELSE gate.author = (label.one->>2)::int END)
) END
"""  # noqa: S608 - alias and column names come from our own queries, never from a person


def kinds_open_to(requester: Requester) -> list[str]:
    """The kinds of resources that the role (and the program it asks by) may have at all; empty for every kind."""
    narrowed = in_scope(requester, profiles()[requester.role].narrow(()))
    return [_NO_KIND] if narrowed is None else list(narrowed)


def grant_is_for() -> str:
    """The grants ``gate`` of a requester's practice for the purpose: whether they stand for this one is not asked."""
    return """gate.grantee_org = %(gate_org)s::int AND gate.purpose = ANY(%(gate_purposes)s::text[])
    AND (%(gate_chart)s::bigint = 0 OR gate.chart_id = %(gate_chart)s::bigint)"""


def grant_stands() -> str:
    """The grants ``gate`` that stand for the requester now, whatever row they let flow."""
    return f"""{grant_is_for()}
    AND gate.from_at <= %(gate_now)s::timestamptz
    AND (gate.until_at IS NULL OR gate.until_at > %(gate_now)s::timestamptz)
    AND CASE gate.grantee_practitioner WHEN 0 THEN NOT (%(gate_practitioner)s::int = ANY(gate.not_practitioners))
        ELSE gate.grantee_practitioner = %(gate_practitioner)s::int END
    AND (gate.roles = '{{}}' OR %(gate_role)s::text = ANY(gate.roles))
    AND (NOT gate.sud_duty OR %(gate_sud_duty)s::bool)"""


GRANT_LATERAL = grant_lateral("gated")
"""The same for a table aliased ``gated`` with columns ``chart_id, source_org_id, mask``."""


def grant_parameters(requester: Requester, kind: str, purpose: Purpose | None = None) -> dict[str, object]:
    """The parameters of ``GRANT_LATERAL`` for rows that stand for resources of ``kind`` (a FHIR type, like Task).

    A role that may not state the purpose, or may not see the kind, gets no purpose: no row passes. So does EMERGENCY:
    such access is about one chart, and no list opens by it.
    """
    soundness.refuse_clock_set_back()
    stated = purpose_for(requester, purpose)
    profile = profiles()[requester.role]
    narrowed = in_scope(requester, profile.narrow((kind,)))
    open_kind = stated not in (None, Purpose.EMERGENCY) and narrowed is not None
    return {
        "gate_chart": _held_to(requester),
        "gate_org": 0 if stated is Purpose.INDIVIDUAL else requester.organization_id,
        "gate_purposes": [str(stated)] if open_kind else [],
        "gate_mask": profile.mask,
        "gate_now": clock.now(),
        "gate_kind": kind,
        "gate_practitioner": grantee_of(requester),
        "gate_role": str(requester.role),
        "gate_sud_duty": requester.sud_duty,
    }


def _held_to(requester: Requester) -> int | None:
    """The one chart that a requester is held to, 0 for none in particular, None where no chart can pass.

    A patient's grants name no grantee, so the patient's side is held to one chart here; without one, to none.
    """
    asked = requester.scopes.chart_id if requester.scopes else None
    if requester.role not in PATIENT_SIDE:
        return asked or 0
    return requester.chart_id if requester.chart_id and asked in (None, requester.chart_id) else None


def headers(
    requester: Requester, chart_ids: Sequence[ChartId], purpose: Purpose | None = None
) -> dict[ChartId, PatientHeader]:
    """The patient headers among ``chart_ids`` that this requester may see; the others are simply not there."""
    if not chart_ids:
        return {}
    rows = _gated_headers(
        requester,
        "WHERE h.chart_id = ANY (%(charts)s::bigint[]) ORDER BY h.chart_id",
        {"charts": sorted({int(chart_id) for chart_id in chart_ids})},
        act="headers",
        purpose=purpose,
    )
    return {header.chart_id: header for header in rows}


MAX_WORDS = 5


def find_patients(
    requester: Requester, text: str, birth_date: date | None = None, *, limit: int = 20
) -> list[PatientHeader]:
    """Patients whose name (words, any order, prefixes) or record number matches, among those one may open.

    An empty text with a birth date finds by date alone; with neither, nobody. The ledger line names the charts in the
    answer and never what was typed.
    """
    words = [fold(word) for word in text.split()[:MAX_WORDS]]
    words = [word for word in words if word]
    if not words and birth_date is None:
        return []
    parameters: dict[str, object] = {"birth": birth_date, "limit": limit, "number": text.strip()[:80]}
    tests = ["(%(birth)s::date IS NULL OR h.birth_on = %(birth)s::date)"]
    for place, word in enumerate(words):
        parameters[f"word{place}"] = _prefix(word)
        tests.append(f"(h.family_key LIKE %(word{place})s::text OR h.given_key LIKE %(word{place})s::text)")
    by_name = " AND ".join(tests)
    by_number = "(h.record_number <> '' AND h.record_number = %(number)s::text)"
    return _gated_headers(
        requester,
        f"WHERE ({by_name}) OR {by_number} ORDER BY h.family_key, h.given_key, h.chart_id LIMIT %(limit)s::bigint",
        parameters,
        act="find",
    )


def roster(requester: Requester, *, limit: int = 50, after: ChartId | None = None) -> list[PatientHeader]:
    """The patients one may open, by family name; ``after`` is the chart of the last one shown.

    ``after`` counts only while one may open it: else it would tell where a hidden name stands in the alphabet.
    """
    start = ""
    if after is not None:
        start = f"""WHERE (h.family_key, h.given_key, h.chart_id) > (
            SELECT p.family_key, p.given_key, p.chart_id FROM record_header p
            {grant_lateral("p", source="source_org")} WHERE p.chart_id = %(last)s::bigint)"""  # noqa: S608
    return _gated_headers(
        requester,
        f"{start} ORDER BY h.family_key, h.given_key, h.chart_id LIMIT %(limit)s::bigint",
        {"last": after, "limit": limit},
        act="roster",
    )


def _gated_headers(
    requester: Requester, where: str, parameters: dict[str, object], *, act: str, purpose: Purpose | None = None
) -> list[PatientHeader]:
    """Headers that pass the gate, and in the same statement one ledger line that names their charts.

    The line is written also for an empty answer, so an empty one costs and leaves the same.
    """
    gate = grant_parameters(requester, "Patient", purpose)
    line = lines.step_line(
        requester, act, charts=(), purpose=str(purpose_for(requester, purpose) or ""), detail="Patient"
    )
    statement = f"""
WITH found AS (
  SELECT {header_columns()}, row_number() OVER () AS place FROM record_header h
  {grant_lateral("h", source="source_org")} {where}
), line AS ({_LINE_OF_FOUND})
SELECT {header_columns()} FROM found h ORDER BY place
"""  # noqa: S608 - texts of our own; every value is a parameter
    with connection.cursor() as cursor:
        cursor.execute(statement.encode(), {**gate, **line.bound(cursor), **parameters})
        return [header_from_row(row) for row in cursor.fetchall()]


_LINE_OF_FOUND = lines.insert_line(
    chart="coalesce(named.charts[1], 0)",
    also="array_to_string(named.charts[2:], ',')",
    behind="FROM (SELECT coalesce(array_agg(chart_id ORDER BY chart_id), '{}') AS charts FROM found) AS named",
)


def _prefix(word: str) -> str:
    """A LIKE pattern for words that begin so, anywhere in the key; what LIKE would read as a sign is itself."""
    plain = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"{plain}%"


def was_told_of_withholding(requester: Requester, chart_id: ChartId) -> bool:
    """Whether the patient chose to tell this reader that some things are not shared (the composer's last question).

    Only a form in force that names the reader's practice, and the reader where it names a person, says so; its absence
    says nothing. Ask it only about a chart that the gate has opened.
    """
    now = clock.now()
    return (
        Consent.objects.filter(chart_id=chart_id, state="signed", tell_withheld=True, signed_at__lte=now)
        .filter(Q(expires_at=None) | Q(expires_at__gt=now))
        .filter(recipient_org_id=requester.organization_id or -1)
        .filter(recipient_practitioner_id__in=[0, requester.practitioner_id])
        .exists()
    )


_OPEN_CHARTS = f"""SELECT DISTINCT gate.chart_id FROM consent_grant gate
    WHERE {grant_stands()} AND gate.allow & %(gate_mask)s::bigint <> 0 ORDER BY 1"""  # noqa: S608 - texts of our own


def charts_open_to(requester: Requester) -> list[ChartId]:
    """Every chart of which some grant lets something flow to this requester now, for the purpose of their role.

    It says that patients exist: for a job that asks the gate for each of them, and tells of none that gives nothing.
    """
    wanted = grant_parameters(requester, "Patient")
    profile = profiles()[requester.role]
    stated = purpose_for(requester, None)
    wanted |= {"gate_purposes": [] if stated is None else [str(stated)], "gate_mask": profile.mask}
    with connection.cursor() as cursor:
        rows = cursor.execute(_OPEN_CHARTS.encode(), wanted).fetchall()
    return [ChartId(row[0]) for row in rows]


def attributed_to(organization: OrganizationId) -> frozenset[ChartId]:
    """Charts whose care team has this organization now. It says that patients exist: narrow what the gate opens."""
    rows = _on_a_team().filter(organization_id=int(organization))
    return frozenset(ChartId(one) for one in rows.values_list("chart_id", flat=True))


def practices_of(chart_id: ChartId) -> list[OrganizationId]:
    """The organizations of a chart's care team now: whom the patient was assigned to first, then the longest there.

    It says who treats a patient: for the patient's own side, and to narrow what the gate opens.
    """
    rows = _on_a_team().filter(chart_id=int(chart_id)).order_by("from_at", "id")
    found = sorted(rows.values_list("basis", "organization_id"), key=lambda row: row[0] != "assigned")
    return [OrganizationId(one) for one in dict.fromkeys(organization for _, organization in found)]


def team_of(chart_id: ChartId) -> QuerySet[CareTeamMember]:
    """Who is on a chart's team now or will be, with place and person. It says who treats: narrow it by the gate."""
    rows = CareTeamMember.objects.filter(chart_id=int(chart_id)).exclude(until_at__lte=clock.now())
    return rows.select_related("organization", "practitioner").order_by("from_at", "id")


def _on_a_team() -> QuerySet[CareTeamMember]:
    """Who is on a care team now."""
    now = clock.now()
    return CareTeamMember.objects.filter(from_at__lte=now).filter(Q(until_at=None) | Q(until_at__gt=now))
