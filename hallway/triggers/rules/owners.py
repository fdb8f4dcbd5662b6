"""Who owes the word at this practice, and which practice is owed it. Pure."""

from hallway.triggers.facts import Member
from hallway.triggers.rules.look import Look, Moment
from hallway.triggers.tables.rows import Row

OTHER_SIDE = {"pc": "bh", "bh": "pc"}
ROLES = {
    "bh_clinician": ("psychiatrist", "therapist", "bh_care_manager"),
    "prescriber": ("psychiatrist", "pcp", "medical_specialist"),
}
"""Words of the rows for several roles, in the order in which they are looked for."""


def owner(look: Look, row: Row, moment: Moment) -> tuple[str, int]:
    """Role and practitioner: the first of the row's ways that names somebody here, else its last role and nobody.

    An author who is no clinician here is passed over: nobody else can open a finding.
    """
    helpers = look.chart.helpers
    role = ""
    for way in row.owner.split("|"):
        if way == "author":
            authors = (fact.author for fact in moment.causes if look.is_own(fact))
            if author := next((one for one in authors if one and one not in helpers), 0):
                return _role_of(look, author), author
            continue
        roles = ROLES.get(way, (way,))
        role = roles[0]
        for one in roles:
            if held := [member.practitioner for member in _here(look) if member.role == one and member.practitioner]:
                return one, min(held)
    return role, 0


def _here(look: Look) -> list[Member]:
    return [
        member for member in look.chart.team if member.organization == look.chart.practice and member.stands(look.now)
    ]


def _role_of(look: Look, practitioner: int) -> str:
    return next((member.role for member in _here(look) if member.practitioner == practitioner), "")


def counterpart(look: Look, row: Row, moment: Moment) -> int:
    """The practice that is to hear, 0 where none is known: the source of a cause, or one of the other side."""
    if row.counterpart == "none":
        return 0
    if row.counterpart == "source":
        sources = [fact.source_org for fact in moment.causes if not look.is_own(fact)]
        if sources:
            return sources[0]
    wanted = {"pc", "bh"} if row.counterpart == "any" else {OTHER_SIDE.get(look.chart.side, "")}
    others = [
        member
        for member in look.chart.team
        if member.organization != look.chart.practice and member.side in wanted and member.stands(look.now)
    ]
    return min((member.organization for member in others), default=0)
