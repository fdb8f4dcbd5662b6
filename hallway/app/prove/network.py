"""The common part of both worlds: charts that the callers share, and everything that has happened on them."""

import logging
from collections.abc import Sequence
from datetime import timedelta
from urllib.parse import urlencode

from hallway import clock
from hallway.app.prove import backends, defining, dues, facts, screened, sittings, subscribing, systems, walk
from hallway.app.prove.cast import PEOPLE, SILENT, Cast, people, sign_in
from hallway.consent import actions as consent
from hallway.consent import gate
from hallway.consent.entering import reviewing
from hallway.consent.rights import acting
from hallway.identity.login import Hat
from hallway.identity.requester import Role, system
from hallway.ids import ChartId, OrganizationId, ResourceId
from hallway.labels.source import Source
from hallway.record import actions as record_actions
from hallway.record import queries as record

_log = logging.getLogger("hallway.prove")
PATIENTS = (
    ("marisol", "Marisol", "Ejemplo", "1985-04-12"),
    ("otto", "Otto", "Beispiel", "1962-09-30"),
    ("patient", "Pia", "Persona", "1990-01-02"),
)
TEAMS = {"millbrook": "pcp", "northgate": "therapist", "valley": "cardiologist", "elm": "stranger"}


def build() -> Cast:
    """Fill an empty, migrated database; who and what is in it."""
    cast = people(clock.today())
    for key, given, family, born in PATIENTS:
        chart(cast, key, given, family, born=born)
    for key, *_ in PEOPLE:
        if key not in SILENT:
            sign_in(cast, key)
    sign_in(cast, "patient", chart_id=cast.charts["patient"])
    for key in ("marisol", "otto"):
        _history(cast, key)
    _agent(cast)
    _know(cast)
    walk.take(cast)
    _begun(cast)
    dues.serve(cast)
    subscribing.serve(cast)
    defining.serve(cast)
    sittings.serve(cast)
    screened.serve(cast)
    _name_versions(cast)
    backends.let_in(cast)
    systems.register_all(cast)
    return cast


def _begun(cast: Cast) -> None:
    """A medicine begun on one side, a visit with two problems on the other: the two have something to tell."""
    at = clock.now() - timedelta(days=1)
    for key in ("marisol", "otto"):
        of = cast.patients[key]
        store(cast, "psychiatrist", [facts.medicine(of, dues.LITHIUM, at), facts.condition(of, "F31.9", at)])
        store(cast, "pcp", [facts.condition(of, "E11.65", at), facts.condition(of, "F51.01", at)])
        store(cast, "pcp", [facts.encounter(of, at)])


def _agent(cast: Cast) -> None:
    """Somebody who acts for Marisol under a health care proxy: a program's records and private notes are not theirs."""
    entry = acting.Entry(name="Agnes Agente", relation="sibling", authority="health_care_agent", document="A proxy")
    made = acting.add_representative(cast.charts["marisol"], entry, by=cast.callers["pcp"])
    hat = Hat(
        -made, Role.REPRESENTATIVE, OrganizationId(0), "For Marisol", chart_id=cast.charts["marisol"],
        representative_id=made,
    )  # fmt: skip
    sign_in(cast, "agent", hat=hat)
    acting.give_sign_in(made, cast.accounts["agent"], by=cast.callers["pcp"])


def store(cast: Cast, by: str, content: Sequence[bytes], *, org: str = "", note: str = "") -> list[str]:
    """Store resources as written by a person at their own organization; the ids."""
    requester = cast.callers[by]
    source = Source(
        cast.organizations[org] if org else requester.organization_id, requester.practitioner_id, note_kind=note
    )
    written = consent.store(content, by=requester, source=source)
    cast.kinds.update({str(one.id): one.kind for one in written})
    return [str(one.id) for one in written]


def chart(cast: Cast, key: str, given: str, family: str, *, born: str, home: str = "pcp") -> None:
    """A patient with a chart at one person's practice."""
    patient_id = facts.new_id()
    store(cast, home, [facts.patient(patient_id, given, family, born)])
    chart_id = record.chart_of(patient_id)
    assert chart_id is not None
    cast.patients[key], cast.charts[key] = patient_id, chart_id
    consent.join_team(
        chart_id,
        by=system("prove"),
        organization=cast.callers[home].organization_id,
        basis="assigned",
        practitioner=cast.practitioners[home],
    )


