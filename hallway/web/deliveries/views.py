"""Receivers that do not answer, what was set aside, and sending it again."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from hallway.exchange.subscriptions import actions, queries
from hallway.identity.requester import Role
from hallway.web import typed
from hallway.web.access import PageRequest, page

_WORDS = {
    "timeout": "No answer in time",
    "no-answer": "Nobody there",
    "private": "A private address",
    "no-tls": "No TLS",
    "too-large": "An answer too large",
    "address": "No address",
    "mail-refused": "The mail server refused it",
}


@page(Role.NETWORK_ADMINISTRATOR)
@require_GET
def listed(request: PageRequest) -> HttpResponse:
    """Everything that does not go out."""
    return _shown(request)


@page(Role.NETWORK_ADMINISTRATOR)
@require_POST
def again(request: PageRequest) -> HttpResponse:
    """Put one notification back among what is to be sent; the gate is asked anew when it goes out."""
    wanted = typed.number(request.POST.get("notice", ""), digits=18)
    done = wanted is not None and actions.send_again(wanted, by=request.requester)
    said = "It will be sent again." if done else "It is not set aside any more. Nothing was changed."
    return _shown(request, said=said)


def _shown(request: PageRequest, *, said: str = "") -> HttpResponse:
    values = {
        "failing": [(one, _words(one.error)) for one in queries.failing()],
        "dead": [(one, _words(one.error)) for one in queries.dead()],
        "said": said,
    }
    return render(request, "deliveries/list.html", values)


def _words(code: str) -> str:
    if code.startswith("status-"):
        return f"Answered {code.removeprefix('status-')}"
    return _WORDS.get(code, "Not delivered")
