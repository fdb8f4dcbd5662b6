"""The verbs by which callers of an organization are let in and ended, as an operator types them."""

import json

import pytest
from joserfc.jwk import ECKey

from hallway.app import cli
from hallway.consent.tests import town

KEY = ECKey.generate_key("P-384", {"kid": "one"})


@pytest.fixture
def typed(fresh_db, tmp_path):
    (tmp_path / "keys.json").write_text(json.dumps({"keys": [KEY.as_dict(private=False)]}))
    (tmp_path / "bad.json").write_text("{")
    organization = ["--organization", str(town.organization("Millbrook", side="pc"))]
    issuer = ["--issuer", "https://ehr.example.org", "--keys"]
    return {
        "client": (organization, None),
        "system": ([*organization, *issuer, str(tmp_path / "keys.json")], [*issuer, str(tmp_path / "bad.json")]),
    }


@pytest.mark.parametrize("noun", ["client", "system"])
def test_a_caller_is_registered_listed_ended_and_ended_but_once(noun, typed, capsys):
    more, broken = typed[noun]
    assert cli.main([noun, "register", "Theirs", *more]) == 0
    assert f"{noun} 1" in capsys.readouterr().out
    assert cli.main([noun, "register", "Theirs", "--organization", "nobody"]) == 1
    assert cli.main([noun, "register", "", *more]) == 1
    if broken is not None:
        assert cli.main([noun, "register", "Other", *more[:2], *broken]) == 1
        assert "could not be read" in capsys.readouterr().err
    capsys.readouterr()
    assert cli.main([noun, "list"]) == 0
    (row,) = capsys.readouterr().out.splitlines()
    assert row.split("\t")[:2] == ["1", "Theirs"]
    assert row.endswith("running")
    assert [cli.main([noun, "end", number]) for number in ("1", "1", "x")] == [0, 1, 1]
    cli.main([noun, "list"])
    assert "\tended " in capsys.readouterr().out
