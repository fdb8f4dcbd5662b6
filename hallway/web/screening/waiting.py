"""What was put to a patient and waits for answers: a new address for it, or taking it back."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from hallway.consent import gate
from hallway.identity.requester import CLINICIANS
from hallway.ids import ChartId
from hallway.screening.asking import actions, queries, refusals
from hallway.screening.models import Sitting
from hallway.web.access import PageRequest, page
from hallway.web.questions.handing import hand_over
from hallway.web.screening.asking import header_of, show_link
from hallway.web.screening.today import ASKERS


@page(*ASKERS, patient=True)
@require_POST
def waiting(request: PageRequest, sitting_id: UUID) -> HttpResponse:
    """Hand this device over once more or show another link ("again"), or take it back; the address before is shut.

    What was answered stays: it stands on the new page, or is filed as stopped.
    """
    by = request.requester
    sitting = queries.sitting(by, sitting_id)
    if sitting is None:
        raise gate.not_found()
    match request.POST.get("do"):
        case "again":
            return _again(request, sitting)
        case "back":
            actions.withdraw(sitting_id, by=by)
            return redirect("screening:answers", sitting_id) if _reads(request) else redirect("screening:today")
        case _:
            raise refusals.unknown_code("do")


def _again(request: PageRequest, sitting: Sitting) -> HttpResponse:
    header = header_of(request, ChartId(sitting.chart_id))
    asked = actions.renew_key(sitting.id, by=request.requester)
    if sitting.mode == Sitting.Mode.TABLET:
        return hand_over(request, asked)
    named = sitting.instruments if _reads(request) else ()
    return show_link(request, header, asked, language=sitting.language, named=named)


def _reads(request: PageRequest) -> bool:
    """Whether what was answered, and what followed from it, is for this reader: the desk goes back to its list."""
    return request.requester.role in CLINICIANS
