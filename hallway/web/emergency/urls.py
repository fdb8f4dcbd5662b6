"""Addresses of ``emergency``."""

from django.urls import URLPattern, URLResolver, path

from hallway.web.emergency import finding, reviewing, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", reviewing.reviews, name="reviews"),
    path("mine/", reviewing.mine, name="mine"),
    path("find/", finding.find, name="find"),
    path("open/<int:chart_id>/", views.open_access, name="open"),
    path("<uuid:emergency_id>/", views.show_access, name="show"),
    path("<uuid:emergency_id>/close/", views.close_access, name="close"),
    path("<uuid:emergency_id>/tell/", reviewing.tell, name="tell"),
    path("<uuid:emergency_id>/call/", reviewing.call, name="call"),
]
