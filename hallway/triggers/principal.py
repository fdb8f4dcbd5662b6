"""As whom the rules of a practice look: the practice's own program, by what the practice as such may have."""

from hallway.identity.requester import Requester, Role
from hallway.ids import NOBODY, AccountId, OrganizationId

NAME = "triggers"


def of_practice(organization: OrganizationId) -> Requester:
    """The principal of one practice's rules.

    Its duty is to see that care is coordinated, so within a program it may have the program's own substance use
    records (42 CFR 2.12(c)(3)); whoever is then shown a firing is asked anew whether they may.
    """
    return Requester(AccountId(0), NOBODY, organization, Role.SYSTEM, sud_duty=True, name=NAME)
