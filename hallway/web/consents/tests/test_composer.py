"""The composer and the upload when law or patient say no: in words, at the question, and nothing half done."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from hallway import clock
from hallway.consent import actions
from hallway.consent.actions import Composition, External
from hallway.consent.forms import papers
from hallway.consent.models import Consent, Paper
from hallway.consent.tests import town
from hallway.identity.requester import Role
from hallway.record.classes import DataClass
from hallway.referral.tests import hall as halls
from tests.access.test_places import come_in


def known(state):
    """A hall whose therapist shares the care already."""
    hall = halls.build(state=state)
    actions.join_team(hall.chart, by=hall.pcp, organization=hall.therapist.organization_id, basis="referral")
    return hall


@pytest.fixture
def hall(fresh_db):
    return known("CA")


def asked(hall, **more):
    to = f"{hall.pcp.organization_id}-{hall.pcp.practitioner_id}"
    plain = {"to": to, "what": "medicines", "for": "TREAT", "until": "year", "tell": "no", "asks": "yes"}
    return plain | {"answer": "later"} | more


def test_a_day_beyond_a_year_is_refused_at_its_question_and_every_other_answer_stays(hall):
    therapist = come_in(hall.therapist, Role.THERAPIST)
    day = (clock.today() + timedelta(days=700)).isoformat()
    answer = therapist.post(f"/consents/new/{hall.chart}/", asked(hall, until="day", until_on=day))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "longer than the year" in page
    assert 'href="#q-until"' in page
    assert f'value="{day}"' in page
    assert not Consent.objects.exists()
    answer = therapist.post(f"/consents/new/{hall.chart}/", asked(hall, until="day", until_on=day, longer="yes"))
    assert answer.status_code == 302


@pytest.mark.parametrize(("speaks", "printed"), [("es", "es"), ("es-MX", "es"), ("en-US", "en"), ("", "en")])
def test_the_paper_is_in_the_language_that_the_patient_prefers_until_somebody_chooses(hall, speaks, printed):
    chart = town.new_patient(hall.pcp.organization_id, speaks=speaks)
    actions.join_team(chart, by=hall.pcp, organization=hall.pcp.organization_id, basis="assigned")
    page = come_in(hall.pcp, Role.PCP).get(f"/consents/new/{chart}/").content.decode()
    chosen = re.search(r'name="language" value="(\w+)"[^>]*checked', page)
    assert chosen
    assert chosen[1] == printed


ONCE = "01900000-0000-7000-8000-00000000000a"


@pytest.mark.parametrize("answer", ["sign", "later", "no"])
def test_the_second_press_of_one_page_finds_the_form_of_the_first(hall, answer):
    therapist = come_in(hall.therapist, Role.THERAPIST)
    sent = asked(hall, answer=answer, once=ONCE)
    first, second = (therapist.post(f"/consents/new/{hall.chart}/", sent) for _ in range(2))
    assert (first.status_code, second.headers["Location"]) == (302, first.headers["Location"])
    assert Consent.objects.count() == 1
    therapist.post(f"/consents/new/{hall.chart}/", sent | {"what": ["medicines", "notes"]})
    assert Consent.objects.count() == 2, "another choice on a page gone back to is another form"


def test_a_form_that_was_declined_is_not_what_a_later_yes_finds(hall):
    therapist = come_in(hall.therapist, Role.THERAPIST)
    therapist.post(f"/consents/new/{hall.chart}/", asked(hall, answer="sign", once=ONCE))
    actions.decline_consent(Consent.objects.get().id, "not_now", by=hall.therapist, expected_version=1)
    therapist.post(f"/consents/new/{hall.chart}/", asked(hall, answer="sign", once=ONCE))
    assert sorted(Consent.objects.values_list("state", flat=True)) == ["declined", "draft"]


def test_the_page_sends_such_a_mark_along_and_keeps_it_while_answers_are_missing(hall):
    therapist = come_in(hall.therapist, Role.THERAPIST)
    first = re.search(r'name="once" value="([^"]+)"', therapist.get(f"/consents/new/{hall.chart}/").content.decode())
    assert first
    again = therapist.post(f"/consents/new/{hall.chart}/", {"answer": "later", "once": first[1]})
    assert f'name="once" value="{first[1]}"' in again.content.decode()


def test_who_asked_not_to_be_asked_is_not_asked_and_the_page_says_so_with_the_answers_kept(hall):
    actions.record_talk(hall.chart, by=hall.therapist, outcome="declines", reason="private")
    wanted = asked(hall)
    del wanted["asks"]
    with_hiv = wanted | {"apart": "HIV"}
    answer = come_in(hall.therapist, Role.THERAPIST).post(f"/consents/new/{hall.chart}/", with_hiv)
    assert answer.status_code == 422
    assert "asked not to be asked again" in answer.content.decode()
    assert not Consent.objects.exists()


def test_a_page_that_stands_for_two_forms_opens_both_or_neither(fresh_db):
    hall = known("MA")
    therapist = come_in(hall.therapist, Role.THERAPIST)
    general = set(papers.elements_wanted("release", "MA"))
    sent = asked(hall, apart="HIV", kind="release", found=sorted(general), signed_on=clock.today().isoformat())

    def send(**more):
        page = SimpleUploadedFile("page.pdf", b"%PDF-1.7 a page")
        return therapist.post(f"/consents/paper/{hall.chart}/", sent | more | {"paper": page})

    answer = send()
    assert answer.status_code == 422
    assert not Consent.objects.exists(), "the general form may not hold while the page says that nothing was accepted"
    assert not Paper.objects.exists()
    both = general | set(papers.elements_wanted("hiv", "MA"))
    assert all(f'value="{name}"' in answer.content.decode() for name in both), "what was missing can now be ticked"
    assert send(found=sorted(both)).status_code == 302
    assert {row.kind for row in Consent.objects.all()} == {"release", "hiv"}


def test_a_page_says_that_a_representative_signed_it_by_what_right_and_what_shows_that(fresh_db):
    hall = known("MA")
    therapist = come_in(hall.therapist, Role.THERAPIST)
    found = sorted(papers.elements_wanted("release", "MA"))
    sent = asked(hall, kind="release", found=found, signed_on=clock.today().isoformat()) | {
        "signer": "representative", "signer_name": "Ana Ejemplo", "relation": "sister", "authority": "proxy of 2024",
    }  # fmt: skip

    def send(**more):
        pages = {name: SimpleUploadedFile(f"{name}.pdf", b"%PDF-1.7 a page") for name in ("paper", "authority_paper")}
        return therapist.post(f"/consents/paper/{hall.chart}/", sent | more | pages)

    for right, said in (("", "choose by what right"), ("parent", "the patient is of age")):
        answer = send(right=right)
        assert (answer.status_code, said in answer.content.decode()) == (422, True)
        assert not Consent.objects.exists()
        assert not Paper.objects.exists(), "what was not accepted is not kept"
    assert 'value="proxy of 2024"' in answer.content.decode()
    assert send(right="health_care_agent").status_code == 302
    row = Consent.objects.get()
    assert (row.signer, row.signer_name, row.signer_right) == ("representative", "Ana Ejemplo", "health_care_agent")
    assert Paper.objects.get(id=row.signer_paper_id).purpose == "authority"


def test_a_page_that_waits_for_a_second_look_is_shown_with_the_page_to_look_at(fresh_db):
    hall = known("MA")
    kept = actions.keep_paper(hall.chart, b"%PDF-1.7 a page", purpose="form", by=hall.pcp)
    wanted = frozenset(papers.elements_wanted("release", "MA"))
    asks = Composition(
        chart_id=hall.chart,
        kind="release",
        discloser_org=hall.therapist.organization_id,
        recipient_org=hall.pcp.organization_id,
        classes=int(DataClass.GENERAL),
    )
    form = actions.accept_paper(External(asks, kept, clock.today(), wanted), by=hall.pcp)
    answer = come_in(hall.pcp, Role.PCP).get(f"/consents/{form}/")
    assert answer.status_code == 200
    assert f"/consents/page/{kept}/" in answer.content.decode()
