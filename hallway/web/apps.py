"""Django's registration of ``web``."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """The ``web`` room."""

    name = "hallway.web"
    label = "web"
    default_auto_field = "django.db.models.BigAutoField"
