"""The golden release matrix: role x relationship x label x consent state x purpose, read from the real record.

``tests/golden/release_matrix.txt`` is reviewed by people; a difference fails here. HALLWAY_GOLDEN=write writes it anew.
"""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hallway import clock
from hallway.app.witness import judge
from hallway.consent import actions, gate
from hallway.consent.grants.decision import Plan
from hallway.errors import HallwayError
from hallway.identity.requester import system
from hallway.record import queries as record
from hallway.record.classes import DataClass
from hallway.record.evidence import Purpose
from tests.gate import translate, world
from tests.gate.oracle import CLINICIANS, Asker, Emergency, Facts, Form, Judgement, Limit, Thing, may

GOLDEN = Path(__file__).parent.parent / "golden" / "release_matrix.txt"
NOW = datetime(2026, 11, 21, 15, 0, tzinfo=UTC)
LONG_AGO, LATER = NOW - timedelta(days=400), NOW + timedelta(days=300)
OWN_MA, OWN_CT, PROGRAM, PLAIN, TREATING, FORMER, STRANGER, OWN_CA = range(1, 9)
STATE = {OWN_MA: "MA", OWN_CT: "CT", OWN_CA: "CA"} | dict.fromkeys((PROGRAM, PLAIN, TREATING, FORMER, STRANGER), "ME")
SOURCES = {
    OWN_MA: "a practice in Massachusetts",
    OWN_CT: "a practice in Connecticut",
    OWN_CA: "a practice in California, everybody else in another state",
    PROGRAM: "a substance use program (Part 2), state without overlay",
    PLAIN: "a practice in a state without overlay",
}
LABELS = [one.name for one in DataClass]
SHORT = {
    "GENERAL": "GEN",
    "MH": "MH",
    "PSYTHER_NOTE": "PSY",
    "PART2": "P2",
    "SUD_COUNSEL_NOTE": "SUDN",
    "HIV": "HIV",
    "GENETIC": "GENE",
    "REPRO": "REPR",
    "GENDER": "GNDR",
    "SEX_ASSAULT": "ASLT",
    "DV": "DV",
    "MINOR_CONSENTED": "MINR",
    "SELF_PAY_RESTRICTED": "SELF",
    "PATIENT_RESTRICTED": "KEPT",
    "UNCLASSIFIED": "UNCL",
    "MA_SOCIAL_WORKER": "M-SW",
    "MA_COUNSELOR": "M-CO",
    "MA_PSYCHOLOGIST": "M-PS",
    "CT_PSYCHIATRIC": "C-PS",
    "CT_SOCIAL_WORKER": "C-SW",
    "CT_FAMILY_THERAPIST": "C-FT",
    "CT_COUNSELOR": "C-CO",
    "CA_LPS": "CLPS",
    "CA_PSYCHOTHERAPY": "CPSY",
}
KINDS = ("Patient", "DocumentReference")
AUTHOR = 50
ORDINARY = set(LABELS) - {"PSYTHER_NOTE", "SUD_COUNSEL_NOTE", "PART2", "UNCLASSIFIED"}
ROLES = [
    *("pcp", "medical_specialist", "therapist", "psychiatrist", "bh_care_manager", "front_desk", "biller"),
    *("practice_leader", "privacy_officer", "network_administrator", "system", "patient"),
]
STATES = [
    *("none", "release signed", "part2 signed", "part2_tpo signed", "psychotherapy signed", "sud_counseling signed"),
    *("hiv signed", "all revoked", "all expired", "all incomplete", "all signed, then restricted"),
    *("determination recorded", "emergency opened"),
]


