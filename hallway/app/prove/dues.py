"""What is due on the charts that the callers share: what the rules of both sides found there before the worlds part."""

from hallway import clock
from hallway.app.prove import watching
from hallway.app.prove.cast import Cast
from hallway.triggers.models import Firing

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
