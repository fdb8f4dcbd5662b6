"""Django's registration of ``talking``."""

from django.apps import AppConfig


class TalkingConfig(AppConfig):
    """The ``talking`` room."""

    name = "hallway.talking"
    label = "talking"
    default_auto_field = "django.db.models.BigAutoField"
