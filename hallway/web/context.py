"""What every template may know of the page."""

from django.http import HttpRequest


def page(request: HttpRequest) -> dict[str, object]:
    """Nothing yet."""
    return {}
