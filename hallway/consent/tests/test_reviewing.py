"""What nobody could judge waits for the right person, and their word changes the label of all that follows from it."""

import json
from dataclasses import replace

import pytest

from hallway.consent import actions, gate
from hallway.consent.entering import reviewing
from hallway.consent.entering.reviewing import Choice
from hallway.directory.models import Organization, Practitioner
from hallway.errors import HallwayError
from hallway.identity.requester import Requester, Role, system
from hallway.ids import AccountId, ChartId, OrganizationId, PractitionerId, ResourceId
from hallway.labels.actions import label
from hallway.labels.source import Source
from hallway.record import actions as record
from hallway.record import queries
from hallway.record.classes import DataClass as C
from hallway.storage.connection import cursor

PDF = {"contentType": "application/pdf", "data": "aGVsbG8gd29ybGQ="}


class Hall:
    """A behavioral health practice with an author, a colleague and a privacy officer; a primary care practice."""

    def __init__(self):
        self.practice = Organization.objects.create(
            fhir_id="bh", name="bh", side="bh", kind="behavioral_health", state="MA"
        ).id
        self.primary = Organization.objects.create(
            fhir_id="pc", name="pc", side="pc", kind="primary_care", state="MA"
        ).id
        self.author = self.person(self.practice, "Theo", Role.THERAPIST, "social_worker")
        self.colleague = self.person(self.practice, "Quinn", Role.THERAPIST, "psychologist")
        self.privacy = self.person(self.practice, "Piet", Role.PRIVACY_OFFICER, "none")
        self.pcp = self.person(self.primary, "Paula", Role.PCP, "physician")
        self.officer = self.person(self.primary, "Ola", Role.PRIVACY_OFFICER, "none")
        source = Source(OrganizationId(self.primary))
        self.patient = label(b'{"resourceType":"Patient","name":[{"family":"Beispiel"}]}', source=source)
        self.chart = self.patient.charts[0]
        actions.store([self.patient], by=system("test"))
        for organization in (self.practice, self.primary):
            actions.join_team(self.chart, by=system("test"), organization=organization, basis="encounter")

    def person(self, organization, name, role, licence):
        row = Practitioner.objects.create(fhir_id=name, family=name, licence=licence, licence_state="MA")
        return Requester(AccountId(row.id), PractitionerId(row.id), OrganizationId(organization), role, name=name)

    def keep(self, body, by, **more):
        body = {"subject": {"reference": f"Patient/{self.patient.resource_id}"}, "status": "current"} | body
        made = label(json.dumps(body).encode(), source=Source(by.organization_id, by.practitioner_id, **more))
        actions.store([made], by=by)
        return made

    def note(self, by, words="aGVsbG8=", **more):
        content = [{"attachment": {"contentType": "text/plain", "data": words}}]
        return self.keep({"resourceType": "DocumentReference", "content": content}, by, **more)

    def masks(self, by):
        found = queries.read_chart(gate.release(by, self.chart))
        return {str(one.id): one.mask for one in found}


@pytest.fixture
def hall(fresh_db):
    return Hall()


def acts():
    with cursor() as opened:
        return [row[0] for row in opened.execute("SELECT act FROM ledger_answer ORDER BY id").fetchall()]


def ids_of(papers):
    return [paper.id for paper in papers]


def test_a_paper_waits_for_its_author_and_the_privacy_officer_and_for_nobody_else(hall):
    paper = hall.note(hall.author)
    assert ids_of(reviewing.waiting_for(hall.author)) == [paper.resource_id]
    assert ids_of(reviewing.waiting_for(hall.privacy)) == [paper.resource_id]
    for stranger in (hall.colleague, hall.pcp, hall.officer, replace(hall.privacy, role=Role.FRONT_DESK)):
        assert reviewing.waiting_for(stranger) == []
        with pytest.raises(HallwayError) as caught:
            reviewing.paper_for(stranger, hall.chart, "DocumentReference", paper.resource_id)
        assert caught.value.code == "H-CON-001"


