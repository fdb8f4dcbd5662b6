"""Addresses of ``network``."""

from django.urls import URLPattern, URLResolver, path

from hallway.web.network import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.dashboard, name="dashboard"),
    path("report-back.csv", views.download, name="download"),
]
