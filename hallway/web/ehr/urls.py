"""Addresses of ``ehr``: where EHRs open Hallway, and where a practice's leader registers them."""

from django.urls import URLPattern, URLResolver, path

from hallway.web.ehr import mine, registering, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("launch", views.launch, name="launch"),
    path("launch/<int:ehr_id>/back", views.back, name="back"),
    path("launch/connect/<str:ticket>", views.connect, name="connect"),
    path("launch/chart/<str:ticket>", views.chart, name="chart"),
    path("ehrs/", registering.list_page, name="list"),
    path("ehrs/new", registering.new, name="new"),
    path("ehrs/<int:ehr_id>", registering.edit, name="edit"),
    path("ehrs/<int:ehr_id>/end", registering.end, name="end"),
    path("ehrs/mine/<int:tie_id>/end", mine.end, name="untie"),
]
