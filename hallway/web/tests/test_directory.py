import datetime as dt

from hallway.directory.models import PractitionerRole
from hallway.identity.requester import Role
from hallway.web.tests.test_door import clinician, practice, signed_in


def network():
    here = practice("Millbrook", languages=["English"], health_plans=["Bay Plan"], state="MA")
    there = practice("Northgate", "bh", languages=["Spanish"], health_plans=["Bay Plan", "Sea Plan"], state="CT")
    tess = clinician("tess", (there, Role.THERAPIST))
    ada = clinician("ada", (here, Role.PCP))
    return ada, tess


def test_the_directory_shows_who_fits_and_who_is_free_first(fresh_db):
    ada, _ = network()
    PractitionerRole.objects.filter(role=Role.THERAPIST).update(free_since=dt.datetime.now(dt.UTC))
    page = signed_in(ada).get("/directory/").content.decode()
    assert page.index("tess Testwell") < page.index("ada Testwell", page.index("<main"))
    assert "Two clinicians are in the network, one free now" in page
    spanish = signed_in(ada).get("/directory/?language=Spanish").content.decode()
    assert "One clinician fits" in spanish


def test_when_nobody_fits_the_directory_says_which_one_thing_to_drop(fresh_db):
    ada, _ = network()
    page = signed_in(ada).get("/directory/?language=Spanish&kind=pcp").content.decode()
    assert "Without the language: 1" in page
    assert "Without the kind: 1" in page


def test_a_role_that_ended_is_not_listed(fresh_db):
    ada, _ = network()
    PractitionerRole.objects.filter(role=Role.THERAPIST).update(until_on=dt.date(2021, 1, 1))
    assert "tess Testwell" not in signed_in(ada).get("/directory/").content.decode()


def test_presence_is_shown_of_nobody_who_did_not_switch_it_on(fresh_db):
    ada, _ = network()
    assert "Free now" not in signed_in(ada).get("/directory/").content.decode()
