"""Django's registration of ``consent``."""

from django.apps import AppConfig


class ConsentConfig(AppConfig):
    """The ``consent`` room."""

    name = "hallway.consent"
    label = "consent"
    default_auto_field = "django.db.models.BigAutoField"
