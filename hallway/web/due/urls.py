"""Addresses of ``due``."""

from django.urls import URLPattern, URLResolver, path

from hallway.web.due import offering, ruling, views
from hallway.web.due.acting import ACTS

urlpatterns: list[URLPattern | URLResolver] = [
    path("offers/<int:chart_id>/", offering.offer, name="offer"),
    path("rules/", ruling.rules, name="rules"),
    path("rules/<slug:rule>/", ruling.tune, name="rule"),
    path("<uuid:firing_id>/", views.show, name="show"),
    path("<uuid:firing_id>/ordered/", views.ordered, name="ordered"),
    path("<uuid:firing_id>/form/", views.sign, name="sign"),
    *(path(f"<uuid:firing_id>/{name}/", views.act, {"name": name}, name=name) for name in ACTS),
]
"""Where each page of what is due lives."""
