"""The network's time zone, where nobody's own is known: its days and business days are meant. Pure."""

from zoneinfo import ZoneInfo

NETWORK = "America/New_York"
"""Its name, as a row of the directory has one."""
NETWORK_ZONE = ZoneInfo(NETWORK)
