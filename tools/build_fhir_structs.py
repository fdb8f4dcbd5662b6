"""Write the typed views of ``hallway/standards/fhir/r4`` from the standard's own snapshots.

Run by hand when the list of types grows: ``python tools/build_fhir_structs.py DEFINITIONS_FOLDER``. The folder holds
HL7's R4 4.0.1 definitions (``profiles-types.json``, ``profiles-resources.json``), published under CC0.
"""

# ruff: noqa: E501

import json
import keyword
import re
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

TARGET = Path(__file__).resolve().parent.parent / "hallway" / "standards" / "fhir" / "r4" / "tables"
MODULES = {
    "people": [
        "Patient",
        "RelatedPerson",
        "Organization",
        "Practitioner",
        "PractitionerRole",
        "Location",
        "CareTeam",
        "Group",
        "Coverage",
        "HealthcareService",
        "Device",
    ],
    "clinical": [
        "Encounter",
        "EpisodeOfCare",
        "Condition",
        "Procedure",
        "Observation",
        "DiagnosticReport",
        "AllergyIntolerance",
        "Medication",
        "MedicationRequest",
        "MedicationStatement",
        "Immunization",
        "CarePlan",
        "Goal",
        "Flag",
        "FamilyMemberHistory",
        "ClinicalImpression",
        "RiskAssessment",
    ],
    "workflow": [
        "ServiceRequest",
        "Task",
        "Appointment",
        "AppointmentResponse",
        "Schedule",
        "Slot",
        "Communication",
        "CommunicationRequest",
        "Questionnaire",
        "QuestionnaireResponse",
        "List",
    ],
    "documents": [
        "DocumentReference",
        "Composition",
        "Consent",
        "Provenance",
        "Binary",
        "AuditEvent",
        "OperationOutcome",
        "Bundle",
        "Parameters",
    ],
}
DATATYPES = [
    "Coding", "CodeableConcept", "Identifier", "Period", "Quantity", "Range", "Ratio", "Money", "Duration", "Age",
    "Distance", "Count", "SimpleQuantity", "SampledData", "Signature", "HumanName", "Address", "ContactPoint",
    "Timing", "Attachment", "Annotation", "Reference", "Meta", "Narrative", "Dosage", "ContactDetail",
    "Contributor", "DataRequirement", "Expression", "ParameterDefinition", "RelatedArtifact", "TriggerDefinition",
    "UsageContext",
]  # fmt: skip
PRIMITIVES = {"boolean": "bool", "integer": "int", "positiveInt": "int", "unsignedInt": "int", "decimal": "Decimal"}
ALIASES = {"SimpleQuantity": "Quantity", "MoneyQuantity": "Quantity"}
HEAD = '''"""{what} of FHIR R4 4.0.1, as typed views. Written by tools/build_fhir_structs.py: do not edit.

{note}
"""
# msgspec passes frozen on to subclasses, which the checker does not know.
# pyright: reportGeneralTypeIssues=false
# ruff: noqa: E501

{imports}
'''


def snake(name: str) -> str:
    """The Python name of an element: ``valueQuantity`` -> ``value_quantity``, ``class`` -> ``class_``."""
    text = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
    return f"{text}_" if keyword.iskeyword(text) else text


def python_type(code: str) -> str:
    """The annotation for one FHIR type code."""
    if code.startswith("http://hl7.org/fhirpath/") or (code[0].islower() and code not in PRIMITIVES):
        return "str"
    if code == "Resource":
        return "Raw"
    return PRIMITIVES.get(code, ALIASES.get(code, code))


def element_lines(element: dict[str, Any], class_by_path: dict[str, str]) -> list[str]:
    """The field lines of one element, several for a choice of types."""
    name = element["path"].rsplit(".", 1)[1]
    many = element["max"] == "*"
    lines: list[str] = []
    reference = element.get("contentReference")
    types = [t["code"] for t in element.get("type", [])]
    choices: list[tuple[str, str]]
    if reference:
        choices = [(name, class_by_path[reference.lstrip("#")])]
    elif name.endswith("[x]"):
        choices = [(name[:-3] + code[0].upper() + code[1:], python_type(code)) for code in types]
    elif types[0] in {"BackboneElement", "Element"} and element["path"] in class_by_path:
        choices = [(name, class_by_path[element["path"]])]
    else:
        choices = [(name, python_type(types[0]))]
    for label, kind in choices:
        python_name = snake(label)
        camel = re.sub(r"_(\w)", lambda m: m.group(1).upper(), python_name)
        rename = "" if camel == label else f'field(default={"()" if many else "None"}, name="{label}")'
        annotation = f"tuple[{kind}, ...]" if many else f"{kind} | None"
        lines.append(f"    {python_name}: {annotation} = {rename or ('()' if many else 'None')}")
    return lines


