"""Many clients on few patients at once, briefly; the long drill is ``python -m tools.crowd_fhir``."""

import pytest

from tools import crowd_fhir


@pytest.mark.slow
def test_a_crowd_loses_no_update_doubles_nothing_and_walks_whole_pages(fresh_db):
    found = crowd_fhir.run(clients=24, patients=3, seconds=60, most=9)
    assert not found.wrong, "\n".join(found.wrong)
    assert sum(found.added.values()) > 20
    assert found.done["increment refused"] > 0, "nobody met anybody: the drill shows nothing"
    assert found.done["page walk"] > 10
    assert found.done["hidden reference"] > 10
