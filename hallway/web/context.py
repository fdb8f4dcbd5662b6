"""What every template may know of the page: who is signed in, which places they have, which sheets to load."""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest
from django.urls import Resolver404, resolve

from hallway import clock
from hallway.identity import rules
from hallway.identity.login import Login
from hallway.identity.requester import Role
from hallway.web.access import Access

SHEETS = tuple(
    f"hallway/css/{name}.css"
    for name in (
        "tokens", "base", "shell", "parts", "forms", "worklist", "chart", "referral",
        "sharing", "door", "patient", "steps", "narrow", "print",
    )
)  # fmt: skip
FONT = "hallway/fonts/source-sans-3-latin-wght-normal.woff2"

ROLE_LABELS: dict[Role, str] = {
    Role.PCP: "Primary care",
    Role.THERAPIST: "Therapist",
    Role.PSYCHIATRIST: "Psychiatrist",
    Role.BH_CARE_MANAGER: "Behavioral health care manager",
    Role.MEDICAL_SPECIALIST: "Specialist",
    Role.FRONT_DESK: "Front desk",
    Role.BILLER: "Biller",
    Role.PRACTICE_LEADER: "Practice leader",
    Role.NETWORK_ADMINISTRATOR: "Network administrator",
    Role.PRIVACY_OFFICER: "Privacy officer",
    Role.PATIENT: "Patient",
    Role.REPRESENTATIVE: "Acting for a patient",
    Role.SYSTEM: "System",
}
"""How a role reads beside a name."""

NO_SEARCH = frozenset(
    {
        Role.NETWORK_ADMINISTRATOR,
        Role.PRACTICE_LEADER,
        Role.PRIVACY_OFFICER,
        Role.PATIENT,
        Role.SYSTEM,
        Role.REPRESENTATIVE,
    }
)
"""Roles without a patient search."""


@dataclass(frozen=True, slots=True)
class Place:
    """One place of the bar; ``key`` follows G."""

    label: str
    path: str
    key: str = ""
    current: bool = False


WORKLIST = Place("Worklist", "/worklist/", "W")
TODAY = Place("Today", "/worklist/", "W")
PATIENTS = Place("Patients", "/patients/", "P")
REFERRALS = Place("Referrals", "/referrals/", "R")
REPORTS = Place("Reports due", "/reports/")
DIRECTORY = Place("Directory", "/directory/", "D")
NETWORK = Place("Network", "/network/", "N")
CONSENTS = Place("Consents", "/consents/")
PRACTICE = Place("Practice", "/worklist/practice", "W")
REVIEWS = Place("Reviews", "/emergency/")
PAPERS = Place("Papers", "/review/")
DENIALS = Place("Denials", "/denials/")
RULES = Place("Rules", "/rules/")
DEVELOPERS = Place("APIs", "/developers/")
MY_CARE = Place("My care", "/my-care/")
MY_SHARING = Place("My sharing", "/my-care/sharing/")
WHO_SAW = Place("Who saw it", "/my-care/seen/")
THE_RECORD = Place("Record", "/my-care/record/")
ASKING = Place("Ask", "/my-care/asks/")

PLACES: dict[Role, tuple[Place, ...]] = {
    Role.PCP: (WORKLIST, PATIENTS, REFERRALS, DIRECTORY, NETWORK),
    Role.MEDICAL_SPECIALIST: (WORKLIST, PATIENTS, REFERRALS, DIRECTORY, NETWORK),
    Role.THERAPIST: (WORKLIST, PATIENTS, REFERRALS, REPORTS, DIRECTORY),
    Role.PSYCHIATRIST: (WORKLIST, PATIENTS, REFERRALS, REPORTS, DIRECTORY),
    Role.BH_CARE_MANAGER: (WORKLIST, PATIENTS, REFERRALS, DIRECTORY),
    Role.FRONT_DESK: (TODAY, PATIENTS, REFERRALS, CONSENTS, DIRECTORY),
    Role.BILLER: (PATIENTS,),
    Role.PRACTICE_LEADER: (PRACTICE, REVIEWS, PAPERS, NETWORK, DIRECTORY),
    Role.NETWORK_ADMINISTRATOR: (NETWORK, DIRECTORY, RULES, DEVELOPERS),
    Role.PRIVACY_OFFICER: (REVIEWS, PAPERS, DENIALS, CONSENTS, RULES),
    Role.PATIENT: (MY_CARE, MY_SHARING, WHO_SAW, THE_RECORD, ASKING),
    Role.REPRESENTATIVE: (MY_CARE, THE_RECORD),
}
PART2_PLACES = (WORKLIST, PATIENTS, REFERRALS, CONSENTS, DIRECTORY)
"""A Part 2 program's clinicians work with consents more than with reports due; those stand in their worklist."""


@lru_cache(maxsize=256)
def _opens(path: str, role: Role) -> bool:
    """Whether a place has its page in this version and the role may use it: the bar never holds a dead link."""
    try:
        access: Access | None = getattr(resolve(path).func, "access", None)
    except Resolver404:
        return False
    return access is not None and (access.public or not access.roles or role in access.roles)


def places_of(login: Login) -> tuple[Place, ...]:
    """The places of a login's role, at most five, in order."""
    if login.requester is None:
        return ()
    role = login.requester.role
    chosen = PART2_PLACES if login.is_part2 and role is Role.THERAPIST else PLACES.get(role, ())
    return tuple(place for place in chosen if _opens(place.path, role))


def home_of(login: Login | None) -> str:
    """Where a role's day begins: the first place of its bar."""
    places = places_of(login) if login else ()
    return places[0].path if places else "/"


def printed_at() -> datetime:
    """What a print of the page names as its time."""
    return clock.now()


def page(request: HttpRequest) -> dict[str, object]:
    """Names every template may use: ``login, requester, places, home, may_find, role_label, demo, sheets``."""
    login: Login | None = getattr(request, "login", None)
    requester = login.requester if login else None
    places = places_of(login) if login else ()
    current = _current(request.path, places)
    return {
        "login": login,
        "requester": requester,
        "places": [replace(place, current=place.path == current) for place in places],
        "home": places[0].path if places else "/",
        "may_find": requester is not None and requester.role not in NO_SEARCH,
        "role_label": ROLE_LABELS[requester.role] if requester else "",
        "demo": bool(settings.DEMO),
        "sheets": SHEETS,
        "font_url": f"{settings.STATIC_URL}{FONT}",
        "printed_at": printed_at(),
        "idle_seconds": int(rules.IDLE_LIMIT.total_seconds()),
    }


def _current(path: str, places: tuple[Place, ...]) -> str:
    """The longest place that ``path`` stands under; a chart belongs to Patients."""
    asked = path.replace("/charts/", "/patients/", 1)
    return max((place.path for place in places if asked.startswith(place.path)), key=len, default="")
