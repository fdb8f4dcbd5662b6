"""The XHTML of a narrative: well-formed, one div, harmless elements only, and something in it.

Read with expat, without any document type, so that nothing is fetched and nothing expands.
"""

import re
from html.entities import name2codepoint
from xml.parsers import expat

from hallway.standards.fhir.validation.issues import Issue, error

_SPACE = "http://www.w3.org/1999/xhtml"
_ELEMENTS = frozenset(
    """a abbr acronym b big blockquote br caption cite code col colgroup dd dfn div dl dt em h1 h2 h3 h4 h5 h6 hr i img
    li ol p pre q s samp small span strong sub sup table tbody td tfoot th thead tr tt u ul var""".split()  # noqa: SIM905
)
_ATTRIBUTES = frozenset(
    """
    abbr accesskey align alt axis background bgcolor border cellhalign cellpadding cellspacing cellvalign char charoff
    charset cite class clear color colspan compact coords dir face frame headers height href hreflang hspace id idref
    lang longdesc name noshade nowrap rel rev rowspan rules scope shape size span src start style summary tabindex
    title type usemap valign value vspace width""".split()  # noqa: SIM905
)
_ENTITY = re.compile(r"&([A-Za-z][A-Za-z0-9]*);")
_OF_XML = {"amp", "lt", "gt", "quot", "apos"}
_BAD_FORM = error("invariant", "txt-1", "The narrative is not well-formed XHTML within one div.")
_BAD_PART = error("invariant", "txt-1", "The narrative holds an element or attribute that FHIR does not allow.")
_NOTHING = error("invariant", "txt-2", "The narrative holds no text and no picture.")


class _RefusedError(Exception):
    """The narrative holds what it must not."""


class _Reader:
    """Collects what a narrative is made of."""

    def __init__(self) -> None:
        self.depth = 0
        self.filled = False
        self.root = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        space, _, local = name.rpartition(" ")
        if not self.depth:
            self.root = name
        if space != _SPACE or local not in _ELEMENTS:
            raise _RefusedError
        if any(not _is_harmless(attribute, value) for attribute, value in attributes.items()):
            raise _RefusedError
        self.depth += 1
        self.filled = self.filled or local == "img"

    def end(self, _: str) -> None:
        self.depth -= 1

    def text(self, found: str) -> None:
        self.filled = self.filled or not found.isspace()


def _is_harmless(attribute: str, value: str) -> bool:
    space, _, local = attribute.rpartition(" ")
    if space:
        return space == "http://www.w3.org/XML/1998/namespace" and local in {"lang", "space"}
    script = local in {"href", "src"} and value.strip().lower().startswith(("javascript:", "vbscript:"))
    return local in _ATTRIBUTES and not script


def _refuse(*_: object) -> None:
    raise _RefusedError


def _spelled(found: re.Match[str]) -> str:
    """A named character of HTML as the character; XML knows five names only."""
    name = found.group(1)
    return found.group(0) if name in _OF_XML or name not in name2codepoint else chr(name2codepoint[name])


def narrative_issue(text: str) -> Issue | None:
    """What is wrong with a narrative's div; None when nothing is."""
    reader = _Reader()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.StartDoctypeDeclHandler = _refuse
    parser.ProcessingInstructionHandler = _refuse
    try:
        parser.Parse(_ENTITY.sub(_spelled, text), True)
    except (expat.ExpatError, UnicodeEncodeError):
        return _BAD_FORM
    except _RefusedError:
        return _BAD_PART
    if reader.root != f"{_SPACE} div":
        return _BAD_FORM
    return None if reader.filled else _NOTHING
