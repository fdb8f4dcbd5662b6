"""The judgement: may this asker have this thing for this purpose at this instant, and by which rows and papers.

Written from the decision tables sentence by sentence, one thing and one class at a time. Slow on purpose; what makes it
worth having is that it does not know how the gate does it.
"""

from dataclasses import dataclass
from datetime import datetime

from hallway.app.witness.facts import Acts, Asker, Determined, Facts, Paper, Thing, Treats, Wish
from hallway.app.witness.rows import CLASSES, KEPT_APART, Question, Row, governing, need_of

SATISFIES: dict[str, frozenset[str]] = {
    "release": frozenset({"authorization", "state_consent"}),
    "part2": frozenset({"part2_consent", "authorization", "state_consent"}),
    "part2_tpo": frozenset({"part2_consent"}),
    "psychotherapy": frozenset({"psy_auth"}),
    "sud_counseling": frozenset({"sud_note_consent"}),
    "hiv": frozenset({"hiv_consent", "authorization", "state_consent"}),
}
"""What each form is good for. A form that law wants apart is good for nothing else."""

HELD_BY_NOBODY = frozenset({"author", "individual", "emergency", "representative", "parent"})
"""Relations in which neither a signed form nor a restriction counts."""
MEDICAL = frozenset({"pcp", "medical_specialist"})


@dataclass(frozen=True, slots=True)
class Ask:
    """One question about one chart: who, what for, under which facts, when."""

    asker: Asker
    purpose: str
    facts: Facts
    at: datetime


@dataclass(frozen=True, slots=True)
class Way:
    """One way by which things of a source, author and kind may flow: the classes, with rows, papers and duties."""

    source: int
    classes: frozenset[str]
    rules: frozenset[str]
    papers: frozenset[str]
    duties: frozenset[str]
    rows_by_class: dict[str, tuple[Row, ...]]


def may(ask: Ask, thing: Thing) -> bool:
    """Whether the thing may flow."""
    return any(thing.classes <= way.classes for way in ways(ask, thing.source, thing.author, thing.kind))


def ways(ask: Ask, source: int, author: int, kind: str) -> list[Way]:
    """Every way for things of this source, author and kind under the need of the asker's role."""
    need = need_of(ask.asker.role)
    if ask.purpose not in need.purposes or (need.kinds and kind not in need.kinds):
        return []
    found = raw_ways(ask, source, author, kind)
    return [narrowed for way in found if (narrowed := _narrow(way, need.classes)).classes]


def _narrow(way: Way, classes: frozenset[str]) -> Way:
    return Way(way.source, way.classes & classes, way.rules, way.papers, way.duties, way.rows_by_class)


def raw_ways(ask: Ask, source: int, author: int, kind: str) -> list[Way]:
    """The same before the role's need is taken into account."""
    asker = ask.asker
    if ask.purpose == "INDIVIDUAL":
        if asker.chart != ask.facts.chart:
            return []
        if asker.role == "representative":
            return _acting(ask, source, author, kind)
        return [_way(_Cell(ask, "individual", source, author, kind))] if asker.role == "patient" else []
    if ask.purpose == "EMERG":
        opened = _emergency(ask, source, kind)
        return opened + _care(ask, "TREAT", source, author=author, kind=kind) if _has_opened(ask) else []
    return _care(ask, ask.purpose, source, author=author, kind=kind)


def _has_opened(ask: Ask) -> bool:
    return any(
        one.org == ask.asker.org and one.person == ask.asker.person and one.during.holds(ask.at)
        for one in ask.facts.opened
    )


def _emergency(ask: Ask, source: int, kind: str) -> list[Way]:
    found: list[Way] = []
    for one in ask.facts.opened:
        mine = one.org == ask.asker.org and one.person == ask.asker.person and one.during.holds(ask.at)
        if mine and (not one.kinds or kind in one.kinds):
            way = _way(_Cell(ask, "emergency", source, 0, ""))
            open_to = way.classes - KEPT_APART
            found.append(Way(source, open_to, way.rules, frozenset({one.id}), way.duties, way.rows_by_class))
    return found


