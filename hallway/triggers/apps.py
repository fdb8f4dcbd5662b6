"""Django's registration of ``triggers``."""

from django.apps import AppConfig


class TriggersConfig(AppConfig):
    """The ``triggers`` room."""

    name = "hallway.triggers"
    label = "triggers"
    default_auto_field = "django.db.models.BigAutoField"
