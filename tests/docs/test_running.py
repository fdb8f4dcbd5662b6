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


def test_every_refusal_of_a_start_is_documented():
    codes = set(re.findall(r"\"(H-STO-0[0-5]\d)\"", texts()))
    told = {f"H-STO-{code}" for code in re.findall(r"\b(0[0-5]\d)\b", PAGE)}
    assert codes == told & codes, codes - told
