import re
from dataclasses import dataclass

import pytest

from hallway.app.prove import asking, network, worlds
from hallway.app.prove.asking import Ask
from hallway.app.prove.cast import sign_in
from hallway.fhirapi import door


@dataclass
class Asker:
    cast: object
    application: object

    def ask(self, exit_, key, *, method="GET", token=None, **parts):
        path = self.address(exit_, **parts)
        token = self.cast.tokens.get(key, "") if token is None else token
        with worlds.injected(exit_.name):
            return asking.call(self.application, Ask(exit_.name, key, token, path, method=method))

    def address(self, exit_, **parts):
        return re.sub(r"\{(\w+)\}", lambda found: parts.get(found[1]) or self.part(exit_, found[1]), exit_.shape)

    def part(self, exit_, name):
        """Something that is there, for the people who may know it."""
        if exit_.is_fhir:
            condition = next(one for one in self.cast.known["resource"] if self.cast.kinds[one] == "Condition")
            whole = self.cast.patients["marisol"] if "Patient" in exit_.shape else condition
            return {"type": "Condition", "id": whole, "version": "1", "file": "Patient-1.ndjson"}[name]
        if name == "service":
            return "patient-view"
        assert name in self.cast.known or name == "account_id" or name == "passkey_id", f"declare what {name} may be"
        return (self.cast.known.get(name) or ["1"])[0]

    def methods(self, exit_, key):
        """GET, and POST where the page takes it."""
        if exit_.is_fhir:
            return ("GET",)
        return ("GET", "POST")


@pytest.fixture
def asker(fresh_db):
    with worlds.injected("stage", worlds.BEFORE):
        cast = network.build()
        sign_in(cast, "outsider")
    yield Asker(cast, asking.root())
    door.close()
