"""Tables of the room, each beside what it is for."""

from hallway.exchange.cds_hooks.models import CallingSystem, CardShown, UsedToken

__all__ = ["CallingSystem", "CardShown", "UsedToken"]
