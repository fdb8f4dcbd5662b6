"""A request has one id: the caller's where it is well formed, else ours, in the header and in every log line."""

import io
import json
import logging

import pytest

from hallway import ids
from hallway.app import logs
from hallway.app.front import request_ids
from hallway.app.front.application import identified

WELL_FORMED = ("0198a2b4-7c1d-7e3f-8a9b-0c1d2e3f4a5b", "4BF92F3577B34DA6A3CE929D0E0E4736", "00f067aa0ba902b7")
ELSE = (
    "", "short", "Marisol Ejemplo 1985-04-12", "abc", "-" * 32, "a" * 65, "00f067aa0ba902b7\r\nSet-Cookie: x=1",
    "00f067aa0ba902b7\n", "0198a2b4--7c1d-7e3f-8a9b", "МАРИСОЛ00f067aa0ba902b7", "zz" * 16,
)  # fmt: skip


@pytest.mark.parametrize("sent", WELL_FORMED)
def test_a_well_formed_id_of_the_caller_is_kept(sent):
    assert request_ids.of(sent) == sent


@pytest.mark.parametrize("sent", ELSE)
def test_anything_else_is_replaced_by_one_of_ours_from_the_injected_entropy(sent):
    with ids.entropy_from(lambda count: b"\x07" * count):
        assert request_ids.of(sent) == "07" * 16


def asked(inner, **environ):
    got = []
    application = identified(inner)
    body = application(
        {"REQUEST_METHOD": "GET", "PATH_INFO": "/", **environ}, lambda status, headers: got.append(dict(headers))
    )
    return got[0], b"".join(body)


def test_the_id_goes_back_goes_inward_and_stands_in_the_log():
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.PlainLines())
    log = logging.getLogger("hallway.test_request_ids")
    log.addHandler(handler)

    def inner(environ, start):
        log.warning("something")
        start("200 OK", [("Content-Type", "text/plain")])
        return [environ["HTTP_X_REQUEST_ID"].encode()]

    headers, body = asked(inner, HTTP_X_REQUEST_ID=WELL_FORMED[0])
    log.removeHandler(handler)
    assert headers == {"Content-Type": "text/plain", "X-Request-Id": WELL_FORMED[0]}
    assert body == WELL_FORMED[0].encode()
    assert json.loads(stream.getvalue())["request"] == WELL_FORMED[0]
