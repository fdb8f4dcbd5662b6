"""What a look found, set against what fired before: each moment once, taken back where its facts are gone."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from hallway import ids
from hallway.ids import ChartId, OrganizationId, PractitionerId
from hallway.loops.actions import Label, Owed, close_subject, open_loop, relabel_subject, rise_as_own
from hallway.loops.tables.clocks import LoopKind
from hallway.record.classes import DataClass
from hallway.triggers.facts import Chart, Fact
from hallway.triggers.models import Firing
from hallway.triggers.rules import Due, Found
from hallway.triggers.tables.rows import Row

_STATE = Firing.State
_UNDECIDED = (_STATE.OPEN, _STATE.MERGED)
_HELD_BACK = (_STATE.WITHDRAWN, _STATE.MERGED)
Key = tuple[str, str]
"""Rule and occasion."""
Ref = tuple[str, str]
"""Kind and id of a resource."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of a look, for its line: rules that fired, were merged, or were taken back."""

    fired: tuple[str, ...] = ()
    merged: tuple[str, ...] = ()
    withdrawn: tuple[str, ...] = ()

    def words(self) -> str:
        """For the ledger: codes of rules alone. Empty where nothing changed."""
        parts = (("fired", self.fired), ("merged", self.merged), ("withdrawn", self.withdrawn))
        return "; ".join(f"{name} {' '.join(sorted(rules))}" for name, rules in parts if rules)


@dataclass(frozen=True, slots=True)
class Look:
    """``chart`` at ``now`` and what the rules found in it; ``tuned_at`` is when the practice last changed a rule."""

    chart: Chart
    now: datetime
    found: Found
    rows: Mapping[str, Row]
    tuned_at: Mapping[str, datetime]


def keep(look: Look) -> Kept:
    """Write what is new and take back what is gone. Under the lock of the chart and practice."""
    held = {_key(one): one for one in _held(look.chart)}
    newest = _newest(look.chart)
    gone = [one for one in held.values() if one.state in _UNDECIDED and not _stands(one, look, newest)]
    for one in gone:
        _withdraw(one, look.now)
    _refresh(held.values(), newest)
    fired: list[str] = []
    merged: list[str] = []
    for due in look.found.due:
        row = held.get((due.rule, due.occasion))
        if row is not None and row.state != _STATE.WITHDRAWN and not _is_orphan(row, due, held):
            continue
        into = _duplicate_of(due, held.values(), look.rows[due.rule])
        kept = _place(row, due, look, into)
        held[_key(kept)] = kept
        (merged if into else fired).append(due.rule)
    return Kept(tuple(fired), tuple(merged), tuple(one.rule for one in gone))


def _held(chart: Chart) -> Iterable[Firing]:
    return Firing.objects.filter(chart_id=chart.chart_id, organization_id=chart.practice).order_by("occurred_at", "id")


def _key(one: Firing) -> Key:
    return one.rule, one.occasion


# Taking back ---------------------------------------------------------------------------------------------------------


def _stands(one: Firing, look: Look, newest: Mapping[Ref, Fact]) -> bool:
    """Whether its facts still say so. What a person closed is not asked: it was acted on.

    That somebody was told since, or that it has become old, closes nothing: only a person does. Nor does a practice
    that tunes the rule meanwhile: then it stands while what it rests on is there.
    """
    if _key(one) in look.found.standing:
        return True
    tuned = look.tuned_at.get(one.rule)
    is_rule_as_it_was = one.rule in look.rows and (tuned is None or tuned <= one.fired_at)
    found = [newest.get((str(kind), str(key))) for kind, key, *_ in one.causes]
    return not is_rule_as_it_was and all(fact is not None and not fact.is_error for fact in found)


def _withdraw(one: Firing, now: datetime) -> None:
    one.state, one.closed_at, one.closed_by, one.merged_into = _STATE.WITHDRAWN, now, 0, None
    one.version += 1
    one.save()
    close_subject(one.id, closed_as="withdrawn", kinds=(LoopKind.COORDINATE,))


def _is_orphan(row: Firing, due: Due, held: Mapping[Key, Firing]) -> bool:
    """Part of another that was taken back, is shut now to some who may know of it, or was closed before: on its own."""
    if row.state != _STATE.MERGED:
        return False
    whole = next((one for one in held.values() if one.id == row.merged_into), None)
    return whole is None or whole.state in _HELD_BACK or _was_closed_before(whole, row) or not _is_seen_with(whole, due)


def _was_closed_before(whole: Firing, part: Firing) -> bool:
    """Whether a person closed the one before the other became part of it: they decided without knowing of it."""
    return bool(whole.closed_at and part.closed_at and whole.closed_at < part.closed_at)


def calm(chart_id: ChartId, practice: OrganizationId, rules: Sequence[str]) -> int:
    """What is open of these rules stays open, and rises no faster than any finding. How many rose faster."""
    firings = Firing.objects.filter(chart_id=chart_id, organization_id=practice, rule__in=rules, state=_STATE.OPEN)
    return rise_as_own(list(firings.values_list("id", flat=True)), kind=LoopKind.COORDINATE)


