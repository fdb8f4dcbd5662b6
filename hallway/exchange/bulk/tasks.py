"""The job of an export. It carries the export's id alone."""

from uuid import UUID

from procrastinate.contrib.django import app

from hallway.exchange.bulk import actions, running


@app.task(name=actions.TASK)
def export(export_id: str) -> None:
    """Write an export, or go on with it."""
    running.run(UUID(export_id))
