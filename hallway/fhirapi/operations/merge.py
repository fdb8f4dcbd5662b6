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
from hallway.fhirapi.operations import parameters, scope
from hallway.ids import SHARED_CHART, ChartId
from hallway.record import queries

PREVIEW = "Nothing was changed. These two may be merged: what is shut in either would be shut in both, nothing opens."
MERGED = "They are merged. What is shut in either is shut in both. $unmerge undoes it."
PARTED = "They are parted. Each is under its own consents and restrictions alone."


def answer(asked: Asked) -> Answer:
    """Link ``source-patient`` to ``target-patient``; with ``preview`` only look whether that could be done."""
    return _done(asked, merging.merge, MERGED)


def answer_undo(asked: Asked) -> Answer:
    """Take the link away again."""
    return _done(asked, merging.unmerge, PARTED)


def _done(asked: Asked, act: Callable[..., None], words: str) -> Answer:
    scope.require(asked, "Patient", "u")
    called = parameters.called(asked, "source-patient", "target-patient", "preview")
    source, target = _chart(called, "source-patient"), _chart(called, "target-patient")
    if source == target:
        raise refused("The two parameters name one patient.")
    if called.flag("preview"):
        merging.may(source, target, by=asked.requester)
        return _told(PREVIEW)
    act(source, target, by=asked.requester)
    return _told(words)


def _chart(called: parameters.Called, name: str) -> ChartId:
    """The chart of a patient named by reference. Raises NOT_FOUND for an unknown one, as for one that is hidden."""
    text = called.text(name)
    if not text:
        raise refused("Name source-patient and target-patient, each as a reference.")
    found = queries.chart_of(resource_id(text.removeprefix("Patient/")))
    if found is None or found == SHARED_CHART:
        raise plans.not_found()
    return found


def _told(words: str) -> Answer:
    outcome = msgspec.Raw(answers.told(words))
    body = {"resourceType": "Parameters", "parameter": [{"name": "outcome", "resource": outcome}]}
    return Answer(200, msgspec.json.encode(body))
