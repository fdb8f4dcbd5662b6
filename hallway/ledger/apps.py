"""Django's registration of ``ledger``."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """The ``ledger`` room."""

    name = "hallway.ledger"
    label = "ledger"
    default_auto_field = "django.db.models.BigAutoField"
