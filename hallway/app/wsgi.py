"""The root callable: `/fhir` reads go to plain functions on a pool, everything else to Django."""

import os
import signal
from collections.abc import Iterable

from django.core.wsgi import get_wsgi_application

from hallway.storage import processes, turns

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hallway.app.settings")
if os.environ.get("HALLWAY_SUPERVISED"):
    # A worker whose web server was killed must not keep the port. A polite signal waits for that server's word. The
    # server leads the session: asked for the parent, a worker orphaned while it loaded would name its new one.
    processes.die_with_parent(signal.SIGKILL, os.getsid(0))
pages = get_wsgi_application()
# After the set-up of Django's applications, on which the imports of pages and door stand.
from hallway.app import sending, shapes  # noqa: E402
from hallway.app.front import limits, tracing  # noqa: E402
from hallway.app.front.application import watched  # noqa: E402
from hallway.fhirapi.application import Environ, Start, in_front_of  # noqa: E402
from hallway.web import urls as _  # noqa: E402, F401 - all pages are loaded before the first is asked for

shapes.build()

door = sending.in_parts(in_front_of(pages))


def answered(environ: Environ, start: Start) -> Iterable[bytes]:
    """Answer one request. Reads stand aside while a right is being taken back."""
    if environ["REQUEST_METHOD"] in {"GET", "HEAD"}:
        turns.stand_aside()
    return door(environ, start)


application = watched(answered, limited=limits.from_environment(), traces=tracing.from_environment())
