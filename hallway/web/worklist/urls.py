"""Addresses of ``worklist``."""

from django.urls import URLPattern, URLResolver, path

from hallway.web.worklist import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.worklist, name="worklist"),
    path("practice", views.practice, name="practice"),
    path("<int:chart_id>/<uuid:loop_id>/peek", views.peek, name="peek"),
]
