"""The commands of docs/connecting.md run as they stand, against a served Hallway, and say what the page says."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from hallway.identity import actions as identity
from hallway.record import queries as record
from hallway.referral.tests import hall as halls
from hallway.web.gateways.tests import test_decisions as decisions
from hallway.web.sign_in.hats import hats_of
from tests.clients.kit import modules
from tests.journeys.kit import Server
from tools import connecting_docs

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "connecting.md").read_text()
BLOCK = re.compile(r'```(bash|python|js)\n(.*?)```\n\n```text title="says"\n(.*?)```', re.DOTALL)
NODE = modules()


def test_the_commands_of_the_page_say_what_the_page_says(fresh_db, tmp_path):
    hall = halls.build()
    decisions.give_number(hall)
    account = identity.create_account("quick@example.test", "Quick", practitioner_id=hall.pcp.practitioner_id)
    opened = identity.open_verified(account)
    identity.wear(opened.session_id, hats_of(account)[0])
    server = Server()
    server.start()
    try:
        environment = os.environ | {
            "HALLWAY": f"http://127.0.0.1:{server.port}",
            "TOKEN": opened.token,
            "CREDENTIAL": decisions.credential_of(hall.pcp.organization_id),
            "PATIENT": record.patient_of(hall.chart),
        }
        done = [run(language, block, environment, tmp_path) for language, block, _ in BLOCK.findall(PAGE)]
    finally:
        server.stop()
    for (language, block, says), said in zip(BLOCK.findall(PAGE), done, strict=True):
        if said is None:
            continue
        for line in filter(None, says.splitlines()):
            squeezed = said.replace('": "', '":"')
            assert line.replace('": "', '":"') in squeezed, f"{language}: {block[:60]} said {said[:600]}"
    assert sum(said is not None for said in done) >= len(done) - 1


def run(language, block, environment, folder):
    if language == "bash":
        command = ["/bin/sh", "-c", block]
    elif language == "python":
        command = [sys.executable, "-W", "ignore", "-c", block]
    elif NODE is not None and (NODE / "node_modules" / "fhir-kit-client").exists():
        script = NODE / "example_of_the_docs.mjs"
        script.write_text(block)
        command = ["node", str(script)]
    else:
        return None
    try:
        done = subprocess.run(
            command, env=environment, cwd=folder, capture_output=True, text=True, timeout=60, check=False
        )
    finally:
        if language == "js":
            script.unlink()
    return done.stdout + done.stderr


def test_every_kind_of_block_is_on_the_page():
    assert [language for language, *_ in BLOCK.findall(PAGE)].count("bash") >= 4
    assert {"python", "js"} <= {language for language, *_ in BLOCK.findall(PAGE)}


@pytest.mark.parametrize("code", ["H-API-001", "H-API-004", "H-API-006", "H-API-020", "H-XCH-004"])
def test_the_table_of_errors_holds_the_codes_that_programs_meet(code):
    assert re.search(rf"^\| {code} \| [45]\d\d \| \S.*\|$", connecting_docs.errors(), re.M)


def test_every_code_of_the_fhir_door_is_in_the_table():
    text = "\n".join(
        path.read_text() for path in (ROOT / "hallway" / "fhirapi").rglob("*.py") if "tests" not in path.parts
    )
    used = set(re.findall(r"H-API-\d+", text))
    assert used <= set(re.findall(r"H-API-\d+", connecting_docs.errors()))


def test_the_limits_are_those_of_the_code_and_the_rates_those_of_the_settings():
    from hallway.app.front.limits import DEFAULTS
    from hallway.fhirapi import sent

    assert f"| `LARGEST_BODY` | {sent.LARGEST_BODY:,} |" in connecting_docs.limits()
    for door in ("fhir", "gateways", "token"):
        assert re.search(rf"\b{DEFAULTS[door][1]:,}\b", PAGE)
    page = connecting_docs.on_page_markdown(PAGE)
    assert "<!--" not in page
