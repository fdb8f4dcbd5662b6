"""Addresses of ``my``."""

from django.urls import URLPattern, URLResolver, path

from hallway.web.my import asking, kept, people, record, seen, sharing, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("sharing/", sharing.sharing, name="sharing"),
    path("sharing/now/", sharing.now, name="now"),
    path("sharing/<uuid:consent_id>/", sharing.form, name="form"),
    path("seen/", seen.seen, name="seen"),
    path("emergencies/", seen.emergencies, name="emergencies"),
    path("record/", record.record, name="record"),
    path("record.json", record.download, name="download"),
    path("record.pdf", record.printed, name="printed"),
    path("people/", people.people, name="people"),
    path("kept/", kept.kept, name="kept"),
    path("asks/", asking.asks, name="asks"),
    path("asks/new/<str:kind>/", asking.new, name="ask"),
    path("contact/", asking.contact, name="contact"),
]
