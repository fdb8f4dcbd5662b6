"""Is Hallway ready? Says nothing else."""

from django.http import HttpRequest, HttpResponse

from hallway.web.access import public


@public
def healthz(request: HttpRequest) -> HttpResponse:
    """200 when the database answers."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok\n", content_type="text/plain")
