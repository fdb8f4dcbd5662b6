"""A table of law with a gap, an overlap or an unknown word: Hallway does not start, and names the row."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cluster import free_port

ROOT = Path(__file__).resolve().parents[2]
TABLES = Path("hallway") / "consent" / "tables"


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """Hallway's own files, to be spoiled: never those that are under test."""
    base = tmp_path_factory.mktemp("spoiled")
    ignored = shutil.ignore_patterns("tests", "__pycache__", "packed*", "static")
    shutil.copytree(ROOT / "hallway", base / "hallway", ignore=ignored)
    return base


def start(base):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HALLWAY_")}
    environment = kept | {"HALLWAY_HOME": str(base / "home"), "PYTHONPATH": str(base)}
    words = [sys.executable, "-m", "hallway.app.cli", "serve", "--port", str(free_port())]
    return subprocess.run(words, env=environment, cwd=base, capture_output=True, text=True, timeout=60, check=False)


def us_gap(text):
    """Federal treatment begins only tomorrow."""
    at = text.index('id = "US-TREAT"')
    return text[:at] + re.sub(r"from_on = [\d-]+", "from_on = 2030-01-01", text[at:], count=1)


def us_overlap(text):
    """A second row for the same cells."""
    at = text.index('[[rule]]\nid = "US-TREAT"')
    row = text[at : text.index("[[rule]]", at + 8)]
    return text + "\n" + row.replace("US-TREAT", "US-TREAT-AGAIN")


def us_unknown_class(text):
    return text.replace('classes = ["PSYTHER_NOTE"]', 'classes = ["PSYTHER_NOTES"]', 1)


def us_unknown_word(text):
    return text.replace('relations = ["treating"]', 'relations = ["treeting"]', 1)


def us_unknown_field(text):
    return text.replace("[[rule]]", "[[rule]]\nsurprise = 1", 1)


def disclose_unknown_fact(text):
    return text.replace('when = ["', 'when = ["no_such_fact", "', 1)


def disclose_double(text):
    at = text.index("[[row]]")
    return text + "\n" + text[at : text.index("[[", at + 7)]


SPOILED = [
    ("us.toml", us_gap, "gap"),
    ("us.toml", us_overlap, "US-TREAT-AGAIN"),
    ("us.toml", us_unknown_class, "PSYTHER_NOTES"),
    ("us.toml", us_unknown_word, "treeting"),
    ("us.toml", us_unknown_field, "surprise"),
    ("disclose_us.toml", disclose_unknown_fact, "no_such_fact"),
    ("disclose_us.toml", disclose_double, "twice"),
]


@pytest.mark.parametrize(("name", "spoil", "named"), SPOILED, ids=[one[1].__name__ for one in SPOILED])
def test_the_start_refuses_and_says_which(copy, name, spoil, named):
    path = copy / TABLES / name
    whole = path.read_text()
    spoiled = spoil(whole)
    assert spoiled != whole, "the drill would prove nothing"
    path.write_text(spoiled)
    try:
        done = start(copy)
    finally:
        path.write_text(whole)
    assert done.returncode == 1
    assert "H-APP-040" in done.stderr, done.stderr[-500:]
    assert named in done.stderr
    assert "Nothing was started" in done.stderr
    assert "Ready" not in done.stdout
    assert not (copy / "home" / "database").exists()
