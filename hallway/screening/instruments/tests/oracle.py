"""The published scoring rules, written again by hand: imports nothing of the product, reads none of its tables.

Every sheet lists its questions with the points of each answer. What holds with answers missing is found the slow way:
by filling them in every possible way (of more than three answers with points, the least and the greatest: sums grow).
An instrument that is a sum and no more, without skips, scales or rows by gender, has its sheet in ``oracle.toml``.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import msgspec

Answers = Mapping[str, str]
Options = dict[str, int]


@dataclass(frozen=True)
class Verdict:
    """What the rules say of answers without a gap. ``band`` None: the instrument names none."""

    total: int | None
    band: str | None
    is_positive: bool | None
    scales: Mapping[str, int]


@dataclass(frozen=True)
class Sheet:
    """One instrument: options by question, which question is asked, what the answers say, which are critical.

    ``rest`` is the band that needs every answer; ``is_sum``: no band at all while an answer is missing.
    """

    options: Mapping[str, Options]
    judge: Callable[[Answers, str], Verdict]
    asked: Callable[[str, Answers, str], bool] = lambda question, answers, gender: True
    critical: Callable[[Answers], set[tuple[str, str]]] = lambda answers: set()
    unscored: frozenset[str] = frozenset()
    rest: str = ""
    is_sum: bool = True
    scales: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])


def numbered(count: int, options: Options) -> dict[str, Options]:
    return {f"q{number}": options for number in range(1, count + 1)}


FREQUENCY = {"0": 0, "1": 1, "2": 2, "3": 3}
YES_NO = {"yes": 1, "no": 0}
ASKED_ONLY = {"yes": 0, "no": 0}
OFTEN = {"0": 0, "1": 1, "2": 2, "3": 3, "4": 4}


def added(sheet: Mapping[str, Options], answers: Answers, keys: tuple[str, ...] = ()) -> int:
    return sum(sheet[key][answers[key]] for key in (keys or tuple(sheet)) if key in answers)


def edge(total: int, *bands: tuple[int, str]) -> str:
    """The band whose lower edge is the last one reached."""
    return [name for low, name in bands if total >= low][-1]


def summed(
    options: Mapping[str, Options], cut: int | None, *bands: tuple[int, str]
) -> Callable[[Answers, str], Verdict]:
    def judge(answers: Answers, gender: str) -> Verdict:
        total = added(options, answers)
        positive = None if cut is None else total >= cut
        return Verdict(total, edge(total, *bands) if bands else None, positive, {})

    return judge


# --- PHQ-2, PHQ-9, PHQ-9M, GAD-2, GAD-7 ---------------------------------------------------------------------------
PHQ_BANDS = ((0, "minimal"), (5, "mild"), (10, "moderate"), (15, "moderately_severe"), (20, "severe"))
TWO = ((0, "negative"), (3, "positive"))


def item_9(answers: Answers) -> set[tuple[str, str]]:
    return {("q9", "high")} if answers.get("q9", "0") != "0" else set()


def teen(answers: Answers) -> set[tuple[str, str]]:
    found = item_9(answers)
    found |= {("month", "urgent")} if answers.get("month") == "yes" else set()
    return found | ({("ever", "high")} if answers.get("ever") == "yes" else set())


def phq_asked(question: str, answers: Answers, gender: str) -> bool:
    return question != "difficulty" or any(answers.get(f"q{n}", "0") != "0" for n in range(1, 10))


PHQ_2 = Sheet(numbered(2, FREQUENCY), summed(numbered(2, FREQUENCY), 3, *TWO))
GAD_2 = PHQ_2
NINE = {**numbered(9, FREQUENCY), "difficulty": dict.fromkeys(FREQUENCY, 0)}
PHQ_9 = Sheet(NINE, summed(NINE, 10, *PHQ_BANDS), phq_asked, item_9, frozenset({"difficulty"}))
TEEN = {**NINE, "year": ASKED_ONLY, "month": ASKED_ONLY, "ever": ASKED_ONLY}
PHQ_9M = Sheet(TEEN, summed(TEEN, 11, *PHQ_BANDS), phq_asked, teen, frozenset({"difficulty", "year", "month", "ever"}))
SEVEN = numbered(7, FREQUENCY)
GAD_7 = Sheet(SEVEN, summed(SEVEN, 10, (0, "minimal"), (5, "mild"), (10, "moderate"), (15, "severe")))

# --- AUDIT-C, AUDIT -----------------------------------------------------------------------------------------------
THREE = numbered(3, OFTEN)


def audit_c(answers: Answers, gender: str) -> Verdict:
    total = added(THREE, answers)
    cut = 4 if gender == "male" else 3
    names = ("low", "positive") if gender == "male" else ("low_women", "positive_women")
    return Verdict(total, names[total >= cut], total >= cut, {})


def drinking(question: str, answers: Answers, gender: str) -> bool:
    """Who never drinks is asked neither how much nor how often six; who has neither is not asked 4 to 8."""
    if question in ("q2", "q3"):
        return answers.get("q1") in ("1", "2", "3", "4")
    if question in ("q4", "q5", "q6", "q7", "q8"):
        return answers.get("q2", "0") != "0" or answers.get("q3", "0") != "0"
    return True


TEN = {**numbered(8, OFTEN), "q9": {"0": 0, "2": 2, "4": 4}, "q10": {"0": 0, "2": 2, "4": 4}}
AUDIT_C = Sheet(THREE, audit_c, drinking)
AUDIT = Sheet(TEN, summed(TEN, 8, (0, "low"), (8, "hazardous"), (16, "harmful"), (20, "dependence")), drinking)

# --- DAST-10: able to stop counts the other way round -----------------------------------------------------------------
DRUGS = {**numbered(10, YES_NO), "q3": {"yes": 0, "no": 1}}
DAST_10 = Sheet(DRUGS, summed(DRUGS, 3, (0, "none"), (1, "low"), (3, "moderate"), (6, "substantial"), (9, "severe")))

# --- TAPS ---------------------------------------------------------------------------------------------------------
SUBSTANCES = {
    "smoking": ("smoking_used", "smoking_a", "smoking_b"),
    "alcohol": ("alcohol_used", "alcohol_a", "alcohol_b", "alcohol_c", "alcohol_d"),
    "marijuana": ("marijuana_used", "marijuana_a", "marijuana_b"),
    "stimulants": ("stimulants_used", "stimulants_a", "stimulants_b"),
    "heroin": ("heroin_used", "heroin_a", "heroin_b"),
    "opioids": ("opioids_used", "opioids_a", "opioids_b"),
    "sedatives": ("sedatives_used", "sedatives_a", "sedatives_b"),
    "adhd": ("adhd_used", "adhd_a", "adhd_b"),
}
GATES = {"smoking": ("tobacco",), "alcohol": ("five_drinks", "four_drinks"), "marijuana": ("drugs",)}
GATES |= {"stimulants": ("drugs",), "heroin": ("drugs",), "other": ("drugs",)}
GATES |= {"opioids": ("medicines",), "sedatives": ("medicines",), "adhd": ("medicines",)}
USED = {key: YES_NO for keys in SUBSTANCES.values() for key in keys}
FIRST = dict.fromkeys(("tobacco", "five_drinks", "four_drinks", "drugs", "medicines"), OFTEN)
TAPS_ITEMS = {**FIRST, **USED, "other_used": YES_NO}


def taps_asked(question: str, answers: Answers, gender: str) -> bool:
    if question in ("five_drinks", "alcohol_a") and gender != "male":
        return False
    if question in ("four_drinks", "alcohol_b") and gender == "male":
        return False
    if question in FIRST:
        return True
    substance, _, part = question.rpartition("_")
    if part == "used":
        return any(answers.get(gate, "0") != "0" for gate in GATES[substance])
    return answers.get(f"{substance}_used") == "yes"


def taps(answers: Answers, gender: str) -> Verdict:
    scales = {name: added(USED, answers, keys) for name, keys in SUBSTANCES.items()}
    worst = max(scales.values())
    return Verdict(None, ("none", "problem", "higher")[min(worst, 2)], worst >= 1, scales)


TAPS = Sheet(
    TAPS_ITEMS, taps, taps_asked, unscored=frozenset({"other_used"}), rest="none", is_sum=False, scales=SUBSTANCES
)

# --- C-SSRS screener, ASQ -----------------------------------------------------------------------------------------
COLUMBIA = dict.fromkeys(("q1", "q2", "q3", "q4", "q5", "q6", "q6_recent"), YES_NO)
COLUMBIA_LEVELS = {"q1": "look", "q2": "look", "q3": "high", "q4": "urgent", "q5": "urgent", "q6": "high"}
COLUMBIA_LEVELS |= {"q6_recent": "urgent"}


def columbia(answers: Answers, gender: str) -> Verdict:
    yes = {key for key, answer in answers.items() if answer == "yes"}
    if yes & {"q4", "q5", "q6_recent"}:
        band = "high"
    elif yes & {"q3", "q6"}:
        band = "moderate"
    else:
        band = "low" if yes & {"q1", "q2"} else "none"
    return Verdict(None, band, bool(yes - {"q6_recent"}), {})


def columbia_asked(question: str, answers: Answers, gender: str) -> bool:
    if question in ("q3", "q4", "q5"):
        return answers.get("q2") == "yes"
    return question != "q6_recent" or answers.get("q6") == "yes"


def columbia_critical(answers: Answers) -> set[tuple[str, str]]:
    return {(key, COLUMBIA_LEVELS[key]) for key, answer in answers.items() if answer == "yes"}


CSSRS = Sheet(COLUMBIA, columbia, columbia_asked, columbia_critical, rest="none", is_sum=False)
REFUSABLE = {"yes": 1, "no": 0, "refused": 1}


def asq(answers: Answers, gender: str) -> Verdict:
    raised = any(answers.get(f"q{n}") in ("yes", "refused") for n in range(1, 5))
    acute = answers.get("q5") == "yes"
    return Verdict(None, "acute" if acute else "positive" if raised else "negative", raised or acute, {})


def asq_asked(question: str, answers: Answers, gender: str) -> bool:
    return question != "q5" or any(answers.get(f"q{n}") in ("yes", "refused") for n in range(1, 5))


def asq_critical(answers: Answers) -> set[tuple[str, str]]:
    found = {(f"q{n}", "high") for n in range(1, 6) if answers.get(f"q{n}") in ("yes", "refused")}
    return (found - {("q5", "high")}) | {("q5", "urgent")} if answers.get("q5") == "yes" else found


ASQ = Sheet(numbered(5, REFUSABLE), asq, asq_asked, asq_critical, rest="negative", is_sum=False)

# --- PC-PTSD-5, PCL-5 -----------------------------------------------------------------------------------------------
EVENT = {"event": ASKED_ONLY, **numbered(5, YES_NO)}
PC_PTSD_5 = Sheet(
    EVENT,
    summed(EVENT, 3, *TWO),
    lambda question, answers, gender: question == "event" or answers.get("event") == "yes",
    unscored=frozenset({"event"}),
)
TWENTY = numbered(20, OFTEN)
CLUSTERS = {
    "b": tuple(f"q{n}" for n in range(1, 6)),
    "c": ("q6", "q7"),
    "d": tuple(f"q{n}" for n in range(8, 15)),
    "e": tuple(f"q{n}" for n in range(15, 21)),
}


def pcl(answers: Answers, gender: str) -> Verdict:
    scales = {name: added(TWENTY, answers, keys) for name, keys in CLUSTERS.items()}
    marked = {
        f"{name}_marked": sum(TWENTY[key][answers[key]] >= 2 for key in keys if key in answers)
        for name, keys in CLUSTERS.items()
    }
    total = sum(scales.values())
    return Verdict(total, "provisional" if total >= 31 else "below", total >= 31, {**scales, **marked})


PCL_5 = Sheet(TWENTY, pcl, scales={**CLUSTERS, **{f"{name}_marked": keys for name, keys in CLUSTERS.items()}})

# --- PSC-17 ---------------------------------------------------------------------------------------------------------
CHILD = numbered(17, {"0": 0, "1": 1, "2": 2})
PARTS = {
    "internalizing": ("q2", "q6", "q9", "q11", "q15"),
    "attention": ("q1", "q3", "q7", "q13", "q17"),
    "externalizing": ("q4", "q5", "q8", "q10", "q12", "q14", "q16"),
}


def psc(answers: Answers, gender: str) -> Verdict:
    scales = {name: added(CHILD, answers, keys) for name, keys in PARTS.items()}
    total = sum(scales.values())
    raised = scales["internalizing"] >= 5 or scales["attention"] >= 7 or scales["externalizing"] >= 7
    return Verdict(total, "positive" if total >= 15 else "negative", total >= 15 or raised, scales)


PSC_17 = Sheet(CHILD, psc, scales=PARTS)

# --- Hunger Vital Sign, AHC -----------------------------------------------------------------------------------------
HUNGER = numbered(2, {"often": 1, "sometimes": 1, "never": 0})


def hunger(answers: Answers, gender: str) -> Verdict:
    at_risk = any(answer in ("often", "sometimes") for answer in answers.values())
    return Verdict(None, "at_risk" if at_risk else "no_risk", at_risk, {})


HVS = Sheet(HUNGER, hunger, rest="no_risk", is_sum=False)
PLACE = ("pests", "mold", "lead", "heat", "oven", "smoke", "water")
HURT = ("hurt", "insult", "threaten", "scream")
NEEDS = {
    "home": {"steady": 0, "worried": 1, "none": 1},
    **dict.fromkeys(PLACE, YES_NO),
    **{key: {"often": 1, "sometimes": 1, "never": 0} for key in ("worried", "last")},
    "rides": YES_NO,
    "shut_off": {"no": 0, "yes": 1, "already": 1},
    **{key: {"1": 1, "2": 2, "3": 3, "4": 4, "5": 5} for key in HURT},
}
DOMAINS = {
    "living": ("home", *PLACE),
    "food": ("worried", "last"),
    "transport": ("rides",),
    "utilities": ("shut_off",),
    "safety": HURT,
}


def needs(answers: Answers, gender: str) -> Verdict:
    scales = {name: added(NEEDS, answers, keys) for name, keys in DOMAINS.items()}
    raised = scales["safety"] >= 11 or any(scales[name] for name in ("living", "food", "transport", "utilities"))
    return Verdict(None, "need" if raised else "none", bool(raised), scales)


def unsafe(answers: Answers) -> set[tuple[str, str]]:
    least = sum(int(answers.get(key, "1")) for key in HURT)
    return {("safety", "high")} if least >= 11 else set()


AHC = Sheet(NEEDS, needs, critical=unsafe, rest="none", is_sum=False, scales=DOMAINS)

# --- Shells: EPDS (3, 5 to 10 count downwards), ISI, MDQ, WHODAS, Vanderbilt ---------------------
DOWN, UP = {"1": 3, "2": 2, "3": 1, "4": 0}, {"1": 0, "2": 1, "3": 2, "4": 3}
BIRTH = {f"q{n}": UP if n in (1, 2, 4) else DOWN for n in range(1, 11)}
EPDS = Sheet(
    BIRTH,
    summed(BIRTH, 10, (0, "low"), (10, "possible"), (13, "probable")),
    critical=lambda answers: {("q10", "high")} if answers.get("q10", "4") != "4" else set(),
)
SLEEP = numbered(7, OFTEN)
ISI = Sheet(SLEEP, summed(SLEEP, 15, (0, "none"), (8, "subthreshold"), (15, "moderate"), (22, "severe")))
MOOD = {**numbered(13, YES_NO), "q14": ASKED_ONLY, "q15": dict.fromkeys(("none", "minor", "moderate", "serious"), 0)}


def mood(answers: Answers, gender: str) -> Verdict:
    symptoms = sum(answers.get(f"q{n}") == "yes" for n in range(1, 14))
    positive = symptoms >= 7 and answers.get("q14") == "yes" and answers.get("q15") in ("moderate", "serious")
    return Verdict(symptoms, "positive" if positive else "negative", positive, {"symptoms": symptoms})


def mood_asked(question: str, answers: Answers, gender: str) -> bool:
    symptoms = sum(answers.get(f"q{n}") == "yes" for n in range(1, 14))
    return {"q14": symptoms >= 2, "q15": symptoms >= 1}.get(question, True)


THIRTEEN = tuple(f"q{n}" for n in range(1, 14))
MDQ = Sheet(MOOD, mood, mood_asked, rest="negative", is_sum=False, scales={"symptoms": THIRTEEN})
TWELVE = numbered(12, OFTEN)
WHODAS = Sheet(TWELVE, summed(TWELVE, None))
ADHD = numbered(47, FREQUENCY) | {f"q{n}": {str(one): one for one in range(1, 6)} for n in range(48, 56)}
SPANS = {"inattentive": (1, 9), "hyperactive": (10, 18), "defiant": (19, 26), "conduct": (27, 40), "anxious": (41, 47)}
SPANS |= {"impaired": (48, 55)}
MEMBERS = {name: tuple(f"q{n}" for n in range(low, high + 1)) for name, (low, high) in SPANS.items()}


def attention(answers: Answers, gender: str) -> Verdict:
    scales = {
        name: sum(int(answers[key]) >= (4 if name == "impaired" else 2) for key in keys if key in answers)
        for name, keys in MEMBERS.items()
    }
    impaired = scales["impaired"] >= 1
    first, second = scales["inattentive"] >= 6 and impaired, scales["hyperactive"] >= 6 and impaired
    band = "combined" if first and second else "inattentive" if first else "hyperactive" if second else "negative"
    return Verdict(None, band, first or second, scales)


VANDERBILT = Sheet(ADHD, attention, rest="negative", is_sum=False, scales=MEMBERS)

SHEETS: dict[str, Sheet] = {
    "phq-2": PHQ_2, "phq-9": PHQ_9, "phq-9m": PHQ_9M, "gad-2": GAD_2, "gad-7": GAD_7, "audit-c": AUDIT_C,
    "audit": AUDIT, "dast-10": DAST_10, "taps": TAPS, "cssrs": CSSRS, "asq": ASQ, "pc-ptsd-5": PC_PTSD_5,
    "pcl-5": PCL_5, "psc-17": PSC_17, "hvs": HVS, "ahc-hrsn": AHC, "epds": EPDS, "isi": ISI, "mdq": MDQ,
    "whodas-12": WHODAS, "vanderbilt-parent": VANDERBILT,
}  # fmt: skip


class Plain(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A sheet of ``oracle.toml``: a sum of points and what it says, told to the reader or (``none``) not."""

    total: Literal["sum", "none"]
    questions: dict[str, Options]
    bands: dict[str, int] = {}
    positive_from: int | None = None
    critical: dict[str, dict[str, str]] = {}

    def sheet(self) -> Sheet:
        bands = sorted((low, name) for name, low in self.bands.items())
        told = summed(self.questions, self.positive_from, *bands)

        def judge(answers: Answers, gender: str) -> Verdict:
            verdict = told(answers, gender)
            return verdict if self.total == "sum" else replace(verdict, total=None)

        def critical(answers: Answers) -> set[tuple[str, str]]:
            levels = {key: levels.get(answers.get(key, "")) for key, levels in self.critical.items()}
            return {(key, level) for key, level in levels.items() if level}

        rest = bands[0][1] if bands else ""
        return Sheet(self.questions, judge, critical=critical, rest=rest, is_sum=self.total == "sum")


