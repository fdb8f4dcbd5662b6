import re

from django.http import HttpResponse
from django.test import Client, RequestFactory
from django_htmx.middleware import HtmxMiddleware

from hallway.errors import HallwayError, Kind
from hallway.identity.requester import Role
from hallway.web import errors
from hallway.web.middleware import ErrorMiddleware, SessionMiddleware
from hallway.web.tests.test_door import clinician, practice, signed_in


def shorn(response) -> bytes:
    """The page without the masks of its CSRF tokens, which are new each time."""
    return re.sub(rb'value="[A-Za-z0-9]{64}"', b"", response.content)


def bare(request):
    request.login = request.requester = None
    return HtmxMiddleware(lambda _: HttpResponse())(request) and request


def test_not_there_and_not_for_this_reader_are_the_same_bytes(fresh_db):
    biller = signed_in(clinician("bea", (practice("Millbrook"), Role.BILLER)))
    there = biller.get("/directory/")
    nowhere = biller.get("/no/such/page")
    assert there.status_code == nowhere.status_code == 404
    assert shorn(there) == shorn(nowhere)


def test_nobody_is_sent_to_the_door_and_htmx_is_told_where_it_stands(fresh_db):
    plain = Client().get("/directory/")
    assert plain.headers["Location"] == "/sign-in?next=%2Fdirectory%2F"
    partial = Client().get("/directory/", headers={"HX-Request": "true"})
    assert partial.status_code == 401
    assert partial.headers["HX-Redirect"] == "/sign-in"


def test_an_error_is_a_page_of_three_sentences_or_a_region_of_them():
    failure = HallwayError(
        Kind.CONFLICT, "H-TST-001", what="Tess accepted this.", undone="Nothing was sent.", to_do="Read it."
    )
    page = ErrorMiddleware(lambda _: HttpResponse()).process_exception(bare(RequestFactory().get("/")), failure)
    assert page.status_code == 409
    for sentence in ("Tess accepted this.", "Nothing was sent.", "Read it.", "H-TST-001"):
        assert sentence in page.content.decode()
    region = errors.render(bare(RequestFactory().get("/", headers={"HX-Request": "true"})), failure)
    assert "<html" not in region.content.decode()


def test_the_words_of_a_not_found_never_reach_the_page():
    told = HallwayError(Kind.NOT_FOUND, "H-TST-002", what="Chart 7 is hidden.", undone="-", to_do="-")
    page = errors.render(bare(RequestFactory().get("/")), told)
    assert "Chart 7" not in page.content.decode()
    assert shorn(page) == shorn(errors.not_found(bare(RequestFactory().get("/")), None))


def test_a_view_without_an_access_line_is_refused_for_everybody(fresh_db):
    request = bare(RequestFactory().get("/"))
    answer = SessionMiddleware(lambda _: HttpResponse()).process_view(request, lambda _: HttpResponse("secret"), (), {})
    assert answer.status_code == 500
    assert b"secret" not in answer.content


def test_a_defect_has_its_own_page_and_a_code():
    page = errors.fault(RequestFactory().get("/"))
    assert page.status_code == 500
    assert b"H-WEB-500" in page.content


def test_pages_about_anybody_stay_in_no_cache_and_run_no_foreign_script(fresh_db):
    page = signed_in(clinician("ada", (practice("Millbrook"), Role.PCP))).get("/settings/")
    assert page.headers["Cache-Control"] == "no-store"
    policy = page.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'self'" in policy
