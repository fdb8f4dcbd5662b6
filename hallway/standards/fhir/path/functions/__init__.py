"""Every function of FHIRPath that is built here, by name."""

from hallway.standards.fhir.path.functions import collections, converting, fhir, strings
from hallway.standards.fhir.path.functions.base import Compiled, Function

FUNCTIONS: dict[str, Function] = {
    **collections.FUNCTIONS,
    **converting.FUNCTIONS,
    **fhir.FUNCTIONS,
    **strings.FUNCTIONS,
}

__all__ = ["FUNCTIONS", "Compiled"]
