"""Every address a browser may ask for. A page package owns the addresses below its own prefix."""

from django.urls import URLPattern, URLResolver, include, path

from hallway.web import health, metrics

PAGES = {
    "": "sign_in",
    "worklist/": "worklist",
    "screening/": "screening",
    "progress/": "progress",
    "patients/": "patients",
    "charts/": "chart",
    "referrals/": "referrals",
    "hand-offs/": "handoff",
    "reports/": "reports",
    "directory/": "directory",
    "network/": "network",
    "consents/": "consents",
    "s/": "by_link",
    "q/": "questions",
    "emergency/": "emergency",
    "safety/": "safety",
    "review/": "review",
    "my-care/": "my",
    "acting/": "acting",
    "asks/": "asks",
    "denials/": "denials",
    "hooks/": "hooks",
    "deliveries/": "deliveries",
    "due/": "due",
    "disclosures/": "disclosures",
    "rules/": "law",
    "settings/": "settings",
    "parts/": "parts",
    "api/": "api",
    "developers/": "developers",
    "messages/": "messages",
}

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz, name="healthz"),
    path("metrics", metrics.metrics, name="metrics"),
    path("", include(("hallway.web.gateways.urls", "gateways"))),
    path("", include(("hallway.web.programs.urls", "programs"))),
    path("", include(("hallway.web.ehr.urls", "ehr"))),
    *(path(prefix, include((f"hallway.web.{name}.urls", name))) for prefix, name in PAGES.items()),
]

handler400 = "hallway.web.errors.bad_request"
handler403 = "hallway.web.errors.forbidden"
handler404 = "hallway.web.errors.not_found"
handler500 = "hallway.web.errors.fault"
