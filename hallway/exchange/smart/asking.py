"""What a program asks at the authorization endpoint, checked before anybody is asked to say yes.

Until the program and the address for its answer are known for sure, an error is ours to show; after that it goes back
to the program. There is no way to be sent to an address that was not registered.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from hallway.errors import HallwayError, Kind
from hallway.exchange.smart.places import Place
from hallway.identity import addresses, granted, scopes
from hallway.identity.app_models import App, AppLaunch
from hallway.identity.granting import Asked
from hallway.identity.scopes import Wanted

_CHALLENGE = re.compile(r"[A-Za-z0-9\-_]{43}")
LONGEST_STATE, LONGEST_NONCE = 1000, 500
Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Back(Exception):  # noqa: N818 - it is an answer for the program, by the browser
    """The answer goes back to the program: an error of its own making, or the person's no."""

    redirect_uri: str
    error: str
    description: str
    state: str = ""

    def location(self) -> str:
        """Where the browser is sent."""
        told = {"error": self.error, "error_description": self.description, "state": self.state}
        return with_parameters(self.redirect_uri, {name: value for name, value in told.items() if value})


def with_parameters(address: str, told: dict[str, str]) -> str:
    """An address with more parameters; one that was registered with some keeps them."""
    return f"{address}{'&' if '?' in address else '?'}{urlencode(told)}"


def checked(pairs: Pairs, place: Place) -> Asked:
    """The question. Raises HallwayError while nothing is known for sure, then ``Back``."""
    told = dict(pairs)
    app = granted.app_called(told.get("client_id", ""))
    if app is None or app.organization_id or _doubled(pairs, "client_id", "redirect_uri"):
        raise _nobody()
    redirect_uri = told.get("redirect_uri", "")
    if not addresses.fits(redirect_uri, app.redirect_uris):
        raise _nowhere()
    state = told.get("state", "")[:LONGEST_STATE]

    def back(error: str, description: str) -> Back:
        return Back(redirect_uri, error, description, state)

    if len(dict(pairs)) != len(pairs):
        raise back("invalid_request", "A parameter was sent twice.")
    fault = _fault(told, place)
    if fault:
        raise back(*fault)
    wanted = within_registration(app, told.get("scope", ""))
    launch = _launch(told, wanted, app)
    if isinstance(launch, str):
        raise back("invalid_request", launch)
    if wanted.is_too_long or not (wanted.clinical or wanted.plain & {"openid", "launch/patient"}):
        raise back("invalid_scope", "None of these scopes is open to this client, or they are too long.")
    return Asked(app, redirect_uri, wanted, state, told["code_challenge"], told.get("nonce", ""), launch)


def within_registration(app: App, text: str) -> Wanted:
    """What a program asks within what it is registered for. Scopes of systems are for systems."""
    found = scopes.within(scopes.parse(text), scopes.parse(app.scopes))
    return Wanted(tuple(one for one in found.clinical if one.side != "system"), found.plain)


def _doubled(pairs: Pairs, *names: str) -> bool:
    return any(sum(1 for name, _ in pairs if name == one) > 1 for one in names)


def _fault(told: dict[str, str], place: Place) -> tuple[str, str] | None:
    """What is wrong with a question of a program that we know: the first that applies."""
    state, nonce = told.get("state", ""), told.get("nonce", "")
    rules = (
        (told.get("response_type") == "code", "unsupported_response_type", "The response type is code."),
        (not {"request", "request_uri"} & set(told), "request_not_supported", "Parameters are sent as they are."),
        (told.get("response_mode", "query") == "query", "invalid_request", "The response mode is query."),
        (
            bool(_CHALLENGE.fullmatch(told.get("code_challenge", ""))),
            "invalid_request",
            "A code_challenge of 43 characters is needed.",
        ),
        (told.get("code_challenge_method") == "S256", "invalid_request", "The code_challenge_method is S256."),
        (place.is_ours(told.get("aud", "")), "invalid_request", "aud must be the address of this FHIR server."),
        (0 < len(state) <= LONGEST_STATE and state.isprintable(), "invalid_request", "A printable state is needed."),
        (len(nonce) <= LONGEST_NONCE and nonce.isprintable(), "invalid_request", "The nonce is too long."),
        (told.get("prompt") != "none", "interaction_required", "The person is always asked."),
    )
    return next(((error, description) for holds, error, description in rules if not holds), None)


def _launch(told: dict[str, str], wanted: Wanted, app: App) -> AppLaunch | str | None:
    """The chart that the program was opened from, None where it was not, or what is wrong."""
    if "launch" not in wanted.plain:
        return "A launch needs the scope launch." if told.get("launch") else None
    found = granted.launch_of(told.get("launch", ""), app)
    return found or "This launch is not known here, or is too old. Open the program from the chart again."


def _nobody() -> HallwayError:
    return HallwayError(
        Kind.INCORRECT,
        "H-XCH-060",
        what="No program of that name is registered here.",
        undone="Nobody was asked, and nothing was sent to it.",
        to_do="Go back to the program. If it happens again, tell your network's administrator.",
    )


def _nowhere() -> HallwayError:
    return HallwayError(
        Kind.INCORRECT,
        "H-XCH-061",
        what="The program wants its answer sent to an address that is not registered for it.",
        undone="Nobody was asked, and nothing was sent.",
        to_do="Do not go on with this program before your network's administrator has looked at it.",
    )
