"""Django's registration of ``consent``."""

from django.apps import AppConfig


class ConsentConfig(AppConfig):
    """The ``consent`` room."""

    name = "hallway.consent"
    label = "consent"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Refuse the start when a table of law has a gap, an overlap or an unknown word."""
        from hallway.consent.tables import starting

        starting.read_all()
