"""Addresses of ``progress``."""

from django.urls import URLPattern, URLResolver, path

from hallway.web.progress import listing, targets

urlpatterns: list[URLPattern | URLResolver] = [
    path("", listing.listing, name="list"),
    path("<int:chart_id>/<str:instrument>/", targets.target, name="target"),
]
