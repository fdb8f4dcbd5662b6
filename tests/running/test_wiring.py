"""Every event that a room defines stands in the wiring table, is announced, and reaches its own listeners only."""

import ast
import dataclasses
import importlib
import inspect
import re
from pathlib import Path
from uuid import UUID

import pytest

from hallway.app import wiring
from hallway.loops.events import LoopEscalated
from hallway.referral import tasks
from hallway.referral.events import HandOffChanged, ReferralStepped

ROOMS = Path(wiring.__file__).resolve().parents[1]


def defined() -> set[type]:
    modules = [importlib.import_module(f"hallway.{path.parent.name}.events") for path in ROOMS.glob("*/events.py")]
    return {
        event
        for module in modules
        for _, event in inspect.getmembers(module, inspect.isclass)
        if event.__module__ == module.__name__
    }


def test_the_table_holds_every_event_and_no_other():
    assert {LoopEscalated, ReferralStepped, HandOffChanged} <= defined()
    assert set(wiring.LISTENERS_BY_EVENT) == defined()


def test_no_two_events_share_a_name():
    assert len({event.__name__ for event in defined()}) == len(defined())


def test_every_event_is_announced_in_its_room():
    for event in defined():
        room = ROOMS / event.__module__.split(".")[1]
        code = "\n".join(path.read_text() for path in room.rglob("*.py") if "tests" not in path.parts)
        assert re.search(rf"outbox\.announce\({event.__name__}\(", code), event


def test_a_listener_hears_its_own_event_alone(monkeypatch: pytest.MonkeyPatch):
    heard: list[str] = []
    monkeypatch.setitem(wiring.LISTENERS_BY_EVENT, ReferralStepped, (lambda told: heard.append(told["referral_id"]),))
    monkeypatch.setitem(wiring.LISTENERS_BY_EVENT, LoopEscalated, ())
    monkeypatch.setattr(tasks, "LISTENERS", [])
    wiring.connect()
    tasks.heard(event_type="ReferralStepped", referral_id="r-1")
    tasks.heard(event_type="LoopEscalated", loop_id="l-1")
    assert heard == ["r-1"]


def test_a_listener_that_fails_keeps_none_after_it_from_hearing_and_fails_the_job(monkeypatch: pytest.MonkeyPatch):
    heard: list[str] = []

    def fails(_: object) -> None:
        raise ValueError("the first of two")

    listeners = (fails, lambda told: heard.append(told["referral_id"]))
    monkeypatch.setitem(wiring.LISTENERS_BY_EVENT, ReferralStepped, listeners)
    with pytest.raises(ValueError, match="the first of two"):
        wiring.tell({"event_type": "ReferralStepped", "referral_id": "r-1"})
    assert heard == ["r-1"]


def test_an_event_nobody_wrote_into_the_table_fails_its_job():
    with pytest.raises(KeyError):
        wiring.tell({"event_type": "Unheard"})


CODES = {"event", "state", "level", "position", "kind", "id", "code"}
SENDERS = {"smtplib", "email", "urllib.request", "requests", "httpx", "aiohttp", "http.client", "ftplib", "imaplib"}


def test_news_carries_references_and_codes_only_so_whoever_hears_it_asks_the_gate():
    for event in defined():
        for one in dataclasses.fields(event):
            is_reference = one.name.endswith("_id") and one.type in {"UUID", "int", UUID, int}
            is_list = one.name.endswith("_ids") and one.type in {"str", str}
            assert is_reference or is_list or one.name in CODES, f"{event.__name__}.{one.name}"


OUTWARD = {"hallway/exchange/outward.py", "hallway/exchange/mail.py"}
"""What calls an address. What these are given to send is gated where it is made, at delivery, and a mail holds
nothing."""


def test_no_room_sends_anything_by_itself_so_every_notice_is_a_page_that_is_asked_for():
    """A new sender must ask the gate when it delivers, not when it was queued, and be put into the drill."""
    for path in ROOMS.rglob("*.py"):
        room = path.relative_to(ROOMS).parts[0]
        if room == "app" or "tests" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            named = [one.name for one in node.names] if isinstance(node, ast.Import) else []
            named += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            is_the_way_out = path.relative_to(ROOMS.parent).as_posix() in OUTWARD
            assert is_the_way_out or not SENDERS & set(named), path


def test_what_rises_by_the_minute_is_looked_at_each_minute():
    from hallway.worker.ticks import TICKS

    assert next(one for one in TICKS if one.name == "escalate loops").seconds <= 60
