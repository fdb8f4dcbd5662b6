"""What is due on the charts that the callers share: what the rules of both sides found there before the worlds part."""

from hallway import clock
from hallway.app.prove import watching
from hallway.app.prove.cast import Cast
from hallway.errors import HallwayError
from hallway.triggers import actions, queries
from hallway.triggers.models import Firing
from hallway.triggers.offering.actions import OfferSaid, record_offer

LITHIUM, IBUPROFEN = "6448", "5640"
"""RxNorm ingredients that a rule looks at together."""
OWNERS = ("millbrook", "northgate")


def serve(cast: Cast) -> None:
    """The first look at both charts."""
    cast.know("rule", "T1")
    watching.look(cast, "before", clock.now())
    owners = [cast.organizations[one] for one in OWNERS]
    found = Firing.objects.filter(organization_id__in=owners, state="open").order_by("id")
    for key in found.values_list("id", flat=True):
        cast.know("firing_id", key)
    _take_labs(cast)
    # They want care of the other side: the referral is owed.
    record_offer(cast.charts["otto"], OfferSaid("wants"), by=cast.callers["pcp"])


def _take_labs(cast: Cast) -> None:
    """A clinician of each side has taken laboratory tests upon themselves, and not ordered them yet."""
    for who in ("pcp", "psychiatrist"):
        by = cast.callers[who]
        seen = Firing.objects.filter(organization_id=by.organization_id, state="open").order_by("id")
        for key in seen.values_list("id", flat=True):
            try:
                view = queries.firing(by, key)
            except HallwayError:
                continue
            actions.take_labs(view, by=by, text="Lithium level, creatinine", days=7)
            cast.know("labs_firing", f"{who}/{key}")
            break