def _history(cast: Cast, key: str) -> None:
    """Both disciplines treat the patient and have charted."""
    for org, person in TEAMS.items():
        consent.join_team(
            cast.charts[key], by=system("prove"), organization=cast.organizations[org], basis="encounter",
            practitioner=cast.practitioners[person],
        )  # fmt: skip
    of, at = cast.patients[key], clock.now()
    common = [
        facts.condition(of, "I10", at - timedelta(days=400)),
        facts.condition(of, "E11.9", at - timedelta(days=300)),
        facts.medicine(of, "314076", at - timedelta(days=200)),
        *(facts.observation(of, "44261-6", 18 - n, at - timedelta(days=90 - 14 * n)) for n in range(5)),
        facts.encounter(of, at - timedelta(days=30)),
    ]
    ids = store(cast, "pcp", common)
    ids += store(cast, "pcp", [facts.note(of, "Tired, sleeps badly.", at - timedelta(days=30))], note="progress")
    ids += store(cast, "therapist", [facts.condition(of, "F32.1", at - timedelta(days=60))])
    ids += store(cast, "therapist", [facts.note(of, "Began weekly visits.", at - timedelta(days=20))], note="progress")
    ids += _changed(cast, key)
    _papers(cast, key)
    for one in ids:
        cast.know("resource", one)
        cast.know("item", f"{cast.charts[key]}/{one}")
        if cast.kinds[one] == "MedicationRequest":
            cast.know("resource_id", one)
            cast.know("medicine", f"{cast.charts[key]}/{one}")


def _changed(cast: Cast, key: str) -> list[str]:
    """What has a past that the callers may read: one that was written anew, one that is gone."""
    of, at = cast.patients[key], clock.now()
    rids = [facts.new_id(), facts.new_id()]
    for code in ("I10", "I11.9", "I10"):
        store(cast, "pcp", [facts.condition(of, code, at, rid=one) for one in rids])
    record_actions.delete("Condition", ResourceId(rids[1]), chart_id=cast.charts[key], by=cast.callers["pcp"])
    return [str(one) for one in rids]


def _name_versions(cast: Cast) -> None:
    """What a version that stands is called, as one of those who may read it knows it."""
    for item in cast.known["item"]:
        chart, one = item.split("/")
        for who in ("pcp", "therapist"):
            release = gate.release(cast.callers[who], ChartId(int(chart)))
            found = record.read_one(release, cast.kinds[one], ResourceId(one))
            if found is not None:
                cast.versions[one] = found.version_id
                break


def _papers(cast: Cast, key: str) -> None:
    """What nobody has judged: the therapist's own, and the primary care practice's, that its officer may judge too."""
    of, at = cast.patients[key], clock.now() - timedelta(days=5)
    marked = facts.note(of, "Sent without a word of why.", at).replace(
        b'"resourceType"', b'"meta":{"security":[{"code":"R"}]},"resourceType"', 1
    )
    ids = store(cast, "therapist", [facts.note(of, "Of a kind that nobody named.", at)])
    ids += store(cast, "pcp", [marked])
    for one, owner in zip(ids, ("therapist", "pcp"), strict=True):
        cast.know(f"paper_of_{owner}", urlencode({"chart": cast.charts[key], "kind": "DocumentReference", "id": one}))
    decided = store(cast, "therapist", [facts.note(of, "Another one.", at)])[0]
    by = cast.callers["therapist"]
    paper = reviewing.paper_for(by, cast.charts[key], "DocumentReference", ResourceId(decided))
    cast.know("decision", reviewing.decide(by, paper, reviewing.Choice.KEEP, expected_version=1))


def _know(cast: Cast) -> None:
    """What an address may name, by the words that addresses use."""
    for key in ("marisol", "otto"):
        cast.know("patient_id", cast.patients[key])
        cast.know("chart_id", cast.charts[key])
    for person in cast.practitioners.values():
        cast.know("practitioner_id", person)
    for organization in cast.organizations.values():
        cast.know("organization_id", organization)
