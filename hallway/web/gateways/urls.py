"""Addresses of ``gateways``."""

from django.urls import URLPattern, URLResolver, path

from hallway.web.gateways import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("consent/decisions", views.decisions, name="decisions"),
    path("cds-services", views.discovery, name="discovery"),
    path("cds-services/patient-consent-consult", views.consult, name="consult"),
]
