"""FHIRPath's own promises: three-valued logic, partial dates, kept decimals, and bombs that do not go off."""

import contextlib
import time
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from hallway.standards.fhir import definitions, path
from hallway.standards.fhir.fhirpath import compile_expression

PATIENT = path.root(
    {
        "resourceType": "Patient",
        "birthDate": "1974-12",
        "_birthDate": {"extension": [{"url": "urn:t", "valueDateTime": "1974-12-25T14:35:45-05:00"}]},
        "name": [{"given": ["Peter", "James"], "family": "Chalmers"}, {"given": ["Jim"]}],
        "deceasedBoolean": False,
        "contained": [{"resourceType": "Organization", "id": "a", "name": "Acme"}],
        "managingOrganization": {"reference": "#a"},
    }
)


def run(expression: str, **given: object) -> list[object]:
    compiled = path.compile_path(expression)
    return [path.atom(one) for one in compiled.run(PATIENT, given=path.Given(**given))]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("name.given", ["Peter", "James", "Jim"]),
        ("name.given.first()", ["Peter"]),
        ("deceased", [False]),
        ("deceased is boolean", [True]),
        ("{} and false", [False]),
        ("{} or true", [True]),
        ("{} and true", []),
        ("{} implies true", [True]),
        ("({} | 1) = 1", [True]),
        ("birthDate < @1975", [True]),
        ("birthDate = @1974-12-25", []),
        ("birthDate <= @1974", []),
        ("@2020-01-01T10:00:00Z = @2020-01-01T05:00:00-05:00", [True]),
        ("birthDate.extension('urn:t').value is dateTime", [True]),
        ("1.50 + 1", [Decimal("2.50")]),
        ("1.50.toString()", ["1.50"]),
        ("name.where(given.count() > 1).family", ["Chalmers"]),
        ("name.select(given.first())", ["Peter", "Jim"]),
        ("%resource.contained.name", ["Acme"]),
        ("4.0000 'g' = 4000.0 'mg'", [True]),
        ("1 'year' = 1 'a'", []),
        ("iif(name.exists(), 'yes', 1 / 0)", ["yes"]),
        ("%`vs-a-b`", ["http://hl7.org/fhir/ValueSet/a-b"]),
        ("(1 | 2 | 3).aggregate($this + $total, 0)", [6]),
        ("name.given.indexOf", []),
    ],
)
def test_expressions_give_what_the_standard_says(expression: str, expected: list[object]) -> None:
    assert run(expression) == expected


def test_a_decimal_keeps_its_digits() -> None:
    observed = path.root({"resourceType": "Observation", "valueQuantity": {"value": Decimal("1.50")}})
    assert str(path.atom(path.compile_path("value.value").run(observed)[0])) == "1.50"


def test_a_functions_argument_is_looked_at_where_the_call_stands() -> None:
    assert run("name.select(given.combine(family)).count()") == [4]


def test_now_is_what_the_caller_says() -> None:
    assert run("today() > @2026-11-21", now=datetime(2026, 11, 22, tzinfo=UTC)) == [True]
    with pytest.raises(path.PathRunError):
        run("now()")


def test_what_the_caller_gives_is_asked() -> None:
    asked: list[object] = []

    def member_of(node: path.Node, url: str) -> bool:
        asked.append((node.value, url))
        return True

    assert run("name.family.memberOf('urn:v')", member_of=member_of) == [True]
    assert asked == [("Chalmers", "urn:v")]
    there = path.Node({"resourceType": "Basic"}, "Basic")
    assert run("managingOrganization.resolve() is Basic", resolve=lambda _, __: there) == [True]


@pytest.mark.parametrize(
    "expression",
    [
        "name.sort()", "name.lowBoundary()", "%nobody", "name is Nonsense", "name.nonsense()",
        "name.matches('(a+)+$')", "name.matches('(a|a)*b')", r"name.matches('(.*)\\1')", "name.matches('(?=a)b')",
    ],
)  # fmt: skip
def test_what_is_not_supported_is_refused_when_compiled(expression: str) -> None:
    with pytest.raises(path.NotSupportedError):
        path.compile_path(expression)


@pytest.mark.parametrize(
    "expression", ["", "name.", "(name", "name where", "'", "1 +", "name[0", "@20", "a ! b", "name()("]
)
def test_what_is_no_fhirpath_is_refused(expression: str) -> None:
    with pytest.raises(path.PathError):
        path.compile_path(expression)


@pytest.mark.parametrize(
    "expression",
    [
        "(" * 5000 + "1" + ")" * 5000,
        "1" + "+1" * 9000,
        "a" + ".a" * 9000,
        "-" * 9000 + "1",
        "not(" * 70 + ")" * 70,
        "a" * 20_001,
    ],
)
def test_a_bomb_of_an_expression_is_refused_at_once(expression: str) -> None:
    began = time.perf_counter()
    with pytest.raises(path.PathSyntaxError):
        path.compile_path(expression)
    assert time.perf_counter() - began < 1


