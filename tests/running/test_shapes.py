"""Two threads that read a new type at once end a process: types are learnt one at a time, before the first thread."""

import subprocess
import sys
import threading
import time

from hallway.standards.fhir.r4 import base

LEARNT = """
import msgspec
learnt, make = set(), msgspec.json.Decoder
def noted(kind=None, **more):
    learnt.add(kind)
    return make(kind, **more) if kind else make(**more)
msgspec.json.Decoder = noted
import hallway.app.wsgi
def under(kind):
    for one in kind.__subclasses__():
        yield one
        yield from under(one)
missing = set(under(msgspec.Struct)) - learnt
print(len(learnt), *missing)
"""


def test_a_web_worker_has_learnt_every_type_before_its_first_request():
    ended = subprocess.run([sys.executable, "-c", LEARNT], capture_output=True, text=True, timeout=60, check=False)
    number, *missing = ended.stdout.split()
    assert int(number) > 200, ended.stderr[-500:]
    assert missing == []


def test_decoders_are_made_one_at_a_time(monkeypatch):
    at_once, most = [], []

    class Slow:
        def __init__(self, kind):
            at_once.append(kind)
            most.append(len(at_once))
            time.sleep(0.02)
            at_once.pop()

        def decode(self, body):
            return body

    monkeypatch.setattr(base.msgspec.json, "Decoder", Slow)
    kinds = [type(f"New{n}", (base.Part,), {}, frozen=True) for n in range(4)]
    threads = [threading.Thread(target=base.decode, args=(b"{}", kind)) for kind in kinds]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert most == [1, 1, 1, 1]
