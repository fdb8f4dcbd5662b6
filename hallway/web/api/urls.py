"""Addresses of ``api``."""

from django.urls import URLPattern, URLResolver, path

from hallway.web.api import views

urlpatterns: list[URLPattern | URLResolver] = [path("openapi.json", views.document, name="openapi")]