def forms(source, kind, **more):
    own = {"psychotherapy": {"PSYTHER_NOTE"}, "sud_counseling": {"SUD_COUNSEL_NOTE"}, "hiv": {"HIV"}}
    classes = own.get(kind) or (ORDINARY | {"PART2"} if kind.startswith("part2") else ORDINARY)
    if kind != "hiv" and STATE[source] == "MA":
        classes = classes - {"HIV"}
    purposes = {"TREAT"} if kind == "hiv" else {"TREAT", "PAY", "OPS"}
    recipients = [0] if kind == "part2_tpo" else [TREATING, FORMER, STRANGER]
    common = {"begins": LONG_AGO, "ends": LATER} | more
    return [Form(kind, source, to_org, classes, purposes, **common) for to_org in recipients]


def every_form(source, **more):
    kinds = ("release", "part2", "part2_tpo", "psychotherapy", "sud_counseling", "hiv")
    return [form for kind in kinds for form in forms(source, kind, **more)]


def facts_of(chart, source, state):
    facts = Facts(chart, STATE, {PROGRAM}, {source, FORMER})
    facts.treated = [(TREATING, LONG_AGO, None), (FORMER, LONG_AGO, NOW - timedelta(days=30))]
    if state.endswith(" signed"):
        facts.forms = forms(source, state.removesuffix(" signed"))
    elif state in ("all revoked", "all expired"):
        facts.forms = every_form(source, ends=NOW - timedelta(hours=1))
    elif state == "all incomplete":
        facts.forms = every_form(source, complete=False)
    elif state.startswith("all signed"):
        facts.forms = every_form(source)
        facts.limits = [Limit(source, 0, 0, set(LABELS), NOW - timedelta(hours=1))]
    elif state == "determination recorded":
        for need, one in (("six_facts", "MA_SOCIAL_WORKER"), ("clinician_determination", "CT_PSYCHIATRIC")):
            facts.judgements += [Judgement(need, source, AUTHOR, to, {one}, LONG_AGO) for to in (TREATING, STRANGER)]
    elif state == "emergency opened":
        people = ((TREATING, 60), (STRANGER, 61), (source, 62))
        facts.emergencies = [Emergency(org, who, set(), NOW, NOW + timedelta(minutes=30)) for org, who in people]
    return facts


def askers(source, role, chart):
    """Relationship -> asker, for one role."""
    if role == "patient":
        return {"the patient": Asker(0, 0, role, chart=chart), "another patient": Asker(0, 0, role, chart=chart + 1)}
    found = {
        "own practice": Asker(source, 62, role),
        "own practice, SUD duty": Asker(source, 62, role, duty=True),
        "treating practice": Asker(TREATING, 60, role),
        "former practice": Asker(FORMER, 63, role),
        "stranger": Asker(STRANGER, 61, role),
    }
    if role in CLINICIANS:
        found["author"] = Asker(source, AUTHOR, role)
    return found


def things_of(source):
    extra = {"PART2"} if source == PROGRAM else set()
    return [Thing(source, AUTHOR, kind, frozenset({"GENERAL", label} | extra)) for label in LABELS for kind in KINDS]


def read(asker, chart, purpose):
    """What the record really gives, and the plan in memory; nothing when the gate gives no release."""
    try:
        release = gate.release(world.requester(asker), chart, Purpose(purpose))
    except HallwayError:
        return set(), None
    return {row.id for row in record.read_chart(release)}, Plan(release)


def cell(flows):
    return {(True, True): "#", (True, False): "+", (False, True): "d", (False, False): "."}[flows]


def lines_of(facts, source, placed):
    """(relationship, purpose, cells) -> roles, for one source and consent state; every cell judged four times."""
    found = {}
    seen = translate.to_witness(facts)
    shut = 0
    for role in ROLES:
        for relation, asker in askers(source, role, facts.chart).items():
            for purpose in Purpose:
                given, plan = read(asker, facts.chart, purpose)
                ask = judge.Ask(translate.witness_asker(asker), str(purpose), seen, NOW)
                witnessed = dict(judged(ask, things_of(source)))
                open_by_label = {}
                for resource_id, (label, thing) in placed_with_labels(placed).items():
                    law = may(asker, thing, str(purpose), facts, NOW)
                    memory = (
                        plan is not None
                        and plan.decide(world.mask_of(thing.classes), thing.source, thing.author, thing.kind).permits
                    )
                    said = (law, memory, witnessed[thing])
                    assert said == (resource_id in given,) * 3, (role, relation, purpose, thing, facts)
                    CELLS.append(law)
                    open_by_label.setdefault(label, {})[thing.kind] = law
                cells = tuple(cell(tuple(open_by_label[label][kind] for kind in KINDS)) for label in LABELS)
                if set(cells) == {"."}:
                    shut += len(LABELS) * len(KINDS)
                else:
                    found.setdefault((relation, str(purpose), cells), []).append(role)
    return found, shut


