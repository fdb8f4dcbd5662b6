"""Walks referrals without end, through the product's own actions, until somebody kills it. One line a finished step."""

import os
import sys
from datetime import timedelta
from itertools import count

import django


def main() -> None:
    """Build a hall of this process's own, then walk."""
    django.setup()
    from hallway import clock
    from hallway.consent.tests import town
    from hallway.identity.requester import Role
    from hallway.referral import actions
    from hallway.referral.tests.hall import Hall

    own = str(os.getpid())
    family = town.organization(f"Millbrook{own}", side="pc")
    north = town.organization(f"Northgate{own}")
    hall = Hall(
        pcp=town.person(f"Carewell{own}", family, Role.PCP, licence="physician"),
        therapist=town.person(f"Hearwell{own}", north, Role.THERAPIST, licence="physician"),
        desk=town.person(f"Deskwell{own}", north, Role.FRONT_DESK),
        lead=town.person(f"Leadwell{own}", north, Role.PRACTICE_LEADER),
        other=town.person(f"Kindley{own}", north, Role.THERAPIST),
        witness=town.person(f"Standby{own}", family, Role.FRONT_DESK),
        chart=town.new_patient(family),
    )
    for number in count():
        hall.chart = town.new_patient(family, family=f"Walker{number}")
        referral = hall.sent()
        print("sent", flush=True)
        hall.do(hall.therapist, actions.accept_referral, referral)
        hall.do(hall.desk, actions.book_visit, referral, starts_at=clock.now() + timedelta(days=1))
        if number % 3 == 0:
            hall.do(hall.desk, actions.record_no_show, referral)
            hall.do(hall.desk, actions.book_visit, referral, starts_at=clock.now() + timedelta(days=2))
        hall.do(hall.desk, actions.record_visit_kept, referral)
        print("walked", flush=True)


if __name__ == "__main__":
    sys.exit(main())
