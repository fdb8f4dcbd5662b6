"""Django's registration of ``consultation``."""

from django.apps import AppConfig


class ConsultationConfig(AppConfig):
    """The ``consultation`` room."""

    name = "hallway.consultation"
    label = "consultation"
    default_auto_field = "django.db.models.BigAutoField"
