import pytest

from hallway.errors import HallwayError
from hallway.identity import registering, scopes
from hallway.identity.registering import Registration
from hallway.identity.scopes import Scope, Scopes, parse, within


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("patient/Observation.rs", "patient/Observation.rs"),
        ("patient/*.read", "patient/*.rs"),
        ("user/Condition.write", "user/Condition.cud"),
        ("system/*.*", "system/*.cruds"),
        ("patient/Observation.rs?category=vital-signs", "patient/Observation.rs?category=vital-signs"),
        (
            "patient/Observation.r?category=http://terminology.hl7.org/CodeSystem/observation-category|laboratory",
            "patient/Observation.r?category=http://terminology.hl7.org/CodeSystem/observation-category|laboratory",
        ),
        ("patient/Observation.rs?code=a&category=b", "patient/Observation.rs?category=b&code=a"),
    ],
)
def test_both_spellings_are_one_scope(text, spelled):
    assert scopes.one_of(text).text() == spelled
    assert scopes.one_of(spelled) == scopes.one_of(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "patient/",
        "patient/Observation",
        "patient/Observation.",
        "patient/Observation.sr",
        "patient/observation.rs",
        "practice/Observation.rs",
        "patient/*.rs?category=x",
        "patient/Observation.rs?",
        "patient/Observation.rs?category",
        "patient/Observation.rs?_count=5",
        "patient/Observation.rs?category=",
        "patient/Observation.rsx",
        "patient/Observation.rs?a=1&b=2&c=3&d=4&e=5&f=6",
        "Patient/Observation.rs",
    ],
)
def test_what_is_no_scope_opens_nothing(text):
    assert scopes.one_of(text) is None


def test_what_is_not_understood_is_named_and_left_out():
    wanted = parse("openid nonsense patient/Observation.rs patient/Nope nonsense launch/patient")
    assert wanted.unknown == ("nonsense", "patient/Nope")
    assert wanted.text() == "launch/patient openid patient/Observation.rs"


@pytest.mark.parametrize(
    ("asked", "allowed", "got"),
    [
        ("patient/Observation.rs", "patient/*.rs", "patient/Observation.rs"),
        ("patient/*.cruds", "patient/Observation.rs patient/Condition.r", "patient/Observation.rs patient/Condition.r"),
        ("user/Observation.rs", "patient/*.cruds", ""),
        ("patient/Observation.cruds", "patient/Observation.rs", "patient/Observation.rs"),
        ("patient/Observation.rs", "patient/Observation.rs?category=a", "patient/Observation.rs?category=a"),
        ("patient/Observation.rs?category=a", "patient/Observation.rs", "patient/Observation.rs?category=a"),
        ("patient/Observation.rs?category=b", "patient/Observation.r?category=a",
         "patient/Observation.r?category=a&category=b"),
        ("openid offline_access", "openid", "openid"),
    ],
)  # fmt: skip
def test_what_is_granted_lies_within_both(asked, allowed, got):
    assert within(parse(asked), parse(allowed)).text() == got


@pytest.mark.parametrize(
    ("asked", "allowed", "held"),
    [
        ("patient/Observation.r", "patient/Observation.rs", True),
        ("patient/Observation.rs", "patient/Observation.r", False),
        ("patient/Observation.rs?category=a", "patient/Observation.rs", True),
        ("patient/Observation.rs", "patient/Observation.rs?category=a", False),
        ("patient/*.rs", "patient/Observation.rs", False),
        ("user/Observation.rs", "patient/Observation.rs", False),
        ("openid", "patient/*.rs", False),
        ("nonsense", "patient/*.rs openid", False),
    ],
)
def test_a_refresh_narrows_and_never_widens(asked, allowed, held):
    assert scopes.is_within(parse(asked), parse(allowed)) is held


@pytest.mark.parametrize(
    ("held", "asked", "holds"),
    [
        (("user/*.rs", None), ("user/Task.r", None), True),
        (("user/Task.r", None), ("user/*.rs", None), False),
        (("patient/*.rs", 1), ("patient/*.rs", 1), True),
        (("patient/*.rs", 1), ("patient/*.rs", 2), False),
        (("user/*.rs", 1), ("user/*.rs", None), False),
        (("", None), ("", None), True),
    ],
)
def test_what_one_token_opened_another_holds_or_not(held, asked, holds):
    one, other = (Scopes(parse(text).clinical, chart) for text, chart in (held, asked))
    assert one.holds(other) is holds


def test_verbs_and_kinds_and_ways():
    some = Scopes(
        parse("patient/Observation.rs?category=a patient/Observation.r?category=b patient/Condition.c").clinical
    )
    assert some.allows("Observation", "s")
    assert not some.allows("Observation", "c")
    assert not some.allows("Condition", "r")
    assert some.narrowings("Observation", "r") == ((("category", "a"),), (("category", "b"),))
    assert some.narrowings("Observation", "s") == ((("category", "a"),),)
    assert some.kinds() == ("Observation",)
    assert Scopes((Scope("user", "*", "r"),)).kinds() is None
    assert Scopes(()).kinds() == ()
    whole = Scopes(parse("patient/Observation.rs?category=a patient/Observation.rs").clinical)
    assert whole.narrowings("Observation", "r") == ()


def test_what_is_too_long_is_never_cut():
    """The cut could fall behind ``.rs``, before its narrowing."""
    narrowed = "patient/Observation.rs?category=vital-signs"
    padding = "x" * (scopes.LONGEST - len("patient/Observation.rs") - 1)
    wanted = parse(f"{padding} {narrowed}")
    assert (wanted.clinical, wanted.plain, wanted.unknown) == ((), frozenset(), (scopes.TOO_LONG,))
    assert not scopes.is_within(wanted, parse("patient/*.rs"))


def test_what_grew_within_its_registration_says_so():
    asked = parse(" ".join(f"system/Observation.rs?code={number:03}" for number in range(100)))
    assert not asked.is_too_long
    granted = within(asked, parse("system/Observation.rs?category=vital-signs"))
    assert len(granted.clinical) == 100
    assert granted.is_too_long


def test_no_program_is_registered_for_more_than_can_be_read_again():
    many = " ".join(f"user/Observation.*?code={number:03}" for number in range(130))
    assert len(many) <= scopes.LONGEST < len(parse(many).text())
    said = Registration(name="A", maker="B", kind="public", scopes=many, redirect_uris=("https://a.example/cb",))
    with pytest.raises(HallwayError) as refused:
        registering.refuse_faults(said)
    assert refused.value.field == "scopes"
