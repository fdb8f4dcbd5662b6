"""Addresses of ``patients``."""

from django.urls import URLPattern, URLResolver, path

from hallway.web.patients import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.roster, name="roster"),
    path("find", views.find, name="find"),
    path("new", views.create, name="create"),
]
