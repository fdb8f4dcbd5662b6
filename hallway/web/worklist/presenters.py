"""What is owed, as the worklist says it. Pure: rows in, sentences and groups out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

from hallway.loops.queries import COUNTED_TO
from hallway.loops.views import LoopRow
from hallway.web import words

GROUPS = {"now": "Now", "today": "Today", "week": "This week", "later": "Later", "closed": "Closed"}
SHOWS = {"mine": "Mine", "waiting": "Waiting on others", "practice": "Practice", "closed": "Closed this week"}

PAGES_BY_KIND: dict[str, tuple[str, bool]] = {
    "report": ("reports:draft", False),
    "acknowledge": ("reports:read", True),
    "review_emergency": ("emergency:show", True),
    "tell_patient": ("emergency:tell", True),
    "patient_ask": ("asks:show", True),
    "call_in_emergency": ("emergency:call", True),
}
"""Kind of loop -> page of its next step, and whether that page takes the subject's id rather than the referral's."""


@dataclass(frozen=True, slots=True)
class Row:
    """A loop row with the addresses of its pages. ``step_url`` is where the next step is taken."""

    loop: LoopRow
    step_url: str
    chart_url: str
    peek_url: str
    whom: str


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that are due about the same time."""

    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Load:
    """What one owner carries: how much is open, late and coming due."""

    name: str
    open: int
    late: int
    soon: int
    rows: tuple[Row, ...]

    @property
    def late_text(self) -> str:
        """``3 late``."""
        return f"{self.late} late"


def rows_of(loops: Iterable[LoopRow]) -> list[Row]:
    """Rows with their addresses."""
    return [_row(loop) for loop in loops]


def _row(loop: LoopRow) -> Row:
    chart_url = _first([("chart:overview", loop.header.chart_id)])
    peek = reverse("worklist:peek", args=[loop.header.chart_id, loop.id])
    return Row(loop, step_url(loop) or chart_url, chart_url, peek, whom(loop))


def whom(loop: LoopRow) -> str:
    """The other side of what is owed: for whom, or who owes it; nothing where the own practice alone waits for it."""
    owner = ", ".join(filter(None, (loop.owner_name, loop.owner_org)))
    other = ", ".join(filter(None, (loop.for_name, loop.for_org)))
    if owner == other:
        return f"{owner} keeps this open"
    if loop.is_mine and other == loop.owner_org:
        return ""
    return f"For {other}" if loop.is_mine else f"{owner} owes it"


def step_url(loop: LoopRow) -> str:
    """The page where the next step is taken: the owner's own, else the referral's; empty when there is none."""
    tries: list[tuple[str, object]] = []
    page, by_subject = PAGES_BY_KIND.get(loop.kind, ("", False))
    if page and loop.is_mine:
        tries.append((page, loop.next_id if by_subject else loop.referral_id))
    if loop.kind == "renew_consent":
        tries += [("consents:again", loop.next_id)] if loop.is_mine else []
        tries.append(("chart:consents", loop.header.chart_id))
    tries += [(loop.next_url, loop.next_id), ("referrals:show", loop.referral_id)]
    return _first(tries)


def _first(tries: Iterable[tuple[str, object]]) -> str:
    for name, argument in tries:
        if not name or argument is None:
            continue
        try:
            return reverse(name, args=[argument])
        except NoReverseMatch:
            continue
    return ""


def groups_of(rows: Sequence[Row]) -> list[Group]:
    """Rows by when they are due, in the order of urgency, empty groups left out."""
    grouped = {key: tuple(row for row in rows if row.loop.group == key) for key in GROUPS}
    return [Group(GROUPS[key], members) for key, members in grouped.items() if members]


def finding(show: str, total: int, rows: Sequence[Row]) -> str:
    """The heading: what the page has found, never its name."""
    late = sum(row.loop.is_late for row in rows if show != "closed")
    is_cut = total > len(rows)
    least = "at least " if is_cut else ""
    tail = f", {least}{words.number(late).lower()} {'is' if late == 1 else 'are'} late" if late else ""
    return _opening(show, total, is_uncounted=is_cut and total > COUNTED_TO) + tail


def badge(count: int | None) -> str | None:
    """A count as a tab shows it: ``99+`` where nobody counted further."""
    return f"{COUNTED_TO}+" if count is not None and count > COUNTED_TO else None if count is None else str(count)


def _opening(show: str, total: int, *, is_uncounted: bool) -> str:
    many = f"{words.number(total)} {'thing' if total == 1 else 'things'}"
    many = f"More than {total - 1:,} things" if is_uncounted else many
    one = total == 1
    if not total:
        nothing = {"mine": "Nothing is owed by you", "waiting": "Nobody owes you anything"}
        return nothing.get(
            show, "Nothing is open in your practice" if show == "practice" else "Nothing closed this week"
        )
    endings = {
        "mine": "needs you" if one else "need you",
        "waiting": "waits on others" if one else "wait on others",
        "practice": "is open in your practice" if one else "are open in your practice",
        "closed": "closed this week",
    }
    return f"{many} {endings[show]}"


def loads_of(rows: Sequence[Row]) -> tuple[Load | None, list[Load]]:
    """What nobody owns, and what each owner carries, the most late first. Never a ranking by anything else."""
    by_owner: dict[str, list[Row]] = {}
    for row in rows:
        by_owner.setdefault(row.loop.owner_name, []).append(row)
    nobodys = by_owner.pop("", [])
    loads = sorted((_load(name, owned) for name, owned in by_owner.items()), key=lambda load: (-load.late, load.name))
    return (_load("Nobody's yet", nobodys) if nobodys else None), loads


def _load(name: str, rows: Sequence[Row]) -> Load:
    return Load(
        name,
        len(rows),
        sum(row.loop.is_late for row in rows),
        sum(not row.loop.is_late and row.loop.group in {"now", "today", "week"} for row in rows),
        tuple(rows),
    )
