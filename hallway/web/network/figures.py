"""The network's figures in words and lengths. Pure: all comes from one ``Dashboard``; small cells stay unshown."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from hallway.quality.queries import AskedOf, ComparisonLine, Dashboard, HandOffRate, MonthRate, Rate, Spread, Stuck
from hallway.quality.views import CrossPenetration
from hallway.web.words import count

TOO_FEW = "Too few to show"
FRACTIONS = (
    (10, "hardly any"),
    (29, "about a quarter"),
    (41, "about a third"),
    (45, "under half"),
    (56, "about half"),
    (70, "about two thirds"),
    (84, "about three quarters"),
    (96, "nearly all"),
    (101, "all"),
)
MOVES = {
    "Seen, report not started": "Remind the authors",
    "Draft ready, not signed": "Show them one-key signing",
    "Sent, not read": "Ask readers to acknowledge",
    "Patient has not agreed": "Nothing to do: counted apart",
}
"""What would move each step that a report waits at."""
HAND_OFF_WORDS = {"met": "Met in person or by video", "phoned": "Phoned within 2 days", "neither": "Neither"}
PERIODS = (("quarter", "Quarter"), ("year", "12 months"), ("all", "Since start"))
BEGINNING = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class Figure:
    """One of the five: what, how much, of how many."""

    name: str
    big: str
    small: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One row of the table: a bar of ``percent`` and a line at ``line``; both None when they may not be shown."""

    name: str
    side: str
    percent: int | None
    line: int | None
    line_words: str
    clinicians: str
    read: str
    rate: str
    days: str
    instead: str = TOO_FEW
    """What stands where there is no bar."""


@dataclass(frozen=True, slots=True)
class StuckRow:
    """Where reports wait, and what would move them."""

    step: str
    practice: str
    referrals: str
    oldest: str
    move: str


@dataclass(frozen=True, slots=True)
class Month:
    """One month of the table twin, and of the drawing where it may be shown."""

    on: date
    behavioral: int | None
    medical: int | None


@dataclass(frozen=True, slots=True)
class HandOff:
    """Follow-through of one kind of hand-off."""

    name: str
    referrals: str
    came: str
    days: str


def period(key: str, today: date) -> tuple[str, date, date]:
    """The period's key, its first and last day; an unknown key is the last 12 months."""
    if key == "quarter":
        return key, today - timedelta(days=91), today
    if key == "all":
        return key, BEGINNING, today
    return "year", today - timedelta(days=365), today


def finding(board: Dashboard) -> str:
    """The heading: what the figures say, in one sentence."""
    percent = board.behavioral_reports.percent
    if percent is None:
        return "Too few visits yet to say whether reports come back"
    share = next(words for below, words in FRACTIONS if percent < below)
    return f"Behavioral health reports come back for {share} of patients seen"


def subtitle(board: Dashboard) -> str:
    """Period, practices, clinicians."""
    until = board.until_on.strftime("%B %-d, %Y")
    since = "All referrals" if board.from_on == BEGINNING else board.from_on.strftime("%B %-d, %Y")
    often = f"{board.practices} practices and {board.clinicians} clinicians with eleven referrals or more"
    return f"{since} to {until}. {often}."


def five(board: Dashboard) -> list[Figure]:
    """The five figures, in the order of the walk."""
    return [
        _rate_figure("Reports back from behavioral health", board.behavioral_reports, "patients seen"),
        _rate_figure("Came to the first visit", board.follow_through, "referred, within 30 days"),
        _days_figure("Referral to accepted", board.to_accept),
        _days_figure("Referral to first visit", board.to_first_visit),
        _days_figure("First visit to report", board.to_report),
    ]


def crossing(found: CrossPenetration) -> list[Figure]:
    """How many patients of each side have the other too (R78)."""
    return [
        _rate_figure("Behavioral health patients with primary care", found.behavioral_in_primary, "patients"),
        _rate_figure("Primary care patients with behavioral health", found.primary_in_behavioral, "patients"),
    ]


def _rate_figure(name: str, rate: Rate, of: str) -> Figure:
    if rate.percent is None and rate.at_least is not None:
        return Figure(name, f"over {rate.at_least}%", f"{of}; the exact figure would point at a few people")
    if rate.percent is None:
        return Figure(name, "–", TOO_FEW)
    between = f"; between {rate.low}% and {rate.high}% with what may not be told" if rate.low != rate.high else ""
    return Figure(name, f"{rate.percent}%", f"{rate.numerator} of {rate.denominator} {of}{between}")


def _days_figure(name: str, spread: Spread) -> Figure:
    if spread.median_days is None or spread.ninth_days is None:
        return Figure(name, "–", TOO_FEW)
    return Figure(name, days_words(spread.median_days), f"median; 9 in 10 within {_round(spread.ninth_days)}")


def days_words(days: float) -> str:
    """ "12 days", "1 day", "under a day"."""
    if days < 0.5:
        return "Under a day"
    return count(_round(days), "day")


