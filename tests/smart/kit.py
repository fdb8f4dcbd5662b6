"""A clinician with a patient, a program, and the program's side of every conversation."""

import base64
import hashlib
import json
import re
from urllib.parse import parse_qs, urlsplit

from django.test import Client
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from hallway import clock
from hallway.identity import actions as identity
from hallway.identity import registering
from hallway.identity.login import Hat
from hallway.identity.registering import Registration
from hallway.ids import AccountId
from hallway.record import queries as record
from hallway.referral.tests import hall as halls
from hallway.web.middleware import COOKIE

BACK = "https://pocket.example.com/cb"
VERIFIER = "v" * 43
FHIR = "http://testserver/fhir"
TOKEN = "http://testserver/oauth/token"
MOST = "launch launch/patient openid fhirUser profile offline_access online_access patient/*.cruds user/*.cruds"
CODE = "authorization_code"


def challenge(verifier=VERIFIER):
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def register(**more):
    said = {
        "name": "Pocket",
        "maker": "Pocket People",
        "kind": "public",
        "scopes": MOST,
        "redirect_uris": (BACK,),
        **more,
    }
    return registering.register(Registration(**said), by=AccountId(1), client_id=more.pop("client_id", ""))


class World:
    def __init__(self):
        self.hall = halls.build()
        self.chart = self.hall.chart
        self.patient_id = str(record.patient_of(self.chart))
        self.app = register().app
        self.browser = self.come_in(self.hall.pcp)

    def come_in(self, requester, name="pcp@example.test"):
        account = identity.create_account(name, "Paula Primaria", practitioner_id=requester.practitioner_id)
        opened = identity.open_verified(account)
        identity.wear(opened.session_id, Hat(77, requester.role, requester.organization_id, "A practice"))
        browser = Client(enforce_csrf_checks=True)
        browser.cookies[COOKIE] = opened.token
        browser.session_token, browser.account = opened.token, account
        return browser

    def question(self, **more):
        told = {
            "response_type": "code",
            "client_id": self.app.client_id,
            "redirect_uri": BACK,
            "scope": "launch/patient openid fhirUser patient/*.rs",
            "state": "state-of-the-program",
            "aud": FHIR,
            "code_challenge": challenge(),
            "code_challenge_method": "S256",
            "nonce": "once",
            **more,
        }
        return {name: value for name, value in told.items() if value is not None}

    def asked(self, browser=None, **more):
        """The page with the question, and its address."""
        answer = (browser or self.browser).get("/oauth/authorize", self.question(**more))
        assert answer.status_code == 303, answer.content
        return answer["Location"]

    def post(self, path, browser=None, **sent):
        browser = browser or self.browser
        page = browser.get(path)
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.content.decode())[1]
        return browser.post(path, {"csrfmiddlewaretoken": token, **sent})

    def yes(self, path, browser=None, *, scopes=None, chart=None):
        """The person says yes; what the program is sent."""
        scopes = self.question()["scope"] if scopes is None else scopes
        sent = {"do": "yes", "chart": str(chart or self.chart), "scope": scopes.split()}
        return self.post(path, browser, **sent)

    def code(self, browser=None, *, kept=None, **more):
        path = self.asked(browser, **more)
        kept = kept or self.question(**more)["scope"]
        told = back(self.yes(path, browser, scopes=kept))
        assert "code" in told, told
        return told["code"]

    def token(self, path="/oauth/token", **sent):
        return Client().post(
            path, {name: value for name, value in sent.items() if value is not None and name != "auth"}
        )

    def change(self, code, **more):
        told = {
            "grant_type": CODE,
            "code": code,
            "redirect_uri": BACK,
            "client_id": self.app.client_id,
            "code_verifier": VERIFIER,
            **more,
        }
        body = "&".join(f"{name}={value}" for name, value in told.items() if value is not None)
        return form("/oauth/token", body, more.get("auth"))

    def let_in(self, **more):
        answer = self.change(self.code(**more))
        assert answer.status_code == 200, answer.content
        return answer.json()

    def refresh(self, token, **more):
        told = {"grant_type": "refresh_token", "refresh_token": token, "client_id": self.app.client_id, **more}
        return form("/oauth/token", told)


def form(path, told, authorization=None, **more):
    from urllib.parse import urlencode

    body = told if isinstance(told, str) else urlencode(told)
    headers = {"HTTP_AUTHORIZATION": authorization} if authorization else {}
    return Client(**headers).post(path, body, content_type="application/x-www-form-urlencoded", **more)


def back(answer):
    """What stands in the address that the browser is sent to."""
    assert answer.status_code == 303, (answer.status_code, answer.content[:300])
    assert answer["Location"].startswith(BACK), answer["Location"]
    return {name: value for name, (value,) in parse_qs(urlsplit(answer["Location"]).query).items()}


class Signer:
    """A program's key, and assertions by it."""

    def __init__(self, algorithm="ES384", kid="k1"):
        self.algorithm, self.kid = algorithm, kid
        self.key = RSAKey.generate_key(2048) if algorithm.startswith("RS") else ECKey.generate_key("P-384")

    @property
    def jwks(self):
        return json.dumps({"keys": [{**self.key.as_dict(private=False), "kid": self.kid, "use": "sig"}]})

    def assertion(self, client_id, *, header=None, algorithm=None, key=None, **claims):
        at = int(clock.now().timestamp())
        told = {"iss": client_id, "sub": client_id, "aud": TOKEN, "exp": at + 200, "jti": f"j{at}", **claims}
        told = {name: value for name, value in told.items() if value is not None}
        algorithm = algorithm or self.algorithm
        return jwt.encode(
            {"alg": algorithm, **({"kid": self.kid} if self.kid else {}), **(header or {})},
            told,
            key or self.key,
            algorithms=[algorithm],
        )


ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