# Firing --------------------------------------------------------------------------------------------------------------


def _duplicate_of(due: Due, held: Iterable[Firing], row: Row) -> UUID | None:
    """What is open of the same rule and group within the days of the row: one word is enough for both.

    Nothing that a person has closed: whoever did so did not know of this. And only what everybody may know who may know
    of this: else it would swallow what a colleague ought to be told.
    """
    span = timedelta(days=row.suppress_days)
    near = [
        one
        for one in held
        if one.rule == due.rule
        and one.group == due.group
        and one.occasion != due.occasion
        and one.state == _STATE.OPEN
        and abs(one.occurred_at - due.occurred_at) < span
        and _is_seen_with(one, due)
    ]
    return min(near, key=lambda one: (one.occurred_at, one.id)).id if near else None


def _is_seen_with(whole: Firing, due: Due) -> bool:
    """Whether whoever may know the facts of ``due`` may know those of ``whole``, by their labels.

    A label opens to whom another does when it has the same source, author and kind, and no class that this has not.
    """
    labels = {(one.source_org, one.author, one.kind, one.mask) for one in due.causes}
    return all(
        any((int(source), int(author), kind) == of[:3] and not int(mask) & ~of[3] for of in labels)
        for kind, _, _, source, mask, author in whole.causes
    )


def _place(row: Firing | None, due: Due, look: Look, into: UUID | None) -> Firing:
    """A new row, or the old one that was taken back or was part of another; its loop where it stands for itself."""
    kept = row or Firing(
        id=ids.new_uuid(look.now), chart_id=look.chart.chart_id, organization_id=look.chart.practice, fired_at=look.now
    )
    if row is not None:
        kept.version += 1
    kept.rule, kept.occasion, kept.group = due.rule, due.occasion, due.group
    kept.rule_version = look.rows[due.rule].version
    kept.practitioner_id, kept.role, kept.counterpart_org_id = due.practitioner_id, due.role, due.counterpart_org
    kept.causes = [label_of(one) for one in due.causes]
    kept.parameters = dict(due.parameters)
    kept.occurred_at, kept.due_at = due.occurred_at, due.due_at
    kept.state = _STATE.MERGED if into else _STATE.OPEN
    kept.merged_into, kept.closed_at = into, look.now if into else None
    kept.save(force_insert=row is None)
    if not into:
        open_loop(_owed(kept, look.rows[due.rule]))
    return kept


def label_of(fact: Fact) -> list[str | int]:
    """A cause as the row keeps it: which version, and by which label it flows."""
    return [fact.kind, fact.id, fact.version, fact.source_org, fact.mask, fact.author]


def also(causes: Iterable[Sequence[str | int]]) -> tuple[Label, ...]:
    """The labels of causes as a loop keeps them, each once."""
    found: dict[Label, None] = {}
    for kind, key, _, source, mask, author in causes:
        found[int(source), int(mask), int(author), str(kind), str(key)] = None
    return tuple(found)


def _owed(one: Firing, row: Row) -> Owed:
    here = OrganizationId(one.organization_id)
    first = one.causes[0] if one.causes else ["", "", 0, one.organization_id, int(DataClass.GENERAL), 0]
    return Owed(
        chart_id=ChartId(one.chart_id),
        kind=LoopKind.COORDINATE,
        owner_org=here,
        owner_practitioner=PractitionerId(one.practitioner_id),
        owner_role=one.role,
        # Not for the other side: that somebody owes them a word would tell that they treat the patient, and why.
        for_org=here,
        # A practice that has written nothing yet has no grant of its own: the row goes by the label of its first cause.
        source_org=OrganizationId(int(first[3])),
        mask=int(first[4]),
        subject_id=one.id,
        due_at=one.due_at,
        harm=row.harm,
        rises_as=LoopKind(row.rises) if row.rises else None,
        why=row.title[:120],
        also=also(one.causes),
    )


def _newest(chart: Chart) -> Mapping[Ref, Fact]:
    """Each fact in its last version."""
    found: dict[Ref, Fact] = {}
    for fact in (one for facts in chart.facts.values() for one in facts):
        known = found.get((fact.kind, fact.id))
        if known is None or known.version < fact.version:
            found[fact.kind, fact.id] = fact
    return found


def _refresh(held: Iterable[Firing], newest: Mapping[Ref, Fact]) -> None:
    """Causes as they stand now: a version that was corrected, a label that was changed."""
    for one in held:
        fresh = [_fresh(cause, newest) for cause in one.causes]
        if one.state != _STATE.WITHDRAWN and fresh != one.causes:
            was, one.causes = also(one.causes), fresh
            one.save(update_fields=["causes"])
            if also(fresh) != was:
                relabel_subject(one.id, kind=LoopKind.COORDINATE, mask=int(fresh[0][4]), also=also(fresh))


def _fresh(cause: list[str | int], newest: Mapping[Ref, Fact]) -> list[str | int]:
    fact = newest.get((str(cause[0]), str(cause[1])))
    return cause if fact is None else label_of(fact)
