"""What is kept from a parent or a payer, and why: in general words for those who act, in full for the patient."""

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from hallway.consent import actions, gate
from hallway.consent.rights import asks, limits, minors
from hallway.consent.tables import library
from hallway.consent.tables.profiles import ALL_CLASSES
from hallway.identity.requester import Role
from hallway.record.classes import DataClass
from hallway.web.access import PageRequest, page
from hallway.web.my.people import uuid_of
from hallway.web.my.views import EITHER, MINE, name_of

PARENT_RULES = ("US-PARENT-MINOR-CONSENTED", "US-P2-PARENT", "US-PARENT-SENSITIVE", "US-PSY-ACTING")

KEPT_WORDS = {
    "everything": "your whole record there",
    "mental_health": "mental health care",
    "substance_use": "substance use treatment",
    "hiv": "HIV tests and care",
    "genetic": "genetic tests",
    "reproductive": "birth control, pregnancy and the like",
    "gender": "gender care",
}
_BY_CLASSES = {asks.TOPICS[topic] & ALL_CLASSES: said for topic, said in KEPT_WORDS.items()}


def _in_words(one: limits.Kept) -> dict[str, object]:
    """What a practice agreed to keep, from whom, since when."""
    paid = one.classes == int(DataClass.SELF_PAY_RESTRICTED)
    said = "visits that you paid for" if paid else _BY_CLASSES.get(one.classes, "some of your record")
    return {
        "id": one.id,
        "organization": one.organization,
        "recipient": one.recipient,
        "agreed_at": one.agreed_at,
        "words": said,
    }


@page(*EITHER)
@require_http_methods(["GET", "POST"])
def kept(request: PageRequest) -> HttpResponse:
    """The same rules for every reader of a kind: nothing here says whether there is anything they keep.

    What a practice agreed to keep ends by the patient's own word, here in writing (45 CFR 164.522(a)(2)(i)).
    """
    reader = request.requester
    mine = reader.role is MINE
    if request.method == "POST":
        if not mine:
            raise gate.not_found()
        actions.end_restriction(uuid_of(request.POST.get("id", "")), "patient_written", by=reader)
        return HttpResponseRedirect(reverse("my:kept"))
    values = {
        "name": name_of(reader) if mine else "",
        "is_mine": mine,
        "is_parent": reader.role is Role.REPRESENTATIVE,
        "rules": [library.rule(rule_id) for rule_id in PARENT_RULES],
        "states": minors.for_young_people(),
        "restrictions": [_in_words(one) for one in limits.restrictions_of(reader)] if mine else [],
        "asked": [one for one in asks.asks_of(reader) if one.kind in ("restriction", "self_pay")] if mine else [],
    }
    return render(request, "my/kept.html", values)
