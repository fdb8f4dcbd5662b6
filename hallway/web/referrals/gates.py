"""The gate's sentence from a preview. Pure."""

from hallway.consent.preview import Preview
from hallway.web.referrals.parts import Gate

ICONS = {"open": "open", "pen_before": "pen", "pen_signed": "pen", "shut": "shut"}


def gate(preview: Preview, *, url: str = "", link: str = "") -> Gate:
    """Verdict in bold, reason, citation; the citation is part of the sentence, as pages.md section 6 has it."""
    reason = preview.reason.rstrip(". ")
    cited = f"{reason}: {preview.citation}." if preview.citation and preview.citation not in reason else f"{reason}."
    return Gate(ICONS[preview.verdict], preview.headline, cited, preview.verified, url, link)
