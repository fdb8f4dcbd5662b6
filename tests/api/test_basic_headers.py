"""A header of Basic that is no base64 of UTF-8, or hides a NUL, proves nobody and breaks nothing."""

import base64

from django.test import Client


def encoded(raw):
    return base64.b64encode(raw).decode()


def test_a_header_that_cannot_be_read_proves_nobody(fresh_db):
    unreadable = (encoded(b"\x8c"), encoded(b"\xff:\xfe"), encoded(b"a\x00b:c"), encoded(b"a%00b:c"), "%%%", "jA", " ")
    for endpoint in ("token", "revoke", "introspect"):
        for shown in unreadable:
            answered = Client().post(
                f"/oauth/{endpoint}",
                "grant_type=client_credentials&token=x",
                content_type="application/x-www-form-urlencoded",
                headers={"Authorization": f"Basic {shown}"},
            )
            assert answered.status_code == 401, (endpoint, shown, answered.content)
            assert answered.json()["error"] == "invalid_client"
