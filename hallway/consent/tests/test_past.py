"""What a clinician could see on a day gone by: data, labels, roles and forms as they were on that day."""

from datetime import UTC, date, datetime, timedelta

import pytest

from hallway import clock
from hallway.consent import actions
from hallway.consent.actions import Composition, Signature
from hallway.consent.explaining import past
from hallway.consent.tests import town
from hallway.directory.models import PractitionerRole
from hallway.errors import HallwayError
from hallway.identity.requester import Role
from hallway.record.classes import LICENCE_CLASSES, DataClass

DAY_1 = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY_3, DAY_5, DAY_7, DAY_9 = (DAY_1 + timedelta(days=days) for days in (2, 4, 6, 8))
MA_LICENCE = DataClass.GENERAL | DataClass.MH | DataClass.MA_SOCIAL_WORKER


class Story:
    """A note on day 1; a consent signed on day 3 and taken back on day 7; a second note on day 5."""

    def __init__(self):
        with clock.stopped_at(DAY_1):
            self.bh, self.pc = town.organization("Northgate"), town.organization("Millbrook", side="pc")
            self.pcp = town.person("Carewell", self.pc, Role.PCP, licence="physician")
            self.therapist = town.person("Hearwell", self.bh, Role.THERAPIST, licence="social_worker")
            self.officer = town.person("Keepwell", self.bh, Role.PRIVACY_OFFICER)
            self.witness = town.person("Witwell", self.bh, Role.FRONT_DESK)
            self.chart = town.new_patient(self.bh)
            self.first = town.put(self.chart, self.bh, MA_LICENCE, author=self.therapist.practitioner_id)
        with clock.stopped_at(DAY_3):
            form = self.form()
            consent_id = actions.compose_consent(form, by=self.therapist)
            signature = Signature("typed", b"Marisol Ejemplo", witness=self.witness.practitioner_id)
            actions.sign_consent(consent_id, signature, by=self.therapist, expected_version=1)
            self.consent_id = consent_id
        with clock.stopped_at(DAY_5):
            self.second = town.put(self.chart, self.bh, MA_LICENCE, author=self.therapist.practitioner_id)
        with clock.stopped_at(DAY_7):
            self.take_back()

    def form(self):
        return Composition(
            chart_id=self.chart,
            kind="release",
            discloser_org=self.bh,
            recipient_org=self.pc,
            classes=int(DataClass.GENERAL | DataClass.MH | LICENCE_CLASSES),
            expires_at=DAY_9 + timedelta(days=300),
        )

    def take_back(self):
        from hallway.consent.models import Consent

        version = Consent.objects.get(id=self.consent_id).version
        actions.revoke_consent(self.consent_id, "written", by=self.therapist, expected_version=version)

    def role_of(self, who):
        return PractitionerRole.objects.get(practitioner_id=who.practitioner_id).id

    def seen(self, at, who=None, reader=None):
        answer = past.could_see(reader or self.officer, self.chart, self.role_of(who or self.pcp), at)
        return {one.kind: one.seen for one in answer.counts if one.seen}


@pytest.fixture
def story(fresh_db):
    return Story()


def test_before_the_form_was_signed_nothing_could_be_seen(story):
    assert "Condition" not in story.seen(DAY_1 + timedelta(hours=1))


def test_while_it_held_what_was_there_then_could_be_seen(story):
    assert story.seen(DAY_3 + timedelta(hours=1))["Condition"] == 1
    assert story.seen(DAY_5 + timedelta(hours=1))["Condition"] == 2


def test_after_it_was_taken_back_it_could_not_be_seen_but_the_day_before_still_could(story):
    assert "Condition" not in story.seen(DAY_7 + timedelta(hours=1))
    assert story.seen(DAY_7 - timedelta(hours=1))["Condition"] == 2


def test_the_author_could_see_it_all_along(story):
    assert story.seen(DAY_1 + timedelta(hours=1), story.therapist)["Condition"] == 1


def test_what_is_listed_names_the_form_it_flowed_under(story):
    answer = past.could_see(story.officer, story.chart, story.role_of(story.pcp), DAY_5 + timedelta(hours=1))
    listed = [one for one in answer.listed if one.kind == "Condition"]
    assert all(str(story.consent_id) in one.consent_ids for one in listed)


def test_a_role_that_was_not_in_force_could_see_nothing(story):
    PractitionerRole.objects.filter(id=story.role_of(story.pcp)).update(until_on=date(2026, 3, 4))
    assert story.seen(DAY_5) == {}
    assert story.seen(DAY_3 + timedelta(hours=1))["Condition"] == 1


def test_an_item_relabelled_since_answers_with_the_label_it_had(story):
    from hallway.record import actions as record

    with clock.stopped_at(DAY_9):
        lifted = town.labelled(
            story.chart,
            story.bh,
            MA_LICENCE | DataClass.HIV,
            resource_id=story.first,
            author=story.therapist.practitioner_id,
        )
        record.write([lifted], by=town.LOADER)
    assert story.seen(DAY_5 + timedelta(hours=1))["Condition"] == 2


def test_only_the_patient_and_the_privacy_officer_of_a_source_may_ask(story):
    for reader in (story.therapist, story.pcp, story.witness):
        with pytest.raises(HallwayError):
            story.seen(DAY_5, reader=reader)
    elsewhere = town.person("Farwell", town.organization("Fern"), Role.PRIVACY_OFFICER)
    with pytest.raises(HallwayError):
        story.seen(DAY_5, reader=elsewhere)
