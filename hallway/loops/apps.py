"""Django's registration of ``loops``."""

from django.apps import AppConfig


class LoopsConfig(AppConfig):
    """The ``loops`` room."""

    name = "hallway.loops"
    label = "loops"
    default_auto_field = "django.db.models.BigAutoField"
