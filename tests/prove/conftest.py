from dataclasses import dataclass

import pytest
from django.db import connections

from hallway.app.prove import network, worlds
from hallway.app.prove.cast import Cast
from hallway.fhirapi import door


@dataclass
class Stage:
    """A filled database that nobody is connected to, and who is in it."""

    template: str
    cast: Cast


@pytest.fixture
def stage(fresh_db):
    with worlds.injected("stage", worlds.BEFORE):
        cast = network.build()
    door.close()
    connections["default"].close()
    return Stage(fresh_db, cast)
