"""Addresses of ``law``."""

from django.urls import URLPattern, URLResolver, path

from hallway.web.law import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.listed, name="list"),
    path("try/", views.try_it, name="try"),
    path("row/<str:rule_id>/", views.row, name="row"),
]
