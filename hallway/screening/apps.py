"""Django's registration of ``screening``."""

from django.apps import AppConfig


class ScreeningConfig(AppConfig):
    """The ``screening`` room."""

    name = "hallway.screening"
    label = "screening"
    default_auto_field = "django.db.models.BigAutoField"
