"""Addresses of ``programs``: those that programs call, and the pages of people who use, launch and register them."""

from django.urls import URLPattern, URLResolver, path

from hallway.exchange.smart.places import CONFIGURATION, JWKS, OPENID
from hallway.web.programs import asking, mine, opening, protocol, registering

urlpatterns: list[URLPattern | URLResolver] = [
    path(CONFIGURATION[1:], protocol.configuration, name="configuration"),
    path(OPENID[1:], protocol.openid, name="openid"),
    path(JWKS[1:], protocol.jwks, name="jwks"),
    path("oauth/authorize", protocol.authorize, name="authorize"),
    path("oauth/token", protocol.token, name="token"),
    path("oauth/revoke", protocol.revoke, name="revoke"),
    path("oauth/introspect", protocol.introspect, name="introspect"),
    path("oauth/userinfo", protocol.userinfo, name="userinfo"),
    path("apps/style.json", protocol.style, name="style"),
    path("apps/ask/<str:ask>", asking.ask_page, name="ask"),
    path("apps/mine", mine.list_page, name="mine"),
    path("apps/mine/<int:grant_id>/end", mine.end, name="end-grant"),
    path("apps/open/<int:chart_id>", opening.open_page, name="open"),
    path("apps/registered", registering.list_page, name="registered"),
    path("apps/registered/new", registering.new, name="new"),
    path("apps/registered/<int:app_id>", registering.edit, name="edit"),
    path("apps/registered/<int:app_id>/end", registering.end, name="end"),
]
