"""A naive judge of release: reads the facts, one item and one asker at a time, and shares no code with Hallway.

It was written from the decision tables of law, sentence by sentence, with sets of words where the product has masks and
compiled grants. When the two disagree, one of them is wrong; read the law before deciding which.
"""

import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime


def new_id():
    return str(uuid.uuid4())


RULE_OF_2024 = datetime(2024, 4, 16, tzinfo=UTC)
LICENCES = {"MA_SOCIAL_WORKER", "MA_COUNSELOR", "MA_PSYCHOLOGIST"} | {
    "CT_PSYCHIATRIC",
    "CT_SOCIAL_WORKER",
    "CT_FAMILY_THERAPIST",
    "CT_COUNSELOR",
}
CLINICIANS = {"pcp", "therapist", "psychiatrist", "bh_care_manager", "medical_specialist"}
MEDICAL = {"pcp", "medical_specialist"}
PURPOSES = {
    **{role: {"TREAT", "EMERG"} for role in CLINICIANS},
    "front_desk": {"TREAT"},
    "biller": {"PAY"},
    "practice_leader": {"OPS"},
    "privacy_officer": {"OPS"},
    "patient": {"INDIVIDUAL"},
    "system": {"TREAT"},
}
DESK = "Patient RelatedPerson Coverage Appointment Schedule Slot ServiceRequest Task Encounter Consent EpisodeOfCare"
BILLS = (
    "Patient Coverage Encounter Condition Procedure Account ChargeItem Claim ClaimResponse ExplanationOfBenefit Invoice"
)
NEEDED_KINDS = {
    "front_desk": set(DESK.split()),
    "biller": set(BILLS.split()),
    "practice_leader": {"Patient", "Appointment", "Encounter", "ServiceRequest", "Task"},
    "privacy_officer": {"Patient", "Consent", "Provenance", "AuditEvent"},
}
NEEDED_CLASSES = {
    "front_desk": {"GENERAL", "MH", "PART2", "MINOR_CONSENTED", "SELF_PAY_RESTRICTED", "PATIENT_RESTRICTED"},
    "biller": {"GENERAL", "MH", "PART2", "MINOR_CONSENTED", "SELF_PAY_RESTRICTED"},
    "practice_leader": {"GENERAL", "MH", "PART2"},
    "privacy_officer": {"GENERAL", "MH", "PART2", "MINOR_CONSENTED", "SELF_PAY_RESTRICTED", "PATIENT_RESTRICTED"},
    "system": {"GENERAL", "MH", "PART2", "HIV", "GENETIC", "REPRO", "GENDER", "SEX_ASSAULT", "DV", "MINOR_CONSENTED"}
    | {"SELF_PAY_RESTRICTED", "PATIENT_RESTRICTED", "CT_PSYCHIATRIC", "CA_LPS", "CA_PSYCHOTHERAPY"}
    | LICENCES,
}
SATISFIES = {
    "release": {"authorization", "state consent"},
    "part2": {"part 2 consent", "authorization", "state consent"},
    "part2_tpo": {"part 2 consent"},
    "psychotherapy": {"psychotherapy authorization"},
    "sud_counseling": {"counseling note consent"},
    "hiv": {"hiv form", "authorization", "state consent"},
}


@dataclass
class Form:
    kind: str
    from_org: int
    to_org: int
    classes: set
    purposes: set
    begins: datetime
    ends: datetime | None = None
    from_person: int = 0
    to_person: int = 0
    kinds: set = field(default_factory=set)
    complete: bool = True
    not_for: set = field(default_factory=set)
    id: str = field(default_factory=new_id)


@dataclass
class Judgement:
    need: str
    from_org: int
    from_person: int
    to_org: int
    classes: set
    begins: datetime
    ends: datetime | None = None
    id: str = field(default_factory=new_id)


@dataclass
class Limit:
    from_org: int
    to_org: int
    to_person: int
    classes: set
    begins: datetime
    ends: datetime | None = None


