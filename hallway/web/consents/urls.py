"""Addresses of ``consents``."""

from django.urls import URLPattern, URLResolver, path

from hallway.web.consents import composing, signing, then, views, why

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.waiting, name="list"),
    path("new/<int:chart_id>/", composing.compose, name="compose"),
    path("new/<int:chart_id>/preview/", composing.preview, name="preview"),
    path("then/<int:chart_id>/", then.then, name="then"),
    path("why/<int:chart_id>/<str:resource_id>/", why.why, name="why"),
    path("sign/", signing.sign, name="sign"),
    path("<uuid:consent_id>/", signing.copy, name="copy"),
    path("<uuid:consent_id>/revoke/", signing.revoke, name="revoke"),
]
