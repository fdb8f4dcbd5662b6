"""Addresses of ``parts``."""

from django.urls import URLPattern, URLResolver, path

from hallway.web.parts import views

urlpatterns: list[URLPattern | URLResolver] = [path("", views.parts, name="parts")]
