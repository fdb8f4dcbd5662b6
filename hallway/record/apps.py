"""Django's registration of ``record``."""

from django.apps import AppConfig


class RecordConfig(AppConfig):
    """The ``record`` room."""

    name = "hallway.record"
    label = "record"
    default_auto_field = "django.db.models.BigAutoField"
