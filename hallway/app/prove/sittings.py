"""Questions put to a patient: their public page, by the secret of the address, with the browser's own or none; and what
staff do with those that wait.
"""

import random
from collections.abc import Callable

from hallway.app.prove.cast import Cast
from hallway.app.prove.facts import new_id
from hallway.app.prove.shaped import Shaped
from hallway.consent import queries
from hallway.screening.asking import actions
from hallway.web.questions.views import COOKIE

EXIT = "questions:ask"
WAITING = "screening:waiting"


def serve(cast: Cast) -> None:
    """A link to a sitting of the common part, opened by the right birth date; and one that waits for the staff."""
    by, chart = cast.callers["pcp"], cast.charts["marisol"]
    made = actions.ask(chart, ["phq-2", "phq-9"], by=by, mode="link")
    born = queries.headers(by, [chart])[chart].birth_date
    cast.know("secret", made.secret)
    cast.know("sitting_id", made.sitting_id)
    cast.know("waiting", actions.ask(chart, ["gad-2"], by=by, mode="link").sitting_id)
    cast.know("sitting", f"{made.secret}/{actions.open_with_birth_date(made.secret, born)}")


def ask(cast: Cast, dice: random.Random) -> Shaped:
    """The page as whoever opened it sees it, or as anybody else does; an answer now and then."""
    secret, session = dice.choice(cast.known["sitting"]).split("/")
    cookie = f"{COOKIE}={session}" if dice.random() < 0.8 else ""
    headers = (("Accept", "application/json"),) if dice.random() < 0.3 else ()
    if dice.random() < 0.3:
        question = dice.choice(("phq-2/q1", "phq-2/q2", "phq-9/q3", "phq-9/q9"))
        number, code = str(dice.randrange(1, 40)), str(dice.randrange(4))
        form = (("step", "answer"), ("question", question), ("code", code), ("number", number))
        return Shaped({"secret": secret}, method="POST", form=form, cookie=cookie, headers=headers)
    query = f"at={dice.randrange(1, 12)}" if dice.random() < 0.6 else ""
    return Shaped({"secret": secret}, query=query, cookie=cookie, headers=headers)


def renew(cast: Cast, dice: random.Random) -> Shaped:
    """Another address for what waits, or taking it back: by those who asked and others, also of what is hidden."""
    hidden = cast.known.get("hidden_sitting", [])
    known = [*cast.known["waiting"] * 3, *cast.known["sitting_id"], *hidden, new_id()]
    do = dice.choice(("again", "again", "again", "back", "burn"))
    return Shaped({"sitting_id": dice.choice(known)}, method="POST", form=(("do", do),))


SHAPED: dict[str, Callable[[Cast, random.Random], Shaped]] = {EXIT: ask, WAITING: renew}
"""Exits whose questions are made here."""
