"""What a hand left on a signing page, read from the sent form: at the desk and on the patient's own phone alike."""

import base64
import binascii
from dataclasses import replace

from django.http import HttpRequest

from hallway.consent import actions
from hallway.consent.actions import Member, Signature
from hallway.ids import ChartId
from hallway.web.access import PageRequest
from hallway.web.consents.questions import MEMBERS

PNG = "data:image/png;base64,"


def signature_of(request: HttpRequest, *, through: str = "desk") -> Signature:
    """The signature: a drawing, else a typed name; who signs, by what right, through whom.

    No witness is taken from here: a number in a form would be the word of the one whom a witness is there to check.
    """
    sent = request.POST
    kind, content = _hand(sent.get("drawn", ""), sent.get("typed", ""))
    signer = sent.get("signer", "")
    return Signature(
        kind,
        content,
        signer if signer in ("representative", "minor") else "patient",
        name=_plain(sent.get("signer_name", "")),
        relation=_plain(sent.get("relation", "")),
        right=sent.get("right", ""),
        authority=_plain(sent.get("authority", "")),
        interpreter=_plain(sent.get("interpreter", "")),
        interpreter_language=_plain(sent.get("interpreter_language", "")),
        members=_members(request),
        initials=_plain(sent.get("initials", "")),
        through=through,
    )


def with_authority(request: PageRequest, chart_id: ChartId) -> Signature:
    """The hand, and the page that proves a representative's authority where one was chosen."""
    signature = signature_of(request)
    proof = request.FILES.get("authority_paper")
    if proof is None or signature.signer != "representative":
        return signature
    kept = actions.keep_paper(chart_id, proof.read(), purpose="authority", by=request.requester)
    return replace(signature, authority_paper=kept)


def _members(request: HttpRequest) -> tuple[Member, ...]:
    """Each further person who wrote a name and signed by it or by hand."""
    found: list[Member] = []
    for place in range(1, len(MEMBERS)):
        name = _plain(request.POST.get(f"member_{place}", ""))
        kind, content = _hand(request.POST.get(f"member_{place}_drawn", ""), name)
        if name:
            found.append(Member(name, _plain(request.POST.get(f"member_{place}_relation", "")), kind, content))
    return tuple(found)


def _hand(drawn: str, typed: str) -> tuple[str, bytes]:
    if drawn.startswith(PNG):
        try:
            return "drawn", base64.b64decode(drawn[len(PNG) :], validate=True)
        except (binascii.Error, ValueError):
            pass
    return "typed", typed.strip().encode()


def _plain(text: str) -> str:
    """One line, printable, or nothing."""
    kept = " ".join(text.split())
    return kept if kept.isprintable() else ""
