"""Addresses of ``by_link``: short, because some people type them."""

from django.urls import URLPattern, URLResolver, path

from hallway.web.by_link import views

urlpatterns: list[URLPattern | URLResolver] = [path("<str:token>/", views.sign, name="sign")]
