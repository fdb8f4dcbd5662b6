from datetime import date

from hallway.quality.queries import AskedOf, ComparisonLine, Dashboard, HandOffRate, MonthRate, Rate, Spread
from hallway.web.network import figures

LINE = ComparisonLine("therapist", 20, "about", "Blue Cross MA, August 2024", True)
FEW = Rate(None, None, None)


HALF = Rate(330, 595, 55, 55, 62)


def board(reports=HALF, months=()):
    asked = (
        AskedOf("therapist", "Therapists", True, Rate(212, 391, 54), Rate(11, 24, 46), Spread(391, 9.2, 19.0), LINE),
        AskedOf("oncology", "Oncology", False, FEW, FEW, Spread(None, None, None), None),
    )
    spread = Spread(400, 12.4, 26.6)
    return Dashboard(
        date(2025, 6, 1),
        date(2026, 5, 31),
        4,
        26,
        reports,
        Rate(71, 100, 71),
        Spread(9, 0.2, 2.6),
        spread,
        spread,
        asked,
        (),
        tuple(months),
        (HandOffRate("met", Rate(132, 174, 76), spread),),
        (LINE,),
    )


def test_the_heading_is_the_finding():
    assert figures.finding(board()) == "Behavioral health reports come back for about half of patients seen"
    assert "Too few" in figures.finding(board(FEW))


def test_what_may_not_be_told_widens_the_figure():
    first = figures.five(board())[0]
    assert first.big == "55%"
    assert first.small == "330 of 595 patients seen; between 55% and 62% with what may not be told"


def test_a_small_cell_is_never_a_number():
    bar = figures.bars(board().asked_of)[1]
    assert (bar.percent, bar.rate, bar.clinicians, bar.read, bar.days) == (None, "–", "–", "Too few to show", "–")


def test_days_are_said_as_people_say_them():
    five = figures.five(board())
    assert [one.big for one in five[2:4]] == ["Under a day", "12 days"]
    assert five[3].small == "median; 9 in 10 within 27"


def test_a_month_that_may_not_be_shown_is_a_gap_in_the_line():
    rows = figures.months(
        [MonthRate(date(2026, n, 1), Rate(n, 10, n * 10) if n != 3 else FEW, FEW) for n in range(1, 6)]
    )
    drawn = figures.curve(rows, which="behavioral")
    assert drawn is not None
    assert len(drawn.pieces) == 2
    assert figures.curve(rows, which="medical") is None


def test_periods_end_today_and_an_unknown_one_is_twelve_months():
    today = date(2026, 6, 9)
    assert figures.period("quarter", today)[1] == date(2026, 3, 10)
    assert figures.period("'; drop", today)[0] == "year"
