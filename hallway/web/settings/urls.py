"""Addresses of ``settings``."""

from django.urls import URLPattern, URLResolver, path

from hallway.web.settings import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.settings_page, name="settings"),
    path("looks", views.looks, name="looks"),
    path("codes", views.codes, name="codes"),
    path("proof", views.proof, name="proof"),
    path("password", views.password, name="password"),
    path("passkeys/<int:passkey_id>/remove", views.remove_passkey, name="remove-passkey"),
]
