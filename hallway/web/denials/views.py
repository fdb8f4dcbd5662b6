"""What was asked for and not given, on which ground of 45 CFR part 171, and what is done about it."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from hallway.consent import gate
from hallway.consent import queries as consent_queries
from hallway.consent.denials import blocking
from hallway.consent.denials.blocking import Shown
from hallway.consent.tables import library
from hallway.identity.requester import CLINICIANS, Role
from hallway.record.classes import DataClass
from hallway.web.access import PageRequest, page
from hallway.web.consents.questions import FORM_NAMES
from hallway.web.context import ROLE_LABELS
from hallway.web.law.words import class_words

COMPOSERS = frozenset({*CLINICIANS, Role.FRONT_DESK})
READERS = (*sorted(COMPOSERS), Role.PRIVACY_OFFICER)
ROUTES = {
    "preview": "Preview of sharing",
    "referral": "Referral",
    "report": "Report",
    "why": "Question why",
    "decision": "Another system asked",
    "access": "Request for access",
}


@page(Role.PRIVACY_OFFICER)
@require_GET
def listed(request: PageRequest) -> HttpResponse:
    """Every denial that this privacy officer answers for, newest first."""
    rows = [_values(one) for one in blocking.denials_at(request.requester)]
    return render(request, "denials/list.html", {"rows": rows, "limit": blocking.SHOWN})


@page(*READERS, patient=True)
@require_GET
def show(request: PageRequest, denial_id: UUID) -> HttpResponse:
    """One denial, for the practice whose record it is: the ground, and the form that would open it."""
    denial = blocking.denial_for(request.requester, denial_id)
    header = consent_queries.headers(request.requester, [denial.chart_id]).get(denial.chart_id)
    if header is None:
        raise gate.not_found()
    may_compose = request.requester.role in COMPOSERS and bool(denial.form_kind)
    values = {
        **_values(denial),
        "header": header,
        "rules": [row for rule_id in denial.rule_ids if (row := library.rules().get(rule_id))],
        "compose": _compose(denial) if may_compose else "",
    }
    return render(request, "denials/show.html", values)


def _values(denial: Shown) -> dict[str, object]:
    return {
        "denial": denial,
        "route": ROUTES.get(denial.route, denial.route),
        "role": ROLE_LABELS.get(Role(denial.asker_role), denial.asker_role),
        "classes": class_words(DataClass(denial.classes)),
        "form_name": FORM_NAMES.get(denial.form_kind, "") if denial.form_kind else "",
    }


def _compose(denial: Shown) -> str:
    """The composer with the form, its recipient and its purpose filled in."""
    asked = [("kind", denial.form_kind), ("for", denial.purpose)]
    if denial.recipient_org:
        asked.append(("to", f"{denial.recipient_org}-{denial.recipient_practitioner}"))
    return f"{reverse('consents:compose', args=[denial.chart_id])}?{urlencode(asked)}"
