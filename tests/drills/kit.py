"""What every drill needs: a hall with a chart, browsers, the lines of the ledger, and a way to kill the connection."""

import os

import psycopg
from django.db import connection as django_connection

from hallway.identity.requester import Role
from hallway.storage import connection
from tests.access.test_places import come_in

PRIVATE = (b"Ejemplo", b"Marisol")


def browser(hall):
    """The PCP's browser; a defect is answered as in production, not raised into the test."""
    client = come_in(hall.pcp, Role.PCP)
    client.raise_request_exception = False
    return client


def lines(act=""):
    """How many lines the ledger has, of one act or of all."""
    with connection.cursor() as cursor:
        asked = "SELECT count(*) FROM ledger_answer WHERE %s = '' OR act = %s"
        return cursor.execute(asked, [act, act]).fetchone()[0]


def kill_connection():
    """End the present connection from the server's side, as a crash does: nothing is rolled back politely."""
    pid = django_connection.connection.info.backend_pid
    with psycopg.connect(f"{os.environ['HALLWAY_TEST_SERVER']}/postgres", autocommit=True) as admin:
        admin.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])


def holds_nobody(reply):
    return not any(word in reply.content for word in PRIVATE)
