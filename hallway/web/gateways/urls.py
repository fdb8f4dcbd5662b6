"""Addresses of ``gateways``."""

from django.urls import URLPattern, URLResolver, path

from hallway.web.gateways import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("consent/decisions", views.decisions, name="decisions"),
    path("cds-services", views.discovery, name="discovery"),
    path("cds-services/patient-consent-consult", views.consult, name="consult"),
    path("cds-services/<slug:service>", views.hook, name="hook"),
    path("cds-services/<slug:service>/feedback", views.told, name="told"),
]
