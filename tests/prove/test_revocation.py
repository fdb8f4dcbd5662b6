"""A small drill of a revocation; ``hallway prove --revocation`` runs the one of fifty readers."""

import json
import os
import subprocess
import sys

import pytest

from hallway.app.prove.readers import Read, is_whole
from hallway.app.prove.revoking import Found, Shut


@pytest.mark.slow
def test_no_answer_begun_after_a_revocation_holds_what_was_taken_back(tmp_path):
    kept = {name: value for name, value in os.environ.items() if name != "HALLWAY_DATABASE_URL"}
    verb = ["-m", "hallway.app.cli", "prove", "--revocation", "--reads", "500", "--readers", "8", "--json"]
    ended = subprocess.run(
        [sys.executable, *verb],
        env=kept | {"HALLWAY_HOME": str(tmp_path)}, capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    found = json.loads(ended.stdout.splitlines()[-1])
    assert found["value"] == 0, found
    assert found["begun_while_shut"] > 50, found
    assert found["shown"] > 50, found
    assert found["told_to_the_patient"] >= 1, found
    assert found["failed"] == 0, found
    soon = json.loads(ended.stdout.splitlines()[-2])
    assert soon["name"] == "click_to_effect", soon
    assert 0 < soon["value"] < 10, soon
    assert ended.returncode == 0, ended.stderr[-500:]


def shut(*reads):
    return Shut(clicked=10.0, committed=10.2, seen=10.21, answered=10.3, consent_id=None, reads=reads)


def test_what_was_begun_before_the_commit_may_show_and_what_was_begun_after_may_not():
    before, within = Read(10.1, 10.4, 200, True, 0), Read(10.205, 10.4, 200, True, 0)
    after, refused = Read(10.22, 10.4, 200, True, 0), Read(10.22, 10.35, 404, False, 0)
    one = shut(before, within, after, refused)
    assert one.stale() == [after]
    assert one.within() == [within]
    assert one.judged() == 3


def test_the_effect_is_the_first_answer_that_refuses_and_no_failure_counts_as_one():
    failed, dropped, refused = (
        Read(10.0, 10.1, 503, False, 0),
        Read(10.0, 10.2, 0, False, 0),
        Read(10.1, 10.6, 404, False, 0),
    )
    assert shut(failed, dropped, refused).effect() == pytest.approx(0.6)
    assert shut(failed).effect() > 5
    assert Found(("/",), reads=[failed, dropped, refused]).failed() == {0: 1, 503: 1}


def test_an_answer_cut_off_by_a_revocation_is_no_failure_and_any_other_cut_is():
    crossed, alone = Read(10.1, 10.4, -1, False, 0), Read(8.0, 8.4, -1, False, 0)
    found = Found(("/",), reads=[crossed, alone], shuts=[shut()])
    assert found.cut() == 1
    assert found.failed() == {-1: 1}


@pytest.mark.parametrize(
    ("got", "whole"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", True),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\no", False),
        (b"HTTP/1.1 200 OK\r\nContent-Le", False),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", True),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n", False),
    ],
)
def test_an_answer_is_whole_by_its_length_or_its_last_chunk(got, whole):
    assert is_whole(bytearray(got)) is whole
