"""A little EHR on loopback, with every knob that a wrong one turns; and a practice that it launches Hallway for."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

from django.test import Client
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey

from hallway import clock
from hallway.directory.models import PractitionerRole
from hallway.exchange import key_sets
from hallway.exchange.ehr_launch import discovery, registering
from hallway.exchange.ehr_launch.registering import Registration
from hallway.identity import actions as identity
from hallway.ids import AccountId
from hallway.referral.tests import hall as halls
from hallway.web.gateways.tests.test_decisions import give_number
from hallway.web.middleware import COOKIE
from tests.smart.kit import challenge

CLIENT = "hallway-at-millbrook"
NUMBERS = "urn:mrn"
KEY = ECKey.generate_key("P-256", {"kid": "ehr-1", "use": "sig"})
STRANGER = ECKey.generate_key("P-256", {"kid": "ehr-1", "use": "sig"})


class Ehr:
    """One EHR. ``says`` overrides its configuration, ``claims`` its id tokens, ``tokens`` its token answer."""

    def __init__(self):
        self.says, self.claims, self.tokens, self.patient, self.seen = {}, {}, {}, {}, []
        self.algorithm, self.key, self.header, self.codes, self.status = "ES256", KEY, {}, {}, 200
        ehr = self

        class Served(BaseHTTPRequestHandler):
            def do_GET(self):
                self.answer(*ehr.got(self.path, self.headers.get("Authorization", "")))

            def do_POST(self):
                sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
                self.answer(*ehr.exchanged({name: value for name, (value,) in parse_qs(sent).items()}))

            def answer(self, status, told):
                self.send_response(status)
                self.end_headers()
                self.wfile.write(json.dumps(told).encode())

            def log_message(self, *_):
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Served)
        self.root = f"http://127.0.0.1:{self.server.server_port}"
        self.iss = f"{self.root}/fhir"
        threading.Thread(target=self.server.serve_forever, args=[0.05], daemon=True).start()

    def configuration(self):
        told = {
            "issuer": self.root,
            "authorization_endpoint": f"{self.root}/authorize",
            "token_endpoint": f"{self.root}/token",
            "jwks_uri": f"{self.root}/jwks",
            "code_challenge_methods_supported": ["S256"],
            "capabilities": ["launch-ehr", "permission-v2"],
            **self.says,
        }
        return {name: value for name, value in told.items() if value is not None}

    def got(self, path, authorization):
        self.seen.append(path)
        if path.endswith("smart-configuration"):
            return 200, self.configuration()
        if path == "/jwks":
            return 200, {"keys": [KEY.as_dict(private=False)]}
        if path.startswith("/fhir/Patient/") and authorization == "Bearer a-token":
            patient = {"resourceType": "Patient", "id": "their-7", "birthDate": "1985-04-12", **self.patient}
            return 200, patient
        return 404, {}

    def authorized(self, address):
        """What the browser meets at the EHR: the person is in already, and sent back with a code."""
        asked = {name: value for name, (value,) in parse_qs(urlsplit(address).query).items()}
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked
        return asked, f"{urlsplit(asked['redirect_uri']).path}?{urlencode({'code': code, 'state': asked['state']})}"

    def exchanged(self, form):
        asked = self.codes.pop(form["code"], None)
        if asked is None or challenge(form["code_verifier"]) != asked["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        if form["redirect_uri"] != asked["redirect_uri"] or self.status != 200:
            return 400, {"error": "invalid_grant"}
        told = {"access_token": "a-token", "token_type": "Bearer", "patient": "their-7", "expires_in": 60}
        told |= {"id_token": self.id_token(asked["nonce"])} | self.tokens
        return 200, {name: value for name, value in told.items() if value is not None}

    def id_token(self, nonce):
        return id_token(self.root, nonce, self.claims, algorithm=self.algorithm, key=self.key, header=self.header)


def id_token(issuer, nonce, claims, *, algorithm="ES256", key=KEY, header=None):
    at = int(clock.now().timestamp())
    told = {
        "iss": issuer, "aud": CLIENT, "sub": "carewell-17", "nonce": nonce, "iat": at, "exp": at + 300,
        "name": "Dr Carewell", "fhirUser": f"{issuer}/fhir/Practitioner/17", **claims,
    }  # fmt: skip
    told = {name: value for name, value in told.items() if value is not None}
    head = {"alg": algorithm, "kid": "ehr-1", **(header or {})}
    return jwt.encode(head, told, key, algorithms=[algorithm])


SHARED = OctKey.import_key("k" * 32)


class World:
    """The practice, its registered EHR, and a clinician with an account and a browser."""

    def __init__(self, ehr, **more):
        discovery.forget()
        key_sets.forget()
        self.hall, self.ehr = halls.build(), ehr
        give_number(self.hall)
        ehr.patient.setdefault("identifier", [{"system": NUMBERS, "value": "M-1"}])
        self.account = self.account_of(self.hall.pcp, "carewell")
        self.row = self.register(**more)
        self.browser = Client()

    def register(self, **more):
        said = {"name": "Their EHR", "iss": self.ehr.iss, "identifier_system": NUMBERS, "client_id": CLIENT, **more}
        organization = said.pop("organization", self.hall.pcp.organization_id)
        return registering.register(Registration(**said), organization, by=AccountId(1))

    def account_of(self, who, name):
        PractitionerRole.objects.update_or_create(
            practitioner_id=who.practitioner_id,
            organization_id=who.organization_id,
            role=str(who.role),
            defaults={"fhir_id": f"r-{name}", "from_on": clock.today()},
        )
        return identity.create_account(f"{name}@example.test", name.title(), practitioner_id=who.practitioner_id)

    def come_in(self, account=None):
        from hallway.web.sign_in.hats import hats_of

        account = account or self.account
        opened = identity.open_verified(account)
        identity.wear(opened.session_id, hats_of(account)[0])
        self.browser.cookies[COOKIE] = opened.token
        return opened

    def launched(self, **more):
        """The EHR opens Hallway; where the browser goes, or the page that says why not."""
        return self.browser.get("/launch", {"iss": self.ehr.iss, "launch": "l-1", **more})

    def returned(self):
        """To the EHR and back."""
        begun = self.launched()
        assert begun.status_code == 303, begun.content[-600:]
        _, path = self.ehr.authorized(begun["Location"])
        return self.browser.get(path)

    def tie(self):
        """Launch, sign in, say yes; the address of the patient's page."""
        self.come_in()
        asked = self.returned()
        assert asked.status_code == 302, asked.content[-600:]
        return self.browser.post(asked["Location"], {"do": "yes"})
