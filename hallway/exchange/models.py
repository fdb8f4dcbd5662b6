"""Tables of the room, each beside what it is for."""

from hallway.exchange.cds_hooks.models import CallingSystem, CardShown
from hallway.exchange.ehr_launch.models import Ehr, EhrLaunch, EhrPerson
from hallway.exchange.subscriptions.models import Binding, Notice, Subscription

__all__ = [
    "Binding",
    "CallingSystem",
    "CardShown",
    "Ehr",
    "EhrLaunch",
    "EhrPerson",
    "Notice",
    "Subscription",
]
