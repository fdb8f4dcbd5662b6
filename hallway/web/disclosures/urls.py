"""Addresses of ``disclosures``."""

from django.urls import URLPattern, URLResolver, path

from hallway.web.disclosures import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("<int:chart_id>/", views.show, name="show"),
    path("<int:chart_id>/new", views.record, name="new"),
    path("<int:chart_id>/hold", views.hold, name="hold"),
    path("<int:chart_id>/accounting.pdf", views.pdf, name="pdf"),
]
