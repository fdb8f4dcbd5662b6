"""A rule fails while deciding: a denial, the chart shut, and the person told; never what held before."""

import pytest

from hallway.consent import gate, rules
from hallway.consent.grants import compiler
from hallway.consent.grants.rebuilding import rebuild_grants
from hallway.consent.law import disclosing
from hallway.consent.law.asking import Aim, Outcome, Question
from hallway.consent.models import Consent
from hallway.errors import HallwayError
from hallway.record.classes import LICENCE_CLASSES, DataClass
from hallway.referral.tests import hall as halls
from tests.drills.kit import browser, holds_nobody


def broken(*args, **kwargs):
    raise RuntimeError("a rule that fails")


def test_a_disclosure_whose_rule_fails_is_denied_in_words(monkeypatch):
    from hallway import clock

    asked = Question(on=clock.today(), purpose=Aim.TREAT, classes=int(DataClass.GENERAL))
    assert disclosing.decide(asked).permits
    monkeypatch.setattr(disclosing, "_matches", broken)
    verdict = disclosing.decide(asked)
    assert verdict.outcome is Outcome.DENY
    assert "nothing leaves" in verdict.sentence
    assert verdict.blocking is not None


@pytest.fixture
def hall(fresh_db):
    return halls.build()


def test_a_form_taken_back_while_a_rule_fails_opens_nothing_any_more(hall, monkeypatch):
    from hallway.consent.tests import town

    content = int(DataClass.GENERAL | DataClass.MH | LICENCE_CLASSES)
    consent_id = hall.consent_back()
    town.put(hall.chart, hall.therapist.organization_id, DataClass.GENERAL | DataClass.MH)
    assert any(
        clause.source_org == hall.therapist.organization_id and clause.allow & content
        for clause in gate.release(hall.pcp, hall.chart).clauses
    )
    monkeypatch.setattr(rules, "_verdict", broken)
    rules._base_without_forms.cache_clear()
    from hallway.consent import actions

    version = Consent.objects.get(id=consent_id).version
    actions.revoke_consent(consent_id, "written", by=hall.pcp, expected_version=version)
    assert Consent.objects.get(id=consent_id).state == "revoked"
    with pytest.raises(HallwayError) as refused:
        gate.release(hall.pcp, hall.chart)
    assert refused.value.code == "H-CON-052"
    monkeypatch.undo()
    rules._base_without_forms.cache_clear()
    rebuild_grants([hall.chart])
    assert gate.release(hall.pcp, hall.chart)


def test_the_page_of_a_chart_that_could_not_be_worked_out_says_so_to_its_own_people_alone(hall, monkeypatch):
    client = browser(hall)
    monkeypatch.setattr(compiler, "compile_grants", broken)
    rebuild_grants([hall.chart])
    reply = client.get(f"/charts/{hall.chart}/")
    assert reply.status_code == 500
    assert b"could not be worked out" in reply.content
    assert holds_nobody(reply)
    stranger = hall.other
    with pytest.raises(HallwayError) as refused:
        gate.release(stranger, hall.chart)
    assert refused.value.code == "H-CON-001"
