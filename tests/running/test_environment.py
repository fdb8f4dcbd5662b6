"""Settings that cannot be used stop the start; they are named, and their values are not repeated."""

import pytest

from hallway.app import environment
from hallway.errors import HallwayError


def hours(said):
    return environment.whole_number({"HOURS": said}, "HOURS", usual=24, least=1, most=720)


def mail(said):
    return environment.mail_server({"MAIL": said}, "MAIL")


def test_what_is_not_set_has_its_usual_value():
    assert (hours(""), mail("")) == (24, "")


def test_what_can_be_used_is_taken_as_it_was_said():
    assert (hours("1"), hours("720"), hours("007")) == (1, 720, 7)
    assert mail("smtps://us:secret@relay.example.org") == "smtps://us:secret@relay.example.org"
    assert mail("smtp://127.0.0.1:2525") == "smtp://127.0.0.1:2525"


@pytest.mark.parametrize("said", ["0", "721", "-1", "1.5", "a day", " 7", "٧", "9" * 30])
def test_a_number_out_of_its_bounds_stops_the_start(said):
    with pytest.raises(HallwayError, match=r"HOURS.*Nothing was started.*from 1 to 720"):
        hours(said)


@pytest.mark.parametrize(
    "said", ["relay.example.org", "https://relay.example.org", "smtp://", "smtp://h:secret", "smtps://us:secret@"]
)
def test_an_address_that_is_no_mail_servers_stops_the_start(said):
    with pytest.raises(HallwayError, match=r"MAIL.*Nothing was started") as refused:
        mail(said)
    assert "secret" not in str(refused.value)
