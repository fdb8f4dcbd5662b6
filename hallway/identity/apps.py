"""Django's registration of ``identity``."""

from django.apps import AppConfig


class IdentityConfig(AppConfig):
    """The ``identity`` room."""

    name = "hallway.identity"
    label = "identity"
    default_auto_field = "django.db.models.BigAutoField"