def _acting(ask: Ask, source: int, author: int, kind: str) -> list[Way]:
    """What somebody who acts for the patient may see: as far as the authority and the source's own word reach."""
    found: list[Way] = []
    for one in ask.facts.acts:
        refused = any(
            word.about == one.id and word.org == source and word.kind != "minor_agrees" and word.during.holds(ask.at)
            for word in ask.facts.said
        )
        if one.id != ask.asker.acts or not one.during.holds(ask.at) or refused:
            continue
        if not one.kinds or kind in one.kinds:
            relation = "parent" if one.authority == "parent" else "representative"
            found.append(_way(_Cell(ask, relation, source, author, kind, acts=one)))
    return found


def _agreed(cell: "_Cell", acts: Acts) -> list[Determined]:
    """What opens for them: the minor's own agreement, or an authority that 42 CFR 2.15 knows."""
    found = [
        Determined(word.id, "minor_agrees", 0, 0, 0, (word.classes or CLASSES) - KEPT_APART, word.during)
        for word in cell.ask.facts.said
        if word.about == acts.id
        and word.kind == "minor_agrees"
        and word.org in (0, cell.source)
        and word.during.holds(cell.ask.at)
    ]
    found.sort(key=lambda word: (word.during.begins, word.id))
    if acts.authority in ("court_guardian", "executor"):
        name = f"representative/{acts.id}"
        found.append(Determined(name, "representative_authority", 0, 0, 0, CLASSES - KEPT_APART, acts.during))
    return found


def _care(ask: Ask, purpose: str, source: int, *, author: int, kind: str) -> list[Way]:
    """Treatment, payment, operations: one way for each relation in which the asker stands to the source."""
    found: list[Way] = []
    stated = Ask(ask.asker, purpose, ask.facts, ask.at)
    for relation in _relations(stated, source, author):
        found.append(_way(_Cell(stated, relation, source, author, kind)))
        if ask.asker.duty:
            found.append(_way(_Cell(stated, relation, source, author, kind, duty=True)))
    return found


def _relations(ask: Ask, source: int, author: int) -> list[str]:
    asker = ask.asker
    if asker.org != source:
        return [standing(ask)]
    here = ["own_medical" if asker.role in MEDICAL and ask.purpose == "TREAT" else "own"]
    wrote_it = ask.purpose == "TREAT" and asker.person != 0 and asker.person == author
    return ["author", *here] if wrote_it else here


def standing(ask: Ask) -> str:
    """How another practice stands to the patient."""
    here: list[Treats] = [one for one in ask.facts.treats if one.org == ask.asker.org]
    if any(one.during.holds(ask.at) for one in here):
        return "treating"
    begun = ask.facts.since.get(ask.asker.org)
    keeps_records = begun is not None and begun <= ask.at
    return "former" if keeps_records and any(one.during.begins <= ask.at for one in here) else "named"


@dataclass(frozen=True, slots=True)
class _Cell:
    """One relation, source, author and kind: all that a class is judged by."""

    ask: Ask
    relation: str
    source: int
    author: int
    kind: str
    duty: bool = False
    acts: Acts | None = None

    def question(self, one: str) -> Question:
        """What the rows are asked about a class."""
        facts = self.ask.facts
        holder = "program" if self.source in facts.programs else "holder"
        purpose = "EMERG" if self.relation == "emergency" else self.ask.purpose
        return Question(facts.states.get(self.source, ""), self.relation, purpose, holder, one)

    def leaves(self) -> bool:
        """Whether it would go to another state than the source's, or nobody knows to which."""
        there = self.ask.facts.states.get(self.ask.asker.org, "")
        on_patients_side = self.relation in ("individual", "representative", "parent")
        return not on_patients_side and (not there or there != self.ask.facts.states.get(self.source, ""))


