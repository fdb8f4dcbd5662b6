"""The values of the Scores tab, from one opened chart: panels, what is due, what a target may rest on."""

from collections.abc import Sequence
from datetime import date

from hallway.screening.asking.standing import is_known
from hallway.screening.instruments import library
from hallway.screening.instruments.shapes import Person
from hallway.screening.schedule import rules
from hallway.screening.schedule.queries import problems, taken
from hallway.screening.schedule.rows import rows
from hallway.screening.sheets import Sheet
from hallway.screening.targets.queries import targets_of
from hallway.web.chart import plot, scores, treating, words
from hallway.web.chart.reading import Opened

__all__ = ["targets_of", "values_of"]


def values_of(opened: Opened, changes: Sequence[plot.Change]) -> dict[str, object]:
    """What the tab shows, from what was released alone."""
    found = scores.sheets_of(opened.facts)
    targets = targets_of(opened.release)
    aims = [
        treating.aim_of(
            one,
            found,
            opened.roster,
            today=opened.today,
            changes=[change.on for change in changes],
            reader_org=opened.reader.organization_id,
        )
        for one in targets
    ]
    charts = scores.score_charts(found, opened.roster, changes, {one.instrument: one.aim for one in targets})
    dues = _dues(opened, found, [(aim.target.instrument, aim.progress.next_due_on) for aim in aims])
    return {
        "panels": treating.panels(found, opened.roster, charts=charts, aims=aims, dues=dues),
        "dues": [(due, library.instrument(due.instrument)) for due in dues],
    }


def _dues(opened: Opened, found: Sequence[Sheet], targets: Sequence[tuple[str, date | None]]) -> list[rules.Due]:
    patient = opened.facts.patient
    person = Person(
        words.day(patient.birth_date) if patient else None, (patient.gender or "") if patient else "", opened.today
    )
    dues = rules.due(
        person,
        [taken(one) for one in found],
        problems(opened.facts.stored("Condition")),
        "",
        rows=rows(),
        targets=targets,
    )
    return [one for one in dues if is_known(one.instrument)]
