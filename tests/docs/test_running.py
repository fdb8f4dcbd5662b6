"""docs/running.md names every setting and every error code of a start; nothing in it is invented."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "running.md").read_text()


def texts() -> str:
    files = [*(ROOT / "hallway").rglob("*.py"), *(ROOT / "tests").rglob("*.py"), ROOT / "conftest.py"]
    return "\n".join(path.read_text() for path in files if path != Path(__file__))


def test_every_setting_is_documented_and_every_documented_one_exists():
    used = set(re.findall(r"\bHALLWAY_[A-Z][A-Z_]+[A-Z]\b", texts()))
    told = set(re.findall(r"\bHALLWAY_[A-Z][A-Z_]+[A-Z]\b", PAGE))
    assert used == told


def told_codes() -> set[str]:
    """The codes of the table of refusals: ``H-STO-010, 011`` and ``H-STO-060 to 065`` name each of theirs."""
    told: set[str] = set()
    for room, numbers in re.findall(r"^\| (H-[A-Z]{3})-([\d, to]+) \|", PAGE, re.MULTILINE):
        for part in numbers.split(", "):
            first, _, last = part.partition(" to ")
            told |= {f"{room}-{number:03}" for number in range(int(first), int(last or first) + 1)}
    return told


def test_every_refusal_of_a_start_is_documented_and_no_other():
    assert told_codes() == set(re.findall(r"\"(H-STO-\d{3}|H-APP-0[014]\d|H-CON-05\d|H-INS-\d{3})\"", texts()))
