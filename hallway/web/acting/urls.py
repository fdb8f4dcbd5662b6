"""Addresses of ``acting``."""

from django.urls import URLPattern, URLResolver, path

from hallway.web.acting import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("<int:chart_id>/", views.acting_people, name="list"),
    path("<int:chart_id>/minor/", views.minors_own, name="minor"),
]
