"""Care outside the network as a CareTeam: whom to write to, nobody to poach (R81)."""

from hallway.standards.fhir import r4

NAMES = {"pc": "Primary care elsewhere", "bh": "Behavioral health care elsewhere"}


def elsewhere(resource_id: str, patient: str, *, side: str, name: str, phone: str) -> r4.CareTeam:
    """Who treats outside, as the patient gave it; ``patient`` is the Patient's id."""
    return r4.CareTeam(
        id=resource_id,
        status="active",
        name=NAMES[side],
        subject=r4.Reference(reference=f"Patient/{patient}"),
        participant=(r4.CareTeamParticipant(member=r4.Reference(display=name or "Not named")),),
        telecom=(r4.ContactPoint(system="phone", value=phone),) if phone else (),
    )
