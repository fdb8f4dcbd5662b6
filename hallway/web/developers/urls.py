"""Addresses of ``developers``."""

from django.urls import URLPattern, URLResolver, path

from hallway.web.developers import sample, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.tried, name="tried"),
    path("client", views.client, name="client"),
    path("sample", sample.page, name="sample"),
    path("sample/key", sample.key, name="sample-key"),
]
