"""The one patient whom another system means by its own numbers, as far as the reader may know that there is one."""

from collections.abc import Iterable, Sequence

from hallway.consent.queries import headers
from hallway.identity.requester import Requester
from hallway.ids import ChartId
from hallway.record import queries as record
from hallway.record.stored import PatientHeader


def chart_known_by(
    numbers: Sequence[tuple[str, str]], birth_date: str, *, of: Requester, also: Iterable[ChartId] = ()
) -> ChartId | None:
    """The one chart that ``of`` may open under one of these numbers (system and value, exactly) or among ``also``.

    Unknown, hidden, ambiguous, and a birth date that contradicts are one answer: None.
    """
    tokens = [f"identifier={system}|{value}" for system, value in numbers if system and value]
    candidates = {one.chart_id for one in record.subjects_known_by(tokens)} if tokens else set[ChartId]()
    found = list(headers(of, sorted(candidates | set(also))).values())
    return found[0].chart_id if len(found) == 1 and not _contradicts(found[0], birth_date) else None


def _contradicts(header: PatientHeader, birth_date: str) -> bool:
    """Whether a whole date was sent that is another than ours: the number may be of somebody else."""
    whole = len(birth_date) == len("1985-04-12")
    return whole and header.birth_date is not None and header.birth_date.isoformat() != birth_date
