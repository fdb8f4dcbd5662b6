"""What one can be told of. Rows: a topic, what it is about, and which events of the rooms below fire it."""

from dataclasses import dataclass

PREFIX = "https://hallway.example.org/fhir/SubscriptionTopic/"
"""Canonical addresses are names: nothing needs to lie there."""


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic. ``focus`` is the FHIR type that a notification is about."""

    id: str
    title: str
    focus: str
    description: str

    @property
    def url(self) -> str:
        """Its canonical address."""
        return PREFIX + self.id


REFERRAL, REPORT, ADMISSION, CONSENT = "referral-step", "report", "admission", "consent"
TOPICS: dict[str, Topic] = {
    one.id: one
    for one in (
        Topic(
            REFERRAL,
            "A step of a referral",
            "ServiceRequest",
            "A referral was sent, answered, booked, kept or ended, or something owed about it is late.",
        ),
        Topic(REPORT, "A consultation report", "Composition", "A report was sent, amended, or read and acknowledged."),
        Topic(
            ADMISSION,
            "An admission",
            "Encounter",
            "An inpatient, observation or emergency encounter began, changed or ended.",
        ),
        Topic(CONSENT, "A consent", "Consent", "A consent was signed, declined, taken back, or has ended."),
    )
}
REPORT_EVENTS = frozenset({"report_sent", "report_amended", "report_acknowledged"})


def by_url(url: str) -> Topic | None:
    """The topic of a canonical address, with or without a version; None for one that is not offered."""
    named = url.partition("|")[0]
    return TOPICS.get(named.removeprefix(PREFIX)) if named.startswith(PREFIX) else None
