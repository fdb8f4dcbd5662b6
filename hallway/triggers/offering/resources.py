"""Care outside the network as a CareTeam: whom to write to, nobody to poach (R81)."""

from datetime import date

from hallway.standards.fhir import r4

ELSEWHERE = "urn:hallway:elsewhere"
"""System of the category that tells such a team, ``elsewhere-pc`` or ``elsewhere-bh``, from lists of one's own."""

NAMES = {"pc": "Primary care elsewhere", "bh": "Behavioral health care elsewhere"}


def wish(patient: str) -> r4.Task:
    """That a patient wants a referral, never kept: it is judged as what a practice writes, and lends its label."""
    return r4.Task(
        status="requested",
        intent="proposal",
        code=r4.CodeableConcept(text="Refer"),
        for_=r4.Reference(reference=f"Patient/{patient}"),
    )


def elsewhere(resource_id: str, patient: str, *, side: str, name: str, phone: str, on: date) -> r4.CareTeam:
    """Who treats outside, as the patient gave it on a day; ``patient`` is the Patient's id."""
    return r4.CareTeam(
        id=resource_id,
        status="active",
        category=(r4.CodeableConcept(coding=(r4.Coding(system=ELSEWHERE, code=f"elsewhere-{side}"),)),),
        name=NAMES[side],
        subject=r4.Reference(reference=f"Patient/{patient}"),
        period=r4.Period(start=on.isoformat()),
        participant=(r4.CareTeamParticipant(member=r4.Reference(display=name or "Not named")),),
        telecom=(r4.ContactPoint(system="phone", value=phone),) if phone else (),
    )
