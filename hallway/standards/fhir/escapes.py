"""Signs that mean something in the value of a search parameter. FHIR R4 4.0.1, Search, "Escaping Search Parameters"."""

SIGNS = frozenset("\\,|$")
"""A backslash before one of them makes it stand for itself."""


def escaped(text: str) -> str:
    """A text as the value of a search that means just this text."""
    return "".join(f"\\{sign}" if sign in SIGNS else sign for sign in text)