@pytest.mark.parametrize(
    "expression",
    [
        "(1).repeat($this + 1)",
        "'a'.repeat($this & 'a')",
        "(1 | 2 | 3 | 4).aggregate($total & $total & 'aaaaaaaaaa' & $total, 'aaaaaaaaaa').repeat($this & $this)",
        "descendants().select(%resource.descendants().select(%resource.descendants().select(%resource.descendants()"
        ".select(%resource.descendants()))))",
    ],
)
def test_a_run_without_end_is_ended(expression: str) -> None:
    began = time.perf_counter()
    with pytest.raises(path.PathRunError):
        run(expression)
    assert time.perf_counter() - began < 10


@pytest.mark.parametrize(
    "pattern",
    [
        "(a+)+$",
        "(a|aa)+$",
        "(.*)*x",
        "(a*)*",
        "(?:a{1,50}){1,50}b",
        "a*a*a*a*a*b",
        "a?" * 40 + "a" * 40,
        "(ab|ba)(ab|b)" * 20,
        "(a|b|ab)?" * 12,
    ],
)
def test_a_regex_that_could_hang_does_not_run_when_it_comes_from_a_value(pattern: str) -> None:
    named = path.root({"resourceType": "Patient", "name": [{"text": "a" * 40 + "!", "family": pattern}]})
    with pytest.raises(path.PathRunError):
        path.compile_path("name.text.matches(name.family)").run(named)


def test_every_invariant_of_r4_compiles() -> None:
    assert len(definitions.invariants()) > 200
    for rule in definitions.invariants():
        path.compile_path(rule.expression, trusted=True)


def test_search_parameters_say_the_same_in_both_compilers() -> None:
    resource = {
        "resourceType": "Observation", "code": {"coding": [{"system": "http://loinc.org", "code": "1-2"}]},
        "valueQuantity": {"value": 3}, "component": [{"code": {"text": "x"}, "valueString": "y"}],
    }  # fmt: skip
    choices = {"Observation.value": ("Quantity", "string")}
    for expression in ("Observation.code", "Observation.component.code", "(Observation.value as Quantity)"):
        fast = [one for part in compile_expression(expression, choices) for one in _from(part, resource)]
        slow = [
            one.value for one in path.compile_path(expression).run(path.root(resource)) if isinstance(one, path.Node)
        ]
        assert fast == slow != []


def _from(part: object, resource: dict[str, object]) -> list[object]:
    from hallway.standards.fhir.fhirpath import Compiled, evaluate

    assert isinstance(part, Compiled)
    return evaluate([part], resource)


def test_a_pattern_of_use_runs() -> None:
    assert run(r"name.family.matches('^[A-Z][a-z]+$')") == [True]
    assert run(r"'555-1234'.matchesFull('\\d{3}-\\d{4}')") == [True]
    assert run(r"'a@b.org'.matchesFull('[^@ ]+@[^@ ]+')") == [True]


@pytest.mark.parametrize(
    "expression",
    [
        "('a' | 'b' | 'c' | 'd' | 'e' | 'f' | 'g' | 'h').aggregate($total * $total, 99999)",
        "1" + "0" * 70,
        "(1E400).toString()",
        "10000000000.power(1000) * 10000000000.power(1000)",
        "@9999-12-31 + 999999999999999999999999999999 days",
        "'\\ud800'.encode('base64')",
        "1.0.power(999999999)",
    ],
)
def test_numbers_beyond_reckoning_end_in_an_error_or_in_nothing(expression: str) -> None:
    with contextlib.suppress(path.PathError):
        assert run(expression) == []


BEYOND = ("huge", Decimal("1E+999990"))


@pytest.mark.parametrize(
    "expression",
    [
        "%huge.floor()",
        "%huge.toString()",
        "%huge & ''",
        "(1 / %huge).toString()",
        "'{letters}'.toChars().select({sum}).count()",
        "'{letters}'.toChars().select('{letters}'.toChars().select('{letters}'.toChars().select(1 + 1)))",
        "'{letters}'.toChars().select('{letters}'.matches('^a*a*c')).count()",
        "'{letters}'.toChars().select(%long.substring(1)).count()",
    ],
)
def test_what_costs_little_to_write_costs_what_it_takes_to_run(expression: str) -> None:
    whole = expression.format(letters="a" * 200, sum="+".join(["1"] * 140)) if "{" in expression else expression
    given = path.Given(variables=(BEYOND, ("long", "x" * 900_000)), meter=path.Meter(20_000))
    began = time.perf_counter()
    with pytest.raises(path.PathRunError):
        path.compile_path(whole, frozenset({"huge", "long"})).run(PATIENT, given=given)
    assert time.perf_counter() - began < 2


def test_how_long_a_text_may_be_depends_on_the_regex() -> None:
    began = time.perf_counter()
    for pattern, length, runs in (
        ("a*a*a*b", 40, True),
        ("a*a*a*b", 400, False),
        ("a*b", 3000, True),
        ("a*b", 9000, False),
    ):
        compiled = path.compile_path(f"'{'a' * length}'.matches('{pattern}')")
        if runs:
            assert compiled.run(PATIENT) == [False]
        else:
            with pytest.raises(path.PathRunError):
                compiled.run(PATIENT)
    assert time.perf_counter() - began < 5
