"""Behind a server with TLS: what it says is believed only where the operator said that it is there."""

import os
import subprocess
import sys

import pytest
from django.test import Client, override_settings

NAMES = ("CSRF_COOKIE_SECURE", "CSRF_TRUSTED_ORIGINS", "SECURE_HSTS_SECONDS", "SECURE_PROXY_SSL_HEADER")


def settings_with(**environment):
    asked = "; ".join(
        ["import os, django; django.setup()", "from django.conf import settings as s"]
        + [f"print(repr(s.{name}))" for name in NAMES]
    )
    base = {"HALLWAY_SECRET_KEY": "x", "HALLWAY_DATABASE_URL": "postgresql://a@127.0.0.1:1/x",
            "DJANGO_SETTINGS_MODULE": "hallway.app.settings", "PATH": os.environ["PATH"]}  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", asked],
        env=base | environment,
        capture_output=True,
        check=True,
        text=True,
    )
    return dict(zip(NAMES, map(eval, done.stdout.splitlines()), strict=True))


def test_the_setting_turns_on_secure_cookies_hsts_and_the_header():
    found = settings_with(HALLWAY_BEHIND_TLS="1", HALLWAY_HOSTS="chart.example.org")
    assert found["CSRF_COOKIE_SECURE"]
    assert found["CSRF_TRUSTED_ORIGINS"] == ["https://chart.example.org"]
    assert found["SECURE_HSTS_SECONDS"] == 31536000
    assert found["SECURE_PROXY_SSL_HEADER"] == ("HTTP_X_FORWARDED_PROTO", "https")


def test_without_the_setting_nobody_is_believed():
    found = settings_with()
    assert not found["CSRF_COOKIE_SECURE"]
    assert found["SECURE_PROXY_SSL_HEADER"] is None
    assert found["CSRF_TRUSTED_ORIGINS"] == []


BEHIND = {
    "BEHIND_TLS": True,
    "SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https"),
    "SECURE_SSL_REDIRECT": True,
    "SECURE_REDIRECT_EXEMPT": [r"^healthz$"],
    "SECURE_HSTS_SECONDS": 31536000,
}


@pytest.fixture
def behind(fresh_db):
    with override_settings(**BEHIND):
        yield Client()


def test_a_plain_request_is_sent_to_tls_and_health_is_not(behind):
    assert behind.get("/sign-in").status_code == 301
    assert behind.get("/sign-in")["Location"].startswith("https://")
    assert behind.get("/healthz").status_code == 200


def test_a_request_by_tls_is_answered_with_hsts(behind):
    page = behind.get("/sign-in", headers={"X-Forwarded-Proto": "https"})
    assert page.status_code == 200
    assert page["Strict-Transport-Security"] == "max-age=31536000"


def test_the_fhir_door_refuses_what_did_not_come_by_tls_and_names_itself_by_https(behind):
    from hallway.fhirapi import door
    from hallway.fhirapi.tests.kit import get

    try:
        assert get("/fhir/metadata").status == 400
        assert get("/fhir/metadata", HTTP_X_FORWARDED_PROTO="https").status == 200
    finally:
        door.close()