def test_who_may_not_read_what_may_be_a_psychotherapy_note_may_not_open_it(hall):
    hall.note(hall.author)
    (seen,) = reviewing.waiting_for(hall.privacy)
    assert not seen.may_read
    assert reviewing.content_of(hall.privacy, seen) is None
    assert set(seen.choices) == {Choice.PSYCHOTHERAPY, Choice.KEEP}
    with pytest.raises(HallwayError) as caught:
        reviewing.decide(hall.privacy, seen, Choice.GENERAL, expected_version=1)
    assert caught.value.code == "H-CON-009"
    (own,) = reviewing.waiting_for(hall.author)
    assert own.may_read
    assert reviewing.content_of(hall.author, own).body


def test_the_privacy_officer_reads_and_judges_what_has_no_author_to_ask(hall):
    scan = hall.keep({"resourceType": "DocumentReference", "content": [{"attachment": PDF}]}, hall.officer)
    (paper,) = reviewing.waiting_for(hall.officer)
    assert paper.may_read
    before = len(acts())
    assert reviewing.content_of(hall.officer, paper) is not None
    assert acts()[before:] == ["review"]
    assert str(scan.resource_id) not in hall.masks(hall.pcp)
    reviewing.decide(hall.officer, paper, Choice.GENERAL, expected_version=1)
    assert hall.masks(hall.pcp)[str(scan.resource_id)] == C.GENERAL
    assert reviewing.waiting_for(hall.officer) == []


def test_a_decision_adds_to_what_the_rules_found_and_takes_nothing_away(hall):
    paper = hall.note(hall.author)
    (own,) = reviewing.waiting_for(hall.author)
    reviewing.decide(hall.author, own, Choice.GENERAL, expected_version=1)
    assert hall.masks(hall.author)[str(paper.resource_id)] == C.GENERAL | C.MH | C.MA_SOCIAL_WORKER


def test_what_names_a_paper_falls_and_rises_with_the_decision_and_its_undoing(hall):
    scan = hall.keep({"resourceType": "DocumentReference", "content": [{"attachment": PDF}]}, hall.officer)
    focus = {"reference": f"DocumentReference/{scan.resource_id}"}
    task = hall.keep(
        {"resourceType": "Task", "status": "requested", "intent": "order", "focus": focus,
         "for": {"reference": f"Patient/{hall.patient.resource_id}"}},
        hall.pcp,
    )  # fmt: skip
    assert task.mask & C.UNCLASSIFIED
    assert ids_of(reviewing.waiting_for(hall.officer)) == [scan.resource_id]
    (paper,) = reviewing.waiting_for(hall.officer)
    epoch = queries.epoch_of(hall.chart)
    made = reviewing.decide(hall.officer, paper, Choice.MENTAL_HEALTH, expected_version=1)
    assert queries.epoch_of(hall.chart) > epoch
    assert hall.masks(hall.pcp)[str(task.resource_id)] == C.GENERAL | C.MH
    assert [row.id for row in reviewing.decided_by(hall.officer)] == [made]
    reviewing.undo(hall.officer, made)
    assert {str(task.resource_id), str(scan.resource_id)}.isdisjoint(hall.masks(hall.pcp).keys() - _own(hall))
    assert ids_of(reviewing.waiting_for(hall.officer)) == [scan.resource_id]
    assert [act for act in acts() if act.startswith("label.")] == ["label.decided", "label.undone"]


def _own(hall):
    """What the author of the task may see of it whatever its label: their own."""
    return {key for key, mask in hall.masks(hall.pcp).items() if mask & C.UNCLASSIFIED}


