"""A small drill of a revocation; ``hallway prove --revocation`` runs the one of fifty readers."""

import json
import os
import subprocess
import sys

import pytest


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
    assert ended.returncode == 0, ended.stderr[-500:]
