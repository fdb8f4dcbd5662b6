"""Django's registration of ``directory``."""

from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    """The ``directory`` room."""

    name = "hallway.directory"
    label = "directory"
    default_auto_field = "django.db.models.BigAutoField"
