"""Reads every table of law once before the start. A gap, an overlap or an unknown word stops it with a sentence."""

from collections.abc import Callable, Mapping

import msgspec

from hallway.consent.tables import blocking, disclosures, duties, elements, emergency, forms, library, profiles
from hallway.errors import HallwayError, Kind
from hallway.labels import table as labels
from hallway.labels.table import LOINC

READERS: Mapping[str, Callable[[], object]] = {
    "rules of release": library.rules,
    "grounds of denial": blocking.grounds,
    "words of disclosure": disclosures.words,
    "rules of disclosure": disclosures.book,
    "elements of forms": elements.elements,
    "circumstances of forms": elements.circumstances,
    "statements of forms": forms.statements,
    "what is owed": duties.duties,
    "who controls": duties.controls,
    "roles": profiles.profiles,
    "minimum necessary by use": profiles.release_profiles,
    "categories of emergency": emergency.categories,
    "labels": lambda: (labels.of_coding(LOINC, "", ""), labels.of_text(""), labels.of_security("")),
}


def check_tables() -> None:
    """Raise HallwayError H-APP-040 for the first table that cannot be relied on."""
    for name, read in READERS.items():
        try:
            read()
        except (ValueError, KeyError, msgspec.MsgspecError) as error:
            raise HallwayError(
                Kind.FAULT,
                "H-APP-040",
                what=f"The table of {name} cannot be relied on. {error}",
                undone="Nothing was started, so nothing can leave by a wrong rule.",
                to_do="Mend the row named above, or reinstall Hallway.",
            ) from error
