"""The benches run and check what they measure; their figures are nobody's business here."""

import json
import os
import subprocess
import sys

import pytest

FIGURES = {
    "gate": {"decision", "filter", "cold_plan", "gated_list"},
    "fhir": {"read", "search", "everything", "search_growth"},
    "triggers": {"triggers", "triggers_lag", "triggers_look"},
    "worklist": {"worklist_growth", "worklist_slowest", "page_cost"},
    "record": {"consent_tax", "record_rate", "label_calls", "line_bytes", "line_cost"},
}
PARTS = {"name", "value", "unit", "baseline", "ratio", "dataset", "checked"}


@pytest.mark.parametrize("bench", FIGURES)
def test_a_quick_bench_gives_every_figure_and_says_what_it_checked(bench):
    command = [sys.executable, "-m", "hallway.app.cli", "bench", bench, "--quick", "--json"]
    bare = {name: value for name, value in os.environ.items() if name != "HALLWAY_DATABASE_URL"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=bare)
    assert done.returncode == 0, done.stderr
    figures = [json.loads(line) for line in done.stdout.splitlines()]
    assert {one["name"] for one in figures} == FIGURES[bench]
    assert all(set(one) == PARTS and one["checked"] for one in figures)
