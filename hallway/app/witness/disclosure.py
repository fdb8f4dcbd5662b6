"""Any disclosure, judged anew from the rows: topic by topic, the row that asks for most speaks, one refusal is enough.

The rows and elements are read as text; every condition is worded here once more. What a row asks that nobody knows how
to test counts as a recorded fact, and an absent fact never helps.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

from hallway.app.witness import shown
from hallway.app.witness.questions import Case
from hallway.app.witness.rows import TABLES, Toml, listed, read, tables_of

STRICT = {"permit": 0, "filtered": 1, "notice": 1, "needs": 2, "deny": 3}
LOADED = frozenset({"MA", "CT", "CA"})


@dataclass(frozen=True, slots=True)
class Row:
    """A rule of disclosure in words."""

    id: str
    topic: str
    outcome: str
    opened: str
    verified: bool
    aims: frozenset[str]
    recipients: frozenset[str]
    classes: frozenset[str]
    when: tuple[str, ...]
    needs: tuple[str, ...]
    forms: tuple[str, ...]
    duties: tuple[str, ...]
    on_denial: tuple[str, ...]
    from_on: date
    until_on: date | None

    @property
    def asks(self) -> int:
        """How much it asks for."""
        return sum(map(bool, (self.aims, self.recipients, self.classes))) + len(self.when)


@dataclass(frozen=True, slots=True)
class Topic:
    """A question of law of its own, and its rows."""

    id: str
    order: int
    classes: frozenset[str]
    not_classes: frozenset[str]
    aims: frozenset[str]
    state: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """What one topic comes to."""

    row: Row
    answer: str
    duties: tuple[str, ...] = ()
    held_back: tuple[str, ...] = ()
    defects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer: outcome as the law's five words, the rows behind it, what is needed, what binds."""

    outcome: str
    rules: frozenset[str]
    needs: frozenset[str]
    duties: frozenset[str]
    forms: frozenset[str]
    held_back: frozenset[str]


@cache
def topics() -> tuple[Topic, ...]:
    """Every topic with its rows, in the order in which they are asked."""
    tables = [read(path.name) for path in sorted(TABLES.glob("disclose_*.toml"))]
    rows = [_row(row) for table in tables for row in tables_of(table, "row")]
    found = [_topic(topic, rows) for table in tables for topic in tables_of(table, "topic")]
    return tuple(sorted(found, key=lambda topic: (topic.order, topic.id)))


def _row(row: Toml) -> Row:
    from_on, until_on = row.get("from_on"), row.get("until_on")
    return Row(
        id=str(row["id"]),
        topic=str(row["topic"]),
        outcome=str(row["outcome"]),
        opened=str(row.get("opened", "permit")),
        verified=bool(row.get("verified", True)),
        aims=frozenset(listed(row, "aims")),
        recipients=frozenset(listed(row, "recipients")),
        classes=frozenset(listed(row, "classes")),
        when=tuple(listed(row, "when")),
        needs=tuple(listed(row, "needs")),
        forms=tuple(listed(row, "forms")),
        duties=tuple(listed(row, "obligations")),
        on_denial=tuple(listed(row, "on_denial")),
        from_on=from_on if isinstance(from_on, date) else date.min,
        until_on=until_on if isinstance(until_on, date) else None,
    )


def _topic(topic: Toml, rows: list[Row]) -> Topic:
    return Topic(
        id=str(topic["id"]),
        order=int(str(topic["order"])),
        classes=frozenset(listed(topic, "classes")),
        not_classes=frozenset(listed(topic, "not_classes")),
        aims=frozenset(listed(topic, "aims")),
        state=str(topic.get("state", "")),
        rows=tuple(row for row in rows if row.topic == topic["id"]),
    )


def judge(case: Case) -> Answer:
    """The answer to one question."""
    whole = replace(case, classes=case.classes | _of_licence(case))
    said = [one for topic in topics() if _is_about(topic, whole) and (one := _speaks(topic, whole, case.classes))]
    refused = [one for one in said if one.answer in ("needs", "deny")]
    if not said or not case.classes:
        return Answer("DENY", frozenset({"D-ERROR"}), frozenset(), frozenset({"tell_privacy_officer"}), *_NONE)
    return _denied(refused) if refused else _permitted(said)


_NONE = (frozenset[str](), frozenset[str]())


