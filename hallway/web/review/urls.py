"""Addresses of ``review``."""

from django.urls import URLPattern, URLResolver, path

from hallway.web.review import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.listed, name="list"),
    path("paper", views.paper, name="paper"),
    path("file", views.file, name="file"),
    path("decide", views.decide, name="decide"),
    path("undo", views.undo, name="undo"),
]
