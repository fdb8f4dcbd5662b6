"""Addresses of ``developers``."""

from django.urls import URLPattern, URLResolver, path

from hallway.web.developers import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.tried, name="tried"),
    path("client", views.client, name="client"),
]
