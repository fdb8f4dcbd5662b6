"""Values as they stand in an address: parted by ``,``, ``|`` or ``$``, each of which may be escaped. Pure."""

from hallway.fhirapi.search.limits import LONGEST_VALUE, MOST_VALUES
from hallway.fhirapi.search.refusals import refused
from hallway.standards.fhir.escapes import SIGNS


def parts(text: str, sign: str) -> list[str]:
    """``text`` cut at every ``sign`` that no backslash escapes. Escapes are kept for the next cut."""
    if "\\" not in text:
        return text.split(sign)
    found, start, at = list[str](), 0, 0
    while at < len(text):
        if text[at] == "\\":
            at += 2
            continue
        if text[at] == sign:
            found.append(text[start:at])
            start = at + 1
        at += 1
    return [*found, text[start:]]


def plain(text: str) -> str:
    """``text`` with its escapes taken away. A backslash before anything else is itself."""
    if "\\" not in text:
        return text
    found, at = list[str](), 0
    while at < len(text):
        if text[at] == "\\" and text[at + 1 : at + 2] in SIGNS and at + 1 < len(text):
            at += 1
        found.append(text[at])
        at += 1
    return "".join(found)


def alternatives(text: str, name: str) -> list[str]:
    """The values of one parameter, of which any will do; escapes are kept.

    Raises INCORRECT for an empty value, too many or too long ones.
    """
    found = parts(text, ",")
    if not all(found):
        raise refused("A search parameter has an empty value.", name=name)
    if len(found) > MOST_VALUES or any(len(one) > LONGEST_VALUE for one in found):
        raise refused("A search parameter has too many values, or one that is too long.", name=name)
    return found
