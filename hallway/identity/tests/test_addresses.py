import pytest

from hallway.identity import addresses

REGISTERED = [
    "https://app.example.com/cb",
    "https://app.example.com/cb?x=1",
    "http://127.0.0.1/done",
    "http://[::1]:1/done",
    "com.example.app:/cb",
]


@pytest.mark.parametrize(
    "asked",
    [*REGISTERED, "http://127.0.0.1:51004/done", "http://[::1]:51004/done"],
)
def test_what_was_registered_fits_and_loopback_at_any_port(asked):
    assert addresses.fits(asked, REGISTERED)


@pytest.mark.parametrize(
    "asked",
    [
        "https://app.example.com/cb/more",
        "https://app.example.com/c",
        "https://app.example.com/cb?x=2",
        "https://app.example.com/cb#fragment",
        "https://app.example.com:444/cb",
        "https://app.example.com.evil.example/cb",
        "https://evilapp.example.com/cb",
        "https://app.example.com@evil.example/cb",
        "https://evil.example/https://app.example.com/cb",
        "https://app.example.com/cb/../evil",
        "https://app.example.com/%63b",
        "https://APP.example.com/cb",
        "HTTPS://app.example.com/cb",
        "http://app.example.com/cb",
        "//app.example.com/cb",
        "/cb",
        "",
        " https://app.example.com/cb",
        "https://app.example.com\\@evil.example/cb",
        "http://127.0.0.1:51004/done/",
        "http://127.0.0.1:51004/done?x=1",
        "http://127.0.0.1:51004/done#x",
        "http://user@127.0.0.1:51004/done",
        "http://127.0.0.1.evil.example/done",
        "http://127.0.0.1:51004.evil.example/done",
        "http://127.0.0.1:99999/done",
        "https://127.0.0.1:51004/done",
        "http://localhost:51004/done",
        "http://0.0.0.0:51004/done",
        "com.example.app:/cb/x",
        "com.example.app2:/cb",
        "javascript:alert(1)",
        "data:text/html,x",
    ],
)
def test_redirect_tricks_do_not_fit(asked):
    assert not addresses.fits(asked, REGISTERED)


@pytest.mark.parametrize(
    "address",
    [
        "http://app.example.com/cb",
        "https://app.example.com/cb#x",
        "https://user:pw@app.example.com/cb",
        "javascript:x",
        "data:text/html,x",
        "myapp:/cb",
        "https://*.example.com/cb",
        "https://app.example.com/../cb",
        "https:///cb",
        "http://localhost/cb",
        "ftp://app.example.com/cb",
        "com.example.app://evil.example/cb",
        "https://app.example.com/ cb",
        "https://app.example.com/\n",
        "https://bücher.example/cb",
        "https://" + "a" * 600,
    ],
)
def test_what_may_not_be_registered(address):
    assert not addresses.may_be_answered(address)


def test_the_pages_own_policy_names_an_origin_or_a_scheme():
    assert addresses.origin_of("https://app.example.com:444/cb?x") == "https://app.example.com:444"
    assert addresses.origin_of("com.example.app:/cb") == "com.example.app:"
