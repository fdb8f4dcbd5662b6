"""How much one search may ask for. Every number here stands on the page about searching."""

MOST_VALUES = 200
"""Values of one parameter, parted by commas."""
LONGEST_VALUE = 2_000
"""Characters of one value."""
DEEPEST_CHAIN = 3
"""Steps of a chain or of ``_has`` within ``_has``."""
MOST_LINKED = 1_000
"""Resources in between that a chain or ``_has`` may go through; more are refused, never cut off."""
MOST_CODES = 1_000
"""Codes of a value set behind ``:in``."""
USUAL_COUNT = 50
MOST_COUNT = 1_000
MOST_INCLUDED = 1_000
"""Resources beside the matches on one page."""
MOST_INCLUDES = 20
"""Include paths of one search."""
MOST_ROUNDS = 5
"""How often ``:iterate`` follows what was included."""
MOST_SORT_KEYS = 3
MOST_ELEMENTS = 100
MOST_KINDS = 40
"""Types of one search over the whole system."""
MOST_STEPS = 40
"""Searches that chains, ``_has`` and further types of one request may take; a type behind the reference makes them
fewer."""
