"""Addresses of ``denials``."""

from django.urls import URLPattern, URLResolver, path

from hallway.web.denials import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.listed, name="list"),
    path("<uuid:denial_id>/", views.show, name="show"),
]
