"""The server of the bench ``worklist``: the product's own pages, and beside them the bare query and template.

Which side answers is said by the header ``X-Bench``, which no other server of Hallway reads. Loopback and a scratch
database only; nothing here can be switched on in the product.

The bare side is the same process: one statement for the rows, without gate, counts and ledger, and the page's own
template. It takes whoever came first by a cookie for signed in, and keeps the names of people and places.
"""

import os
from collections.abc import Iterable
from http.cookies import SimpleCookie
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hallway.app.settings")
django.setup()

from django.core.handlers.wsgi import WSGIRequest  # noqa: E402
from django.db import connection  # noqa: E402
from django.template.loader import render_to_string  # noqa: E402

from hallway import clock  # noqa: E402
from hallway.app.wsgi import application as product  # noqa: E402
from hallway.directory.models import Organization, Practitioner  # noqa: E402
from hallway.fhirapi.application import Environ, Start  # noqa: E402
from hallway.identity import queries as logins  # noqa: E402
from hallway.identity.login import Login  # noqa: E402
from hallway.identity.requester import CLINICIANS  # noqa: E402
from hallway.loops import presenting  # noqa: E402
from hallway.record.queries import header_columns  # noqa: E402
from hallway.web.middleware import COOKIE  # noqa: E402
from hallway.web.worklist import presenters  # noqa: E402

_COLUMNS = ", ".join(f"l.{name}" for name in presenting.COLUMNS)
_BARE = f"""
SELECT {_COLUMNS}, {header_columns()}
FROM loops_loop l JOIN record_header h ON h.chart_id = l.chart_id
WHERE l.closed_at IS NULL AND l.from_at <= %s AND l.owner_org_id = %s AND l.owner_practitioner_id = %s AND l.mask = 1
ORDER BY l.harm DESC, l.due_at, l.id LIMIT 51
"""  # noqa: S608 - names of our own
_logins: dict[str, Login] = {}
_names: dict[str, presenting.Names] = {}


def application(environ: Environ, start: Start) -> Iterable[bytes]:
    """Answer on the side that the header names."""
    if environ.get("HTTP_X_BENCH") != "bare":
        return product(environ, start)
    body = _bare(environ)
    start("200 OK", [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(body)))])
    return [body]


def _bare(environ: Environ) -> bytes:
    login = _login(environ)
    asker = login.requester
    assert asker is not None
    now = clock.now()
    with connection.cursor() as opened:
        opened.execute(_BARE, [now, asker.organization_id, asker.practitioner_id])
        found = [presenting.Found.of(row) for row in opened.fetchall()]
    names = _known(asker.organization_id, found)
    rows = presenters.rows_of([presenting.row(one, asker, now, names) for one in found])
    request: Any = WSGIRequest(environ)
    request.login, request.requester = login, asker
    context = {
        "show": "mine",
        "shows": [(key, label, None) for key, label in presenters.SHOWS.items() if key != "practice"],
        "practice_count": None,
        "finding": presenters.finding("mine", len(rows), rows),
        "groups": presenters.groups_of(rows),
        "more": "",
        "now": now,
        "clinicians": CLINICIANS,
    }
    return render_to_string("worklist/worklist.html", context, request=request).encode()


def _login(environ: Environ) -> Login:
    token = SimpleCookie(environ["HTTP_COOKIE"])[COOKIE].value
    if token not in _logins:
        found = logins.login_of(token)
        if found is None:
            raise RuntimeError("nobody is signed in")
        _logins[token] = found
    return _logins[token]


def _known(organization: int, found: list[presenting.Found]) -> presenting.Names:
    key = str(organization)
    if key not in _names:
        places = Organization.objects.filter(id__in={i for one in found for i in one.places()} | {organization})
        people = Practitioner.objects.filter(id__range=(organization * 100, organization * 100 + 99))
        _names[key] = presenting.Names({one.id: one for one in people}, {one.id: one for one in places})
    return _names[key]
