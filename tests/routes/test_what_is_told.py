"""What a patient is called, and what was written about them, stays out of logs, addresses and the words of errors."""

import io
import json
import logging
import logging.config
import random

from hallway.app import logs
from hallway.app.prove import asking, reading, worlds
from hallway.app.prove.exits import every_exit
from hallway.app.prove.hidden import hide
from tests.routes.test_refusals import CLOSED, PRIVATE_WORDS

TYPED = "Typedbysomebody"


def test_no_log_line_holds_a_patient_or_what_was_typed(asker, caplog):
    """Every route asked by everybody who may, with typed words in query and form, and some asked so that they fail."""
    written = io.StringIO()
    logging.config.dictConfig(logs.CONFIG)
    listener = logging.StreamHandler(written)
    listener.setFormatter(_Whole())
    logging.getLogger().addHandler(listener)
    try:
        with worlds.injected("hide", worlds.BEFORE):
            hide(asker.cast, random.Random(1))
        for exit_ in CLOSED:
            for key in asking.callers_of(exit_, asker.cast)[:3]:
                for method in asker.methods(exit_, key):
                    _ask_typing(asker, exit_, key, method)
    finally:
        logging.getLogger().removeHandler(listener)
    assert "Not Found" in written.getvalue(), "the listener heard nothing, so the rest would prove nothing"
    for text in (written.getvalue(), caplog.text):
        assert not [word for word in (*PRIVATE_WORDS, TYPED.encode()) if word.decode() in text]


class _Whole(logging.Formatter):
    """Everything a handler could ever write of a record: its words, its fields, its traceback."""

    def format(self, record):
        fields = {key: str(value) for key, value in record.__dict__.items() if key not in {"request", "exc_info"}}
        trace = self.formatException(record.exc_info) if record.exc_info else ""
        return json.dumps(fields) + trace


def _ask_typing(asker, exit_, key, method):
    ask = asking.Ask(
        exit_.name,
        key,
        asker.cast.tokens[key],
        asker.address(exit_),
        method=method,
        query="" if exit_.is_fhir or method == "POST" else f"q=Ejemplo&text={TYPED}",
        form=(("text", TYPED), ("question", TYPED), ("family", "Ejemplo")) if method == "POST" else (),
    )
    with worlds.injected(exit_.name):
        asking.call(asker.application, ask)


def test_no_address_that_we_make_holds_a_name(asker):
    """Links, forms and redirects of every page, to everybody who may open it."""
    for exit_ in every_exit():
        for key in asking.callers_of(exit_, asker.cast)[:2]:
            if exit_ not in CLOSED:
                continue
            reply = asker.ask(exit_, key)
            assert holds_no_name(dict(reply.headers).get("Location", "")), exit_.name
            page = reading.read(reply.body)
            for address in (*(link for link, _ in page.links), *(form.action for form in page.forms)):
                assert holds_no_name(address), (exit_.name, address)


def holds_no_name(address):
    return not any(word.decode().lower() in address.lower() for word in PRIVATE_WORDS)


def test_no_error_repeats_what_was_typed(asker):
    """Answers that refuse (400 and above) never hold a name of the record; nor, at the FHIR door, what was asked."""
    for exit_ in CLOSED:
        for key in asking.callers_of(exit_, asker.cast)[:2]:
            for method in asker.methods(exit_, key):
                ask = asking.Ask(
                    exit_.name, key, asker.cast.tokens[key], asker.address(exit_), method=method,
                    query=f"{TYPED}={TYPED}" if exit_.is_fhir else "",
                )  # fmt: skip
                with worlds.injected(exit_.name):
                    reply = asking.call(asker.application, ask)
                if reply.status in {400, 401, 403, 404, 409, 410, 413, 500, 503}:
                    assert not [word for word in PRIVATE_WORDS if word in reply.body], (exit_.name, reply.status)
                    assert TYPED.encode() not in reply.body, (exit_.name, reply.status)
