"""``/fhir/DocumentReference/$docref``: the documents of one patient by type and time (US Core 6.1, docref).

Nothing is written for the asking: documents on demand there are none, and a document that may flow is found like any.
"""

from hallway.fhirapi import bundles
from hallway.fhirapi.answers import Answer
from hallway.fhirapi.asked import Asked, refused
from hallway.fhirapi.operations import parameters
from hallway.fhirapi.search import answering

CCD = "http://loinc.org|34133-9"
"""What is meant where no type is named."""


def answer(asked: Asked) -> Answer:
    """A searchset. Without start and end, the latest document alone. Raises INCORRECT without a patient."""
    called = parameters.called(asked, "patient", "start", "end", "type", "on-demand", "profile", coded=("type",))
    patient = called.text("patient").removeprefix("Patient/")
    if not patient or called.text("profile"):
        raise refused("Name one patient by id; documents are not asked for by profile here.")
    named = [one.token() for one in called.codings.get("type", ())]
    pairs = [("patient", f"Patient/{patient}"), ("type", ",".join([*called.texts.get("type", ()), *named]) or CCD)]
    start, end = called.text("start"), called.text("end")
    pairs += [("date", f"ge{start}")] if start else []
    pairs += [("date", f"le{end}")] if end else []
    pairs += [("_sort", "-date"), ("_count", "1000" if start or end else "1")]
    found = answering.answer(asked, "DocumentReference", pairs, "DocumentReference")
    if called.flag("on-demand"):
        return Answer(200, bundles.bundle("searchset", [], total=0))
    return found
