import pytest

from hallway.consent import preview as real
from hallway.consent.preview import Preview


@pytest.fixture(autouse=True)
def _until_preview_lands(monkeypatch):
    def stand_in(**_):
        return Preview("open", "", "", "", (), True, "", None, ())

    from hallway.referral.actions import asking, visiting

    monkeypatch.setattr(asking, "preview", stand_in)
    monkeypatch.setattr(visiting, "preview", stand_in)
    assert real
