"""How Hallway writes dates, times, ages, durations and shares (pages.md section 5). Pure: the caller gives today."""

from datetime import date, datetime, timedelta

from hallway.screening.days import Given, as_sent, within

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
LONG_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
LONG_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
NUMBERS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten", "Eleven", "Twelve")


def day(when: date, today: date) -> str:
    """``Jun 9``; with the year when it is not this one: ``Jun 9, 2025``."""
    text = f"{MONTHS[when.month - 1]} {when.day}"
    return text if when.year == today.year else f"{text}, {when.year}"


def given(when: Given, today: date) -> str:
    """The day of a score as exactly as it was sent: ``Jun 9``, ``May 2026``, ``2026``, ``Jun 9 (arrived)``."""
    return as_sent(when, day(when.on, today))


def on_given(when: Given, today: date) -> str:
    """The same within a sentence: ``on Jun 9``, ``in May 2026``."""
    return within(when, day(when.on, today))


def full_day(when: date, today: date) -> str:
    """``June 9``; with the year when it is not this one: ``June 9, 2025``."""
    text = f"{LONG_MONTHS[when.month - 1]} {when.day}"
    return text if when.year == today.year else f"{text}, {when.year}"


def near_day(when: date, today: date) -> str:
    """``Today``, ``Tomorrow``, ``Yesterday``; ``Thu, Jun 11`` within a week ahead; else as ``day``."""
    gap = (when - today).days
    named = {0: "Today", 1: "Tomorrow", -1: "Yesterday"}.get(gap)
    if named:
        return named
    return f"{DAYS[when.weekday()]}, {day(when, today)}" if 0 < gap <= 7 else day(when, today)


def long_day(when: date) -> str:
    """``Tuesday, June 9, 2026``."""
    return f"{LONG_DAYS[when.weekday()]}, {LONG_MONTHS[when.month - 1]} {when.day}, {when.year}"


def time_of_day(when: datetime) -> str:
    """``4:42 pm``, in the zone the instant carries."""
    return f"{when.hour % 12 or 12}:{when.minute:02d} {'am' if when.hour < 12 else 'pm'}"


def moment(when: datetime, today: date) -> str:
    """``4:42 pm`` today, ``Jun 9, 4:42 pm`` on another day."""
    clock = time_of_day(when)
    return clock if when.date() == today else f"{day(when.date(), today)}, {clock}"


def birth_date(when: date) -> str:
    """``03/14/1955``."""
    return f"{when.month:02d}/{when.day:02d}/{when.year:04d}"


def age(born: date, today: date) -> str:
    """Whole years, ``71``; months under two years, ``14 months``; days under a month, ``9 days``."""
    years = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    if years >= 2:
        return str(years)
    months = (today.year - born.year) * 12 + today.month - born.month - (today.day < born.day)
    return count(months, "month") if months >= 1 else count(max((today - born).days, 0), "day")


def count(number: int, noun: str, plural: str = "") -> str:
    """``1 day``, ``2 days``, ``1,094 first visits``."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def number(value: int) -> str:
    """A number at the head of a sentence: words up to twelve, then figures."""
    return NUMBERS[value] if 0 <= value < len(NUMBERS) else f"{value:,}"


A_MINUTE = timedelta(minutes=1)


def duration(span: timedelta) -> str:
    """In the words a person would use: ``19 minutes``, ``3 hours``, ``2 days``, ``5 weeks``."""
    minutes = max(int(span.total_seconds() // 60), 0)
    for size, noun, limit in ((1, "minute", 90), (60, "hour", 60 * 36), (1440, "day", 1440 * 21)):
        if minutes < limit:
            return count(max(round(minutes / size), 0), noun)
    return count(round(minutes / 10080), "week")


def due(due_at: datetime, now: datetime) -> tuple[str, str]:
    """How a due time reads and looks: ``("2 days late", "late")``, ``("Today", "soon")``, ``("Thu, Jun 11", "")``.

    Both instants in the reader's zone, because "today" is the reader's.
    """
    if due_at < now:
        days = (now.date() - due_at.date()).days
        late = count(days, "day") if days else duration(now - due_at)
        return f"{late} late" if now - due_at >= A_MINUTE else "Now", "late"
    days = (due_at.date() - now.date()).days
    return near_day(due_at.date(), now.date()), "soon" if days <= 1 else ""


def left(due_at: datetime, now: datetime) -> tuple[str, str]:
    """As ``due``, for a running clock: ``("1 day left", "soon")``, ``("9 days left", "")``."""
    if due_at < now:
        return due(due_at, now)
    days = (due_at.date() - now.date()).days
    if days == 0:
        return f"{duration(due_at - now)} left", "soon"
    return f"{count(days, 'day')} left", "soon" if days <= 1 else ""


def share(part: int, whole: int) -> str:
    """``54%``; a dash where there is nothing to divide by."""
    return f"{round(100 * part / whole)}%" if whole else "–"


def elapsed_percent(start: datetime, end: datetime, now: datetime) -> int:
    """How much of a clock has run, 0 to 100."""
    whole = (end - start).total_seconds()
    return 100 if whole <= 0 else max(0, min(100, round(100 * (now - start).total_seconds() / whole)))
