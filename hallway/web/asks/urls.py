"""Addresses of ``asks``."""

from django.urls import URLPattern, URLResolver, path

from hallway.web.asks import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.waiting, name="list"),
    path("<uuid:ask_id>/", views.show, name="show"),
]
