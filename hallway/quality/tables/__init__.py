"""Published figures to compare with, as rows."""
