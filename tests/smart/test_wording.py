"""What the person reads is what is granted."""

import pytest

from hallway.exchange.smart import wording
from hallway.identity.scopes import parse

SYSTEM = "http://terminology.hl7.org/CodeSystem/observation-category"


@pytest.mark.parametrize(
    ("narrowing", "small"),
    [
        ("category=laboratory", "Only: category laboratory"),
        (f"category={SYSTEM}|laboratory", "Only: category laboratory"),
        (f"category={SYSTEM}|laboratory,{SYSTEM}|vital-signs", "Only: category laboratory or vital-signs"),
        (f"category={SYSTEM}|vital-signs,{SYSTEM}|laboratory", "Only: category vital-signs or laboratory"),
        ("category=https://elsewhere.example|vital-signs", "Only: category https://elsewhere.example|vital-signs"),
        (f"category={SYSTEM}|", f"Only: category {SYSTEM}|"),
        (f"category={SYSTEM}|a%5C,vital-signs", f"Only: category {SYSTEM}|a\\,vital-signs"),
        (f"category={SYSTEM}|survey%7Cvital-signs", f"Only: category {SYSTEM}|survey|vital-signs"),
        ("code=a,b&category=c", "Only: category c; code a or b"),
        ("code=,", "Only: code ,"),
    ],
)
def test_every_value_that_would_be_granted_is_shown(narrowing, small):
    (line,) = wording.lines(parse(f"patient/Observation.rs?{narrowing}"))
    assert line.small == small
