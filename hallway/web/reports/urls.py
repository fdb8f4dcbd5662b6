"""Addresses of ``reports``."""

from django.urls import URLPattern, URLResolver, path

from hallway.web.reports import compose_views, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.due, name="due"),
    path("of/<uuid:referral_id>/", compose_views.draft, name="draft"),
    path("<uuid:report_id>/", views.read, name="read"),
    path("<uuid:report_id>/compose/", compose_views.compose, name="compose"),
    path("<uuid:report_id>/amend/", compose_views.amend, name="amend"),
    path("<uuid:report_id>/acknowledge/", views.acknowledge, name="acknowledge"),
    path("<uuid:report_id>/note/", views.note, name="note"),
    path("<uuid:report_id>/report.pdf", views.pdf, name="pdf"),
]
