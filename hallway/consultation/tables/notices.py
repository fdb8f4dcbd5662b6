"""The notices of a report, by id, and the words that stand on every print. The texts are the gate's."""

from hallway.consent.tables.notices import NOTICES as OF_THE_GATE
from hallway.consent.tables.notices import named

NOTICES: dict[str, str] = {one.id: one.text for one in OF_THE_GATE.values()}
"""Full text by the id that rules name in ``notice:`` obligations."""

STANDING = (
    "You see what may be shared with you for treatment. That may not be everything."
    " Ask the patient before you rely on something not being here."
)
"""The same words on every print, whatever is or is not there."""


def texts(obligations: tuple[str, ...]) -> tuple[str, ...]:
    """The notices among a gate's obligations, in full."""
    return tuple(notice.text for notice in named(obligations))
