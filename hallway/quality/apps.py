"""Django's registration of ``quality``."""

from django.apps import AppConfig


class QualityConfig(AppConfig):
    """The ``quality`` room."""

    name = "hallway.quality"
    label = "quality"
    default_auto_field = "django.db.models.BigAutoField"
