"""Why a launch did not come through, each as a page can say it. Never an address or a word that somebody sent."""

from enum import StrEnum

from hallway.errors import HallwayError, Kind

_AGAIN = "Go back to your chart system and open Hallway from there again."
_LEADER = "Tell your practice leader, who registers chart systems under Your settings."


class Broken(StrEnum):
    """What an EHR's answer lacks, as a code for the log; the person is told one thing for all."""

    CONFIGURATION = "configuration"
    EXCHANGE = "exchange"
    ANSWER = "answer"
    NOBODY = "nobody"
    SHAPE = "shape"
    ALGORITHM = "algorithm"
    KEY = "key"
    SIGNATURE = "signature"
    ISSUER = "issuer"
    AUDIENCE = "audience"
    NONCE = "nonce"
    EXPIRED = "expired"
    TIMES = "times"
    SUBJECT = "subject"
    NOT_STAFF = "not-staff"
    PATIENT = "patient"


class BrokenAnswerError(Exception):
    """An answer of the EHR that does not count."""

    def __init__(self, how: Broken) -> None:
        """Keep the code."""
        super().__init__(how.value)
        self.how = how


def unknown() -> HallwayError:
    """No running registration has this address."""
    return HallwayError(
        Kind.INCORRECT,
        "H-XCH-070",
        what="This chart system is not registered to open Hallway.",
        undone="Nobody was signed in, and nothing was asked of it.",
        to_do=_LEADER,
    )


def unreadable() -> HallwayError:
    """The address lacks what a launch needs, or has it twice."""
    return HallwayError(
        Kind.INCORRECT,
        "H-XCH-071",
        what="The chart system opened Hallway in a way that cannot be read.",
        undone="Nobody was signed in.",
        to_do=_AGAIN,
    )


def unreachable() -> HallwayError:
    """The EHR does not answer, or what it says of itself is not enough."""
    return HallwayError(
        Kind.UNAVAILABLE,
        "H-XCH-072",
        what="The chart system does not answer Hallway as it should.",
        undone="Nobody was signed in.",
        to_do="Try again in a minute. If it stays so, tell your practice leader.",
    )


def stray() -> HallwayError:
    """An answer that this browser does not wait for: another's, an old one, or one that was taken already."""
    return HallwayError(
        Kind.INCORRECT,
        "H-XCH-073",
        what="This browser does not wait for an answer of that chart system.",
        undone="Nobody was signed in.",
        to_do=_AGAIN,
    )


def declined() -> HallwayError:
    """The EHR answers with an error: it, or the person, said no."""
    return HallwayError(
        Kind.INCORRECT,
        "H-XCH-074",
        what="The chart system did not let Hallway be opened.",
        undone="Nobody was signed in.",
        to_do=_AGAIN,
    )


def not_believed() -> HallwayError:
    """Who the person is was not shown in a way that counts."""
    return HallwayError(
        Kind.INCORRECT,
        "H-XCH-075",
        what="The chart system did not show who you are in a way that counts here.",
        undone="Nobody was signed in.",
        to_do=f"{_AGAIN} If it happens again, tell your practice leader.",
    )


def not_of_this_practice() -> HallwayError:
    """The account has no role at the practice whose EHR it is."""
    return HallwayError(
        Kind.INCORRECT,
        "H-XCH-076",
        what="Your account has no role at the practice of this chart system today.",
        undone="Nothing was connected, and nobody was signed in by it.",
        to_do="Sign in with your name and password, or ask your practice leader for the role.",
    )


def tied_elsewhere() -> HallwayError:
    """Somebody tied this name to an account first."""
    return HallwayError(
        Kind.CONFLICT,
        "H-XCH-077",
        what="This name in the chart system is connected to an account already.",
        undone="Nothing was connected.",
        to_do=_AGAIN,
    )


def changed() -> HallwayError:
    """A registration that somebody else changed or ended first."""
    return HallwayError(
        Kind.CONFLICT,
        "H-XCH-078",
        what="Somebody else changed this chart system, or ended it, while you were writing.",
        undone="Your change was not kept.",
        to_do="Open it again and look at what it says now.",
    )


def cannot_stand(field: str, what: str) -> HallwayError:
    """A registration with a fault, at its field."""
    return HallwayError(
        Kind.UNPROCESSABLE,
        "H-XCH-079",
        what=what,
        undone="Nothing was kept.",
        to_do="Change it and send it again.",
        field=field,
    )
