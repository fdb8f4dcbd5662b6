"""Addresses of ``questions``: short, because some people type them."""

from django.urls import URLPattern, URLResolver, path

from hallway.web.questions import views

urlpatterns: list[URLPattern | URLResolver] = [path("<str:secret>/", views.ask, name="ask")]
"""One address for all of it. Before a birth date is right it is the same page for whatever stands in it."""
