"""The lines on the dashboard: what was published elsewhere, of whom, where and when. Never a target of ours."""

from dataclasses import dataclass

SOURCE = "Blue Cross Blue Shield of Massachusetts, article of August 2024, its own network"


@dataclass(frozen=True, slots=True)
class Comparison:
    """``percent`` of referring clinicians who get reports from ``recipient_type``; ``bound`` is about or over."""

    recipient_type: str
    percent: int
    bound: str
    source: str
    verified: bool


COMPARISONS: tuple[Comparison, ...] = (
    Comparison("therapist", 20, "about", SOURCE, True),
    Comparison("psychiatrist", 22, "about", SOURCE, True),
    Comparison("cardiology", 80, "over", SOURCE, True),
    Comparison("pulmonology", 80, "over", SOURCE, True),
    Comparison("endocrinology", 80, "over", SOURCE, True),
    Comparison("oncology", 80, "over", SOURCE, True),
)
