"""Points of a match, as rows."""
