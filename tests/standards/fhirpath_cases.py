"""HL7's FHIRPath cases for R4, run one by one. Used by the test and by ``tools/build_fhirpath_docs.py``."""

import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import msgspec

from hallway.standards.fhir import path
from hallway.standards.fhir.path import values
from hallway.standards.fhir.path.operators import has_type

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
_decoder = msgspec.json.Decoder(float_hook=Decimal)


@dataclass(frozen=True)
class Case:
    """One case of the file. ``outputs`` are (type, text)."""

    group: str
    name: str
    expression: str
    input: str
    invalid: str
    mode: str
    predicate: bool
    outputs: tuple[tuple[str, str], ...]


def cases(folder: Path) -> list[Case]:
    """Every case in order."""
    tree = ElementTree.parse(folder / "fhirpath" / "tests-fhir-r4.xml")
    found: list[Case] = []
    for group in tree.getroot().iter("group"):
        for test in group.findall("test"):
            expression = test.find("expression")
            assert expression is not None
            outputs = tuple((one.get("type", ""), one.text or "") for one in test.findall("output"))
            found.append(
                Case(
                    group.get("name", ""), test.get("name", ""), expression.text or "", test.get("inputfile", ""),
                    expression.get("invalid", ""), test.get("mode", ""), test.get("predicate") == "true", outputs,
                )
            )  # fmt: skip
    return found


def _input(folder: Path, name: str) -> values.Node:
    file = name.replace(".xml", ".json") or "patient-example.json"
    where = folder / "json-inputs" / file
    raw = (where if where.exists() else folder / file).read_bytes()
    return values.root(_decoder.decode(raw))


def _fits(one: object, kind: str, text: str) -> bool:
    plain = values.atom(one)
    typed = not kind or has_type(one, kind) or has_type(one, kind[0].upper() + kind[1:])
    if not typed and not (kind == "decimal" and type(plain) is int):
        return False
    if kind == "Quantity" and isinstance(one, values.Node):
        plain = values.quantity_of(one)
    shown = path.as_text(plain)
    if kind in {"decimal", "integer"}:
        return shown is not None and Decimal(shown) == Decimal(text)
    return shown == text.lstrip("@").removeprefix("T")


def difference(folder: Path, case: Case) -> str:
    """What is wrong with our answer; empty when it is as expected."""
    try:
        compiled = path.compile_path(case.expression)
        found = compiled.run(
            _input(folder, case.input),
            given=path.Given(
                now=NOW, resolve=lambda _, __: None, conforms_to=lambda node, url: node.kind == url.rpartition("/")[2]
            ),
        )
    except path.NotSupportedError as error:
        return "" if case.invalid else f"refused: {error}"
    except path.PathError as error:
        return "" if case.invalid else f"error: {error}"
    if case.invalid:
        return f"no error where {case.invalid} is expected"
    if case.predicate:
        found = [path.truth(found) if found else False]
    if len(found) != len(case.outputs):
        return f"{len(found)} values, {len(case.outputs)} expected"
    wrong = [
        at for at, (one, (kind, text)) in enumerate(zip(found, case.outputs, strict=True)) if not _fits(one, kind, text)
    ]
    return f"value {wrong[0]} differs" if wrong else ""


STATIC = "Names and types are looked at when an expression runs, not before: a name that no type has gives nothing."
UNITS = "Units are turned into each other for length, mass, volume and time only, and are not multiplied."
EXPLAINED: dict[str, str] = {
    "testSimpleFail": STATIC,
    "testSimpleWithWrongContext": STATIC,
    "testPolymorphismB": STATIC,
    "testPolymorphismAsB": STATIC,
    "testPolymorphicsB": STATIC,
    "testDollarOrderNotAllowed": "The order of children is that of the definition, so it may be asked for.",
    "testQuantity9": UNITS,
    "testQuantity10": UNITS,
    "testQuantity11": UNITS,
    "testNEquality24": UNITS,
    "testPlusDate19": "A tenth of a second is added; the case expects that it is lost.",
    "testConformsTo3": "The profile is asked of a function that the caller gives; the test's says no.",
    "testFHIRPathAsFunction21": "`as` takes several values, as R4's own invariants (dom-3) need.",
}
"""Cases of the subset that are answered otherwise, and why."""


def reason(case: Case, wrong: str) -> str:
    """Why a case is not answered as expected; empty when nobody knows."""
    if case.name in EXPLAINED:
        return EXPLAINED[case.name]
    return f"Not built: {wrong.removeprefix('refused: ')}" if wrong.startswith("refused: ") else ""


def judged(folder: Path) -> list[tuple[Case, str]]:
    """Every case with what is wrong with our answer."""
    return [(case, difference(folder, case)) for case in cases(folder)]
