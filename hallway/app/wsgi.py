"""The root callable: `/fhir` reads go to plain functions on a pool, everything else to Django."""

import os
import signal

from django.core.wsgi import get_wsgi_application

from hallway.storage import processes

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hallway.app.settings")
if os.environ.get("HALLWAY_SUPERVISED"):
    # A worker whose web server was killed must not keep the port.
    processes.die_with_parent(signal.SIGTERM, os.getppid())
application = get_wsgi_application()
