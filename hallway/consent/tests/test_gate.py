import pytest

from hallway.consent import gate
from hallway.errors import HallwayError, Kind
from hallway.identity.requester import Requester, Role
from hallway.ids import AccountId, ChartId, OrganizationId, PractitionerId


@pytest.mark.parametrize("role", list(Role))
def test_an_unknown_chart_gives_one_answer_to_every_role(fresh_db, role):
    requester = Requester(AccountId(1), PractitionerId(1), OrganizationId(1), role, chart_id=ChartId(999))
    with pytest.raises(HallwayError) as caught:
        gate.release(requester, ChartId(999))
    assert caught.value.kind is Kind.NOT_FOUND
    assert str(caught.value) == str(gate.not_found())