@dataclass
class Emergency:
    org: int
    person: int
    kinds: set
    begins: datetime
    ends: datetime
    id: str = field(default_factory=new_id)


@dataclass
class Facts:
    chart: int
    state: dict
    programs: set
    sources: set
    treated: list = field(default_factory=list)
    forms: list = field(default_factory=list)
    judgements: list = field(default_factory=list)
    limits: list = field(default_factory=list)
    emergencies: list = field(default_factory=list)


@dataclass(frozen=True)
class Asker:
    org: int
    person: int
    role: str
    duty: bool = False
    chart: int = 0


@dataclass(frozen=True)
class Thing:
    source: int
    author: int
    kind: str
    classes: frozenset


def within(fact, now):
    return fact.begins <= now and (fact.ends is None or now < fact.ends)


def may(asker, thing, purpose, facts, now):
    """May this asker have this thing for this purpose now?"""
    if purpose not in PURPOSES.get(asker.role, set()):
        return False
    if asker.role == "patient":
        withheld = {"PSYTHER_NOTE", "SUD_COUNSEL_NOTE", "UNCLASSIFIED"}
        return asker.chart == facts.chart and not thing.classes & withheld
    if asker.role in NEEDED_KINDS and thing.kind not in NEEDED_KINDS[asker.role]:
        return False
    if asker.role in NEEDED_CLASSES and not thing.classes <= NEEDED_CLASSES[asker.role]:
        return False
    if purpose != "EMERG":
        return may_for_care(asker, thing, purpose, facts, now)
    mine = [
        one for one in facts.emergencies if one.org == asker.org and one.person == asker.person and within(one, now)
    ]
    if not mine:
        return False
    if may_for_care(asker, thing, "TREAT", facts, now):
        return True
    return any(not one.kinds or thing.kind in one.kinds for one in mine) and may_in_emergency(asker, thing, facts)


def may_in_emergency(asker, thing, facts):
    shut = {"PSYTHER_NOTE", "SUD_COUNSEL_NOTE", "UNCLASSIFIED", "MA_COUNSELOR", "CT_FAMILY_THERAPIST", "CT_COUNSELOR"}
    if facts.state[thing.source] == "MA":
        shut |= {"HIV", "GENETIC"}
    if facts.state[thing.source] == "CA" and facts.state.get(asker.org) != "CA":
        shut |= {"REPRO", "GENDER"}
    return not thing.classes & shut


def may_for_care(asker, thing, purpose, facts, now):
    own = asker.org == thing.source
    if own and purpose == "TREAT" and asker.person and asker.person == thing.author:
        return True
    for limit in facts.limits:
        meant = limit.to_org == asker.org or (limit.to_org == 0 and not own)
        if (
            within(limit, now)
            and meant
            and limit.from_org in (0, thing.source)
            and limit.to_person in (0, asker.person)
            and limit.classes & thing.classes
        ):
            return False
    relation = standing(asker, thing, purpose, facts, now)
    return all(class_is_open(one, asker, thing, purpose, facts, now, relation) for one in thing.classes)


def standing(asker, thing, purpose, facts, now):
    if asker.org == thing.source:
        return "own medical" if asker.role in MEDICAL and purpose == "TREAT" else "own"
    # What ended as it began was struck: it never was treatment.
    spans = [(begins, ends) for org, begins, ends in facts.treated if org == asker.org and ends != begins]
    if any(begins <= now and (ends is None or now < ends) for begins, ends in spans):
        return "treating"
    if asker.org in facts.sources and any(begins <= now for begins, _ in spans):
        return "former"
    return "stranger"


def class_is_open(one, asker, thing, purpose, facts, now, relation):
    def has(*needs):
        return has_form(needs, one, asker, thing, purpose, facts, now, relation) or has_judgement(
            needs, one, asker, thing, purpose, facts, now, relation
        )

    return federal(one, asker, thing, purpose, facts, now, relation, has) and state(
        one, asker, thing, purpose, facts, relation, has
    )


