"""What each role asks for: the purposes it may state, and the one that is meant when it names none."""

import pytest

from hallway.consent.gate import grantee_of, purpose_for
from hallway.identity.requester import Requester, Role
from hallway.ids import AccountId, ChartId, OrganizationId, PractitionerId
from hallway.record.evidence import Purpose

CARE = (Purpose.TREATMENT, Purpose.EMERGENCY)
MAY_STATE = {
    **dict.fromkeys((Role.PCP, Role.THERAPIST, Role.PSYCHIATRIST, Role.BH_CARE_MANAGER, Role.MEDICAL_SPECIALIST), CARE),
    Role.FRONT_DESK: (Purpose.TREATMENT,),
    Role.BILLER: (Purpose.PAYMENT,),
    Role.PRACTICE_LEADER: (Purpose.OPERATIONS,),
    Role.PRIVACY_OFFICER: (Purpose.OPERATIONS,),
    Role.PATIENT: (Purpose.INDIVIDUAL,),
    Role.REPRESENTATIVE: (Purpose.INDIVIDUAL,),
    Role.SYSTEM: (Purpose.TREATMENT,),
}
"""The first is the role's own. Who is not named here has no business in a chart."""


def somebody(role, **more):
    return Requester(AccountId(1), PractitionerId(7), OrganizationId(3), role, chart_id=ChartId(5), **more)


@pytest.mark.parametrize("role", list(Role))
def test_a_role_that_names_no_purpose_asks_for_its_own(role):
    own = MAY_STATE.get(role, ())
    assert purpose_for(somebody(role), None) == (own[0] if own else None)


@pytest.mark.parametrize("role", list(Role))
def test_a_role_may_state_its_purposes_and_no_other(role):
    allowed = MAY_STATE.get(role, ())
    for purpose in Purpose:
        assert purpose_for(somebody(role), purpose) == (purpose if purpose in allowed else None)


def test_whoever_acts_for_a_patient_is_named_below_zero_so_that_no_practitioner_is_meant():
    assert grantee_of(somebody(Role.REPRESENTATIVE, representative_id=7)) == -7
    assert grantee_of(somebody(Role.PCP, representative_id=9)) == 7
