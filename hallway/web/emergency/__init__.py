"""Opening one category, briefly, accountably; and its review."""
