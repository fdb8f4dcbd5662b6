"""How much is taken at once. Every limit of the writing door stands here and in ``docs/writing.md``."""

MOST_ENTRIES = 5_000
"""Entries of a batch or transaction."""
MOST_READS = 100
"""Entries of them that read: each is a search or more."""
MOST_SEARCHES = 500
"""Entries whose resource is found by a search, and references that are searches."""
MOST_ALONE = 500
"""Entries of a batch, where each write is a transaction of its own."""
MOST_OPERATIONS = 200
"""Operations of one JSON Patch."""
MOST_COPIES = 8
"""Copies within one JSON Patch: each may double what there is."""
LARGEST_PATCH = 1024 * 1024
"""Bytes of a JSON Patch."""
MOST_REFERENCES = 2_000
"""Different resources outside the Bundle that one request may name."""
MOST_TOLD = 50
"""Findings of a validation that are told; the rest is counted."""
LONGEST_CRITERION = 2_000
"""Letters of the search in a conditional address, reference or If-None-Exist."""
ATTEMPTS = 4
"""How often a write is tried anew when it met another one crosswise."""
