"""Django's registration of ``labels``."""

from django.apps import AppConfig


class LabelsConfig(AppConfig):
    """The ``labels`` room."""

    name = "hallway.labels"
    label = "labels"
    default_auto_field = "django.db.models.BigAutoField"
