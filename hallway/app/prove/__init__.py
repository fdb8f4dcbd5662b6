"""Two worlds: pairs of databases that differ only in what the caller may not know must answer byte for byte alike.

Nothing here asks the gate what is hidden. What a world hides is hidden by construction: made at organizations, by
people and about patients that the callers have nothing to do with, or in classes that no rule opens to them.
"""
