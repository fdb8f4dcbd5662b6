"""The root callable: `/fhir` reads go to plain functions on a pool, everything else to Django."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hallway.app.settings")
application = get_wsgi_application()
