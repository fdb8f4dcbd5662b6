"""Addresses of ``due``."""

from django.urls import URLPattern, URLResolver, path

from hallway.web.due import offering

urlpatterns: list[URLPattern | URLResolver] = [
    path("offers/<int:chart_id>/", offering.offer, name="offer"),
]
"""Where each page of what is due lives."""
