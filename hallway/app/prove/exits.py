"""Every way out of Hallway: the routes of the pages and of the FHIR door, walked, never listed by hand."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from django.urls import URLPattern, URLResolver, get_resolver

from hallway.fhirapi import routes
from hallway.identity.requester import Role
from hallway.web.access import Access


@dataclass(frozen=True, slots=True)
class Exit:
    """``shape`` has its parts in braces; ``parts`` are (name, converter). ``access`` is None for a view without one."""

    name: str
    shape: str
    parts: tuple[tuple[str, str], ...]
    access: Access | None

    @property
    def is_fhir(self) -> bool:
        """Whether the FHIR door answers it."""
        return self.shape.startswith("/fhir")


def every_exit() -> list[Exit]:
    """All of them, by name."""
    found = [*_pages(get_resolver(), "/", ""), *_fhir()]
    return sorted(found, key=lambda one: one.name)


def _pages(resolver: URLResolver, prefix: str, namespace: str) -> Iterator[Exit]:
    listed = cast("list[URLPattern | URLResolver]", resolver.url_patterns)
    for one in listed:
        route = str(getattr(one.pattern, "_route", one.pattern))
        if isinstance(one, URLResolver):
            within = f"{namespace}{one.namespace}:" if one.namespace else namespace
            yield from _pages(one, prefix + route, within)
        else:
            yield _page(one, prefix + route, namespace)


def _page(pattern: URLPattern, route: str, namespace: str) -> Exit:
    shape, parts = route, list[tuple[str, str]]()
    for name, converter in pattern.pattern.converters.items():
        kind = type(converter).__name__.removesuffix("Converter").lower()
        parts.append((name, kind))
        shape = re.sub(rf"<(?:\w+:)?{name}>", f"{{{name}}}", shape)
    access = getattr(pattern.callback, "access", None)
    return Exit(f"{namespace}{pattern.name or route}", shape, tuple(parts), access)


def _fhir() -> Iterator[Exit]:
    for route in routes.ROUTES:
        names = [name for name in ("type", "id", "version", "file") if f"{{{name}}}" in route.shape]
        access = Access(frozenset() if route.public else frozenset(Role), public=route.public, patient=True)
        named = route.shape if route.method == "GET" else route.name
        yield Exit(f"fhir:{named}", route.shape, tuple((name, name) for name in names), access)
