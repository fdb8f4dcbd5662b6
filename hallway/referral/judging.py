"""Whose fact a step is, and what its resources are: the row takes its labels from theirs."""

from dataclasses import replace
from functools import reduce
from operator import or_

from hallway.directory.queries import programs
from hallway.ids import ChartId, OrganizationId, PractitionerId, ResourceId
from hallway.labels.actions import label
from hallway.labels.source import Source
from hallway.record import queries as record
from hallway.record.evidence import Labelled
from hallway.referral import resources, rules
from hallway.referral.models import Referral
from hallway.referral.moves import Move, new_id, receiver_reference
from hallway.referral.sight import Sight
from hallway.referral.states import Side, Tells
from hallway.standards.fhir import r4


def sender_source(referral: Referral) -> Source:
    """Label source of what the sender says."""
    return Source(OrganizationId(referral.sender_org_id), PractitionerId(referral.sender_practitioner_id))


def receiver_source(referral: Referral) -> Source:
    """Label source of what happens at the receiver's."""
    return Source(OrganizationId(referral.receiver_org_id), PractitionerId(referral.receiver_practitioner_id))


def is_part2(organization_id: int) -> bool:
    """Is the organization a substance use program, or part of one?"""
    return bool(programs([organization_id]))


def known_receiver(referral: Referral) -> int:
    """Who receives it, as both sides know: of a program, whom the sender asked; else who took it on."""
    return referral.asked_practitioner_id if is_part2(referral.receiver_org_id) else referral.receiver_practitioner_id


def _is_receivers(referral: Referral, tells: Tells) -> bool:
    """Is a fact of this kind the receiver's to tell?"""
    return tells is Tells.ATTENDANCE or (tells is Tells.ANSWER and is_part2(referral.receiver_org_id))


def step_label(referral: Referral, tells: Tells) -> dict[str, int]:
    """The label of a row that tells such a fact: source, author and mask."""
    if _is_receivers(referral, tells):
        return {
            "source_org_id": referral.receiver_org_id,
            "author_id": referral.receiver_practitioner_id,
            "mask": referral.answer_mask,
        }
    return {
        "source_org_id": referral.source_org_id,
        "author_id": referral.sender_practitioner_id,
        "mask": referral.mask,
    }


def labelled(move: Move, *, is_new: bool) -> list[Labelled]:
    """The step's resources, judged; the row takes its labels from theirs."""
    referral = move.referral
    _ensure_ids(referral)
    found = [_judge(part, sender_source(referral)) for part in _senders_parts(move)]
    answer = _judge(_answer(move), receiver_source(referral))
    referral.answer_mask = answer.mask
    if is_new or move.words is not None:
        referral.mask = next(part.mask for part in found if part.resource_type == "ServiceRequest")
    if referral.accepted_at is not None or _is_receivers(referral, move.whose):
        found.append(answer)
    source = sender_source(referral)
    if _is_receivers(referral, move.whose):
        # An appointment holds no clinical word, but that it was kept is as confidential as the rest of the answer.
        source = replace(receiver_source(referral), carries=answer.mask)
    found += [*(_judge(part, source) for part in move.own), *move.judged]
    named = [part for part in found if part.source_org == source.organization]
    targets = tuple(f"{part.resource_type}/{part.resource_id}" for part in named)
    trace = resources.provenance(new_id(), targets, move.refs, move.at, activity=rules.title(move.legal.step))
    strictest = reduce(or_, (part.mask for part in named), 0)
    about = replace(source, chart_id=ChartId(referral.chart_id), carries=source.carries | strictest)
    return [*found, _judge(trace, about)]


def _judge(part: r4.Part, source: Source) -> Labelled:
    return label(r4.encode(part), source=source)


def _answer(move: Move) -> r4.Task:
    return resources.answer_task(move.referral, move.refs, move.legal.to, move.at, output=move.output)


def _senders_parts(move: Move) -> list[r4.Part]:
    """The sender's Task on every step both sides know, the request itself when its words or its status change."""
    referral, legal = move.referral, move.legal
    if _is_receivers(referral, move.whose):
        return []
    refs = replace(move.refs, receiver=receiver_reference(referral, known_receiver(referral)))
    found: list[r4.Part] = [resources.request_task(referral, refs, legal.to, move.at)]
    was = resources.request_status(legal.source) if legal.source else ""
    changed = was != resources.request_status(legal.to)
    words = move.words or (read_words(move.sight) if changed else None)
    if words is not None:
        found.insert(0, resources.service_request(referral, words, refs, legal.to))
    return found


def read_words(sight: Sight) -> resources.Words | None:
    """The request's words, through the reader's own release; None where a deadline acts and nobody reads.

    A request that a deadline cancelled keeps its status; its Task says that it ended.
    """
    if sight.side is Side.CLOCK:
        return None
    request_id = ResourceId(sight.referral.service_request_id)
    stored = record.read_one(sight.release, "ServiceRequest", request_id, route="referral")
    return resources.words_of(stored.view(r4.ServiceRequest)) if stored is not None else None


def _ensure_ids(referral: Referral) -> None:
    referral.service_request_id = referral.service_request_id or new_id()
    referral.request_task_id = referral.request_task_id or new_id()
    referral.answer_task_id = referral.answer_task_id or new_id()
