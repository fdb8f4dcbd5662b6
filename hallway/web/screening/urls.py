"""Addresses of ``screening``."""

from django.urls import URLPattern, URLResolver, path

from hallway.web.screening import answers, asking, today, typing, waiting

urlpatterns: list[URLPattern | URLResolver] = [
    path("", today.today, name="today"),
    path("<int:chart_id>/ask/", asking.ask, name="ask"),
    path("<int:chart_id>/type/", typing.type_in, name="type_in"),
    path("<uuid:sitting_id>/", answers.answers, name="answers"),
    path("<uuid:sitting_id>/waiting/", waiting.waiting, name="waiting"),
]
