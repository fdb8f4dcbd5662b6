"""Every table of law is read when Hallway starts: a gap, an overlap or an unknown word refuses the start."""

from hallway.consent.tables import blocking, disclosures, duties, elements, emergency, forms, library, profiles


def read_all() -> int:
    """How many rows stand in the tables. Raises ValueError, or a validation error, for a table that is not right."""
    tables = (
        library.rules(),
        profiles.profiles(),
        profiles.release_profiles(),
        forms.statements(),
        emergency.categories(),
        elements.elements(),
        blocking.grounds(),
        disclosures.book().rows,
        duties.duties(),
        duties.controls(),
    )
    return sum(len(rows) for rows in tables)
