"""The topics, as rows."""
