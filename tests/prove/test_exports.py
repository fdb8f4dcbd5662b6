"""A whole export, written and fetched in two worlds that differ only in what is hidden: the same bytes."""

import json
from datetime import timedelta

from hallway import clock, ids
from hallway.app.prove import worlds
from hallway.exchange.bulk import actions, fetching, resources, running
from hallway.exchange.bulk.actions import Wanted
from hallway.exchange.bulk.models import Export, Level, Segment
from hallway.identity.requester import Requester, Role
from hallway.identity.scopes import Scope, Scopes

SCOPES = Scopes((Scope("system", "*", "rs"),))


def exported(cast, place, level):
    """The manifest and every file, as a program of a practice would take them."""
    by = Requester(
        ids.AccountId(0), ids.NOBODY, cast.organizations[place], Role.SYSTEM, name="warehouse", app="warehouse",
        scopes=SCOPES,
    )  # fmt: skip
    export_id = actions.ask(Wanted(level), by=by, scopes=SCOPES)
    running.run(export_id)
    with clock.stopped_at(clock.now() + timedelta(seconds=5)):
        row = actions.poll(export_id, by=by)
        told = resources.manifest(row, list(Segment.objects.filter(export_id=export_id)), "http://x")
        found = [told]
        for one in json.loads(told)["output"]:
            kind, _, file = one["url"].rpartition("/")[2].removesuffix(".ndjson").rpartition("-")
            found.append(fetching.ndjson(export_id, kind, int(file), by=by, scopes=SCOPES))
    actions.cancel(export_id, by=by)
    assert Export.objects.get(id=export_id).state == "cancelled"
    return found


def test_an_export_is_the_same_in_both_worlds(together, tmp_path, monkeypatch):
    held = 0
    for place in ("millbrook", "northgate"):
        for level in Level:
            answers = []
            for number, world in enumerate(together.some):
                monkeypatch.setenv("HALLWAY_HOME", str(tmp_path / str(number)))
                with worlds.inside(world), worlds.injected(f"{place}/{level}"):
                    answers.append(exported(together.cast, place, level))
            first, second = answers
            assert first == second, (place, level)
            held += sum(map(len, first[1:]))
    assert held > 1000, "nothing was exported: this proves nothing"
