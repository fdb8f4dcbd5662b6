"""Addresses of ``chart``: the nine tabs, and what a clinician writes."""

from django.urls import URLPattern, URLResolver, path

from hallway.web.chart import views, writing
from hallway.web.consents import tab as consents_tab

urlpatterns: list[URLPattern | URLResolver] = [
    path("<int:chart_id>/", views.overview, name="overview"),
    path("<int:chart_id>/timeline/", views.timeline, name="timeline"),
    path("<int:chart_id>/problems/", views.problem_list, name="problems"),
    path("<int:chart_id>/medicines/", views.medicine_list, name="medicines"),
    path("<int:chart_id>/scores/", views.score_list, name="scores"),
    path("<int:chart_id>/notes/", views.note_list, name="notes"),
    path("<int:chart_id>/documents/", views.document_list, name="documents"),
    path("<int:chart_id>/consents/", consents_tab.consents, name="consents"),
    path("<int:chart_id>/loops/", views.loop_list, name="loops"),
    path("<int:chart_id>/notes/write/", writing.write_note, name="write_note"),
    path("<int:chart_id>/notes/private/", writing.private_notes, name="private_notes"),
    path("<int:chart_id>/scores/record/", writing.record_score, name="record_score"),
    path("<int:chart_id>/problems/add/", writing.add_problem, name="add_problem"),
    path("<int:chart_id>/medicines/add/", writing.add_medicine, name="add_medicine"),
    path("<int:chart_id>/medicines/<str:resource_id>/stop/", writing.stop_medicine, name="stop_medicine"),
]
