"""The gate's sentence from a preview. Pure."""

from dataclasses import replace

from hallway.consent.explaining.preview import Preview
from hallway.web.referrals import when
from hallway.web.referrals.parts import Gate

ICONS = {"open": "open", "pen_before": "pen", "pen_signed": "pen", "shut": "shut"}


def way_back(preview: Preview, *, starts: str, possessive: str) -> Gate:
    """The same for the other side's writing back; ``starts`` and ``possessive`` are the patient's pronouns."""
    signed = f", {when.clock(preview.signed_at)}" if preview.signed_at else ""
    headlines = {
        "open": "They may write back to you without a signature.",
        "pen_before": f"Writing back needs {possessive} signature first.",
        "pen_signed": f"{starts} signed for the way back{signed}.",
        "shut": "They may not write back.",
    }
    return replace(gate(preview), headline=headlines[preview.verdict])


def under(preview: Preview) -> str:
    """Under what something left, when that still holds; a right that has ended since is not guessed at."""
    if preview.verdict == "pen_signed":
        return f"The signed consent, {preview.citation}"
    return f"Treatment, no signature needed, {preview.citation}" if preview.verdict == "open" else ""


def gate(preview: Preview, *, url: str = "", link: str = "") -> Gate:
    """Verdict in bold, reason, citation; the citation is part of the sentence, as pages.md section 6 has it."""
    reason = preview.reason.rstrip(". ")
    cited = f"{reason}: {preview.citation}." if preview.citation and preview.citation not in reason else f"{reason}."
    return Gate(ICONS[preview.verdict], preview.headline, cited, preview.verified, url, link)
