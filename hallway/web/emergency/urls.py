"""Addresses of ``emergency``."""

from django.urls import URLPattern, URLResolver, path

from hallway.web.emergency import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.reviews, name="reviews"),
    path("open/<int:chart_id>/", views.open_access, name="open"),
    path("<uuid:emergency_id>/", views.show_access, name="show"),
    path("<uuid:emergency_id>/close/", views.close_access, name="close"),
]
