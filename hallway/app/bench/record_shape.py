"""The other way to build it, as stubs on loopback: a filter beside the record, and three services for each answer.

The published consent services have this shape: fetch the whole record, send it to a service that labels it, fetch the
patient's identifiers, ask a service that decides, and cut out what is denied. Here every service answers at once from
memory, nothing is looked up and nothing is logged: what is left is the shape itself. No line is written for it.
"""

import http.client
import json
import multiprocessing
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection
from typing import Any

RESTRICTED = frozenset({"F10.20", "F11.20", "F12.10", "F14.10"})
"""Codes that the stub of a labeller marks; a real one asks a terminology server."""
LABEL = {"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R"}


class _Services(BaseHTTPRequestHandler):
    """Labels, identifiers and decisions, each by its address."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1
    """Head and body leave together: apart, the second would wait for an acknowledgement of the first."""

    def do_GET(self) -> None:
        """The patient's identifiers."""
        self._say({"resourceType": "Patient", "identifier": [{"system": "urn:stub", "value": "1"}]})

    def do_POST(self) -> None:
        """A labelled bundle, or a decision."""
        sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self._say(labelled(sent) if self.path == "/labels" else {"decision": "CONSENT_PERMIT", "obligations": ["R"]})

    def _say(self, said: dict[str, Any]) -> None:
        body = json.dumps(said).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name for it
        """Nothing."""


def labelled(bundle: dict[str, Any]) -> dict[str, Any]:
    """The bundle with a mark on every resource that bears a restricted code."""
    for entry in bundle["entry"]:
        codings = entry["resource"].get("code", {}).get("coding", ())
        if any(one.get("code") in RESTRICTED for one in codings):
            entry["resource"].setdefault("meta", {}).setdefault("security", []).append(LABEL)
    return bundle


def filtered(whole: bytes, port: int) -> bytes:
    """What is left of a whole record after the three calls."""
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    bundle = _call(client, "POST", "/labels", whole)
    patient = _call(client, "GET", "/identifiers", None)
    asked = {"patientId": patient["identifier"], "actor": [{"value": "1"}], "purposeOfUse": "TREAT"}
    denied = set(_call(client, "POST", "/decision", json.dumps(asked).encode())["obligations"])
    client.close()
    bundle["entry"] = [one for one in bundle["entry"] if not denied & _marks(one["resource"])]
    return json.dumps(bundle).encode()


def _marks(resource: dict[str, Any]) -> set[str]:
    return {one.get("code", "") for one in resource.get("meta", {}).get("security", ())}


def _call(client: http.client.HTTPConnection, method: str, path: str, sent: bytes | None) -> dict[str, Any]:
    client.request(method, path, sent, {"Content-Type": "application/json"})
    return json.loads(client.getresponse().read())


def _serve(ready: Connection) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Services)
    ready.send(server.server_address[1])
    server.serve_forever()


@contextmanager
def services() -> Generator[int]:
    """The three services in a process of their own; their port."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(theirs,), daemon=True)
    process.start()
    try:
        yield int(ours.recv())
    finally:
        process.terminate()
        process.join(10)
