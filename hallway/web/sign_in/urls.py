"""Addresses of ``sign_in``."""

from django.urls import URLPattern, URLResolver, path

from hallway.web.sign_in import enrol, passkeys, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.front, name="front"),
    path("sign-in", views.sign_in, name="sign-in"),
    path("sign-in/code", views.code, name="code"),
    path("sign-in/second-factor", enrol.second_factor, name="second-factor"),
    path("sign-in/passkey/challenge", passkeys.challenge, name="passkey-challenge"),
    path("sign-in/passkey", passkeys.answer, name="passkey"),
    path("sign-in/demo/<int:account_id>", views.demo, name="demo"),
    path("role", views.role, name="role"),
    path("sign-out", views.sign_out, name="sign-out"),
    path("stay", views.stay, name="stay"),
    path("help", views.help_page, name="help"),
]
