"""``POST /fhir/Patient/$merge`` and ``/fhir/Patient/$unmerge``: two records of one patient, linked and parted.

Named as in R5 and given as R5 gives it, for the parameters that a link needs. The Patient resources themselves stay as
they are: a link in them would tell whoever reads the one that there is another.
"""

from collections.abc import Callable

import msgspec

from hallway.consent.entering import merging
from hallway.fhirapi import answers, plans
from hallway.fhirapi.answers import Answer
from hallway.fhirapi.asked import Asked, refused, resource_id
from hallway.fhirapi.operations import parameters
from hallway.fhirapi.search import scoped
from hallway.ids import SHARED_CHART, ChartId, ResourceId
from hallway.record import queries

PREVIEW = "Nothing was changed. These two may be merged: what is shut in either would be shut in both, nothing opens."
PREVIEW_UNDO = "Nothing was changed. These two are merged: parted, each would be under its own consents alone."
MERGED = "They are merged. What is shut in either is shut in both. $unmerge undoes it."
PARTED = "They are parted. Each is under its own consents and restrictions alone."
Step = tuple[Callable[..., None], str]
"""What is done with two charts, and what is said then."""


def answer(asked: Asked) -> Answer:
    """Link ``source-patient`` to ``target-patient``; with ``preview`` only look whether that could be done."""
    return _done(asked, (merging.may_merge, PREVIEW), (merging.merge, MERGED))


def answer_undo(asked: Asked) -> Answer:
    """Take the link away again; with ``preview`` only look whether there is one."""
    return _done(asked, (merging.may_unmerge, PREVIEW_UNDO), (merging.unmerge, PARTED))


def _done(asked: Asked, look: Step, take: Step) -> Answer:
    scoped.require(asked, "Patient", "u")
    called = parameters.called(asked, "source-patient", "target-patient", "preview")
    first, second = (_patient(called, name) for name in ("source-patient", "target-patient"))
    if first == second:
        # Said before either is looked for: it would tell that a hidden one is there.
        raise refused("The two parameters name one patient.")
    source, target = _chart(first), _chart(second)
    act, words = look if called.flag("preview") else take
    act(source, target, by=asked.requester)
    return _told(words)


def _patient(called: parameters.Called, name: str) -> ResourceId:
    text = called.text(name)
    if not text:
        raise refused("Name source-patient and target-patient, each as a reference.")
    return resource_id(text.removeprefix("Patient/"))


def _chart(patient_id: ResourceId) -> ChartId:
    """The chart of a patient. Raises NOT_FOUND for an unknown one, as for one that is hidden."""
    found = queries.chart_of(patient_id)
    if found is None or found == SHARED_CHART:
        raise plans.not_found()
    return found


def _told(words: str) -> Answer:
    outcome = msgspec.Raw(answers.told(words))
    body = {"resourceType": "Parameters", "parameter": [{"name": "outcome", "resource": outcome}]}
    return Answer(200, msgspec.json.encode(body))
