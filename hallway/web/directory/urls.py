"""Addresses of ``directory``."""

from django.urls import URLPattern, URLResolver, path

from hallway.web.directory import views

urlpatterns: list[URLPattern | URLResolver] = [path("", views.directory, name="directory")]
