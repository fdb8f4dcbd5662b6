"""Practices and people of the demo. Every name is invented and says so."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class DemoOrganization:
    """One practice; ``key`` is how the rest of the demo names it."""

    key: str
    name: str
    side: str
    kind: str
    state: str
    city: str
    specialty: str = ""
    is_part2: bool = False
    on_hallway: bool = True
    phone: str = ""
    health_plans: tuple[str, ...] = ("Bay Example HMO", "Example Mutual PPO")


@dataclass(frozen=True, slots=True)
class DemoRole:
    """A role held by a person at a practice."""

    organization: str
    role: str
    specialty: str = ""
    sud_duty: bool = False


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody who signs in. ``login`` is the name they type."""

    login: str
    given: str
    family: str
    roles: tuple[DemoRole, ...]
    prefix: str = ""
    suffix: str = ""
    licence: str = "none"
    languages: tuple[str, ...] = field(default=("English",))
    free_now: bool = False


MILLBROOK, NORTHGATE, HARBOR, COMMONWELL = "millbrook", "northgate", "harbor", "commonwell"
ELMFORD, STONEBRIDGE, NETWORK, OUTSIDE = "elmford", "stonebridge", "network", "outside"

ORGANIZATIONS = (
    DemoOrganization(MILLBROOK, "Millbrook Family Medicine", "pc", "primary_care", "MA", "Millbrook", phone="555-0110"),
    DemoOrganization(
        NORTHGATE, "Northgate Behavioral Health", "bh", "behavioral_health", "MA", "Millbrook", phone="555-0142"
    ),
    DemoOrganization(
        HARBOR,
        "Harbor Sample Recovery Program",
        "bh",
        "sud_program",
        "MA",
        "Millbrook",
        is_part2=True,
        phone="555-0160",
    ),
    DemoOrganization(
        COMMONWELL, "Commonwell Specialty Group", "other", "medical_specialty", "MA", "Westmodel", phone="555-0175"
    ),
    DemoOrganization(ELMFORD, "Elmford Primary Care", "pc", "primary_care", "CT", "Elmford", phone="555-0181"),
    DemoOrganization(
        STONEBRIDGE, "Stonebridge Counseling", "bh", "behavioral_health", "CT", "Elmford", phone="555-0188"
    ),
    DemoOrganization(NETWORK, "Bay Example Network", "other", "network", "MA", "Millbrook", phone="555-0100"),
    DemoOrganization(
        OUTSIDE, "Old Pretend Primary Care", "pc", "outside", "MA", "Farfield", on_hallway=False, phone="555-0199"
    ),
)

_EN_ES = ("English", "Spanish")


def _one(organization: str, role: str, specialty: str = "", *, sud_duty: bool = False) -> tuple[DemoRole, ...]:
    return (DemoRole(organization, role, specialty, sud_duty),)


