"""What is kept from a parent or a payer, and why: in general words for those who act, in full for the patient."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from hallway.consent import asks, limits, minors
from hallway.consent.tables import library
from hallway.identity.requester import Role
from hallway.web.access import PageRequest, page
from hallway.web.my.views import EITHER, MINE, name_of

PARENT_RULES = ("US-PARENT-MINOR-CONSENTED", "US-P2-PARENT", "US-PARENT-SENSITIVE", "US-PSY-ACTING")


@page(*EITHER)
@require_GET
def kept(request: PageRequest) -> HttpResponse:
    """The same rules for every reader of a kind: nothing here says whether there is anything they keep."""
    reader = request.requester
    mine = reader.role is MINE
    values = {
        "name": name_of(reader) if mine else "",
        "is_mine": mine,
        "is_parent": reader.role is Role.REPRESENTATIVE,
        "rules": [library.rule(rule_id) for rule_id in PARENT_RULES],
        "states": minors.for_young_people(),
        "restrictions": limits.restrictions_of(reader) if mine else [],
        "asked": [one for one in asks.asks_of(reader) if one.kind in ("restriction", "self_pay")] if mine else [],
    }
    return render(request, "my/kept.html", values)
