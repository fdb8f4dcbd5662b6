"""The document, to anybody."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from hallway.web.access import public
from hallway.web.api import registry


@public
@require_GET
def document(request: HttpRequest) -> HttpResponse:
    """OpenAPI 3.1 as JSON."""
    return HttpResponse(registry.document(), content_type="application/json")