def _of_licence(case: Case) -> frozenset[str]:
    """What a professional writes about mental health is that profession's communication in some states."""
    if "MH" not in case.classes:
        return frozenset()
    return shown.licences().get((case.discloser_state, case.discloser_licence), frozenset())


def _is_about(topic: Topic, case: Case) -> bool:
    """A state never stands against the patient's own access, nor against the Secretary.

    What a licence makes of content names its state itself, wherever the record lies.
    """
    to_self = case.aim == "INDIVIDUAL" and case.recipient == "individual"
    of_licence = any(one.startswith(f"{topic.state}_") for one in topic.classes)
    elsewhere = topic.state != case.discloser_state and not of_licence
    if topic.state and (elsewhere or to_self or case.aim == "HHS"):
        return False
    if topic.classes and not topic.classes & case.classes:
        return False
    return not topic.not_classes & case.classes and (not topic.aims or case.aim in topic.aims)


def _speaks(topic: Topic, case: Case, stated: frozenset[str]) -> Said | None:
    """The row that asks for most speaks, of equals the strictest.

    One that nobody verified never opens what stays shut without it.
    """
    chain: list[Row] = []
    for row in sorted(topic.rows, key=lambda row: (-row.asks, -STRICT[row.outcome], row.id)):
        if _fits(row, case) and not (chain and chain[-1].verified):
            chain.append(row)
    speaking: Said | None = None
    for row in reversed(chain):
        one = _said(row, topic, case, stated)
        if speaking is None:
            speaking = one
        elif STRICT[one.answer] < STRICT[speaking.answer]:
            speaking = replace(speaking, held_back=(row.id, *speaking.held_back))
        else:
            speaking = replace(one, duties=(*one.duties, *speaking.duties), held_back=speaking.held_back)
    return speaking


def _fits(row: Row, case: Case) -> bool:
    return (
        row.from_on <= case.on
        and (row.until_on is None or case.on < row.until_on)
        and (not row.aims or case.aim in row.aims)
        and (not row.recipients or case.recipient in row.recipients)
        and (not row.classes or bool(row.classes & case.classes))
        and all(_holds(word, case) for word in row.when)
    )


def _holds(word: str, case: Case) -> bool:
    name = word.removeprefix("not ")
    is_so = _computed(case).get(name, name in case.facts)
    return is_so is not word.startswith("not ")


@cache
def _computed(case: Case) -> dict[str, bool]:
    """What a question says by itself, without anybody having recorded it."""
    alone = case.minor_consented or "MINOR_CONSENTED" in case.classes
    return {
        "program": case.discloser_is_program,
        "holder": case.discloser_holder == "holder",
        "received_under_notice": case.received_under_notice,
        "discloser_covered": case.discloser_covered,
        "own": case.tie == "own",
        "treating": case.tie == "treating",
        "had_relation": case.tie in ("own", "treating", "former"),
        "author": case.is_author,
        "sud_duty": case.sud_duty,
        "recipient_covered": case.recipient_covered,
        "responsible_for_care": case.responsible_for_care,
        "leaves_state": case.recipient_state in ("", None) or case.recipient_state != case.discloser_state,
        "to_the_patient": case.recipient == "individual",
        "minor": case.age < 18 and not case.emancipated,
        "twelve_or_older": case.age >= 12,
        "minor_may_consent_alone": _consents_alone(case),
        "emancipated": case.emancipated,
        "deceased": case.deceased,
        "has_capacity": case.has_capacity,
        "minor_consented": alone,
        "minor_controls": (alone or "confidentiality_agreement" in case.facts)
        and "minor_wants_parent" not in case.facts,
        "authority_or_self": case.recipient == "individual" or "authority_shown" in case.facts,
        "part2": "PART2" in case.classes,
        "psychologist": case.discloser_licence == "psychologist",
        "no_overlay": case.discloser_state not in LOADED,
        "form_combines_proceedings": _only_combined(case),
    } | {word: case.kind != "" and case.kind not in _kinds_for(use) for word, use in BEYOND.items()}


def _only_combined(case: Case) -> bool:
    """Every fitting consent for proceedings is for something else too: the law asks for one that stands alone."""
    standing_alone = {"LEGAL"}
    meant = [one for one in case.forms if one.fits and "LEGAL" in one.aims]
    if any(one.kind == "proceedings" and one.aims == standing_alone for one in meant):
        return False
    return any(one.aims > standing_alone for one in meant)


