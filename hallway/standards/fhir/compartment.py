"""Which patients a resource belongs to, by the standard's own CompartmentDefinition for Patient."""

from functools import lru_cache
from typing import cast

from hallway.standards.fhir.fhirpath import Node, Step
from hallway.standards.fhir.search import Json, parameters, table

SHARED_KINDS = frozenset(
    {
        "Organization", "Practitioner", "PractitionerRole", "Location", "HealthcareService", "Endpoint",
        "OrganizationAffiliation", "InsurancePlan", "Questionnaire", "ValueSet", "CodeSystem", "ConceptMap",
        "StructureDefinition", "SearchParameter", "CompartmentDefinition", "CapabilityStatement", "NamingSystem",
        "PlanDefinition", "ActivityDefinition", "Library", "Measure", "ObservationDefinition", "SpecimenDefinition",
        "OperationDefinition", "ImplementationGuide",
    }
)  # fmt: skip
"""Types that never speak of one patient. They are stored once, in chart 0, and read without a release.

Any other type without a patient takes the charts of what names it or what it names; it is never put here.
"""


@lru_cache(maxsize=256)
def _criteria(kind: str) -> tuple[tuple[str, Step], ...]:
    """(element, rest of the path) of each way into the compartment. Every criterion of R4 starts at an element."""
    rows = {row["kind"]: row["parameters"].split(",") for row in table("patient_compartment.tsv")}
    known = parameters(kind) if kind in rows else {}
    ways = [one for code in rows.get(kind, ()) if code in known for one in known[code].alternatives]
    return tuple((root, one.run) for one in ways for root in one.roots)


def patients_of(kind: str, resource: Json) -> list[str]:
    """Ids of the patients in whose compartment the resource is, as referenced, each once, in order of the criteria.

    A Patient's own id is not among them; the caller knows it. References are relative: ``Patient/ID``.
    """
    found: dict[str, None] = {}
    for root, run in _criteria(kind):
        value = resource.get(root)
        if value is not None:
            for node in run(cast("list[Node]", value) if type(value) is list else [value]):
                reference = cast("Json", node).get("reference") if type(node) is dict else None
                if type(reference) is str and reference.startswith("Patient/"):
                    found[reference[8:].split("/", 1)[0]] = None
    return list(found)
