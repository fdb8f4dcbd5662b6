"""Session and error middleware. (Replaced by the real ones with the sign-in slice.)"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

Next = Callable[[HttpRequest], HttpResponse]


class SessionMiddleware:
    """Placeholder that signs nobody in."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on."""
        return self.get_response(request)


class ErrorMiddleware(SessionMiddleware):
    """Placeholder that maps nothing."""
