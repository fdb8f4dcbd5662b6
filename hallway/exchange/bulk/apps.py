"""Django's registration of ``exchange.bulk``."""

from django.apps import AppConfig


class BulkConfig(AppConfig):
    """Exports and where each stands."""

    name = "hallway.exchange.bulk"
    label = "bulk"
    default_auto_field = "django.db.models.BigAutoField"