BEYOND = {
    "beyond_payment": "payer_payment",
    "beyond_utilization": "payer_utilization",
    "beyond_provider_payment": "provider_payment",
    "beyond_provider_operations": "provider_operations",
    "beyond_quality": "quality_review",
}
"""Word of a row -> the use whose minimum it exceeds."""


@cache
def _kinds_for(use: str) -> frozenset[str]:
    """The kinds of resource that a use needs at most."""
    rows = tables_of(read("profiles.toml"), "release")
    return frozenset(kind for row in rows if row["id"] == use for kind in listed(row, "kinds"))


def _consents_alone(case: Case) -> bool:
    """To substance use care: in Connecticut always, in California from twelve, in Massachusetts if two found it."""
    found_by_two = "two_physicians" in case.facts
    by_law = {"CT": True, "CA": case.age >= 12, "MA": case.age >= 12 and found_by_two}
    return by_law.get(case.discloser_state, False) or "minor_may_consent_alone" in case.facts


def _brings(case: Case) -> frozenset[str]:
    """What a disclosure asks of any form shown for it, whatever the form says of itself."""
    computed = _computed(case)
    young = computed["minor"]
    about_use = young and computed["part2"]
    brought = {
        "minor_consented_care": young and computed["minor_controls"] and not about_use,
        "minor_consents_alone": about_use and computed["minor_may_consent_alone"],
        "minor_needs_parent": about_use and not computed["minor_may_consent_alone"],
        "recipient_covered": case.recipient_covered,
        "intermediary": case.recipient == "intermediary",
        "psychiatric": "CT_PSYCHIATRIC" in case.classes,
        "social_worker": "CT_SOCIAL_WORKER" in case.classes,
        "hiv": "HIV" in case.classes,
        "paid_for": case.aim == "SALE",
        "criminal_justice": case.aim == "CRIMINAL_JUSTICE",
        "in_proceedings": case.aim in ("LEGAL", "POLICE"),
    }
    recorded = {"drug_treatment_facility", "state_sud_program", "dependency_court_minor"} & case.facts
    return frozenset({name for name, is_so in brought.items() if is_so} | recorded)


def _said(row: Row, topic: Topic, case: Case, stated: frozenset[str]) -> Said:
    """A row's own answer, or what a form that it asks for and that counts makes of it."""
    if row.outcome != "needs":
        return Said(row, row.outcome, row.duties)
    about = (row.classes or topic.classes) & case.classes or stated
    defects: list[str] = []
    for form in case.forms:
        if form.kind in row.forms and form.fits and case.aim in form.aims and about <= form.classes:
            wrong = shown.defects(form, case.on, _brings(case))
            if not wrong:
                return Said(row, row.opened, row.duties)
            defects += wrong
    return Said(row, "needs", row.on_denial, defects=tuple(defects))


def _permitted(said: list[Said]) -> Answer:
    answers = {one.answer for one in said}
    outcome = "PERMIT"
    if "filtered" in answers:
        outcome = "PERMIT_FILTERED"
    if "notice" in answers:
        outcome = "PERMIT_WITH_NOTICE"
    return Answer(
        outcome,
        frozenset(one.row.id for one in said),
        frozenset(),
        _all(one.duties for one in said),
        frozenset(),
        _all(one.held_back for one in said),
    )


def _denied(refused: list[Said]) -> Answer:
    """What no form opens is named alone; else every form that is asked for, the widest of them once."""
    shut = [one for one in refused if one.answer == "deny"]
    named = shut or refused
    first: list[Said] = []
    for one in named:
        if not any(other.row.forms and set(other.row.forms) <= set(one.row.forms) for other in first):
            first.append(one)
    return Answer(
        "DENY" if shut else "DENY_NEEDS",
        frozenset(one.row.id for one in named) | _all(one.defects for one in named),
        frozenset() if shut else frozenset(" or ".join(one.row.needs) for one in first),
        _all(one.row.on_denial for one in named),
        _all(one.row.forms for one in first),
        _all(one.held_back for one in named),
    )


def _all(lists: Iterable[Iterable[str]]) -> frozenset[str]:
    return frozenset(word for words in lists for word in words)
