"""Django's registration of ``screening``."""

from pathlib import Path

from django.apps import AppConfig
from django.conf import settings

from hallway.screening.instruments import library


class ScreeningConfig(AppConfig):
    """The ``screening`` room."""

    name = "hallway.screening"
    label = "screening"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Join the texts that this installation is licensed for; one that cannot be used stops the start."""
        library.use_texts(Path(settings.INSTRUMENT_TEXTS))
