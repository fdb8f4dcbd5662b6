"""Django's registration of ``referral``."""

from django.apps import AppConfig


class ReferralConfig(AppConfig):
    """The ``referral`` room."""

    name = "hallway.referral"
    label = "referral"
    default_auto_field = "django.db.models.BigAutoField"
