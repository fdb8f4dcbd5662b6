"""Addresses of ``messages``."""

from django.urls import URLPattern, URLResolver, path

from hallway.web.messages import asking, coordination, reaching, threads

urlpatterns: list[URLPattern | URLResolver] = [
    path("", threads.listing, name="list"),
    path("new/<int:chart_id>/", threads.new, name="new"),
    path("<uuid:thread_id>/", threads.thread, name="thread"),
    path("<uuid:thread_id>/close/", threads.close, name="close"),
    path("<uuid:thread_id>/sheet.pdf", threads.sheet, name="sheet"),
    path("requests/new/<int:chart_id>/", asking.ask, name="ask"),
    path("requests/<uuid:request_id>/", asking.show, name="request"),
    path("requests/<uuid:request_id>/file/", asking.file, name="file"),
    path("requests/<uuid:request_id>/steps/<slug:step>/", asking.take_step, name="step"),
    path("coordination/<int:chart_id>/", coordination.checklist, name="checklist"),
    path("coordination/<int:chart_id>/list.pdf", coordination.paper, name="paper"),
    path("coordination/<int:chart_id>/contact/", coordination.contact, name="contact"),
    path("reach/", reaching.card, name="reach"),
    path("lines/", reaching.lines, name="lines"),
]
