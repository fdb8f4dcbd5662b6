"""What a page shows that a person could follow or send: links, htmx requests and forms, in order.

Read with two patterns, not with a parser: Django escapes what stands in attributes, and a proof reads a page for every
fourth answer.
"""

import re
from dataclasses import dataclass, field
from html import unescape

_TAG = re.compile(
    r"<(?:(?P<end>/form|/select)|(?P<tag>a|form|input|textarea|button|select|option|[a-z][a-z0-9-]*)(?=[\s>])(?P<rest>[^<>]*))>"
)
_ATTRIBUTE = re.compile(r"([a-zA-Z][\w:.-]*)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+)))?")
_FORM_PARTS = frozenset({"input", "textarea", "button", "select", "option"})


@dataclass(slots=True)
class Form:
    """A form: ``fields`` with what stands in them, ``choices`` with every value that may be chosen."""

    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    choices: dict[str, list[str]] = field(default_factory=dict[str, list[str]])


@dataclass(slots=True)
class Page:
    """``links`` are (address, asked by htmx)."""

    links: list[tuple[str, bool]] = field(default_factory=list[tuple[str, bool]])
    forms: list[Form] = field(default_factory=list[Form])


def read(body: bytes) -> Page:
    """Links and forms of a page; none for what is no page."""
    page, form, select = Page(), None, ""
    for found in _TAG.finditer(body.decode("utf-8", "replace")):
        if found["end"] is not None:
            form, select = (None, "") if found["end"] == "/form" else (form, "")
            continue
        tag, rest = found["tag"], found["rest"]
        if tag not in _FORM_PARTS and tag not in {"a", "form"} and "hx-get" not in rest:
            continue
        given = _attributes(rest)
        _note_link(page, tag, given)
        if tag == "form":
            form = Form(given.get("action", ""), given.get("method", "get").upper())
            page.forms.append(form)
        elif form is not None and tag in _FORM_PARTS:
            select = _note_part(form, tag, given, select)
    return page


def _attributes(text: str) -> dict[str, str]:
    return {name.lower(): unescape(double or single or bare) for name, double, single, bare in _ATTRIBUTE.findall(text)}


def _note_link(page: Page, tag: str, given: dict[str, str]) -> None:
    if tag == "a" and given.get("href", "").startswith("/"):
        page.links.append((given["href"], False))
    if given.get("hx-get", "").startswith("/"):
        page.links.append((given["hx-get"], True))


def _note_part(form: Form, tag: str, given: dict[str, str], select: str) -> str:
    """Note one part of a form; the name of the select that stands open."""
    name = given.get("name", "")
    if tag == "select":
        return name
    if tag == "option":
        if select:
            form.choices.setdefault(select, []).append(given.get("value", ""))
    elif name and given.get("type") in {"radio", "checkbox"}:
        form.choices.setdefault(name, []).append(given.get("value", "on"))
    elif name and name != "csrfmiddlewaretoken":
        form.fields.append((name, given.get("value", "")))
    return select
