"""The R4 cases of HL7's validator, run one by one. Used by the test and by ``tools/build_validation_docs.py``."""

import json
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import quote

from hallway.standards.fhir import definitions
from hallway.standards.fhir.validation import Issue, validate
from tests.standards.real import decode

Json = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """One case. ``valid`` is what HL7's list expects; ``said_by`` where it says so."""

    name: str
    file: str
    module: str
    supporting: tuple[str, ...]
    valid: bool | None
    said_by: str


def cases(folder: Path) -> list[Case]:
    """Every R4 case of which the file is here, in order."""
    manifest = json.loads((folder / "manifest.json").read_text())
    found: list[Case] = []
    for one in manifest["test-cases"]:
        if str(one.get("version")) == "4.0" and (folder / one["file"]).exists():
            valid, said_by = expected(folder, one)
            supporting = tuple(one.get("supporting", ())) + tuple(one.get("profiles", ()))
            found.append(Case(one["name"], one["file"], one["module"], supporting, valid, said_by))
    return found


def expected(folder: Path, one: Json) -> tuple[bool | None, str]:
    """Valid or not, by the outcome that HL7's validator had, or else by the case's own sentence; None without both."""
    outcome = one.get("java")
    if isinstance(outcome, str):
        path = folder / "outcomes" / outcome
        outcome = json.loads(path.read_text()) if path.exists() else None
    if outcome is not None:
        severities = {issue["severity"] for issue in outcome.get("outcome", outcome).get("issue", [])}
        return not severities & {"error", "fatal"}, "outcome"
    for word, valid in (("success: True", True), ("success: False", False)):
        if word in one.get("description", ""):
            return valid, "sentence"
    return None, ""


def judged(folder: Path, case: Case) -> list[Issue] | None:
    """Our errors; None for a file that is no resource of R4."""
    if case.module == "cdshooks":
        return None
    resource = read(folder / case.file)
    found = validate(resource, resolve=finder(folder, case))
    return [one for one in found if one.severity == "error"]


def finder(folder: Path, case: Case) -> Callable[[str], Json | None]:
    """Finds the supporting files of a case by canonical address."""
    held: dict[str, Json] = {}
    for name in case.supporting:
        path = folder / name
        if path.exists():
            resource = read(path)
            held[resource.get("url", f"{resource['resourceType']}/{resource.get('id', quote(name))}")] = resource
            held[f"http://hl7.org/fhir/{resource['resourceType']}/{resource.get('id')}"] = resource
            if "version" in resource:
                held[f"{resource.get('url')}|{resource['version']}"] = resource
    return held.get


_XML = "{http://hl7.org/fhir}"
_HTML = "{http://www.w3.org/1999/xhtml}"


def read(path: Path) -> Json:
    """A resource from a file of JSON or XML."""
    if path.suffix == ".json":
        return decode(path.read_bytes())
    root = ElementTree.parse(path).getroot()
    kind = root.tag.removeprefix(_XML)
    return {"resourceType": kind, **_object(root, kind)}


def _object(held: ElementTree.Element, kind: str) -> Json:
    out: Json = {name: value for name, value in held.attrib.items() if name in {"id", "url"}}
    for one in held:
        name = one.tag.removeprefix(_XML)
        if one.tag.startswith(_HTML):
            ElementTree.register_namespace("", _HTML[1:-1])
            out["div"] = ElementTree.tostring(one, encoding="unicode").strip()
            continue
        member = definitions.keys(kind)[name]
        value = _value(one, member.kind)
        if member.element.most == 1:
            out[name] = value
        else:
            out.setdefault(name, []).append(value)
    return out


def _value(one: ElementTree.Element, kind: str) -> Any:
    if kind == "Resource":
        inner = one[0].tag.removeprefix(_XML)
        return {"resourceType": inner, **_object(one[0], inner)}
    if not definitions.is_primitive(kind):
        return _object(one, kind)
    text = one.get("value", "")
    if kind == "boolean":
        return text == "true"
    if kind in {"integer", "positiveInt", "unsignedInt"}:
        return int(text)
    return Decimal(text) if kind == "decimal" else text


TERMS = "The value set lies outside HL7's own codes, or the fault is in a display, which is not compared."
EXPLAINED: dict[str, str] = {
    "questionnaireResponse-enableWhenEx-test-fail": "The condition stands in an extension of one country's own, which "
    "is not read here; the one of SDC is.",
    "choice-async-qr": TERMS,
    "choice-gender-coding-async-qr": TERMS,
    "choice-invalid-value-set-async-qr": TERMS,
    "open-choice-gender-coding-async-qr": TERMS,
    "quantity-units-not-in-value-set-qr": TERMS,
    "string-with-coding-async-qr": TERMS,
    "reference-invalid-resource-type-qr": "A whole address may lead to anything: that a word in it is no type of R4 is "
    "no fault by R4.",
    "decimal-precision-questionnaire": "The answer has three decimal places where the question allows two; the other "
    "case on the same limit expects what we say.",
}
"""Cases that we judge otherwise than HL7 expects, and why."""


def reason(case: Case) -> str:
    """Why a case is judged otherwise or not at all; empty when nobody knows."""
    if case.module == "cdshooks":
        return "No resource of R4: messages of CDS Hooks belong to the service that will read them."
    return EXPLAINED.get(case.name, "")