PEOPLE = (
    DemoPerson("carewell", "Priya", "Carewell", _one(MILLBROOK, "pcp"), "Dr.", "", "physician", _EN_ES),
    DemoPerson("plainfield", "Owen", "Plainfield", _one(MILLBROOK, "pcp"), "Dr.", "", "physician"),
    DemoPerson("samplewell", "Nadia", "Samplewell", _one(MILLBROOK, "pcp"), "", "NP", "np", _EN_ES, free_now=True),
    DemoPerson(
        "headley",
        "Alice",
        "Headley",
        (DemoRole(MILLBROOK, "pcp"), DemoRole(MILLBROOK, "practice_leader")),
        "Dr.",
        "",
        "physician",
    ),
    DemoPerson("deskwell", "Ruth", "Deskwell", _one(MILLBROOK, "front_desk")),
    DemoPerson("ledgerman", "Ben", "Ledgerman", _one(MILLBROOK, "biller")),
    DemoPerson(
        "hearwell",
        "Tess",
        "Hearwell",
        _one(NORTHGATE, "therapist"),
        "",
        "LICSW",
        "social_worker",
        _EN_ES,
        free_now=True,
    ),
    DemoPerson("listenfield", "Marcus", "Listenfield", _one(NORTHGATE, "therapist"), "", "LMHC", "counselor"),
    DemoPerson("thoughtley", "Ingrid", "Thoughtley", _one(NORTHGATE, "therapist"), "Dr.", "", "psychologist"),
    DemoPerson("mindham", "Simon", "Mindham", _one(NORTHGATE, "psychiatrist", "Psychiatry"), "Dr.", "", "psychiatrist"),
    DemoPerson("careline", "Joy", "Careline", _one(NORTHGATE, "bh_care_manager"), "", "RN", "nurse", free_now=True),
    DemoPerson("frontwell", "Dana", "Frontwell", _one(NORTHGATE, "front_desk")),
    DemoPerson("steerman", "Helen", "Steerman", _one(NORTHGATE, "practice_leader")),
    DemoPerson(
        "steadman", "Luis", "Steadman", _one(HARBOR, "therapist", sud_duty=True), "", "LMHC", "counselor", _EN_ES
    ),
    DemoPerson(
        "methodson",
        "Vera",
        "Methodson",
        _one(HARBOR, "psychiatrist", "Addiction psychiatry", sud_duty=True),
        "Dr.",
        "",
        "psychiatrist",
    ),
    DemoPerson("intakeley", "June", "Intakeley", _one(HARBOR, "front_desk", sud_duty=True)),
    DemoPerson(
        "heartwright",
        "Anil",
        "Heartwright",
        _one(COMMONWELL, "medical_specialist", "Cardiology"),
        "Dr.",
        "",
        "physician",
    ),
    DemoPerson(
        "glandwell",
        "Sofia",
        "Glandwell",
        _one(COMMONWELL, "medical_specialist", "Endocrinology"),
        "Dr.",
        "",
        "physician",
    ),
    DemoPerson(
        "breathnam", "Paul", "Breathnam", _one(COMMONWELL, "medical_specialist", "Pulmonology"), "Dr.", "", "physician"
    ),
    DemoPerson(
        "cellworth", "Mei", "Cellworth", _one(COMMONWELL, "medical_specialist", "Oncology"), "Dr.", "", "physician"
    ),
    DemoPerson("elmswood", "Grace", "Elmswood", _one(ELMFORD, "pcp"), "Dr.", "", "physician", free_now=True),
    DemoPerson("riversby", "Tom", "Riversby", _one(ELMFORD, "pcp"), "Dr.", "", "physician"),
    DemoPerson(
        "talkwell", "Carla", "Talkwell", _one(STONEBRIDGE, "therapist"), "", "LCSW", "social_worker", free_now=True
    ),
    DemoPerson("hopely", "Derek", "Hopely", _one(STONEBRIDGE, "therapist"), "", "LPC", "counselor"),
    DemoPerson(
        "quietly", "Nina", "Quietly", _one(STONEBRIDGE, "psychiatrist", "Psychiatry"), "Dr.", "", "psychiatrist"
    ),
    DemoPerson("kinfold", "Erin", "Kinfold", _one(STONEBRIDGE, "therapist"), "", "LMFT", "family_therapist"),
    DemoPerson("networth", "Sam", "Networth", _one(NETWORK, "network_administrator")),
    DemoPerson("guardwell", "Pat", "Guardwell", _one(NETWORK, "privacy_officer")),
)

PASSWORD = "walk-down-the-hall"  # noqa: S105 (the demo's own, printed by `make demo`; it exists nowhere else)

SHOWN_AT_SIGN_IN = ("carewell", "hearwell", "mindham", "steadman", "headley", "deskwell", "elmswood", "networth")
"""Whose one-click buttons the demo's sign-in page shows first."""


def sign_ins() -> list[tuple[str, str]]:
    """(login, who) of the people whom `make demo` prints."""
    people = {person.login: person for person in PEOPLE}
    practices = {one.key: one.name for one in ORGANIZATIONS}
    return [
        (login, f"{people[login].roles[0].role.replace('_', ' ')}, {practices[people[login].roles[0].organization]}")
        for login in SHOWN_AT_SIGN_IN
    ]
