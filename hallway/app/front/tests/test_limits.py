"""Token buckets: who asks within the rate is always answered; who asks beyond is told when to come back."""

import pytest

from hallway.app.front import limits
from hallway.app.front.limits import DEFAULTS, Limits
from hallway.errors import HallwayError

RATES = {"fhir": 2.0, "gateways": 1.0, "token": 1.0, "failures": 0.1}
BURST = limits.BURST_SECONDS


def ask(one, now, *, door="fhir", credential="Bearer a", address="192.0.2.1"):
    return one.ask(door, credential, address, now)


def test_a_minutes_worth_may_come_at_once_and_then_the_rate_holds():
    one = Limits(RATES)
    assert [ask(one, 0.0) for _ in range(2 * BURST)] == [None] * (2 * BURST)
    refusal = ask(one, 0.0)
    assert refusal == ("fhir", 1)
    assert ask(one, 0.25) is not None, "half a request has come back"
    assert ask(one, 0.5) is None
    assert ask(one, 0.5) is not None


def test_who_asks_at_the_rate_is_never_refused():
    one = Limits(RATES)
    assert all(ask(one, second / 2) is None for second in range(10_000))


def test_one_credential_does_not_use_up_anothers():
    one = Limits(RATES)
    for known in "ab":
        one.tell(f"Bearer {known}", "192.0.2.1", 0.0, has_failed=False, has_worked=True)
    for _ in range(2 * BURST + 1):
        ask(one, 0.0)
    assert ask(one, 0.0) is not None
    assert ask(one, 0.0, credential="Bearer b") is None
    assert ask(one, 0.0, door="gateways") is None


def test_credentials_that_nobody_has_looked_at_share_the_bucket_of_their_address():
    one = Limits(RATES)
    for number in range(2 * BURST):
        assert ask(one, 0.0, credential=f"Bearer {number}") is None
        one.tell(f"Bearer {number}", "192.0.2.1", 0.0, has_failed=False, has_worked=False)
    assert ask(one, 0.0, credential="Bearer new") is not None
    assert ask(one, 0.0, credential="Bearer new", address="192.0.2.2") is None


def test_without_a_credential_the_address_counts():
    one = Limits(RATES)
    for _ in range(2 * BURST):
        assert ask(one, 0.0, credential="") is None
    assert ask(one, 0.0, credential="") is not None
    assert ask(one, 0.0, credential="", address="192.0.2.2") is None


def test_failing_sign_ins_close_an_address_to_all_but_credentials_that_worked():
    one = Limits(RATES)
    one.tell("Bearer good", "192.0.2.1", 0.0, has_failed=False, has_worked=True)
    for number in range(6):
        assert ask(one, 0.0, credential=f"Bearer guess {number}") is None
        one.tell(f"Bearer guess {number}", "192.0.2.1", 0.0, has_failed=True, has_worked=False)
    assert ask(one, 0.0, credential="Bearer guess 7") == ("fhir", 11), "six a minute, so ten seconds for one"
    assert ask(one, 0.0, credential="") is not None
    assert ask(one, 0.0, credential="Bearer good") is None
    assert ask(one, 0.0, credential="Bearer guess 7", address="192.0.2.9") is None
    assert ask(one, 11.0, credential="Bearer guess 7") is None


def test_a_credential_that_stopped_working_is_known_no_more():
    one = Limits(RATES)
    one.tell("Bearer good", "192.0.2.1", 0.0, has_failed=False, has_worked=True)
    for _ in range(7):
        one.tell("Bearer good", "192.0.2.1", 0.0, has_failed=True, has_worked=False)
    assert ask(one, 0.0, credential="Bearer good") is not None


def test_the_smallest_rate_still_lets_one_pass():
    one = Limits(RATES | {"fhir": 0.001})
    assert ask(one, 0.0) is None
    assert ask(one, 0.0) == ("fhir", 1001)
    assert ask(one, 1001.0) is None


def test_zero_lifts_a_limit():
    one = Limits(dict.fromkeys(RATES, 0.0))
    for _ in range(10_000):
        assert ask(one, 0.0) is None
        one.tell("Bearer x", "192.0.2.1", 0.0, has_failed=True, has_worked=False)


def test_what_is_kept_is_bounded():
    one = Limits(RATES)
    for number in range(limits.MOST_KEPT + 500):
        ask(one, 0.0, credential=f"Bearer {number}")
        one.tell(f"Bearer {number}", f"192.0.2.{number}", 0.0, has_failed=bool(number % 2), has_worked=True)
    assert len(one._buckets) <= limits.MOST_KEPT
    assert len(one._working) <= limits.MOST_KEPT


@pytest.mark.parametrize("written", ["many", "-1", "nan", "inf", "1e9"])
def test_a_setting_that_is_no_rate_stops_the_start(written):
    with pytest.raises(HallwayError) as raised:
        limits.rates({"HALLWAY_LIMIT_FHIR": written})
    assert raised.value.code == "H-APP-025"


def test_settings_are_requests_a_second():
    assert limits.rates({"HALLWAY_LIMIT_TOKEN": "0.5"}) == {
        **{door: usual for door, (_, usual) in DEFAULTS.items()},
        "token": 0.5,
    }


@pytest.mark.parametrize(
    ("path", "door"),
    [
        ("/fhir/Patient/1", "fhir"),
        ("/consent/decisions", "gateways"),
        ("/cds-services/patient-view", "gateways"),
        ("/oauth/token", "token"),
        ("/charts/1/", ""),
        ("/healthz", ""),
    ],
)
def test_doors_of_programs_have_limits_and_pages_have_none(path, door):
    assert limits.door_of(path) == door


@pytest.mark.parametrize(
    ("environ", "behind", "address"),
    [
        ({"REMOTE_ADDR": "192.0.2.1", "HTTP_X_FORWARDED_FOR": "198.51.100.7"}, False, "192.0.2.1"),
        ({"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "10.0.0.1, 198.51.100.7"}, True, "198.51.100.7"),
        ({"REMOTE_ADDR": "127.0.0.1"}, True, "127.0.0.1"),
        ({"REMOTE_ADDR": "2001:db8:1:2:3:4:5:6"}, False, "2001:db8:1:2"),
    ],
)
def test_a_forwarded_address_is_believed_behind_our_own_proxy_only(environ, behind, address):
    assert limits.address_of(environ, behind_tls=behind) == address