def federal(one, asker, thing, purpose, facts, now, relation, has):  # noqa: C901 - naive on purpose: one sentence of law a line
    own = relation in ("own", "own medical")
    if one == "UNCLASSIFIED":
        return False
    if one == "PSYTHER_NOTE":
        return has("psychotherapy authorization")
    if one == "SUD_COUNSEL_NOTE":
        return has("counseling note consent")
    if one == "PART2":
        return part_2(asker, thing, purpose, facts, now, relation, has)
    if one == "PATIENT_RESTRICTED":
        return own
    if own:
        return True
    if relation == "stranger":
        return has("authorization")
    plain = one in ("GENERAL", "MH")
    if relation == "former":
        return (plain and thing.kind == "Patient") or has("authorization")
    if purpose == "TREAT":
        return True
    few = {"PAY": {"Patient", "Coverage"}, "OPS": {"Patient", "Appointment", "ServiceRequest", "Task"}}[purpose]
    return (plain and thing.kind in few) or has("authorization")


def part_2(asker, thing, purpose, facts, now, relation, has):
    program = thing.source in facts.programs
    if relation in ("own", "own medical"):
        return asker.duty if program else True
    if not program and relation == "treating" and purpose == "TREAT" and now >= RULE_OF_2024:
        return True
    return has("part 2 consent")


def state(one, asker, thing, purpose, facts, relation, has):  # noqa: C901, PLR0912 - naive on purpose: one sentence of law a line
    if relation == "own":
        return True
    where = facts.state[thing.source]
    if relation != "own medical":
        if one == "CA_LPS":
            return (relation == "treating" and purpose == "TREAT") or has("state consent")
        if one == "CA_PSYCHOTHERAPY":
            return purpose == "TREAT" or has("state consent")
        if one == "HIV" and where == "CA":
            return (relation == "treating" and purpose == "TREAT") or has("state consent")
        if one in ("REPRO", "GENDER") and where == "CA" and facts.state.get(asker.org) != "CA":
            return has("state consent")
    treating_here = relation in ("treating", "own medical") and purpose == "TREAT"
    if one == "MA_SOCIAL_WORKER":
        return has("state consent") or (treating_here and has("six_facts"))
    if one == "CT_PSYCHIATRIC":
        return has("state consent") or (treating_here and has("clinician_determination"))
    if one in LICENCES:
        return has("state consent")
    if relation == "own medical":
        return True
    if one == "HIV" and where == "MA":
        return has("hiv form")
    if one == "HIV" and where == "CT":
        return (relation == "treating" and purpose == "TREAT") or has("state consent")
    if one == "GENETIC" and where == "MA":
        return has("state consent")
    return True


def has_form(needs, one, asker, thing, purpose, facts, now, relation):
    for form in facts.forms:
        to_asker = form.to_org == asker.org and form.to_person in (0, asker.person)
        to_any_treating = form.to_org == 0 and form.kind == "part2_tpo" and relation == "treating"
        to_any_treating = to_any_treating and asker.org not in form.not_for
        if (
            form.complete
            and within(form, now)
            and form.from_org == thing.source
            and (to_asker or (to_any_treating and form.to_person in (0, asker.person)))
            and purpose in form.purposes
            and one in form.classes
            and form.from_person in (0, thing.author)
            and (not form.kinds or thing.kind in form.kinds)
            and SATISFIES[form.kind] & set(needs)
        ):
            return True
    return False


def has_judgement(needs, one, asker, thing, purpose, facts, now, relation):
    if purpose != "TREAT" or relation not in ("treating", "own medical"):
        return False
    return any(
        fact.need in needs
        and within(fact, now)
        and fact.from_org == thing.source
        and fact.from_person in (0, thing.author)
        and fact.to_org == asker.org
        and one in fact.classes
        for fact in facts.judgements
    )
