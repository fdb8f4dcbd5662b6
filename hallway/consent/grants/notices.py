"""What must travel with what a reader is given: the notice in its legal words, and what the consent behind it covers.

42 CFR 2.32(a) and (b), Conn. Gen. Stat. 19a-585. The plan that let an item flow says which notices it owes; an exit
that gives out items asks here and prints the answer.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from hallway.consent.grants.decision import Item, Plan
from hallway.consent.models import Consent
from hallway.consent.tables.notices import Notice, named
from hallway.directory.models import Organization
from hallway.record.classes import DataClass
from hallway.record.evidence import Clause, Release

PURPOSE_WORDS = {"TREAT": "treatment", "PAY": "payment", "OPS": "health care operations"}
EVENT_WORDS = {"end_of_treatment": "the end of the treatment", "none": "it is taken back"}


@dataclass(frozen=True, slots=True)
class Owed:
    """The notices of one answer, in full words, and one sentence on each consent that it left under."""

    notices: tuple[Notice, ...] = ()
    scope: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything is owed."""
        return bool(self.notices)

    @property
    def texts(self) -> tuple[str, ...]:
        """The full words of each notice, then the scope."""
        return (*(notice.text for notice in self.notices), *self.scope)


NOTHING = Owed()


def owed(releases: Sequence[Release], items: Iterable[Item]) -> Owed:
    """What must go along with ``items`` that flowed under ``releases``. Most answers owe nothing and cost nothing."""
    owing = [release for release in releases if _may_owe(release.clauses)]
    if not owing:
        return NOTHING
    kinds = {(one.mask, one.source_org, one.author, one.kind) for one in items}
    duties: dict[str, None] = {}
    consents: dict[str, None] = {}
    for release in owing:
        plan = Plan(release)
        for mask, source, author, kind in sorted(kinds):
            decided = plan.decide(mask, source, author, kind)
            found = [duty for duty in decided.obligations if "notice:" in duty]
            duties.update(dict.fromkeys(found))
            consents.update(dict.fromkeys(decided.consent_ids if found else ()))
    notices = named(tuple(duties))
    return Owed(notices, _scopes(list(consents))) if notices else NOTHING


@lru_cache(maxsize=4096)
def _may_owe(clauses: tuple[Clause, ...]) -> bool:
    return any("notice:" in duty for clause in clauses for duty in clause.obligations)


def _scopes(consent_ids: list[str]) -> tuple[str, ...]:
    """What each consent covers, in one sentence (42 CFR 2.32(b)): who, to whom, what, for what, until when."""
    rows = list(Consent.objects.filter(id__in=consent_ids).order_by("signed_at", "id"))
    ids = {one for row in rows for one in (row.discloser_org_id, row.recipient_org_id)}
    names = dict(Organization.objects.filter(id__in=ids).values_list("id", "name"))
    return tuple(_scope(row, names) for row in rows)


def _scope(row: Consent, names: dict[int, str]) -> str:
    given = names.get(row.discloser_org_id, "the program")
    taken = names.get(row.recipient_org_id, "all who treat the patient")
    what = "substance use records" if row.classes & DataClass.PART2 else "the records it names"
    if row.kinds:
        what += f" ({', '.join(row.kinds)})"
    aims = ", ".join(PURPOSE_WORDS.get(one, one.lower()) for one in row.purposes)
    until = f"{row.expires_at:%m/%d/%Y}" if row.expires_at else EVENT_WORDS.get(row.expires_event, "it is taken back")
    signed = f"{row.signed_at:%m/%d/%Y}" if row.signed_at else "a day not known"
    return (
        f"What the consent covers: {what}, from {given} to {taken}, for {aims}, until {until}."
        f" Signed {signed}, consent {row.id}. A copy is with the patient's forms."
    )
