"""The check list and the sheet on paper, with the notices that law makes travel with them."""

import io
import threading
from datetime import timedelta
from importlib import import_module

import pypdf
import pytest
from django.db import IntegrityError, connection, connections
from django.db.transaction import atomic

from hallway import clock
from hallway.consent.tables.notices import P2_2024_S1
from hallway.talking import actions, printing, queries
from hallway.talking.actions import listing
from hallway.talking.actions.contacting import Talk
from hallway.talking.checklists import checklist_for
from hallway.talking.models import Checklist, ChecklistEntry
from hallway.talking.tests import lane

one_tick = import_module("hallway.talking.migrations.0003_one_tick")
pytestmark = pytest.mark.usefixtures("fresh_db")


def words_of(content: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages).split())


def test_the_check_list_finds_what_the_record_shows_and_takes_the_rest_by_hand():
    here, year = lane.build(), clock.today().year
    before = checklist_for(here.pcp, here.chart, year)
    actions.send(here.chart, by=here.pcp, to_org=here.therapist.organization_id, words=lane.WORDS)
    here.asked()
    began_at = clock.now() - timedelta(minutes=30)
    talk = Talk(
        direction="out", channel="phone", topic="medicines", outcome="spoke", began_at=began_at,
        ended_at=began_at + timedelta(minutes=12), with_org=int(here.therapist.organization_id), words="Agreed.",
    )  # fmt: skip
    actions.log_contact(here.chart, talk, by=here.pcp)
    actions.tick(here.chart, by=here.pcp, year=year, entry="benefits_discussed", on=clock.today())
    view = checklist_for(here.pcp, here.chart, year)
    done = {line.key: line for line in view.lines if line.is_done}
    assert {"release_sent", "information_requested", "benefits_discussed"} <= done.keys()
    assert done["release_sent"].resource[0] == "Communication"
    assert (view.minutes, view.done - before.done) == (12, 3)
    # The log is the practice's own.
    assert checklist_for(here.therapist, here.chart, year).contacts == ()
    text = words_of(printing.checklist(view, by=here.pcp))
    assert "Benefits of coordination discussed" in text
    assert "12" in text
    actions.untick(here.chart, by=here.pcp, year=year, entry="benefits_discussed")
    assert checklist_for(here.pcp, here.chart, year).done == view.done - 1


def test_a_programs_words_are_printed_with_the_notice_that_forbids_their_use():
    here = lane.build(is_part2=True, state="MA")
    here.signed("part2", by=here.therapist)
    thread = actions.send(here.chart, by=here.therapist, to_org=here.pcp.organization_id, words="He began on Monday.")
    actions.send(here.chart, by=here.pcp, to_org=here.therapist.organization_id, words="Thank you.")
    view = queries.thread_for(here.pcp, thread)
    own = queries.card(here.pcp.organization_id, here.pcp.practitioner_id)
    assert " ".join(P2_2024_S1.split()) in words_of(printing.sheet(view, own, by=here.pcp))
    sheet = checklist_for(here.pcp, here.chart, clock.today().year)
    assert {one.key for one in sheet.lines if one.is_done} >= {"information_received"}
    assert " ".join(P2_2024_S1.split()) in words_of(printing.checklist(sheet, by=here.pcp))


def test_a_tick_leaves_what_a_colleague_planned_meanwhile(monkeypatch):
    here, year = lane.build(), clock.today().year
    opened = listing.open_checklist

    def opened_a_moment_ago(chart, **more):
        row = opened(chart, **more)
        Checklist.objects.filter(id=row.id).update(next_step="call", version=row.version + 1)
        return row

    monkeypatch.setattr(listing, "open_checklist", opened_a_moment_ago)
    actions.tick(here.chart, by=here.pcp, year=year, entry="benefits_discussed", on=clock.today())
    row = Checklist.objects.get()
    assert (row.next_step, row.version) == ("call", 2)


def test_two_presses_of_one_tick_at_once_are_one_row_and_the_database_takes_no_second():
    here, year = lane.build(), clock.today().year
    failed: list[Exception] = []

    def press():
        try:
            actions.tick(here.chart, by=here.pcp, year=year, entry="benefits_discussed", on=clock.today())
        except Exception as error:
            failed.append(error)
        finally:
            connections.close_all()

    presses = [threading.Thread(target=press) for _ in range(4)]
    for one in presses:
        one.start()
    for one in presses:
        one.join()
    assert not failed
    [row] = ChecklistEntry.objects.values()
    with pytest.raises(IntegrityError), atomic():
        ChecklistEntry.objects.create(**row | {"id": None})


def test_doubles_of_before_become_the_tick_that_was_said_last():
    here, year = lane.build(), clock.today().year
    actions.tick(here.chart, by=here.pcp, year=year, entry="benefits_discussed", on=clock.today())
    [row] = ChecklistEntry.objects.values()
    with connection.cursor() as opened:
        # In a database of before: without its constraint, which is not ours to drop.
        opened.execute("CREATE TEMPORARY TABLE talking_checklistentry AS SELECT * FROM talking_checklistentry")
    earlier = row | {"id": row["id"] - 1, "on": clock.today() - timedelta(days=1)}
    ChecklistEntry.objects.bulk_create([ChecklistEntry(**earlier), ChecklistEntry(**row | {"id": 0, "entry": "other"})])
    with connection.cursor() as opened:
        opened.execute(one_tick.ONCE)
    assert sorted(ChecklistEntry.objects.values_list("entry", "on")) == [
        ("benefits_discussed", clock.today()),
        ("other", row["on"]),
    ]
