"""Addresses of ``safety``."""

from django.urls import URLPattern, URLResolver, path

from hallway.web.safety import telling, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.running, name="list"),
    path("open/<int:chart_id>/", views.begin, name="begin"),
    path("told/<uuid:told_id>/", telling.told, name="told"),
    path("<uuid:safety_id>/", views.show, name="show"),
    path("<uuid:safety_id>/close/", views.end, name="close"),
    path("<uuid:safety_id>/tell/", telling.tell, name="tell"),
    path("<uuid:safety_id>/plan.pdf", views.plan_pdf, name="plan"),
]
