"""Addresses of ``consents``."""

from django.urls import URLPattern, URLResolver, path

from hallway.web.consents import again, composing, linking, papers, signing, taking_back, talking, then, views, why

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.waiting, name="list"),
    path("new/<int:chart_id>/", composing.compose, name="compose"),
    path("new/<int:chart_id>/preview/", composing.preview, name="preview"),
    path("then/<int:chart_id>/", then.then, name="then"),
    path("why/<int:chart_id>/<str:resource_id>/", why.why, name="why"),
    path("sign/", signing.sign, name="sign"),
    path("<uuid:consent_id>/", signing.copy, name="copy"),
    path("<uuid:consent_id>/again/", again.again, name="again"),
    path("<uuid:consent_id>/revoke/", taking_back.revoke, name="revoke"),
    path("<uuid:consent_id>/occurred/", taking_back.occurred, name="occurred"),
    path("<uuid:consent_id>/witness/", signing.witness, name="witness"),
    path("<uuid:consent_id>/form.pdf", signing.paper, name="pdf"),
    path("link/", linking.make, name="link"),
    path("link/<uuid:link_id>/shut/", linking.shut, name="shut-link"),
    path("talk/<int:chart_id>/", talking.talk, name="talk"),
    path("paper/<int:chart_id>/", papers.upload, name="upload"),
    path("page/<uuid:paper_id>/", papers.kept, name="page"),
    path("templates/", papers.templates, name="templates"),
]
