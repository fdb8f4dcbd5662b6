"""The stand-alone verifier, run as a stranger runs it: one file, two files of input, no Hallway."""

import io
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

from hallway.ledger import export, heads, lines, standalone
from hallway.storage.connection import transaction


@dataclass(frozen=True)
class Somebody:
    account_id: int = 7
    practitioner_id: int = 8
    organization_id: int = 9
    role: str = "pcp"
    app: str = ""


ROUNDS = 6
LINES_A_ROUND = 4


@pytest.fixture(scope="module")
def _kept():
    return {}


@pytest.fixture
def files(request, _kept):
    """An export and the published heads, as bytes; made once."""
    if not _kept:
        request.getfixturevalue("fresh_db")
        folder = request.getfixturevalue("tmp_path")
        for _ in range(ROUNDS):
            for charts in ((1,), (1, 2), (2, 3), ()):
                with transaction():
                    lines.write(lines.step_line(Somebody(), "read", charts=charts, detail="Größe/1"))
            heads.seal_and_publish(folder / "heads.jsonl")
        text = io.StringIO()
        assert export.write(text) == ROUNDS * LINES_A_ROUND
        _kept["export"], _kept["heads"] = text.getvalue().encode(), (folder / "heads.jsonl").read_bytes()
    return _kept["export"], _kept["heads"]


def found(export_bytes, heads_bytes):
    """How many findings; an unreadable file is one."""
    try:
        given = io.BytesIO(heads_bytes) if heads_bytes is not None else None
        return len(list(standalone.verify(io.BytesIO(export_bytes), given, standalone.Verified())))
    except ValueError:
        return 1


def test_a_whole_export_verifies(files):
    assert found(*files) == 0
    assert found(files[0], None) == 0


def test_every_byte_of_the_export_is_covered(files):
    """Each single byte in turn, changed to something else: the smallest change there is."""
    whole, published = files
    dice = Random(3)
    for place in range(len(whole)):
        flipped = bytearray(whole)
        flipped[place] ^= 1 << dice.randrange(8)
        assert found(bytes(flipped), published), f"byte {place}: {whole[max(0, place - 40) : place + 20]!r}"


def test_every_byte_of_the_published_heads_is_covered(files):
    whole, published = files
    for place in range(len(published)):
        flipped = bytearray(published)
        flipped[place] ^= 0x20 if chr(published[place]).isalpha() else 1
        assert found(whole, bytes(flipped)), f"byte {place}"


def rows(files):
    return files[0].splitlines(keepends=True)


def test_every_dropped_line_is_found(files):
    for place in range(len(rows(files))):
        kept = rows(files)
        del kept[place]
        assert found(b"".join(kept), files[1]), f"line {place}"


def test_every_doubled_line_is_found(files):
    for place in range(len(rows(files))):
        kept = rows(files)
        kept.insert(place, kept[place])
        assert found(b"".join(kept), files[1]), f"line {place}"


def test_every_two_lines_swapped_are_found(files):
    count = len(rows(files))
    for first in range(count):
        for second in range(first + 1, count):
            kept = rows(files)
            kept[first], kept[second] = kept[second], kept[first]
            assert found(b"".join(kept), files[1]), f"lines {first} and {second}"


def test_every_cut_before_the_last_published_head_is_found(files):
    whole = rows(files)
    for place in range(1, len(whole)):
        assert found(b"".join(whole[:place]), files[1]), f"cut at line {place}"


def test_a_cut_at_the_end_of_a_round_is_told_by_the_published_heads_alone(files):
    whole = rows(files)
    shorter = b"".join(whole[: -1 - LINES_A_ROUND])
    assert found(shorter, None) == 0, "inwardly it agrees"
    assert found(shorter, files[1]) == 1


def test_the_file_runs_alone(files, tmp_path):
    """Copied to where no Hallway is, by a bare interpreter."""
    alone = tmp_path / "standalone.py"
    alone.write_bytes(Path(standalone.__file__).read_bytes())
    for name, content in zip(("export", "heads"), files, strict=True):
        (tmp_path / name).write_bytes(content)
    command = [sys.executable, "-I", "-S", str(alone), "export", "heads"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("24 lines under 6 heads, 4 chains: 0 findings.")
    (tmp_path / "export").write_bytes(files[0].replace(b'"TREAT"', b'"PAY"', 1))
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "this line was edited (head 1, line 1)" in done.stdout