def classes_of(definition: dict[str, Any]) -> list[str]:
    """Source text of the classes of one definition, inner ones first."""
    elements = definition["snapshot"]["element"]
    root = definition["name"]
    class_by_path = {root: root}
    for element in elements[1:]:
        codes = [t["code"] for t in element.get("type", [])]
        if codes in (["BackboneElement"], ["Element"]):
            inner = "".join(part[0].upper() + part[1:] for part in element["path"].split("."))
            class_by_path[element["path"]] = inner
    texts: list[str] = []
    for path, name in sorted(class_by_path.items(), key=lambda pair: -pair[0].count(".")):
        own = [e for e in elements[1:] if e["path"].rsplit(".", 1)[0] == path]
        short = next(e for e in elements if e["path"] == path).get("short", "").strip().rstrip(".")
        is_resource = definition["kind"] == "resource" and path == root
        options = f', tag_field="resourceType", tag="{root}"' if is_resource else ""
        lines = [f"class {name}(Part{options}):", *doc(short or name)]
        for element in own:
            if path == "Extension" or element["path"].rsplit(".", 1)[1] != "implicitRules":
                lines += element_lines(element, class_by_path)
        texts.append("\n".join(lines))
    return texts


def doc(short: str) -> list[str]:
    """The docstring lines for a definition's short text."""
    text = re.sub(r"\s+", " ", short).replace("\\", "/")
    text = text[0].upper() + text[1:]
    return [f'    """{textwrap.shorten(text, 100, placeholder=" ...")}."""', ""]


def definitions(folder: Path, file: str) -> dict[str, dict[str, Any]]:
    """StructureDefinitions of one file of the standard, by name."""
    bundle = json.loads((folder / file).read_text())
    found = (entry["resource"] for entry in bundle["entry"])
    return {d["name"]: d for d in found if d["resourceType"] == "StructureDefinition"}


def write_module(name: str, what: str, texts: list[str], *, imports: str, note: str) -> None:
    """Write one generated module."""
    (TARGET / f"{name}.py").write_text(
        HEAD.format(what=what, note=note, imports=imports) + "\n\n" + "\n\n\n".join(texts) + "\n"
    )


def main() -> None:
    """Write every module and format it."""
    folder = Path(sys.argv[1])
    types = definitions(folder, "profiles-types.json")
    resources = definitions(folder, "profiles-resources.json")
    TARGET.mkdir(parents=True, exist_ok=True)
    texts = []
    for name in ["Extension", *DATATYPES]:
        if name not in ALIASES:
            texts += classes_of(types[name])
    write_module(
        "datatypes",
        "Data types",
        texts,
        note="Elements that no code here reads are kept by the record all the same: a view is for reading and building.",
        imports="from __future__ import annotations\n\nfrom decimal import Decimal\n\nfrom msgspec import field\n\nfrom hallway.standards.fhir.r4.base import Part",
    )
    exported: dict[str, list[str]] = {"datatypes": [n for n in ["Extension", *DATATYPES] if n not in ALIASES]}
    for module, names in MODULES.items():
        texts = [text for name in names for text in classes_of(resources[name])]
        exported[module] = sorted(re.findall(r"^class (\w+)\(", "\n".join(texts), re.M))
        used = sorted(n for n in exported["datatypes"] if re.search(rf"\b{n}\b", "\n".join(texts)))
        extra = "from decimal import Decimal\n\n" if "Decimal" in "\n".join(texts) else ""
        raw = "Raw, field" if "Raw" in "\n".join(texts) else "field"
        write_module(
            module,
            f"Resources ({module})",
            texts,
            note="A view never limits what is stored: unknown elements stay in the stored body.",
            imports=f"from __future__ import annotations\n\n{extra}from msgspec import {raw}\n\nfrom hallway.standards.fhir.r4.base import Part\nfrom hallway.standards.fhir.r4.tables.datatypes import {', '.join(used)}",
        )
    lines = [
        '"""FHIR R4 4.0.1 as typed, frozen views: ``Condition``, ``Reference``, and ``encode``. Generated list of names."""\n'
    ]
    lines.append("from hallway.standards.fhir.r4.base import Part, decode, encode")
    lines += [
        f"from hallway.standards.fhir.r4.tables.{module} import {', '.join(names)}"
        for module, names in exported.items()
    ]
    everything = sorted(["Part", "decode", "encode", *(n for names in exported.values() for n in names)])
    lines.append(f"\n__all__ = {everything!r}")
    (TARGET.parent / "__init__.py").write_text("\n".join(lines) + "\n")
    (TARGET / "__init__.py").write_text('"""Generated: the elements of each type, as the standard lists them."""\n')
    subprocess.run(["ruff", "check", "-q", "--fix", str(TARGET.parent)], check=False)
    subprocess.run(["ruff", "format", "-q", str(TARGET.parent)], check=True)


if __name__ == "__main__":
    main()
