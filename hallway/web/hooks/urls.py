"""Addresses of ``hooks``."""

from django.urls import URLPattern, URLResolver, path

from hallway.web.hooks import views

urlpatterns: list[URLPattern | URLResolver] = [path("", views.feedback, name="feedback")]
