"""Sections of the report and notices that travel with it, as rows."""
