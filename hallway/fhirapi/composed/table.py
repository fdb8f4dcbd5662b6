"""The addresses of what is composed; ``routes`` puts them before those that take any type."""

from hallway.fhirapi.addresses import route
from hallway.fhirapi.composed import group, subscription
from hallway.fhirapi.sent import JSON

SEARCHED = {"Group": group.SEARCHED, "Subscription": subscription.SEARCHED}
"""By which parameters each type is searched; all are coded values."""

ROUTES = (
    route("/fhir/Group/{id}", group.answer),
    route("/fhir/Group", group.answer_search),
    route("/fhir/Subscription", subscription.search),
    route("/fhir/Subscription", subscription.create, method="POST", takes=JSON),
    route("/fhir/Subscription/{id}", subscription.read),
    route("/fhir/Subscription/{id}", subscription.update, method="PUT", takes=JSON),
    route("/fhir/Subscription/{id}", subscription.delete, method="DELETE"),
)
