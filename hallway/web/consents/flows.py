"""What flows to whom today, practice by practice, with the rule or form it flows under. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from hallway.consent.explaining.reach import Portion, Reach
from hallway.consent.grants.compiler import GrantRow
from hallway.consent.tables import library
from hallway.web.consents.people import Candidate
from hallway.web.consents.questions import CATEGORIES

SHORT = {
    "visits": "visits",
    "medicines": "medicines",
    "diagnoses": "diagnoses",
    "plan": "treatment plan",
    "results": "scores and results",
    "reports": "reports and letters",
    "notes": "visit notes",
}


@dataclass(frozen=True, slots=True)
class Flow:
    """One practice, or persons of it, and what of ours reaches them."""

    place: str
    side: str
    who: tuple[str, ...]
    seen: tuple[str, ...]
    count: int
    total: int
    why: str
    citation: str
    under_form: bool
    verified: bool


def flows(portions: Counter[Portion], everybody: Sequence[Candidate], reach: Reach) -> list[Flow]:
    """Everybody whom something reaches, those who see the same through the same door together."""
    grouped: dict[tuple[str, tuple[str, ...], int, str], list[Candidate]] = {}
    reasons: dict[tuple[str, tuple[str, ...], int, str], GrantRow] = {}
    for one in everybody:
        recipient = one.column().recipient
        let = {portion: row for portion in portions if (row := reach.why(recipient, portion)) is not None}
        if not let:
            continue
        seen = tuple(
            SHORT[category.key] for category in CATEGORIES if any(portion.kind in category.kinds for portion in let)
        )
        row = max(let.values(), key=lambda row: len(row.consent_ids))
        key = (one.place, seen, sum(portions[portion] for portion in let), ",".join(row.consent_ids))
        grouped.setdefault(key, []).append(one)
        reasons[key] = row
    total = sum(portions.values())
    found = [_flow(key, members, reasons[key], total) for key, members in grouped.items()]
    return sorted(found, key=lambda flow: (-flow.count, flow.place))


def _flow(key: tuple[str, tuple[str, ...], int, str], members: list[Candidate], row: GrantRow, total: int) -> Flow:
    rules = [library.rule(rule_id) for rule_id in row.rule_ids]
    asked = [rule for rule in rules if rule.needs] if row.consent_ids else []
    said = next(iter([*asked, *rules]), None)
    return Flow(
        place=key[0],
        side=members[0].side,
        who=tuple(one.short for one in members),
        seen=key[1],
        count=key[2],
        total=total,
        why=said.sentence if said else "",
        citation=said.citation if said else "",
        under_form=bool(row.consent_ids),
        verified=said.verified if said else True,
    )
