"""Django's registration of ``triggers``."""

from django.apps import AppConfig

from hallway.triggers import checking
from hallway.triggers.tables.rows import ROWS


class TriggersConfig(AppConfig):
    """The ``triggers`` room."""

    name = "hallway.triggers"
    label = "triggers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """A name that means nothing stops the start: its trigger would stay silent, and look like one that works."""
        checking.refuse(ROWS)
