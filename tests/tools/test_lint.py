"""Each house rule finds what it is there for, and the floors of the lint are those of the import contract."""

import importlib
import re
import tomllib
from pathlib import Path

import pytest

from tools.lint import source

ROOT = Path(__file__).resolve().parents[2]

BREACHES = [
    ("evidence", "hallway/web/x.py", "r = Release(1)\n", "consent only"),
    (
        "evidence",
        "hallway/web/x.py",
        "from dataclasses import replace\nr = replace(release, epoch=1)\n",
        "consent only",
    ),
    ("evidence", "hallway/record/x.py", "r = evidence.Labelled(1)\n", "labels only"),
    ("floors", "hallway/record/x.py", "q = 'SELECT 1 FROM consent_grant'\n", "record names consent"),
    ("floors", "hallway/ledger/x.py", "m = get_model('record.Chart')\n", "ledger names record"),
    ("floors", "hallway/record/migrations/0001.py", "dependencies = [('consent', '0001')]\n", "depends upward"),
    ("sizes", "hallway/web/x.py", "x = 1\n" * 401, "400 allowed"),
    ("sizes", "hallway/web/x.py", "def f():\n" + "    x = 1\n" * 41, "functions are over"),
    ("sizes", "hallway/web/x.py", "def f(a, b, c, d, e): ...\n", "arguments by place"),
    ("codes", "hallway/web/x.py", "E(K, 'H-WEB-001')\nE(K, 'H-WEB-001')\n", "stands already"),
    ("clocks", "hallway/web/x.py", "datetime.now()\n", "ask hallway.clock"),
    ("inline", "hallway/web/templates/x.html", '<p style="x">\n', "inline style"),
    ("inline", "hallway/web/templates/x.html", "<script>x</script>\n", "inline script"),
    ("inline", "hallway/web/templates/x.html", '<img src="https://a.example/x">\n', "another host"),
    ("loinc", "hallway/screening/tables/instruments/x.toml", 'panel_code = "44249-2"\n', "check digit"),
    ("loinc", "hallway/terms/tables/x.csv", "drug,codes\nlithium,loinc:14334-8\n", "check digit"),
    ("loinc", "hallway/labels/tables/loinc.csv", "id,code\nx,55757-8\n", "check digit"),
    ("assets", "hallway/web/static/vendor/MANIFEST.json", '{"files": [{"path": "a.js", "sha256": "0"}]}', "differs"),
]


@pytest.mark.parametrize(("rule", "where", "text", "finding"), BREACHES)
def test_a_planted_breach_is_found(tmp_path, rule, where, text, finding):
    path = tmp_path / where
    path.parent.mkdir(parents=True)
    path.write_text(text)
    findings = importlib.import_module(f"tools.lint.{rule}").check(tmp_path)
    assert any(finding in line for line in findings), findings


def test_the_floors_are_those_of_the_import_contract():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    assert [set(re.findall(r"\w+", layer)) for layer in layers] == [set(floor) for floor in reversed(source.FLOORS)]
