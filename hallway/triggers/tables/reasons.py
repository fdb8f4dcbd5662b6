"""Why an owed word is not needed, and how long an answered offer rests. Codes alone are stored: no words of anybody."""

from dataclasses import dataclass

NOT_NEEDED: dict[str, str] = {
    "told_already": "They were told already, by phone or in person",
    "treated_together": "Both sides are in one visit or one team",
    "not_significant": "Of no weight for the other side",
    "not_true": "The finding does not hold for this patient",
    "cared_for_elsewhere": "Somebody else does this, and it is agreed",
    "other_loop": "Another open matter covers it",
    "died_or_left": "The patient died or left the practice",
}
"""Why a clinician closes a firing without doing what it asks. They are counted, so that a noisy rule shows."""

DECLINED: dict[str, str] = {
    "prefers_not": "Does not want this",
    "not_now": "Not now",
    "will_tell_themselves": "Will tell them in person",
    "no_reason": "Gave no reason",
}
"""Why the patient said no, as the patient put it."""


NO_REFERRAL: dict[str, str] = {
    "referred_otherwise": "Referred another way, by phone or letter",
    "treated_there": "That side treats them by now",
    "noted_wrongly": "They did not say so: it was noted wrongly",
    "died_or_left": "The patient died or left the practice",
}
"""Why a referral that a patient wanted is not made; one who thinks otherwise by now has given another answer."""


@dataclass(frozen=True, slots=True)
class OfferAnswer:
    """What a patient may answer to an offer, and after how many days the offer comes again.

    ``asks_why`` where a reason is asked for. ``source`` and ``verified`` as in every table: R78-R83 give no figure.
    """

    key: str
    words: str
    said: str
    again_days: int
    asks_why: bool = False
    source: str = "R78-R83; days: design"
    verified: bool = False


OFFER_ANSWERS: dict[str, OfferAnswer] = {
    row.key: row
    for row in (
        OfferAnswer("wants", "Wants it", "wanted it", 30),
        OfferAnswer("has_one", "Has one elsewhere", "has one elsewhere", 365),
        OfferAnswer("not_now", "Not now", "said not now", 30, asks_why=True),
        OfferAnswer("declined", "Does not want it", "did not want it", 180, asks_why=True),
    )
}
"""The four answers, in the order of the page; none stands out."""
