"""A form in plain words: what, for what, until when. Pure."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from hallway.consent.forms.standing import Standing
from hallway.record.evidence import Purpose
from hallway.web.chart.board import Pronouns
from hallway.web.consents.picture import category_words
from hallway.web.consents.questions import CATEGORIES

PURPOSE_WORDS = {
    Purpose.TREATMENT: "treatment",
    Purpose.PAYMENT: "payment",
    Purpose.OPERATIONS: "running the practice",
}
STATE_WORDS = {
    "draft": "Prepared, not signed",
    "witnessing": "Signed, waits for its witness",
    "signed": "Signed",
    "declined": "Declined",
    "revoked": "Taken back",
    "expired": "Ended",
}
ONE_CLASS_WORDS = {
    "psychotherapy": "Psychotherapy notes, and nothing else",
    "sud_counseling": "Substance use counseling notes, and nothing else",
    "hiv": "HIV test results, and nothing else",
}


def kinds_words(form: Standing, who: Pronouns) -> list[str]:
    """What the form opens, in the words it was asked in."""
    if form.kind in ONE_CLASS_WORDS:
        return [ONE_CLASS_WORDS[form.kind]]
    if not form.kinds:
        return ["Everything this form may carry"]
    return [category_words(one, who) for one in CATEGORIES if set(one.kinds) & set(form.kinds)]


def purposes_words(form: Standing) -> str:
    """ "treatment and payment"."""
    named = [PURPOSE_WORDS[Purpose(purpose)] for purpose in form.purposes if purpose in PURPOSE_WORDS]
    return " and ".join(filter(None, [", ".join(named[:-1]), named[-1] if named else ""]))


def until_words(form: Standing) -> str:
    """ "until June 9, 2027", "until treatment ends", "without an end"."""
    if form.expires_at is not None:
        last = form.expires_at.astimezone(ZoneInfo(form.zone)) - timedelta(seconds=1)
        return f"until {last.strftime('%B %-d, %Y')}"
    return "until treatment here ends" if form.expires_event == "end_of_treatment" else "without an end"
