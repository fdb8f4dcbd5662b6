"""Programs of others, measured beside ours in the same run where they install; without them there is no ratio."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

import msgspec

MEDPLUM = "@medplum/fhir-router@4.5.2"
_SCRIPT = Path(__file__).with_name("peer_medplum.js")
_LONGEST = 900


class _Told(msgspec.Struct):
    made: int
    seconds: float


def medplum_rate(bundles: Sequence[Path]) -> float | None:
    """Resources a second that the router takes into memory; None where it cannot be installed or run."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm is None or node is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        asked = [npm, "install", "--no-audit", "--no-fund", "--silent", "--prefix", folder, MEDPLUM]
        where = {**os.environ, "NODE_PATH": str(Path(folder) / "node_modules")}
        try:
            subprocess.run(asked, check=True, capture_output=True, timeout=_LONGEST)  # noqa: S603 - our own words
            command = [node, str(_SCRIPT), *map(str, bundles)]
            ran = subprocess.run(command, check=True, capture_output=True, timeout=_LONGEST, env=where)  # noqa: S603
            told = msgspec.json.decode(ran.stdout, type=_Told)
        except (subprocess.SubprocessError, OSError, msgspec.DecodeError):
            return None
    return told.made / told.seconds