SHEETS |= {
    key: plain.sheet()
    for key, plain in msgspec.toml.decode(
        Path(__file__).with_name("oracle.toml").read_bytes(), type=dict[str, Plain]
    ).items()
}


def fillings(sheet: Sheet, answers: Answers, gender: str) -> Iterator[tuple[dict[str, str], frozenset[str]]]:
    """Every way to answer what was not, in the order of the questions, with the questions that were filled."""
    yield from _fill(sheet, dict(answers), tuple(sheet.options), gender, frozenset())


def _fill(
    sheet: Sheet, answers: dict[str, str], left: tuple[str, ...], gender: str, filled: frozenset[str]
) -> Iterator[tuple[dict[str, str], frozenset[str]]]:
    while left and (left[0] in answers or not sheet.asked(left[0], answers, gender)):
        left = left[1:]
    if not left:
        yield answers, filled
        return
    options = sheet.options[left[0]]
    ends = (min(options, key=options.__getitem__), max(options, key=options.__getitem__))
    for option in dict.fromkeys(ends) if len(options) > 3 and max(options.values()) else options:
        yield from _fill(sheet, {**answers, left[0]: option}, left[1:], gender, filled | {left[0]})


@dataclass(frozen=True)
class Expected:
    """What a program must say of these answers."""

    total: int | None
    band: str | None
    is_positive: bool | None
    critical: set[tuple[str, str]]
    missing: set[str]
    scales: Mapping[str, int | None]


def expected(key: str, answers: Answers, gender: str) -> Expected:
    """By every way of filling the gaps; only what all of them agree on stands, and never a sum with a gap in it."""
    sheet = SHEETS[key]
    ways = list(fillings(sheet, answers, gender))
    verdicts = [sheet.judge(filled, gender) for filled, _ in ways]
    gaps = frozenset[str]().union(*(filled for _, filled in ways))
    missing = gaps - sheet.unscored
    bands = {verdict.band for verdict in verdicts}
    band = bands.pop() if len(bands) == 1 and not (missing and sheet.is_sum) else None
    positives = {verdict.is_positive for verdict in verdicts}
    first = verdicts[0]
    return Expected(
        total=None if missing else first.total,
        band=None if missing and band == sheet.rest else band,
        is_positive=True if positives == {True} else None if missing else first.is_positive,
        critical=sheet.critical(answers),
        missing=set(missing),
        scales={name: None if gaps & set(sheet.scales[name]) else value for name, value in first.scales.items()},
    )
