"""Addresses of ``deliveries``."""

from django.urls import URLPattern, URLResolver, path

from hallway.web.deliveries import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.listed, name="listed"),
    path("again", views.again, name="again"),
]