def _way(cell: _Cell) -> Way:
    """Class by class; then what the patient asked to keep is taken away, and it beats a signed form."""
    papers, determined = _papers(cell), _determined(cell)
    open_to: set[str] = set()
    used: set[str] = set()
    rows_by_class: dict[str, tuple[Row, ...]] = {}
    for one in CLASSES:
        rows = tuple(
            row for row in governing(cell.question(one), cell.ask.at.date()) if not row.out_of_state or cell.leaves()
        )
        relied_on = [_opens(row, one, cell, papers=papers, determined=determined) for row in rows]
        if rows and None not in relied_on:
            open_to.add(one)
            used |= {paper for paper in relied_on if paper}
            rows_by_class[one] = rows
    return Way(
        cell.source,
        frozenset(open_to - _kept(cell)),
        frozenset(row.id for rows in rows_by_class.values() for row in rows),
        frozenset(used),
        frozenset(duty for rows in rows_by_class.values() for row in rows for duty in row.duties),
        rows_by_class,
    )


def _opens(row: Row, one: str, cell: _Cell, *, papers: list[Paper], determined: list[Determined]) -> str | None:
    """The id of the paper a row is opened with, nothing ("") when it asks for none, None when it stays shut."""
    if row.outcome == "deny" or (row.asks_duty and not cell.duty):
        return None
    needs = row.needs
    if row.outcome == "permit":
        if not row.kinds or cell.kind in row.kinds:
            return ""
        needs = frozenset({"authorization"})
    for paper in papers:
        if one in paper.classes and SATISFIES[paper.kind] & needs:
            return paper.id
    return next((fact.id for fact in determined if one in fact.classes and fact.need in needs), None)


def _papers(cell: _Cell) -> list[Paper]:
    """The forms that speak of this source, recipient, purpose, author and kind, the earliest signed first."""
    if cell.relation in HELD_BY_NOBODY:
        return []
    asker = cell.ask.asker
    found = [
        paper
        for paper in cell.ask.facts.papers
        if paper.during.holds(cell.ask.at)
        and paper.from_org == cell.source
        and (paper.to_org == asker.org or (paper.to_org == 0 and cell.relation == "treating"))
        and not (paper.to_org == 0 and paper.taken_back_for(asker.org, cell.ask.at))
        and paper.to_person in (0, asker.person)
        and cell.ask.purpose in paper.purposes
        and paper.from_person in (0, cell.author)
        and (not paper.kinds or cell.kind in paper.kinds)
    ]
    return sorted(found, key=lambda paper: (paper.during.begins, paper.id))


def _determined(cell: _Cell) -> list[Determined]:
    if cell.acts is not None:
        return _agreed(cell, cell.acts)
    if cell.relation not in ("treating", "own_medical") or cell.ask.purpose != "TREAT":
        return []
    found = [
        fact
        for fact in cell.ask.facts.determined
        if fact.during.holds(cell.ask.at)
        and fact.from_org == cell.source
        and fact.from_person in (0, cell.author)
        and fact.to_org == cell.ask.asker.org
    ]
    return sorted(found, key=lambda fact: (fact.during.begins, fact.id))


def _kept(cell: _Cell) -> set[str]:
    """What the patient's agreed wishes keep from this asker; never from the author, the patient or an emergency."""
    if cell.acts is not None:
        return set(CLASSES - cell.acts.classes) if cell.acts.classes else set()
    if cell.relation in HELD_BY_NOBODY:
        return set()
    asker = cell.ask.asker
    bound: list[Wish] = [
        wish
        for wish in cell.ask.facts.wishes
        if wish.during.holds(cell.ask.at)
        and (wish.to_org == asker.org or (wish.to_org == 0 and asker.org != cell.source))
        and wish.from_org in (0, cell.source)
        and wish.to_person in (0, asker.person)
    ]
    return {one for wish in bound for one in wish.classes}
