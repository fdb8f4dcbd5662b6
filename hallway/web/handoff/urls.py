"""Addresses of ``handoff``."""

from django.urls import URLPattern, URLResolver, path

from hallway.web.handoff import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.door, name="door"),
    path("waiting/", views.waiting, name="waiting"),
    path("presence/", views.presence, name="presence"),
    path("<uuid:handoff_id>/", views.knock, name="knock"),
    path("<uuid:handoff_id>/answer/", views.answer, name="answer"),
]