def placed_with_labels(placed):
    """Resource id -> (the label it stands for, the thing), as ``things_of`` laid them out."""
    order = [label for label in LABELS for _ in KINDS]
    return {rid: (label, thing) for (rid, thing), label in zip(placed.items(), order, strict=True)}


def without_twins(found):
    """One line for people with and without substance use duties, where these make no difference."""
    merged = {}
    for (relation, purpose, cells), roles in found.items():
        twin = (relation.removesuffix(", SUD duty"), purpose, cells)
        if twin != (relation, purpose, cells) and merged.get(twin) == roles:
            del merged[twin]
            merged["own practice, SUD duty or not", purpose, cells] = roles
        else:
            merged[relation, purpose, cells] = roles
    return merged


def section(source, state, found, shut):
    out = [f"== from {SOURCES[source]}; consent: {state}"]
    for (relation, purpose, cells), roles in without_twins(found).items():
        out.append("".join(f"{one:5}" for one in cells).rstrip() + f"  {relation}, {purpose}: {', '.join(roles)}")
    return [*out, f"   {shut} cells in which everything stays shut", ""]


HEAD = """\
Release matrix. Read by the real query, by the decision in memory and by the naive oracle: all three agree on each cell.
Columns: the label an item carries beside GENERAL (beside PART2 too, where it comes from a program).
#  flows as a clinical note and as a Patient header   +  as a Patient header only   d  as a note only   .  stays shut
Lines in which nothing flows are counted, not listed. "as without consent" repeats the section "none" of that source.
"""


CELLS = []
"""Whether each cell flows, in the order in which they were judged."""


def judged(ask, things):
    """Every thing with the witness's verdict; the ways are found once for each kind."""
    ways = {kind: judge.ways(ask, things[0].source, AUTHOR, kind) for kind in KINDS}
    return [(thing, any(thing.classes <= way.classes for way in ways[thing.kind])) for thing in things]


def test_the_release_matrix_is_the_reviewed_one_and_four_judges_agree(fresh_db):
    world.build_organizations(STATE, {PROGRAM})
    cases = [(source, state) for source in SOURCES for state in STATES]
    worlds = [facts_of(chart, source, state) for chart, (source, state) in enumerate(cases, start=1)]
    out = [HEAD, "".join(f"{SHORT[label]:5}" for label in LABELS), ""]
    with clock.stopped_at(NOW):
        world.build(worlds)
        actions.rebuild_grants([facts.chart for facts in worlds])
        plain = {}
        for facts, (source, state) in zip(worlds, cases, strict=True):
            placed = world.put(facts.chart, things_of(source), system("loader"))
            found, shut = lines_of(facts, source, placed)
            plain.setdefault(source, found)
            if state != "none" and found == plain[source]:
                out += [f"== from {SOURCES[source]}; consent: {state}: as without consent", ""]
            else:
                out += section(source, state, found, shut)
    text = "\n".join(out)
    if os.environ.get("HALLWAY_GOLDEN") == "write":
        GOLDEN.write_text(text)
    assert text == GOLDEN.read_text(), "The matrix changed. Review the difference, then HALLWAY_GOLDEN=write."
    print(f"{len(CELLS):,} cells, {sum(CELLS):,} of them open: query, memory, witness and law by hand agree on each")
    assert len(CELLS) >= 20_000