def test_kept_shut_it_waits_no_longer_until_that_is_taken_back(hall):
    paper = hall.note(hall.author)
    (own,) = reviewing.waiting_for(hall.author)
    made = reviewing.decide(hall.author, own, Choice.KEEP, expected_version=1)
    assert reviewing.waiting_for(hall.author) == reviewing.waiting_for(hall.privacy) == []
    with pytest.raises(HallwayError):
        reviewing.paper_for(hall.author, hall.chart, "DocumentReference", paper.resource_id)
    reviewing.undo(hall.author, made)
    assert ids_of(reviewing.waiting_for(hall.author)) == [paper.resource_id]


def test_a_decision_on_what_has_changed_meanwhile_is_refused_and_so_is_its_undoing(hall):
    paper = hall.note(hall.author)
    (own,) = reviewing.waiting_for(hall.author)
    hall.note(hall.author, words="d29ybGQ=")
    changed = {"resourceType": "DocumentReference", "id": str(paper.resource_id), "description": "x"}
    hall.keep(changed | {"content": [{"attachment": {"contentType": "text/plain", "data": "eA=="}}]}, hall.author)
    with pytest.raises(HallwayError) as caught:
        reviewing.decide(hall.author, own, Choice.GENERAL, expected_version=1)
    assert caught.value.code == "H-CON-003"
    again = reviewing.paper_for(hall.author, hall.chart, "DocumentReference", paper.resource_id)
    made = reviewing.decide(hall.author, again, Choice.GENERAL, expected_version=again.version)
    hall.keep(changed | {"content": [{"attachment": {"contentType": "text/plain", "data": "eQ=="}}]}, hall.author)
    with pytest.raises(HallwayError):
        reviewing.undo(hall.author, made)


def test_a_decision_of_another_practice_cannot_be_taken_back(hall):
    hall.note(hall.author)
    (own,) = reviewing.waiting_for(hall.author)
    made = reviewing.decide(hall.author, own, Choice.PSYCHOTHERAPY, expected_version=1)
    for stranger in (hall.officer, hall.colleague, hall.pcp):
        with pytest.raises(HallwayError) as caught:
            reviewing.undo(stranger, made)
        assert caught.value.code == "H-CON-001"


def test_an_older_version_does_not_say_more_freely_what_the_newest_keeps(hall):
    note = hall.note(hall.author, note_kind="progress")
    release = gate.release(hall.colleague, hall.chart)
    assert len(queries.history(release, "DocumentReference", note.resource_id)) == 1
    body = json.loads(note.body) | {"id": str(note.resource_id)}
    source = Source(hall.author.organization_id, hall.author.practitioner_id, note_kind="psychotherapy")
    actions.store([json.dumps(body).encode()], by=hall.author, source=source)
    assert queries.history(release, "DocumentReference", note.resource_id) == []
    mine = queries.history(gate.release(hall.author, hall.chart), "DocumentReference", note.resource_id)
    assert [one.version for one in mine] == [2, 1]
    record.delete("DocumentReference", note.resource_id, chart_id=ChartId(hall.chart), by=hall.author)
    assert queries.history(gate.release(hall.colleague, hall.chart), "DocumentReference", note.resource_id) == []


def test_records_from_outside_wait_for_the_privacy_officer_of_a_practice_that_treats_the_patient(hall):
    outside = Organization.objects.create(fhir_id="out", name="out", on_hallway=False)
    source = Source(OrganizationId(outside.id))
    body = {"resourceType": "DocumentReference", "status": "current", "content": [{"attachment": PDF}]}
    body["subject"] = {"reference": f"Patient/{hall.patient.resource_id}"}
    made = label(json.dumps(body).encode(), source=source)
    actions.store([made], by=system("test"))
    assert ids_of(reviewing.waiting_for(hall.officer)) == [made.resource_id]
    assert reviewing.waiting_for(hall.pcp) == []
    actions.leave_team(hall.chart, by=system("test"), member_id=_member(hall.primary))
    assert reviewing.waiting_for(hall.officer) == []
    assert ids_of(reviewing.waiting_for(hall.privacy)) == [ResourceId(made.resource_id)]


def _member(organization):
    from hallway.directory.models import CareTeamMember

    return CareTeamMember.objects.get(organization_id=organization).id
