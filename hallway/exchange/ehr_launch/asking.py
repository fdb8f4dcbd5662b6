"""What Hallway asks an EHR once a person came back with a code: tokens, its keys, and the numbers of the one patient.

Every call goes by the guarded way out, to addresses fixed when the launch began. The tokens are dropped at the end.
"""

import re
from dataclasses import dataclass
from urllib.parse import urlencode

import msgspec
from authlib.oauth2.rfc7523.client import ASSERTION_TYPE
from msgspec import Struct

from hallway import clock
from hallway.exchange import key_sets, outward
from hallway.exchange.ehr_launch import id_tokens
from hallway.exchange.ehr_launch.id_tokens import Expected, Person
from hallway.exchange.ehr_launch.models import Ehr
from hallway.exchange.ehr_launch.refusals import Broken, BrokenAnswerError
from hallway.identity import keys, rules, signing_keys

SECONDS = 5.0
MOST_NUMBERS = 20
LONGEST_TOKEN = 8192
_FHIR_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
_TOKEN = re.compile(r"[!-~]+")
_CONTEXT = re.compile(r"/(charts|referrals|reports|consents|worklist|patients)/[A-Za-z0-9\-/]{0,100}")


@dataclass(frozen=True, slots=True)
class Exchange:
    """What a launch fixed before the person went away."""

    ehr: Ehr
    code: str
    verifier: str
    redirect_uri: str
    token_endpoint: str
    jwks_uri: str
    expected: Expected


class Known(Struct, frozen=True):
    """One patient as the EHR knows them: numbers of the registered system, and the birth date.

    ``go`` is a page of ours that a card named which was followed. All empty: a launch about nobody.
    """

    numbers: tuple[str, ...] = ()
    birth_date: str = ""
    go: str = ""
    is_named: bool = False


class _Identifier(Struct, frozen=True):
    value: str = ""
    system: str = ""


class _Patient(Struct, frozen=True, rename="camel"):
    resource_type: str = ""
    id: str = ""
    identifier: tuple[_Identifier, ...] = ()
    birth_date: str = ""


class _Tokens(Struct, frozen=True):
    access_token: str
    token_type: str
    id_token: str = ""
    patient: str = ""
    app_context: str = msgspec.field(default="", name="appContext")


def asked(exchange: Exchange) -> tuple[Person, Known]:
    """Who came, and about whom. Raises BrokenAnswerError at the first thing that does not count."""
    tokens = _tokens(exchange)
    if not tokens.id_token:
        raise BrokenAnswerError(Broken.NOBODY)
    found = key_sets.keys_at(exchange.jwks_uri, id_tokens.key_id(tokens.id_token))
    person = id_tokens.checked(tokens.id_token, found, exchange.expected)
    return person, _known(exchange.ehr, tokens)


def _tokens(exchange: Exchange) -> _Tokens:
    form = {
        "grant_type": "authorization_code",
        "code": exchange.code,
        "redirect_uri": exchange.redirect_uri,
        "client_id": exchange.ehr.client_id,
        "code_verifier": exchange.verifier,
    }
    if exchange.ehr.way == Ehr.Way.KEY:
        form |= {"client_assertion_type": ASSERTION_TYPE, "client_assertion": _assertion(exchange)}
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    sent = urlencode(form).encode()
    body = _answered("POST", exchange.token_endpoint, Broken.EXCHANGE, headers=headers, body=sent)
    try:
        tokens = msgspec.json.decode(body, type=_Tokens)
    except (msgspec.DecodeError, RecursionError):
        raise BrokenAnswerError(Broken.ANSWER) from None
    is_good = len(tokens.access_token) <= LONGEST_TOKEN and bool(_TOKEN.fullmatch(tokens.access_token))
    if tokens.token_type.lower() != "bearer" or not is_good:
        raise BrokenAnswerError(Broken.ANSWER)
    return tokens


def _assertion(exchange: Exchange) -> str:
    at = clock.now()
    client = exchange.ehr.client_id
    claims: signing_keys.Claims = {
        "iss": client,
        "sub": client,
        "aud": exchange.token_endpoint,
        "iat": int(at.timestamp()),
        "exp": int((at + rules.ASSERTION_LIFE / 2).timestamp()),
        "jti": keys.new_token(),
    }
    return signing_keys.sign(claims, "ES384")


def _answered(method: str, url: str, broken: Broken, *, headers: dict[str, str], body: bytes = b"") -> bytes:
    try:
        reply = outward.send(method, url, body=body, headers=headers, seconds=SECONDS)
    except outward.OutwardError:
        raise BrokenAnswerError(broken) from None
    if reply.status != 200:
        raise BrokenAnswerError(broken)
    return reply.body


def _known(ehr: Ehr, tokens: _Tokens) -> Known:
    """The patient in context, read with the token at the registered address and nowhere else."""
    go = tokens.app_context if _CONTEXT.fullmatch(tokens.app_context) else ""
    if not tokens.patient:
        return Known(go=go)
    if not _FHIR_ID.fullmatch(tokens.patient):
        raise BrokenAnswerError(Broken.PATIENT)
    address = f"{ehr.iss.removesuffix('/')}/Patient/{tokens.patient}"
    headers = {"Authorization": f"Bearer {tokens.access_token}", "Accept": "application/fhir+json"}
    patient = patient_of(_answered("GET", address, Broken.PATIENT, headers=headers), tokens.patient)
    numbers = tuple(one.value for one in patient.identifier if one.system == ehr.identifier_system and one.value)
    return Known(numbers[:MOST_NUMBERS], patient.birth_date[:10], go, is_named=True)


def patient_of(body: bytes, asked_id: str) -> _Patient:
    """The patient that was asked for. Raises BrokenAnswerError for another resource, or another patient."""
    try:
        patient = msgspec.json.decode(body, type=_Patient)
    except (msgspec.DecodeError, RecursionError):
        raise BrokenAnswerError(Broken.PATIENT) from None
    if patient.resource_type != "Patient" or patient.id != asked_id:
        raise BrokenAnswerError(Broken.PATIENT)
    return patient