def _round(days: float) -> int:
    return int(days + 0.5)


def bars(rows: Sequence[AskedOf]) -> list[Bar]:
    """Bar and line both count clinicians; "read" and the rate count referrals, and the page says so."""
    return [_bar(row) for row in rows]


def _bar(row: AskedOf) -> Bar:
    line = row.line
    words = f"{'over ' if line.bound == 'over' else ''}{line.percent}%" if line else ""
    reports, clinicians = row.reports, row.clinicians
    shown = reports.percent is not None
    return Bar(
        name=row.label,
        side="bh" if row.is_behavioral else "",
        percent=clinicians.percent,
        line=line.percent if line else None,
        line_words=words,
        clinicians=str(clinicians.denominator) if clinicians.denominator is not None else "–",
        read=f"{reports.numerator} of {reports.denominator}" if shown else TOO_FEW,
        rate=f"{reports.percent}%" if shown else "–" if reports.at_least is None else f"over {reports.at_least}%",
        instead=TOO_FEW if reports.at_least is None else f"Over {reports.at_least}% of reports read",
        days=str(_round(row.days.median_days)) if row.days.median_days is not None else "–",
    )


def stuck(rows: Sequence[Stuck]) -> list[StuckRow]:
    """Where reports wait; a cell too small to show is a dash, never a number."""
    found: list[StuckRow] = []
    for row in rows:
        many = str(row.referrals) if row.referrals is not None else "–"
        oldest = str(row.oldest_days) if row.oldest_days is not None else "–"
        found.append(StuckRow(row.step, row.practice, many, oldest, MOVES.get(row.step, "")))
    return found


def months(rows: Sequence[MonthRate]) -> list[Month]:
    """Rates by month of the first visit, oldest first."""
    return [Month(row.month_on, row.behavioral.percent, row.medical.percent) for row in rows]


def hand_offs(rows: Sequence[HandOffRate]) -> list[HandOff]:
    """Follow-through by kind of hand-off."""
    return [
        HandOff(
            HAND_OFF_WORDS.get(row.kind, row.kind),
            str(row.came.denominator) if row.came.denominator is not None else "–",
            f"{row.came.percent}%" if row.came.percent is not None else "–",
            str(_round(row.days.median_days)) if row.days.median_days is not None else "–",
        )
        for row in rows
    ]


def hidden(rate: Rate) -> str:
    """What consent hides is counted, not guessed."""
    if rate.low is None or rate.high is None or rate.low == rate.high:
        return "Every referral counted here may be counted."
    return f"With what may not be told, the true rate lies between {rate.low}% and {rate.high}%."


@dataclass(frozen=True, slots=True)
class Source:
    """What one source says of the lines: "therapist 20%, psychiatrist 22%"."""

    lines: str
    source: str
    verified: bool


def sources(lines: Sequence[ComparisonLine]) -> list[Source]:
    """The lines by the source they come from, said once."""
    grouped: dict[tuple[str, bool], list[str]] = {}
    for line in lines:
        said = f"{line.recipient_type} {'over ' if line.bound == 'over' else ''}{line.percent}%"
        grouped.setdefault((line.source, line.verified), []).append(said)
    return [Source(", ".join(said), source, verified) for (source, verified), said in grouped.items()]


@dataclass(frozen=True, slots=True)
class Curve:
    """One line of the drawing by month: points where a rate is shown, gaps where it is not."""

    side: str
    word: str
    pieces: tuple[str, ...]
    last_x: float
    last_y: float
    last_words: str


X0, X1, Y0, Y100 = 28, 264, 164, 20


def curve(rows: Sequence[Month], *, which: str) -> Curve | None:
    """The drawing of ``behavioral`` or ``medical``; None when no month may be shown."""
    step = (X1 - X0) / max(len(rows) - 1, 1)
    pieces: list[list[str]] = [[]]
    last: tuple[float, float, int] | None = None
    for place, row in enumerate(rows):
        value = row.behavioral if which == "behavioral" else row.medical
        if value is None:
            pieces.append([])
            continue
        x, y = round(X0 + place * step, 1), round(Y0 - (Y0 - Y100) * value / 100, 1)
        pieces[-1].append(f"{x} {y}")
        last = (x, y, value)
    if last is None:
        return None
    side = "bh" if which == "behavioral" else "other"
    drawn = tuple("M" + " ".join(piece) for piece in pieces if piece)
    return Curve(side, which, drawn, last[0], last[1], f"{last[2]}%")


def months_sentence(rows: Sequence[Month]) -> str:
    """What the drawing shows, for readers who do not see it."""
    parts: list[str] = []
    for which in ("behavioral", "medical"):
        values = [v for row in rows if (v := row.behavioral if which == "behavioral" else row.medical) is not None]
        if values:
            name = "Behavioral health" if which == "behavioral" else "Medical specialists"
            parts.append(f"{name} went from {values[0]} to {values[-1]} percent.")
    return "Report-back rate by month of the first visit. " + (" ".join(parts) or TOO_FEW + ".")
