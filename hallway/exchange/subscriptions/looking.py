"""What a subscriber may be told of one notice, now: the gate is asked anew at every delivery and every repetition."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from hallway.consent import gate
from hallway.consent.models import Consent
from hallway.consultation.models import Report
from hallway.errors import HallwayError, Kind
from hallway.exchange.subscriptions.models import Notice
from hallway.exchange.subscriptions.tables import topics
from hallway.identity.requester import Requester
from hallway.ids import ChartId, ReferralId, ResourceId
from hallway.loops.models import Loop
from hallway.loops.queries import loops_of_referral
from hallway.record import queries as record
from hallway.record.stored import StaleRelease, Stored
from hallway.referral.models import Referral
from hallway.referral.sight import look

ROUTE = "subscription"


@dataclass(frozen=True, slots=True)
class _Asked:
    """One notice and for whom. ``key`` and ``number`` are the two parts of its source."""

    requester: Requester
    chart_id: ChartId
    topic: str
    key: UUID
    number: int


def released(notice: Notice, topic: str, requester: Requester) -> Stored | None:
    """The resource that the notice is about, if its owner may know of it now; else None, whatever the reason.

    A line of the ledger is written with the reading. Raises HallwayError of another kind than "not there" when the
    gate cannot be relied on: then nothing is decided, and the notice waits.
    """
    kind, key, number = notice.source.split("/")
    asked = _Asked(requester, ChartId(notice.chart_id), topic, UUID(key), int(number))
    for last in (False, True):
        try:
            return _LOOKS[kind](asked)
        except StaleRelease:
            if last:
                raise
        except HallwayError as error:
            if error.kind in (Kind.NOT_FOUND, Kind.GONE):
                return None
            raise
    return None


def _referral(asked: _Asked) -> Stored | None:
    """A step that this reader knows of, about the request; on the topic of reports, about the report."""
    sight = look(asked.requester, asked.key)
    if asked.number not in {step.position for step in sight.steps}:
        return None
    if asked.topic == topics.REPORT:
        report = Report.objects.filter(referral_id=asked.key).exclude(composition_id="").order_by("-drafted_at").first()
        return None if report is None else _one(asked, "Composition", report.composition_id)
    return _one(asked, "ServiceRequest", sight.referral.service_request_id)


def _loop(asked: _Asked) -> Stored | None:
    """Something late that this reader may know to be owed, about the request it belongs to."""
    referral = Referral.objects.filter(id__in=_referral_of(asked)).first()
    if referral is None:
        return None
    known = loops_of_referral(asked.requester, ReferralId(referral.id))
    if asked.key not in {row.id for row in known}:
        return None
    return _one(asked, "ServiceRequest", referral.service_request_id)


def _referral_of(asked: _Asked) -> list[UUID]:
    return [one for one in Loop.objects.filter(id=asked.key).values_list("referral_id", flat=True) if one]


def _consent(asked: _Asked) -> Stored | None:
    resource_id = Consent.objects.filter(id=asked.key).values_list("resource_id", flat=True).first()
    return _one(asked, "Consent", resource_id or "")


def _encounter(asked: _Asked) -> Stored | None:
    return _one(asked, "Encounter", str(asked.key))


def _one(asked: _Asked, kind: str, resource_id: str) -> Stored | None:
    scopes = asked.requester.scopes
    if not resource_id or (scopes is not None and (not scopes.allows(kind, "r") or scopes.narrowings(kind, "r"))):
        return None
    release = gate.release(asked.requester, asked.chart_id)
    return record.read_one(release, kind, ResourceId(resource_id), route=ROUTE)


_LOOKS: dict[str, Callable[[_Asked], Stored | None]] = {
    "referral": _referral,
    "loop": _loop,
    "consent": _consent,
    "encounter": _encounter,
}
