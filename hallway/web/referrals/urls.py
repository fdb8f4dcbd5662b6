"""Addresses of ``referrals``."""

from django.urls import URLPattern, URLResolver, path

from hallway.web.referrals import draft_views, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.listing, name="list"),
    path("new/<int:chart_id>/", draft_views.new, name="new"),
    path("new/<int:chart_id>/gate/", draft_views.gate, name="gate"),
    path("<uuid:referral_id>/", views.show, name="show"),
    path("<uuid:referral_id>/draft/", draft_views.draft, name="draft"),
    path("<uuid:referral_id>/hand-off/", draft_views.hand_off, name="hand_off"),
    path("<uuid:referral_id>/steps/<slug:step>/", views.take_step, name="step"),
]
