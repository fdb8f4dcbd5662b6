"""A served Hallway with one patient, a registered program, and the person who lets programs in, as a browser would."""

import base64
import hashlib
import html
import json
import os
import re
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx

from hallway import clock
from hallway.app.prove import facts, network, serving
from hallway.app.prove.cast import people, sign_in
from hallway.fhirapi.sign_in import SESSION_COOKIE
from hallway.identity import registering
from hallway.identity.registering import Registration
from hallway.ids import AccountId

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SCOPE = "launch/patient openid fhirUser offline_access patient/*.cruds"
OBSERVATIONS = 7
STEPS = ["launch", "read", "search", "page", "create", "update", "conflict", "transaction"]


@dataclass(frozen=True)
class Place:
    """Where Hallway answers, the program's name there, the person's session, and whom it is about."""

    port: int
    client: str
    session: str
    patient: str
    family: str

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}/fhir"


@contextmanager
def served() -> Iterator[Place]:
    """A practice, a patient with some measurements, and the product's server on the database in force."""
    from django.db import connections

    cast = people(clock.today())
    session = sign_in(cast, "pcp")
    network.chart(cast, "kim", "Kim", "Klientin", born="1984-02-03")
    of = cast.patients["kim"]
    made = [facts.observation(of, "8867-4", 60 + n, clock.now() - timedelta(days=n + 1)) for n in range(OBSERVATIONS)]
    network.store(cast, "pcp", made)
    program = Registration(
        name="Round trip",
        maker="Those who test",
        kind="public",
        scopes=SCOPE,
        redirect_uris=("http://127.0.0.1/callback",),
    )
    app = registering.register(program, by=AccountId(cast.accounts["pcp"])).app
    connections.close_all()
    with serving.serving(workers=1) as port:
        yield Place(port, app.client_id, session, of, "Klientin")


# The person ---------------------------------------------------------------------------------------------------------


def let_in(place: Place, url: str) -> str:
    """Open a program's address, choose the patient, say yes; where the browser is sent at last."""
    ours = f"http://127.0.0.1:{place.port}"
    with httpx.Client(cookies={SESSION_COOKIE: place.session}, timeout=30) as browser:
        answer = browser.get(url)
        for _ in range(8):
            if answer.is_redirect:
                url = str(httpx.URL(url).join(answer.headers["location"]))
                if "/callback" in url:
                    return url
                answer = browser.get(url)
                continue
            assert answer.status_code == 200, (answer.status_code, answer.text[:500])
            assert url.startswith(ours), url
            answer = browser.post(url, data=_said(place, answer.text))
    raise AssertionError("the program was not let in")


def _said(place: Place, page: str) -> dict[str, object]:
    """What a person sends from a page: the search for the patient, the choice, or the yes with every box checked."""
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token is not None, page[:500]
    said: dict[str, object] = {"csrfmiddlewaretoken": token[1]}
    chosen = re.search(r'name="chart" value="(\d+)"', page)
    if 'value="yes"' in page:
        scopes = [html.unescape(one) for one in re.findall(r'name="scope" value="([^"]+)"', page)]
        assert scopes
        return {**said, "do": "yes", "scope": scopes, **({"chart": chosen[1]} if chosen else {})}
    if chosen:
        return {**said, "chart": chosen[1]}
    return {**said, "do": "find", "text": place.family}


def token_for(place: Place) -> dict[str, str]:
    """The authorization code flow by hand, for libraries that bring none: what the token endpoint gives."""
    told = httpx.get(f"{place.base}/.well-known/smart-configuration").json()
    verifier = secrets.token_urlsafe(48)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    back = "http://127.0.0.1:9/callback"
    asked = {
        "response_type": "code", "client_id": place.client, "redirect_uri": back, "scope": SCOPE, "aud": place.base,
        "state": "s" * 20, "code_challenge": challenge, "code_challenge_method": "S256",
    }  # fmt: skip
    sent_to = let_in(place, f"{told['authorization_endpoint']}?{urlencode(asked)}")
    (code,) = parse_qs(urlsplit(sent_to).query)["code"]
    form = {
        "grant_type": "authorization_code", "code": code, "redirect_uri": back, "client_id": place.client,
        "code_verifier": verifier,
    }  # fmt: skip
    answer = httpx.post(told["token_endpoint"], data=form)
    assert answer.status_code == 200, answer.text
    return answer.json()


# Programs in JavaScript ---------------------------------------------------------------------------------------------


def modules() -> Path | None:
    """The folder with the libraries, put there by ``make test``, or None."""
    folder = Path(os.environ.get("HALLWAY_CLIENTS", ROOT / ".venv" / "clients"))
    return folder if shutil.which("node") and (folder / "node_modules" / "fhirclient").is_dir() else None


def run_app(place: Place, folder: Path, name: str) -> list[str]:
    """Start the app, launch it, let it in; the steps it did. Raises AssertionError with what it stumbled over."""
    for source in (HERE / "node").glob("*.mjs"):
        shutil.copy(source, folder)
    told = {
        "base": place.base, "client": place.client, "scope": SCOPE, "patient": place.patient,
        "observations": OBSERVATIONS,
    }  # fmt: skip
    app = subprocess.Popen(
        ["node", f"{name}.mjs"], cwd=folder, stdout=subprocess.PIPE, text=True,
        env={**os.environ, "ROUND": json.dumps(told)},
    )  # fmt: skip
    try:
        assert app.stdout is not None
        address = json.loads(app.stdout.readline())["app"]
        callback = let_in(place, f"{address}/launch")
        said = httpx.get(callback, timeout=60).json()
        assert "error" not in said, f"{name}: {said['error']}\n{said.get('more', '')}"
        return said["steps"]
    finally:
        app.kill()
        app.wait()
